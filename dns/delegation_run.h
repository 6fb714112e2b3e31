/*
 * delegation_run.h - what the files of the delegation share: its searches.
 * For dns/delegation*.c alone.
 */
#ifndef DNS_DELEGATION_RUN_H
#define DNS_DELEGATION_RUN_H

#include "dns/delegation.h"

#define NS_MAX        13
#define NS_PARENT_MAX 2 /* of the parent: they all say the same */

/* What a search was begun for: names in a zone, the zone above one, or the
 * servers that this one names. */
enum search_kind { OF_NAMES, OF_PARENT, OF_NAMED };

enum step { STEP_SOA, STEP_NS, STEP_ADDRESSES, STEP_END };

/* A name server of a zone, whose addresses are looked for. */
struct host {
	char name[DNS_NAME_SIZE];
	bool has_a, has_aaaa; /* answered, or given up */
};

struct search {
	struct dns_zone zone;
	enum search_kind kind;
	char seed[DNS_NAME_SIZE]; /* the name whose SOA is asked */
	bool is_referred;         /* deeper than the seed rule finds */
	enum step step;
	struct host hosts[NS_MAX];
	size_t host_count;
	struct ip found[2 * NS_MAX];
	const char *found_name[2 * NS_MAX];
	size_t found_count;
};

struct delegation {
	const struct dns_subject *subject;
	struct dns_answers *answers;
	struct engine *engine;
	struct search *searches[ZONES_MAX];
	size_t count;
	struct arena *arena;
	struct dns_server *resolvers[ENGINE_SERVERS_MAX];
	size_t resolver_count;
	struct dns_zone full; /* for names over ZONES_MAX */
	bool may_be_unchecked;
};

/* The search that was begun so for that name, or NULL. */
struct search *delegation_search(
    struct delegation *, enum search_kind, const char *seed);

/* NULL when there are too many. */
struct search *delegation_add_search(struct delegation *, const char *seed);

/* A question to the resolvers. */
void delegation_ask(
    struct delegation *, struct search *, const char *name, uint16_t type);

/* The hosts that an answer's NS records name. */
void delegation_take_hosts(struct search *, const struct dns_answer *);

void delegation_add_found(struct search *, const char *name, const struct ip *);

/* All addresses are in. */
void delegation_end_search(struct delegation *, struct search *);

#endif
