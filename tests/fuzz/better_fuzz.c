/*
 * DMARC and TLS-RPT records, whole or damaged, put right: what comes out is a
 * record that receivers read, no weaker than what went in, and putting it
 * right once more changes nothing.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/dmarc_better.h"
#include "dns/dmarc_record.h"
#include "dns/lint.h"
#include "dns/tls_rpt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect_no_fault(const char *kind, const char *text)
{
	struct lint lint;

	lint_run(&lint, lint_kind_by_name(kind), text, strlen(text));
	if (lint_first(&lint, LINT_FAIL) != NULL)
		abort();
}

static void
better_dmarc(const char *text, size_t length, const struct dmarc_wish *wish)
{
	char once[DNS_VALUE_SIZE], twice[DNS_VALUE_SIZE];
	struct dmarc_record before, after;

	if (!dmarc_better(once, text, length, wish))
		return;
	expect_no_fault("dmarc", once);
	if (!dmarc_better(twice, once, strlen(once), wish) ||
	    strcmp(once, twice) != 0)
		abort();
	dmarc_record_read(&before, text, length);
	dmarc_record_read(&after, once, strlen(once));
	if (dmarc_record_effect(&after) < wish->step ||
	    (length > 9 && memcmp(text, "v=DMARC1;", 9) == 0 &&
		!before.list.has_duplicate &&
		tag_find(&before.list, "pct") == NULL &&
		dmarc_record_effect(&after) < dmarc_record_effect(&before)))
		abort();
}

static void
better_tls_rpt(const char *text, size_t length)
{
	const struct dns_rr rr = { .data = text, .length = length };
	const struct dns_rr *const list[] = { &rr };
	char once[DNS_VALUE_SIZE];

	if (tls_rpt_better(once, list, 1, "tls@example.com"))
		expect_no_fault("tlsrpt", once);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int step = DMARC_NONE; step <= DMARC_REJECT; step++) {
		const struct dmarc_wish wish = { (enum dmarc_policy)step, false,
			"dmarc@example.com" };

		better_dmarc((const char *)data, size, &wish);
	}
	better_tls_rpt((const char *)data, size);
	return 0;
}
