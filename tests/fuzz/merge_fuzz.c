/*
 * SPF records, one a line, whole or broken, made one: what comes out is a
 * record that receivers can read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dns/spf_merge.h"
#include "dns/spf_syntax.h"

#define RECORDS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ip own[] = {
	{ .family = AF_INET, .bytes = { 192, 0, 2, 1 } },
	{ .family = AF_INET6, .bytes = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } },
};

/* The lines that are SPF records. */
static size_t
records_of(struct spf_text records[RECORDS_MAX], const char *text, size_t size)
{
	size_t count = 0;

	while (size > 0 && count < RECORDS_MAX) {
		const char *end = memchr(text, '\n', size);
		const size_t length = end == NULL ? size : (size_t)(end - text);

		if (spf_is_record(text, length))
			records[count++] = (struct spf_text){ text, length };
		text += end == NULL ? length : length + 1;
		size -= end == NULL ? length : length + 1;
	}
	return count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spf_text records[RECORDS_MAX];
	const size_t count = records_of(records, (const char *)data, size);
	struct spf_record merged;
	char to[DNS_VALUE_SIZE];

	if (!spf_merge(to, records, count, own, 2))
		return 0;
	if (!spf_is_record(to, strlen(to)) ||
	    !spf_parse(&merged, to, strlen(to)))
		abort();
	return 0;
}
