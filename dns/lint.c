#include "dns/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Both lists are in the same order; a test compares them. */
const char *const lint_kind_names[] = { "spf", "dkim", "dmarc", "mta-sts-txt",
	"mta-sts-policy", "tlsrpt", "caa", "tlsa", "srv", "mx", NULL };

/* name, help, run */
const struct lint_kind lint_kinds[] = {
	/* clang-format off */
	{ "spf",            "SPF (RFC 7208)",             lint_spf },
	{ "dkim",           "DKIM key (RFC 6376)",        lint_dkim },
	{ "dmarc",          "DMARC policy (RFC 9989)",    lint_dmarc },
	{ "mta-sts-txt",    "MTA-STS TXT (RFC 8461)",     lint_sts_txt },
	{ "mta-sts-policy", "MTA-STS policy (RFC 8461)",  lint_sts_policy },
	{ "tlsrpt",         "TLS reports (RFC 8460)",     lint_tls_rpt },
	{ "caa",            "CAA (RFC 8659)",             lint_caa },
	{ "tlsa",           "TLSA (RFC 6698, 7672)",      lint_tlsa },
	{ "srv",            "SRV (RFC 2782)",             lint_srv },
	{ "mx",             "MX (RFC 5321, 7505)",        lint_mx },
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

void
lint_run(struct lint *lint, const struct lint_kind *kind, const char *text,
    size_t length)
{
	memset(lint, 0, sizeof(*lint));
	lint->text = text;
	lint->length = length;
	if (length == 0)
		lint_skip(lint, "There is no text.");
	else
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
	if (lint->count == LINT_FINDINGS_MAX)
		return;
	finding = &lint->findings[lint->count++];
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
