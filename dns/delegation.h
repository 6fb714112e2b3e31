/*
 * delegation.h - which zone holds a name, and where its servers are.
 *
 * Found through the resolvers with questions for names that exist (SOA and NS
 * of the domain, addresses of its servers), so that no resolver learns that
 * a record of ours is missing; cuts further down, such as at _domainkey, are
 * found by the referrals of the servers themselves.
 */
#ifndef DNS_DELEGATION_H
#define DNS_DELEGATION_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/answers.h"
#include "dns/engine.h"
#include "dns/subject.h"

#define ZONES_MAX 32

enum zone_state {
	ZONE_FINDING,
	ZONE_FOUND,
	ZONE_FAILED, /* `reason` says why */
};

struct dns_zone {
	char name[DNS_NAME_SIZE]; /* the apex, once known */
	enum zone_state state;
	struct dns_server *servers[DNS_PER_VIEW_MAX];
	size_t server_count;
	char reason[DNS_REASON_SIZE];
};

struct delegation;

/* Resolvers and ports are the subject's, which must live on. */
struct delegation *delegation_open(struct arena *, const struct dns_subject *,
    struct dns_answers *, struct engine *);

/* A zone with broken DNSSEC is hidden by a resolver that checks it.  After
 * this its name servers are found all the same, so that the checklist can
 * say what is wrong; never where an answer is to prove something. */
void delegation_look_unchecked(struct delegation *);

/* The zone for questions about `name`; starts to look for it the first time.
 * Never NULL. */
const struct dns_zone *delegation_zone(struct delegation *, const char *name);

/* The zone above that one: its servers say where the zone is.  Two of them
 * are enough.  Never NULL. */
const struct dns_zone *delegation_parent(struct delegation *, const char *zone);

/* The zone at the servers that the parent names for it, by the parent's good
 * answer to DNS_DELEGATION.  Never NULL. */
const struct dns_zone *delegation_named(
    struct delegation *, const char *zone, const struct dns_answer *);

/* Hands in a resolver's answer.  True when a zone was found or failed. */
bool delegation_take(struct delegation *, const struct dns_question *,
    const struct dns_answer *);

/* A server referred us: that zone exists. */
void delegation_refer(struct delegation *, const char *zone);

/* Looks again for zones that failed. */
void delegation_retry(struct delegation *);

struct dns_server *delegation_resolver(struct delegation *, size_t index);

#endif
