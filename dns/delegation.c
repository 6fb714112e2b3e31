#include "dns/delegation.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/host_name.h"
#include "base/text.h"
#include "dns/delegation_run.h"

struct delegation *
delegation_open(struct arena *arena, const struct dns_subject *subject,
    struct dns_answers *answers, struct engine *engine)
{
	struct delegation *delegation = arena_alloc(arena, sizeof(*delegation));

	delegation->arena = arena;
	delegation->subject = subject;
	delegation->answers = answers;
	delegation->engine = engine;
	for (size_t i = 0;
	     i < subject->resolver_count && i < ENGINE_SERVERS_MAX; i++)
		delegation->resolvers[delegation->resolver_count++] =
		    answers_server(answers, "", &subject->resolvers[i], true);
	delegation->full.state = ZONE_FAILED;
	text_copy(delegation->full.reason, sizeof(delegation->full.reason),
	    "Too many zones take part in this domain.");
	return delegation;
}

void
delegation_look_unchecked(struct delegation *delegation)
{
	delegation->may_be_unchecked = true;
}

struct dns_server *
delegation_resolver(struct delegation *delegation, size_t index)
{
	return index < delegation->resolver_count ? delegation->resolvers[index]
						  : NULL;
}

static void
set_failed(struct search *search, const char *reason)
{
	search->zone.state = ZONE_FAILED;
	search->step = STEP_END;
	text_copy(search->zone.reason, sizeof(search->zone.reason), reason);
}

static void
ask_question(struct delegation *delegation, struct search *search,
    const struct dns_question *question)
{
	if (!engine_ask(delegation->engine, question, delegation->resolvers,
		delegation->resolver_count))
		set_failed(search, "There is no resolver that could be asked.");
}

void
delegation_ask(struct delegation *delegation, struct search *search,
    const char *name, uint16_t type)
{
	struct dns_question question = { .type = type };

	text_copy(question.name, sizeof(question.name), name);
	ask_question(delegation, search, &question);
}

/* ---- which name to start from ---- */

static const char *
without_labels(const char *name, int labels)
{
	while (labels-- > 0) {
		const char *dot = strchr(name, '.');

		if (dot == NULL)
			return name;
		name = dot + 1;
	}
	return name;
}

/*
 * A name that surely exists, at or above `name`: the domain itself; for
 * another host what follows its first label; for an address the network.
 */
static const char *
seed_of(const struct delegation *delegation, const char *name)
{
	const char *rest;

	if (host_name_is_below(name, delegation->subject->domain))
		return delegation->subject->domain;
	if (host_name_is_below(name, "ip6.arpa"))
		return without_labels(name, 16);
	rest = without_labels(name, 1);
	return strchr(rest, '.') != NULL ? rest : name;
}

struct search *
delegation_search(
    struct delegation *delegation, enum search_kind kind, const char *seed)
{
	for (size_t i = 0; i < delegation->count; i++)
		if (delegation->searches[i]->kind == kind &&
		    text_is_same(delegation->searches[i]->seed, seed))
			return delegation->searches[i];
	return NULL;
}

static struct search *
search_by_seed(struct delegation *delegation, const char *seed)
{
	return delegation_search(delegation, OF_NAMES, seed);
}

struct search *
delegation_add_search(struct delegation *delegation, const char *seed)
{
	struct search *search;

	if (delegation->count == ZONES_MAX)
		return NULL;
	search = arena_alloc(delegation->arena, sizeof(*search));
	text_copy(search->seed, sizeof(search->seed), seed);
	delegation->searches[delegation->count++] = search;
	return search;
}

const struct dns_zone *
delegation_zone(struct delegation *delegation, const char *name)
{
	const char *seed = seed_of(delegation, name);
	struct search *search = NULL;

	for (size_t i = 0; i < delegation->count; i++) {
		struct search *other = delegation->searches[i];

		if (other->is_referred &&
		    host_name_is_below(name, other->seed) &&
		    (search == NULL ||
			strlen(other->seed) > strlen(search->seed)))
			search = other;
	}
	if (search == NULL)
		search = search_by_seed(delegation, seed);
	if (search != NULL)
		return &search->zone;
	search = delegation_add_search(delegation, seed);
	if (search == NULL)
		return &delegation->full;
	delegation_ask(delegation, search, search->seed, DNS_SOA);
	return &search->zone;
}

/* ---- the steps ---- */

