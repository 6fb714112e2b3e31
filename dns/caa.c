#include "dns/caa.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/lint_words.h"

bool
caa_from_wire(struct caa *caa, const uint8_t *octets, size_t length)
{
	const size_t tag = length > 1 ? octets[1] : 0;

	memset(caa, 0, sizeof(*caa));
	if (tag == 0 || 2 + tag > length)
		return false;
	caa->flags = octets[0];
	memcpy(caa->tag, octets + 2, tag);
	text_lower(caa->tag);
	caa->length = length - 2 - tag;
	if (caa->length >= sizeof(caa->value))
		caa->length = sizeof(caa->value) - 1;
	memcpy(caa->value, octets + 2 + tag, caa->length);
	return true;
}

/* ---- places in the text ---- */

static const char *
place(const struct lint *lint, const char *at)
{
	return at != NULL ? at : lint->text;
}

/* One sign of a quoted or bare string, "\"" and "\059" taken back. */
static char
next_sign(const char **at, const char *end)
{
	unsigned char sign = (unsigned char)*(*at)++;

	if (sign != '\\' || *at >= end)
		return (char)sign;
	sign = (unsigned char)*(*at)++;
	if (isdigit(sign) && end - *at >= 2 &&
	    isdigit((unsigned char)(*at)[0]) &&
	    isdigit((unsigned char)(*at)[1])) {
		sign = (unsigned char)((sign - '0') * 100 +
		    ((*at)[0] - '0') * 10 + ((*at)[1] - '0'));
		*at += 2;
	}
	return (char)sign;
}

/* Of the value's sign with that index. */
static const char *
sign_place(const struct caa *caa, const struct lint *lint, size_t index)
{
	const char *at = caa->at_value;

	if (at == NULL)
		return lint->text;
	while (index-- > 0)
		next_sign(&at, lint->text + lint->length);
	return at;
}

/* ---- values ---- */

struct reader {
	const char *at, *end;
};

static void
skip_blanks(struct reader *r)
{
	while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
		r->at++;
}

/* A letter or digit, then more of them and inner hyphens. */
static bool
take_label(struct reader *r)
{
	const char *from = r->at;

	while (
	    r->at < r->end && (isalnum((unsigned char)*r->at) || *r->at == '-'))
		r->at++;
	return r->at > from && *from != '-' && r->at[-1] != '-';
}

static bool
take_domain(struct reader *r, char to[256])
{
	const char *from = r->at;

	do {
		if (!take_label(r))
			return false;
	} while (r->at < r->end && *r->at == '.' && ++r->at > from);
	return text_format(to, 256, "%.*s", (int)(r->at - from), from);
}

/* Blanks may stand round the "=". */
static bool
take_parameter(struct reader *r)
{
	if (!take_label(r))
		return false;
	skip_blanks(r);
	if (r->at == r->end || *r->at != '=')
		return false;
	r->at++;
	skip_blanks(r);
	while (r->at<r->end && * r->at> ' ' && *r->at <= '~' && *r->at != ';')
		r->at++;
	return true;
}

/* issue-value of section 4.2; the reader stops at an error. */
static bool
read_issue(struct reader *r, char to[256])
{
	to[0] = '\0';
	skip_blanks(r);
	if (r->at < r->end && *r->at != ';' && !take_domain(r, to))
		return false;
	skip_blanks(r);
	if (r->at == r->end)
		return true;
	if (*r->at != ';')
		return false;
	r->at++;
	skip_blanks(r);
	if (r->at == r->end)
		return true;
	/* A semicolon stands between parameters, never behind the last. */
	for (;;) {
		if (!take_parameter(r))
			return false;
		skip_blanks(r);
		if (r->at == r->end)
			return true;
		if (*r->at != ';')
			return false;
		r->at++;
		skip_blanks(r);
	}
}

bool
caa_issuer(char to[256], const struct caa *caa)
{
	struct reader r = { caa->value, caa->value + caa->length };

	return read_issue(&r, to);
}

/* Its index; only for a value that holds one. */
static size_t
last_semicolon(const struct caa *caa)
{
	const char *at = memrchr(caa->value, ';', caa->length);

	return (size_t)(at - caa->value);
}

/* "ca.example; a=b;": good but for its last semicolon. */
static bool
ends_with_semicolon(const struct caa *caa)
{
	struct caa shorter = *caa;
	char issuer[256];

	while (shorter.length > 0 && shorter.value[shorter.length - 1] == ' ')
		shorter.length--;
	if (shorter.length == 0 || shorter.value[shorter.length - 1] != ';')
		return false;
	shorter.length--;
	return caa_issuer(issuer, &shorter);
}

static void
judge_issue(const struct caa *caa, struct lint *lint)
{
	struct reader r = { caa->value, caa->value + caa->length };
	char issuer[256];
	const bool is_good = read_issue(&r, issuer);

	if (!is_good && ends_with_semicolon(caa))
		lint_fail(lint, sign_place(caa, lint, last_semicolon(caa)),
		    "The \";\" behind the last parameter makes the value "
		    "malformed, which forbids all authorities (RFC 8659, "
		    "section 4.2): leave it out.");
	else if (!is_good)
		lint_fail(lint,
		    sign_place(caa, lint, (size_t)(r.at - caa->value)),
		    "\"%.*s\" is no name of an authority, such as "
		    "letsencrypt.org: it forbids all of them.",
		    lint_shown(caa->length), caa->value);
	else if (issuer[0] != '\0' && strchr(issuer, '.') == NULL)
		lint_warn(lint, sign_place(caa, lint, 0),
		    "\"%s\" has no dot: authorities are named by a domain, "
		    "such as letsencrypt.org.",
		    issuer);
}

