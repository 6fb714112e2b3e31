#include "dns/sts_policy.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/ip.h"
#include "base/text.h"
#include "dns/record_fields.h"

#define AGE_SHORT 86400          /* seconds */
#define MARK      "\xEF\xBB\xBF" /* U+FEFF in UTF-8 */

struct line {
	const char *name, *value;
	size_t name_length, value_length;
};

struct reader {
	struct lint *lint;
	struct sts_policy *policy;
	bool has_version, has_mode, has_age, has_mx;
};

/* ---- one line ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
split(struct line *line, const char *from, const char *end)
{
	const char *colon = memchr(from, ':', (size_t)(end - from));

	if (colon == NULL ||
	    !record_is_field_name(from, (size_t)(colon - from)))
		return false;
	line->name = from;
	line->name_length = (size_t)(colon - from);
	for (line->value = colon + 1; line->value < end; line->value++)
		if (!is_blank(*line->value))
			break;
	while (end > line->value && is_blank(end[-1]))
		end--;
	line->value_length = (size_t)(end - line->value);
	return true;
}

static bool
is_word(const char *from, size_t length, const char *word)
{
	return strlen(word) == length && memcmp(from, word, length) == 0;
}

/* ---- one function a field ---- */

static void
take_version(struct reader *r, const struct line *line)
{
	if (r->has_version) {
		lint_warn(
		    r->lint, line->name, "A second \"version\" is ignored.");
		return;
	}
	r->has_version = true;
	if (!is_word(line->value, line->value_length, "STSv1"))
		lint_fail(r->lint, line->value,
		    "The version must be \"STSv1\" to the letter.");
}

static void
take_mode(struct reader *r, const struct line *line)
{
	static const char *const modes[] = { [DNS_STS_OFF] = "none",
		[DNS_STS_TESTING] = "testing",
		[DNS_STS_ENFORCE] = "enforce" };

	if (r->has_mode) {
		lint_warn(r->lint, line->name, "A second \"mode\" is ignored.");
		return;
	}
	r->has_mode = true;
	for (size_t i = 0; i < 3; i++)
		if (is_word(line->value, line->value_length, modes[i])) {
			r->policy->mode = (enum dns_sts_mode)i;
			return;
		}
	lint_fail(r->lint, line->value,
	    "The mode \"%.*s\" does not exist: enforce, testing or none.",
	    lint_shown(line->value_length), line->value);
}

static void
take_age(struct reader *r, const struct line *line)
{
	int64_t age = 0;

	if (r->has_age) {
		lint_warn(
		    r->lint, line->name, "A second \"max_age\" is ignored.");
		return;
	}
	r->has_age = true;
	if (line->value_length == 0 || line->value_length > 10)
		age = -1;
	for (size_t i = 0; age >= 0 && i < line->value_length; i++)
		age = isdigit((unsigned char)line->value[i])
		    ? age * 10 + line->value[i] - '0'
		    : -1;
	if (age < 0 || age > STS_AGE_MAX)
		lint_fail(r->lint, line->value,
		    "max_age is a number of seconds from 0 to %d.",
		    STS_AGE_MAX);
	else if (age < AGE_SHORT)
		lint_warn(r->lint, line->value,
		    "max_age is less than a day: senders soon forget the "
		    "policy; weeks are usual.");
	r->policy->max_age_seconds = age;
}

/* A domain of RFC 5321: labels of letters, digits and inner hyphens. */
static bool
is_domain(const char *from, size_t length)
{
	size_t label = 0;

	if (length == 0 || length >= HOST_NAME_SIZE)
		return false;
	for (size_t i = 0; i <= length; i++) {
		const char c = i < length ? from[i] : '.';

		if (c == '.') {
			if (label == 0 || label > 63 || from[i - 1] == '-')
				return false;
			label = 0;
		} else if (isalnum((unsigned char)c) || (c == '-' && label > 0))
			label++;
		else
			return false;
	}
	return true;
}

/* "192.0.2.1": by the letter a name of four labels. */
static bool
is_address(const struct line *line)
{
	char text[IP_TEXT_SIZE];
	struct ip ip;

	return text_format(text, sizeof(text), "%.*s", (int)line->value_length,
		   line->value) &&
	    ip_parse(&ip, text, NULL) == OK;
}

static void
take_mx(struct reader *r, const struct line *line)
{
	const size_t star =
	    line->value_length > 2 && memcmp(line->value, "*.", 2) == 0 ? 2 : 0;
	char *to = r->policy->mx[r->policy->mx_count];

	r->has_mx = true;
	if (!is_domain(line->value + star, line->value_length - star)) {
		lint_fail(r->lint, line->value,
		    "\"%.*s\" is no host name: mail.example.com, or "
		    "*.example.com for the hosts directly below it.",
		    lint_shown(line->value_length), line->value);
		return;
	}
	if (is_address(line))
		lint_warn(r->lint, line->value,
		    "\"%.*s\" is an address: certificates name hosts, so no "
		    "server fits it.",
		    lint_shown(line->value_length), line->value);
	else if (memchr(line->value, '.', line->value_length) == NULL)
		lint_warn(r->lint, line->value,
		    "\"%.*s\" is no full host name.",
		    lint_shown(line->value_length), line->value);
	if (r->policy->mx_count == STS_PATTERN_MAX)
		return;
	memcpy(to, line->value, line->value_length);
	to[line->value_length] = '\0';
	text_lower(to);
	r->policy->mx_count++;
}

