#include "dns/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Both lists are in the same order; a test compares them. */
const char *const lint_kind_names[] = { "spf", "dkim", "dmarc", "mta-sts-txt",
	"mta-sts-policy", "tlsrpt", "caa", "tlsa", "srv", "mx", NULL };

/* name, help, run, front: RFC 6376 allows blanks in front of a key, and those
 * of a zone file mean nothing; a policy is a file. */
const struct lint_kind lint_kinds[] = {
	/* clang-format off */
	{ "spf",            "SPF (RFC 7208)",             lint_spf, LINT_NO_BLANK },
	{ "dkim",           "DKIM key (RFC 6376)",        lint_dkim, LINT_NO_QUOTE },
	{ "dmarc",          "DMARC policy (RFC 9989)",    lint_dmarc, LINT_NO_BLANK },
	{ "mta-sts-txt",    "MTA-STS TXT (RFC 8461)",     lint_sts_txt, LINT_NO_BLANK },
	{ "mta-sts-policy", "MTA-STS policy (RFC 8461)",  lint_sts_policy, LINT_TAKES_ALL },
	{ "tlsrpt",         "TLS reports (RFC 8460)",     lint_tls_rpt, LINT_NO_BLANK },
	{ "caa",            "CAA (RFC 8659)",             lint_caa, LINT_NO_QUOTE },
	{ "tlsa",           "TLSA (RFC 6698, 7672)",      lint_tlsa, LINT_NO_QUOTE },
	{ "srv",            "SRV (RFC 2782)",             lint_srv, LINT_NO_QUOTE },
	{ "mx",             "MX (RFC 5321, 7505)",        lint_mx, LINT_NO_QUOTE },
	{ 0 },
	/* clang-format on */
};

const struct lint_kind *
lint_kind_by_name(const char *name)
{
	for (const struct lint_kind *k = lint_kinds; k->name != NULL; k++)
		if (text_is_same(k->name, name))
			return k;
	return NULL;
}

/* Signs that people copy along with a record; blanks are the last two. */
static const struct {
	const char *sign, *what;
} fronts[] = {
	{ "\"", "quotation marks are" },
	{ "'", "quotation marks are" },
	{ "\xE2\x80\x9C", "quotation marks are" },
	{ "\xE2\x80\x98", "quotation marks are" },
	{ "\xEF\xBB\xBF", "an invisible sign (a byte order mark) is" },
	{ "\xE2\x80\x8B", "an invisible sign (a blank of no width) is" },
	{ "\xC2\xA0", "an invisible sign (a no-break space) is" },
	{ " ", "a blank is" },
	{ "\t", "a blank is" },
};

#define FRONT_COUNT (sizeof(fronts) / sizeof(fronts[0]))

/* Bytes of the sign at the start; *what names the first that was found. */
static size_t
front_length(const struct lint_kind *kind, const char *text, size_t length,
    const char **what)
{
	const size_t known =
	    kind->front == LINT_NO_BLANK ? FRONT_COUNT : FRONT_COUNT - 2;

	for (size_t i = 0; i < FRONT_COUNT; i++) {
		const size_t size = strlen(fronts[i].sign);

		if (size > length || memcmp(text, fronts[i].sign, size) != 0)
			continue;
		if (*what == NULL && i < known)
			*what = fronts[i].what;
		return size;
	}
	return 0;
}

/* Would be a record of the kind without what stands in front: receivers see
 * none, and the person is told why. */
static bool
is_hidden(struct lint *lint, const struct lint_kind *kind)
{
	struct lint inner = { 0 };
	const char *what = NULL;
	size_t at = 0, size;

	if (kind->front == LINT_TAKES_ALL)
		return false;
	while ((size = front_length(
		    kind, lint->text + at, lint->length - at, &what)) > 0)
		at += size;
	if (what == NULL || at == lint->length)
		return false;
	inner.text = lint->text + at;
	inner.length = lint->length - at;
	kind->run(&inner);
	if (inner.verdict == LINT_SKIP)
		return false;
	lint_skip(lint,
	    "Receivers see no record here, because %s in front: leave out "
	    "%s.",
	    what, what[0] == 'q' ? "the quotes" : "that sign");
	return true;
}

void
lint_run(struct lint *lint, const struct lint_kind *kind, const char *text,
    size_t length)
{
	memset(lint, 0, sizeof(*lint));
	lint->text = text;
	lint->length = length;
	if (length == 0)
		lint_skip(lint, "There is no text.");
	else if (!is_hidden(lint, kind))
		kind->run(lint);
}

const char *
lint_verdict_name(enum lint_verdict verdict)
{
	static const char *const names[] = { "pass", "warn", "fail", "skip" };

	return names[verdict];
}

const struct lint_finding *
lint_first(const struct lint *lint, enum lint_verdict level)
{
	for (size_t i = 0; i < lint->count; i++)
		if (lint->findings[i].level == level)
			return &lint->findings[i];
	return NULL;
}

int
lint_shown(size_t length)
{
	return length > 40 ? 40 : (int)length;
}

static void
add(struct lint *lint, enum lint_verdict level, const char *at,
    const char *format, va_list args)
{
	struct lint_finding *finding;
	char raw[LINT_TEXT_SIZE];
	int length;

	if (lint->verdict < level)
		lint->verdict = level;
	if (lint->count < LINT_FINDINGS_MAX)
		lint->count++;
	else if (lint->findings[LINT_FINDINGS_MAX - 1].level >= level)
		return;
	finding = &lint->findings[lint->count - 1];
	length = vsnprintf(raw, sizeof(raw), format, args);
	if (length < 0 || (size_t)length >= sizeof(raw))
		length = sizeof(raw) - 1;
	text_visible(finding->text, sizeof(finding->text), raw, (size_t)length);
	finding->level = level;
	finding->at = (size_t)(at - lint->text);
}

void
lint_warn(struct lint *lint, const char *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(lint, LINT_WARN, at, format, args);
	va_end(args);
}

void
lint_fail(struct lint *lint, const char *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(lint, LINT_FAIL, at, format, args);
	va_end(args);
}

void
lint_skip(struct lint *lint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(lint, LINT_SKIP, lint->text, format, args);
	va_end(args);
}
