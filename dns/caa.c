#include "dns/caa.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "dns/tag_list.h"

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

char
caa_next_sign(const char **at, const char *end)
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
		caa_next_sign(&at, lint->text + lint->length);
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

bool
caa_parameter(char *to, size_t size, const struct caa *caa, const char *name)
{
	const struct tag value = { .value = caa->value,
		.value_length = caa->length };
	const char *part, *equals;
	size_t length, at = 0;

	to[0] = '\0';
	while (tag_part(&value, ';', &at, &part, &length)) {
		struct tag parameter = { .name = part };

		equals = memchr(part, '=', length);
		if (equals == NULL)
			continue;
		for (parameter.name_length = (size_t)(equals - part);
		     parameter.name_length > 0 &&
		     strchr(" \t", part[parameter.name_length - 1]) != NULL;
		     parameter.name_length--)
			;
		if (parameter.name_length != strlen(name) ||
		    strncasecmp(part, name, strlen(name)) != 0)
			continue;
		length -= (size_t)(equals + 1 - part);
		for (equals++; length > 0 && strchr(" \t", *equals) != NULL;
		     equals++)
			length--;
		text_visible(to, size, equals, length);
		return true;
	}
	return false;
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

bool
caa_is_known(const char *tag, size_t length)
{
	for (size_t i = 0; i < TAG_COUNT; i++)
		if (strlen(tags[i].tag) == length &&
		    strncasecmp(tags[i].tag, tag, length) == 0)
			return true;
	return false;
}
