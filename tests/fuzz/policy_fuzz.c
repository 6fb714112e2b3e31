/* What web hosts serve, read as the checklist does. */
#include <stdint.h>
#include <stdlib.h>

#include "dns/autoconfig.h"
#include "dns/policy.h"
#include "dns/sts_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct dns_rr rr = { .data = (const char *)data, .length = size };
	struct policy_answer served;
	struct autoconfig config;
	struct sts_policy policy;
	struct lint lint = { .text = (const char *)data, .length = size };

	sts_policy_read(&policy, &lint);
	(void)sts_policy_covers(&policy, "mail.example.com");
	for (size_t i = 0; i < lint.count; i++)
		if (lint.findings[i].at > size)
			abort();
	(void)policy_read(&served, &rr);
	(void)autoconfig_read(&config, (const char *)data, size, "example.com");
	return 0;
}