static void
start_ns(struct delegation *delegation, struct search *search, const char *apex)
{
	text_copy(search->zone.name, sizeof(search->zone.name), apex);
	search->step = STEP_NS;
	delegation_ask(delegation, search, apex, DNS_NS);
}

void
delegation_refer(struct delegation *delegation, const char *zone)
{
	struct search *search = search_by_seed(delegation, zone);

	if (search == NULL)
		search = delegation_add_search(delegation, zone);
	if (search == NULL || search->is_referred)
		return;
	search->is_referred = true;
	if (search->step == STEP_SOA)
		start_ns(delegation, search, zone);
}

/* "resolver 127.0.0.1 gave no answer within 6 s" */
static void
fail_with(struct search *search, const struct dns_answer *answer)
{
	char address[IP_TEXT_SIZE], what[DNS_REASON_SIZE],
	    reason[DNS_REASON_SIZE];

	ip_format(address, &answer->server->at.ip);
	answer_describe(what, answer);
	text_format(reason, sizeof(reason),
	    "The name servers of this name can't be found: resolver %s %s.",
	    address, what);
	set_failed(search, reason);
}

static void
take_soa(struct delegation *delegation, struct search *search,
    const struct dns_answer *answer)
{
	if (answer->state != ANSWER_GOOD)
		fail_with(search, answer);
	else if (answer_rr(answer, DNS_SOA, 0) != NULL)
		start_ns(
		    delegation, search, answer_rr(answer, DNS_SOA, 0)->owner);
	else if (answer->has_soa)
		start_ns(delegation, search, answer->soa_owner);
	else
		set_failed(search,
		    "The resolver does not say which zone this name is in.");
}

void
delegation_take_hosts(struct search *search, const struct dns_answer *answer)
{
	const size_t most = search->kind == OF_PARENT ? NS_PARENT_MAX : NS_MAX;
	const struct dns_rr *rr;

	for (size_t i = 0; search->host_count < most &&
	     (rr = answer_rr(answer, DNS_NS, i)) != NULL;
	     i++) {
		struct host *host = &search->hosts[search->host_count];

		*host = (struct host){ .has_a = false };
		if (dns_name_normalize(host->name, rr->name) &&
		    host->name[0] != '\0')
			search->host_count++;
	}
}

static void
take_ns(struct delegation *delegation, struct search *search,
    const struct dns_answer *answer)
{
	if (answer->state != ANSWER_GOOD) {
		fail_with(search, answer);
		return;
	}
	search->step = STEP_ADDRESSES;
	delegation_take_hosts(search, answer);
	if (search->host_count == 0) {
		set_failed(search, "The zone names no name servers.");
		return;
	}
	for (size_t i = 0; i < search->host_count; i++) {
		delegation_ask(
		    delegation, search, search->hosts[i].name, DNS_A);
		delegation_ask(
		    delegation, search, search->hosts[i].name, DNS_AAAA);
	}
}

/* This machine has a way to that address; nothing is sent. */
static bool
has_route(const struct ip_port *at)
{
	struct sockaddr_storage to;
	const socklen_t size = ip_to_sockaddr(at, &to);
	const int fd =
	    socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_there;

	if (fd < 0)
		return false;
	is_there = connect(fd, (struct sockaddr *)&to, size) == 0;
	close(fd);
	return is_there;
}

static void
add_server(struct delegation *delegation, struct search *search, size_t index)
{
	struct dns_zone *zone = &search->zone;
	struct ip_port at = { .ip = search->found[index] };
	struct dns_server *server;

	at.port = subject_port(delegation->subject, &at.ip);
	if (zone->server_count == DNS_PER_VIEW_MAX)
		return;
	server = answers_server(
	    delegation->answers, search->found_name[index], &at, false);
	if (server == NULL)
		return;
	for (size_t i = 0; i < zone->server_count; i++)
		if (ip_is_same(&zone->servers[i]->at.ip, &at.ip))
			return;
	zone->servers[zone->server_count++] = server;
}

static bool
has_server(const struct dns_zone *zone, const char *name)
{
	for (size_t i = 0; i < zone->server_count; i++)
		if (text_is_same(zone->servers[i]->name, name))
			return true;
	return false;
}

/* Of each server an address first, then further ones: none is left out for
 * another's second. */
