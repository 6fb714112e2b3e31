/*
 * The zone above, and the servers that it names.
 */
#include <string.h>

#include "base/text.h"
#include "dns/delegation_run.h"

const struct dns_zone *
delegation_parent(struct delegation *delegation, const char *zone)
{
	const char *dot = strchr(zone, '.');
	const char *seed = dot != NULL ? dot + 1 : "";
	struct search *search = delegation_search(delegation, OF_PARENT, seed);

	if (search != NULL)
		return &search->zone;
	search = delegation_add_search(delegation, seed);
	if (search == NULL)
		return &delegation->full;
	search->kind = OF_PARENT;
	delegation_ask(delegation, search, search->seed, DNS_SOA);
	return &search->zone;
}

/* Has the parent named the same servers before? */
static bool
is_same_hosts(const struct search *search, const struct dns_answer *answer)
{
	struct search now = { .kind = search->kind };

	delegation_take_hosts(&now, answer);
	if (now.host_count != search->host_count)
		return false;
	for (size_t i = 0; i < now.host_count; i++)
		if (!text_is_same(now.hosts[i].name, search->hosts[i].name))
			return false;
	return true;
}

/* Addresses that came along; a host has others only if it has none. */
static void
take_glue(struct search *search, const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->rr_count; i++) {
		const struct dns_rr *rr = &answer->rrs[i];

		if (rr->type != DNS_A && rr->type != DNS_AAAA)
			continue;
		for (size_t h = 0; h < search->host_count; h++) {
			struct host *host = &search->hosts[h];

			if (!text_is_same(host->name, rr->owner))
				continue;
			host->has_a = host->has_aaaa = true;
			delegation_add_found(search, host->name, &rr->ip);
		}
	}
}

static void
start_named(struct delegation *delegation, struct search *search,
    const struct dns_answer *answer)
{
	bool is_done = true;

	search->zone = (struct dns_zone){ .state = ZONE_FINDING };
	text_copy(search->zone.name, sizeof(search->zone.name), search->seed);
	search->host_count = search->found_count = 0;
	search->step = STEP_ADDRESSES;
	delegation_take_hosts(search, answer);
	take_glue(search, answer);
	for (size_t i = 0; i < search->host_count; i++) {
		if (search->hosts[i].has_a)
			continue;
		is_done = false;
		delegation_ask(
		    delegation, search, search->hosts[i].name, DNS_A);
		delegation_ask(
		    delegation, search, search->hosts[i].name, DNS_AAAA);
	}
	if (is_done)
		delegation_end_search(delegation, search);
}

const struct dns_zone *
delegation_named(struct delegation *delegation, const char *zone,
    const struct dns_answer *answer)
{
	struct search *search = delegation_search(delegation, OF_NAMED, zone);

	if (search == NULL) {
		search = delegation_add_search(delegation, zone);
		if (search == NULL)
			return &delegation->full;
		search->kind = OF_NAMED;
	}
	if (!is_same_hosts(search, answer))
		start_named(delegation, search, answer);
	return &search->zone;
}