static void
judge_iodef(const struct caa *caa, struct lint *lint)
{
	static const char *const schemes[] = { "mailto:", "https://",
		"http://" };

	for (size_t i = 0; i < 3; i++)
		if (caa->length > strlen(schemes[i]) &&
		    strncasecmp(caa->value, schemes[i], strlen(schemes[i])) ==
			0)
			return;
	lint_fail(lint, sign_place(caa, lint, 0),
	    "\"iodef\" needs a URL: mailto:name@domain or https://...");
}

static void
judge_contact(const struct caa *caa, struct lint *lint)
{
	if (caa->length == 0)
		lint_fail(lint, sign_place(caa, lint, 0), "\"%s\" is empty.",
		    caa->tag);
}

static const struct {
	const char *tag;
	void (*judge)(const struct caa *, struct lint *);
} tags[] = {
	{ "issue", judge_issue },
	{ "issuewild", judge_issue },
	{ "issuemail", judge_issue },
	{ "issuevmc", judge_issue },
	{ "iodef", judge_iodef },
	{ "contactemail", judge_contact },
	{ "contactphone", judge_contact },
};

#define TAG_COUNT (sizeof(tags) / sizeof(tags[0]))

void
caa_judge(const struct caa *caa, struct lint *lint)
{
	if ((caa->flags & ~(unsigned)CAA_CRITICAL) != 0)
		lint_warn(lint, place(lint, caa->at_flags),
		    "The flags are 0 or 128 (critical); %u means nothing.",
		    caa->flags);
	for (size_t i = 0; i < TAG_COUNT; i++)
		if (text_is_same(caa->tag, tags[i].tag)) {
			tags[i].judge(caa, lint);
			return;
		}
	if ((caa->flags & CAA_CRITICAL) != 0)
		lint_fail(lint, place(lint, caa->at_tag),
		    "The tag \"%s\" is unknown and critical: no authority may "
		    "issue.",
		    caa->tag);
	else
		lint_warn(lint, place(lint, caa->at_tag),
		    "The tag \"%s\" is unknown; authorities ignore it.",
		    caa->tag);
}

/* ---- as text ---- */

static bool
is_known_tag(const struct word *word)
{
	for (size_t i = 0; i < TAG_COUNT; i++)
		if (strlen(tags[i].tag) == word->length &&
		    strncasecmp(tags[i].tag, word->text, word->length) == 0)
			return true;
	return false;
}

static bool
take_tag(struct lint *lint, const struct word *word, struct caa *caa)
{
	bool is_tag = word->length <= CAA_TAG_MAX;

	for (size_t i = 0; i < word->length; i++)
		is_tag &= isalnum((unsigned char)word->text[i]) != 0;
	if (!is_tag) {
		lint_fail(lint, word->text,
		    "\"%.*s\" is no tag: 1 to 255 letters and digits, such as "
		    "issue.",
		    lint_shown(word->length), word->text);
		return false;
	}
	text_format(
	    caa->tag, sizeof(caa->tag), "%.*s", (int)word->length, word->text);
	text_lower(caa->tag);
	caa->at_tag = word->text;
	return true;
}

static bool
take_sign(const char **at, const char *end, struct caa *caa)
{
	const char sign = next_sign(at, end);

	if (caa->length + 1 == sizeof(caa->value))
		return false;
	caa->value[caa->length++] = sign;
	return true;
}

static bool
take_value(struct lint *lint, const char *at, struct caa *caa)
{
	const char *const end = lint->text + lint->length;
	const char *from;
	struct word more;
	bool is_quoted, is_long = false;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	from = at;
	is_quoted = at < end && *at == '"';
	at += is_quoted;
	caa->at_value = at;
	while (at < end && !is_long &&
	    (is_quoted ? *at != '"'
		       : *at != '\0' && strchr(" \t\r\n\";", *at) == NULL))
		is_long = !take_sign(&at, end, caa);
	if (is_long)
		lint_fail(lint, from, "The value is too long.");
	else if (is_quoted && at == end)
		lint_fail(lint, from, "The quotation mark has no end.");
	else if (!is_quoted && at == from)
		lint_fail(lint, from,
		    "The value is missing, or needs quotation marks.");
	else {
		at += is_quoted;
		if (!word_next(lint, &at, &more))
			return true;
		lint_fail(lint, more.text,
		    "Nothing may stand behind the value; one with blanks or "
		    "semicolons needs quotation marks.");
	}
	return false;
}

void
lint_caa(struct lint *lint)
{
	const char *at = lint->text;
	struct word flags = { lint->text, 0 }, tag = { lint->text, 0 };
	struct caa caa = { 0 };

	word_next(lint, &at, &flags);
	if (is_known_tag(&flags)) {
		lint_fail(lint, flags.text,
		    "The flags are missing in front: 0 %.*s.",
		    lint_shown(flags.length), flags.text);
		return;
	}
	if (!word_is_number(&flags)) {
		lint_skip(lint,
		    "It is no CAA: flags, tag and value, such as 0 issue "
		    "\"letsencrypt.org\".");
		return;
	}
	if (!word_number(lint, &flags, "flags", 255, &caa.flags))
		return;
	caa.at_flags = flags.text;
	if (!word_next(lint, &at, &tag)) {
		lint_fail(lint, at, "The tag is missing, such as issue.");
		return;
	}
	if (take_tag(lint, &tag, &caa) && take_value(lint, at, &caa))
		caa_judge(&caa, lint);
}
