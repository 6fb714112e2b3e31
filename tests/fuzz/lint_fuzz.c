/* Every kind of record: the first byte says which, the rest is its text. */
#include <stdint.h>
#include <stdlib.h>

#include "dns/lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lint lint;
	size_t kinds = 0;

	while (lint_kinds[kinds].name != NULL)
		kinds++;
	if (size == 0)
		return 0;
	lint_run(&lint, &lint_kinds[data[0] % kinds], (const char *)data + 1,
	    size - 1);
	for (size_t i = 0; i < lint.count; i++)
		if (lint.findings[i].at > lint.length)
			abort();
	return 0;
}
