/*
 * sts_policy.h - an MTA-STS policy, as the policy host serves it (RFC 8461
 * section 3.2).  The text is foreign.
 */
#ifndef DNS_STS_POLICY_H
#define DNS_STS_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/host_name.h"
#include "dns/lint.h"
#include "dns/subject.h"

#define STS_POLICY_MAX  (64 * 1024) /* bytes that senders need to read */
#define STS_AGE_MAX     31557600    /* seconds */
#define STS_PATTERN_MAX 32          /* more are left out */

struct sts_policy {
	enum dns_sts_mode mode; /* DNS_STS_OFF is "none" */
	int64_t max_age_seconds;
	char mx[STS_PATTERN_MAX][HOST_NAME_SIZE + 2]; /* "*.example.com" */
	size_t mx_count;
};

/* Breaches are findings in `lint`, whose verdict is LINT_FAIL when senders
 * can't use the policy. */
void sts_policy_read(struct sts_policy *, struct lint *);

/* Does a pattern cover that host?  A "*" stands for exactly one label
 * (section 4.1). */
bool sts_policy_covers(const struct sts_policy *, const char *host);
bool sts_pattern_covers(const char *pattern, const char *host);

#endif
