/*
 * sweep.h - the checklists of many domains, several at a time.
 *
 * Each domain is a job of its own (dns/checklist.h), so that one that crashes
 * or hangs costs nothing but its own rows.  Memory does not grow with the
 * number of domains: the caller gives them one by one and takes each result.
 */
#ifndef DNS_SWEEP_H
#define DNS_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/checklist.h"

#define SWEEP_JOBS_MAX 64

struct sweep_options {
	unsigned jobs;       /* domains at once; 0: 16 */
	unsigned per_second; /* questions to one name server; 0: 50 */
};

struct sweep_events {
	/* Fills a zeroed request; false: there are no more domains. */
	bool (*next)(void *context, struct checklist_request *);

	/* findings[0] to [dns_check_count - 1], none waiting. */
	void (*done)(void *context, const struct checklist_request *,
	    const struct dns_finding *findings, const char *note);

	/* At least once a second; false ends the sweep.  May be NULL. */
	bool (*alive)(void *context, size_t under_way);
};

enum err_code sweep_run(const struct sweep_options *,
    const struct sweep_events *, void *context, struct err *) MUST_USE;

#endif
