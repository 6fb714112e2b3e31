/* Reports as they come: mail, archives, XML, JSON. */
#include <stdint.h>

#include "dns/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
take(void *context, const char *bytes, size_t length)
{
	struct arena arena = { 0 };
	struct report report;
	struct err err;

	(void)context;
	(void)!report_read(&report, &arena, bytes, length, &err);
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct err err;

	(void)!report_unpack(
	    &arena, (const char *)data, size, take, NULL, &err);
	arena_free(&arena);
	return 0;
}