static void
add_servers(struct delegation *delegation, struct search *search,
    bool with_route, bool is_further)
{
	for (size_t i = 0; i < search->found_count; i++) {
		const struct ip_port at = { search->found[i], 53 };

		if (has_route(&at) == with_route &&
		    has_server(&search->zone, search->found_name[i]) ==
			is_further)
			add_server(delegation, search, i);
	}
}

/* All addresses are in.  Those without a route (IPv6 on a machine that has
 * none) are left out while there are others. */
void
delegation_end_search(struct delegation *delegation, struct search *search)
{
	for (int with_route = 1;
	     with_route >= 0 && search->zone.server_count == 0; with_route--) {
		add_servers(delegation, search, with_route == 1, false);
		add_servers(delegation, search, with_route == 1, true);
	}
	search->step = STEP_END;
	search->zone.state = ZONE_FOUND;
	if (search->zone.server_count == 0)
		set_failed(
		    search, "No name server of the zone has an address.");
}

void
delegation_add_found(
    struct search *search, const char *name, const struct ip *ip)
{
	if (search->found_count == 2 * NS_MAX)
		return;
	search->found_name[search->found_count] = name;
	search->found[search->found_count++] = *ip;
}

/* True when the question was one of this search's. */
static bool
take_address(struct delegation *delegation, struct search *search,
    const struct dns_question *question, const struct dns_answer *answer)
{
	bool is_ours = false, is_done = true;
	const struct dns_rr *rr;

	for (size_t i = 0; i < search->host_count; i++) {
		struct host *host = &search->hosts[i];
		bool *has =
		    question->type == DNS_A ? &host->has_a : &host->has_aaaa;

		if (text_is_same(host->name, question->name) && !*has) {
			is_ours = *has = true;
			for (size_t k = 0; (rr = answer_rr(answer,
						question->type, k)) != NULL;
			     k++)
				delegation_add_found(
				    search, host->name, &rr->ip);
		}
		is_done = is_done && host->has_a && host->has_aaaa;
	}
	if (is_ours && is_done)
		delegation_end_search(delegation, search);
	return is_ours;
}

/* The answer that this search waits for? */
static bool
is_awaited(const struct search *search, const struct dns_question *question)
{
	/* One of OF_NAMED begins with the parent's answer, not with this. */
	if (search->step == STEP_SOA)
		return search->kind != OF_NAMED && question->type == DNS_SOA &&
		    text_is_same(question->name, search->seed);
	if (search->step == STEP_NS)
		return question->type == DNS_NS &&
		    text_is_same(question->name, search->zone.name);
	if (search->step != STEP_ADDRESSES ||
	    (question->type != DNS_A && question->type != DNS_AAAA))
		return false;
	for (size_t i = 0; i < search->host_count; i++)
		if (text_is_same(search->hosts[i].name, question->name))
			return true;
	return false;
}

static void
search_take(struct delegation *delegation, struct search *search,
    const struct dns_question *question, const struct dns_answer *answer)
{
	struct dns_question again = *question;

	if (!is_awaited(search, question))
		return;
	if (answer->state == ANSWER_SERVFAIL && delegation->may_be_unchecked &&
	    !question->is_unchecked) {
		again.is_unchecked = true;
		ask_question(delegation, search, &again);
	} else if (search->step == STEP_SOA) {
		take_soa(delegation, search, answer);
	} else if (search->step == STEP_NS) {
		take_ns(delegation, search, answer);
	} else {
		take_address(delegation, search, question, answer);
	}
}

bool
delegation_take(struct delegation *delegation,
    const struct dns_question *question, const struct dns_answer *answer)
{
	bool has_changed = false;

	for (size_t i = 0; i < delegation->count; i++) {
		struct search *search = delegation->searches[i];
		const enum zone_state before = search->zone.state;

		search_take(delegation, search, question, answer);
		has_changed = has_changed || search->zone.state != before;
	}
	return has_changed;
}

void
delegation_retry(struct delegation *delegation)
{
	for (size_t i = 0; i < delegation->count; i++) {
		struct search *search = delegation->searches[i];

		if (search->zone.state != ZONE_FAILED)
			continue;
		search->zone = (struct dns_zone){ 0 };
		search->step = STEP_SOA;
		search->host_count = search->found_count = 0;
		memset(search->hosts, 0, sizeof(search->hosts));
		if (search->kind == OF_NAMED)
			continue; /* begins with the parent's next answer */
		if (search->is_referred)
			start_ns(delegation, search, search->seed);
		else
			delegation_ask(
			    delegation, search, search->seed, DNS_SOA);
	}
}