/* Printable signs of ASCII or UTF-8, blanks only inside. */
static void
take_other(struct reader *r, const struct line *line)
{
	if (line->value_length == 0 ||
	    !text_is_clean(line->value, line->value_length))
		lint_fail(r->lint, line->name,
		    "\"%.*s\" has no value that may stand there.",
		    lint_shown(line->name_length), line->name);
	else
		lint_warn(r->lint, line->name,
		    "The field \"%.*s\" is unknown; senders ignore it.",
		    lint_shown(line->name_length), line->name);
}

static const struct {
	const char *name;
	void (*take)(struct reader *, const struct line *);
} fields[] = {
	{ "version", take_version },
	{ "mode", take_mode },
	{ "max_age", take_age },
	{ "mx", take_mx },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))

static void
take_line(struct reader *r, const char *from, const char *end)
{
	struct line line;

	if (!split(&line, from, end)) {
		lint_fail(r->lint, from,
		    from == end ? "An empty line may not stand there.%.*s"
				: "\"%.*s\" is no line of a policy: write "
				  "name: value.",
		    lint_shown((size_t)(end - from)), from);
		return;
	}
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (is_word(line.name, line.name_length, fields[i].name)) {
			fields[i].take(r, &line);
			return;
		}
	take_other(r, &line);
}

/* ---- the whole ---- */

/* Editors of some systems put it there. */
static bool
is_marked(const struct lint *lint)
{
	return lint->length >= sizeof(MARK) - 1 &&
	    memcmp(lint->text, MARK, sizeof(MARK) - 1) == 0;
}

/* Does some line look like a field of ours?  A web page has none. */
static bool
is_policy(const struct lint *lint)
{
	const char *at = lint->text, *const end = at + lint->length;

	at += is_marked(lint) ? sizeof(MARK) - 1 : 0;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		for (size_t i = 0; i < FIELD_COUNT; i++) {
			const size_t length = strlen(fields[i].name);

			if ((size_t)(end - at) > length &&
			    strncasecmp(at, fields[i].name, length) == 0 &&
			    strchr(": \t=", at[length]) != NULL)
				return true;
		}
		at = stop != NULL ? stop + 1 : end;
	}
	return false;
}

static void
look_for_missing(const struct reader *r)
{
	struct lint *lint = r->lint;

	if (!r->has_version)
		lint_fail(lint, lint->text, "\"version: STSv1\" is missing.");
	if (!r->has_mode)
		lint_fail(lint, lint->text,
		    "The mode is missing: enforce, testing or none.");
	if (!r->has_age)
		lint_fail(lint, lint->text, "max_age is missing.");
	if (!r->has_mx && r->has_mode && r->policy->mode != DNS_STS_OFF)
		lint_fail(lint, lint->text,
		    "No mail host (mx) is allowed: senders could deliver "
		    "nowhere.");
}

void
sts_policy_read(struct sts_policy *policy, struct lint *lint)
{
	struct reader r = { .lint = lint, .policy = policy };
	const char *at = lint->text, *const end = at + lint->length;

	memset(policy, 0, sizeof(*policy));
	if (!is_policy(lint)) {
		lint_skip(lint, "It is no MTA-STS policy.");
		return;
	}
	if (is_marked(lint)) {
		lint_fail(lint, lint->text,
		    "An invisible sign stands in front of the first line, a "
		    "byte order mark (BOM): save the file as UTF-8 without "
		    "one.");
		at += sizeof(MARK) - 1;
	}
	if (lint->length > STS_POLICY_MAX)
		lint_warn(lint, lint->text + STS_POLICY_MAX,
		    "Senders need not read more than 64 KiB.");
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *last = stop != NULL ? stop : end;

		if (last > at && last[-1] == '\r' && stop != NULL)
			last--;
		take_line(&r, at, last);
		at = stop != NULL ? stop + 1 : end;
	}
	look_for_missing(&r);
}

void
lint_sts_policy(struct lint *lint)
{
	struct sts_policy policy;

	sts_policy_read(&policy, lint);
}

bool
sts_pattern_covers(const char *pattern, const char *host)
{
	const char *dot;

	if (strncmp(pattern, "*.", 2) != 0)
		return text_is_same_fold(pattern, host);
	dot = strchr(host, '.');
	return dot != NULL && dot > host && text_is_same_fold(pattern + 1, dot);
}

bool
sts_policy_covers(const struct sts_policy *policy, const char *host)
{
	for (size_t i = 0; i < policy->mx_count; i++)
		if (sts_pattern_covers(policy->mx[i], host))
			return true;
	return false;
}
