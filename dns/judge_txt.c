/*
 * TXT records of one kind: found by their version, damaged, or elsewhere.
 */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/judge.h"

static bool
is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

/* DMARC: "v" *WSP "=" *WSP "DMARC1" *WSP, then ";" or the end. */
static bool
has_tag_version(const char *data, const char *version)
{
	const char *value = strchr(version, '=') + 1;

	if (*data++ != 'v')
		return false;
	while (is_wsp(*data))
		data++;
	if (*data++ != '=')
		return false;
	while (is_wsp(*data))
		data++;
	if (!text_starts_with(data, value))
		return false;
	data += strlen(value);
	while (is_wsp(*data))
		data++;
	return *data == ';' || *data == '\0';
}

static bool
has_version(const char *data, const char *version, enum judge_version sort)
{
	const size_t length = strlen(version);
	const char *rest;

	if (sort == JUDGE_TAG)
		return has_tag_version(data, version);
	if (sort == JUDGE_BLANK)
		return strncasecmp(data, version, length) == 0 &&
		    (data[length] == ' ' || data[length] == '\0');
	if (!text_starts_with(data, version))
		return false;
	for (rest = data + length; is_wsp(*rest); rest++)
		;
	return *rest == ';' || *rest == '\0';
}

/* True when the text holds `version` near its front, letter case, blanks and
 * signs aside: "\"v=DMARC1", " v = spf1", "V=DMARC1". */
static bool
looks_like(const struct dns_rr *rr, const char *version)
{
	size_t at = 0, signs = 0;

	for (size_t i = 0; i < rr->length && signs < 40; i++, signs++) {
		const unsigned char c = (unsigned char)rr->data[i];

		if (version[at] == '\0')
			return true;
		if (c >= 0x80 || strchr(" \t\"'\\", c) != NULL)
			continue;
		if (strncasecmp((const char *)&c, &version[at], 1) == 0)
			at++;
		else if (at > 0)
			return false;
		else if (i > 12)
			return false;
	}
	return version[at] == '\0';
}

void
judge_collect(struct judge_txt *txt, const struct dns_answer *answer,
    const char *version, enum judge_version sort)
{
	const struct dns_rr *rr;

	memset(txt, 0, sizeof(*txt));
	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++) {
		if (has_version(rr->data, version, sort)) {
			if (txt->count < JUDGE_TXT_MAX)
				txt->list[txt->count++] = rr;
		} else if (txt->lookalike == NULL && looks_like(rr, version))
			txt->lookalike = rr;
	}
}

/* ---- damage ---- */

struct damage {
	const char *bytes;
	const char *sentence;
	bool is_front_only;
};

/* clang-format off */
static const struct damage damages[] = {
	{ "\"",           "The value begins with a quotation mark: the quotes were stored as part of the text.", true },
	{ " ",            "There is a blank in front of the value.", true },
	{ "\t",           "There is a tab in front of the value.", true },
	{ "\xE2\x80\x9C", "The value holds curly quotation marks, from a word processor or a web page.", false },
	{ "\xE2\x80\x9D", "The value holds curly quotation marks, from a word processor or a web page.", false },
	{ "\xE2\x80\x93", "The value holds a long dash where a hyphen belongs.", false },
	{ "\xC2\xA0",     "The value holds a no-break blank, from a web page.", false },
	{ "\\",           "The value holds a backslash: the DNS host stored an escape sign as part of the text.", false },
	{ "\" \"",        "The value holds quotation marks in its middle: two strings were stored as one.", false },
	{ "\"",           "The value holds a quotation mark.", false },
	{ "\n",           "The value holds a line end.", false },
	{ "\r",           "The value holds a line end.", false },
};
/* clang-format on */

bool
judge_damage(char to[DNS_SENTENCE_SIZE], const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const size_t n = strlen(damages[i].bytes);
		const char *at = memmem(bytes, length, damages[i].bytes, n);

		if (at == NULL || (damages[i].is_front_only && at != bytes))
			continue;
		text_copy(to, DNS_SENTENCE_SIZE, damages[i].sentence);
		return true;
	}
	to[0] = '\0';
	return false;
}

/* ---- wildcards ---- */

bool
judge_nobodys_name(
    char to[DNS_NAME_SIZE], const struct dns_subject *s, const char *name)
{
	const char *parent = strchr(name, '.');

	return parent != NULL && !text_is_same(name, s->zone) &&
	    host_name_is_below(parent + 1, s->zone) &&
	    text_format(to, DNS_NAME_SIZE, "postern-no-such-name%s", parent);
}

/* ---- at another name ---- */

/* Names where people put a record that belongs at `name`; 0 fills none. */
static size_t
other_names(const struct dns_subject *s, const char *name, const char *also,
    char names[3][DNS_NAME_SIZE])
{
	size_t count = 0;

	if (text_format(names[count], DNS_NAME_SIZE, "%s.%s", name, s->domain))
		count++;
	if (name[0] == '_' && text_copy(names[count], DNS_NAME_SIZE, name + 1))
		count++;
	if (also != NULL && text_copy(names[count], DNS_NAME_SIZE, also))
		count++;
	return count;
}

void
judge_ask_elsewhere(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *questions,
    const char *name, enum dns_type type, const char *also)
{
	char names[3][DNS_NAME_SIZE];
	struct dns_view view;

	if (answers == NULL)
		return;
	view = answers_view(answers, name, (uint16_t)type);
	if (view.answer == NULL ||
	    !answer_is_missing(view.answer, (uint16_t)type))
		return;
	const size_t count = other_names(s, name, also, names);

	for (size_t i = 0; i < count; i++)
		question_add(questions, type, names[i]);
}

static bool
has_version_at(const struct dns_answers *answers, const char *name,
    enum dns_type type, const char *version)
{
	const struct dns_view view =
	    answers_view(answers, name, (uint16_t)type);
	const struct dns_rr *rr;

	if (view.answer == NULL)
		return false;
	for (size_t i = 0;
	     (rr = answer_rr(view.answer, (uint16_t)type, i)) != NULL; i++)
		if (version == NULL || looks_like(rr, version))
			return true;
	return false;
}

bool
judge_found_elsewhere(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f, const char *name,
    enum dns_type type, const char *also, const char *version)
{
	char names[3][DNS_NAME_SIZE];
	const size_t count = other_names(s, name, also, names);

	for (size_t i = 0; i < count; i++) {
		if (!has_version_at(answers, names[i], type, version))
			continue;
		judge_add_advice(f, "It was found at the name %s: move it.%s",
		    names[i],
		    i == 0 ? "  Your DNS host adds the domain to the name by "
			     "itself: enter only the short name."
			   : "");
		return true;
	}
	return false;
}
