/*
 * sweep.h - the checklists of many domains, several at a time.
 *
 * Worker processes take one domain after the other (dns/checklist.h).  One
 * that crashes costs nothing but the rows of its domain, and is replaced.
 * Memory does not grow with the number of domains: the caller gives them one
 * by one and takes each result.
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

	/* findings[0] to [dns_check_count - 1], none waiting but those that
	 * the request does not want. */
	void (*done)(void *context, const struct checklist_request *,
	    const struct dns_finding *findings, const char *note);

	/* At least once a second; false ends the sweep.  May be NULL. */
	bool (*alive)(void *context, size_t under_way);
};

enum err_code sweep_run(const struct sweep_options *,
    const struct sweep_events *, void *context, struct err *) MUST_USE;

#endif
