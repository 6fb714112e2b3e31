#include "dns/lookup.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/job.h"
#include "dns/engine.h"

static void
write_record(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	const int *out = context;
	struct lookup_record record = {
		.question = *question,
		.resolver = answer->server->at,
		.is_answered = answer->state == ANSWER_GOOD,
	};
	const struct dns_rr *rr;

	if (!record.is_answered)
		answer_describe(record.reason, answer);
	for (size_t i = 0; record.ip_count < LOOKUP_IPS_MAX &&
	     (rr = answer_rr(answer, question->type, i)) != NULL;
	     i++)
		if (rr->ip.family != 0)
			record.ips[record.ip_count++] = rr->ip;
	job_write(*out, &record, sizeof(record));
}

void
lookup_job(int out, void *request)
{
	const struct lookup_request *wanted = request;
	static const struct engine_events events = { .done = write_record };
	struct dns_server servers[LOOKUP_RESOLVERS_MAX] = { 0 };
	struct arena arena = { 0 };
	struct engine *engine = engine_open(&arena, &events, &out);

	for (size_t i = 0; i < wanted->resolver_count; i++) {
		struct dns_server *server = &servers[i];

		server->at = wanted->resolvers[i];
		server->is_resolver = true;
		for (size_t q = 0; q < wanted->question_count; q++)
			engine_ask(engine, &wanted->questions[q], &server, 1);
	}
	while (engine_is_busy(engine))
		engine_step(engine, -1, 1000);
	engine_close(&engine);
	arena_free(&arena);
}

/* ---- the addresses of one host ---- */

static const uint16_t address_types[] = { DNS_A, DNS_AAAA };

#define ADDRESS_TYPES (sizeof(address_types) / sizeof(address_types[0]))

struct addresses {
	struct ip *to;
	size_t max, count;
	size_t good; /* answers that may be believed */
};

static void
take_answer(
    void *context, const struct dns_question *question, struct dns_answer *a)
{
	struct addresses *found = context;
	const struct dns_rr *rr;

	found->good += a->state == ANSWER_GOOD;
	for (size_t i = 0; (rr = answer_rr(a, question->type, i)) != NULL; i++)
		if (found->count < found->max)
			found->to[found->count++] = rr->ip;
}

static size_t
name_servers(struct dns_server *servers, struct dns_server **pointers,
    const struct ip_port *resolvers, size_t given)
{
	struct ip_port list[LOOKUP_RESOLVERS_MAX];
	size_t count = 0;

	for (; count < given && count < LOOKUP_RESOLVERS_MAX; count++)
		list[count] = resolvers[count];
	resolvers_default(list, LOOKUP_RESOLVERS_MAX, &count, NULL);
	if (count > ENGINE_SERVERS_MAX)
		count = ENGINE_SERVERS_MAX;
	for (size_t i = 0; i < count; i++) {
		servers[i] =
		    (struct dns_server){ .at = list[i], .is_resolver = true };
		pointers[i] = &servers[i];
	}
	return count;
}

/* The engine hands answers over as they come: IPv4 goes first all the same. */
static void
put_ip4_first(struct ip *list, size_t count)
{
	size_t next = 0;

	for (size_t i = 0; i < count; i++)
		if (list[i].family == AF_INET) {
			const struct ip other = list[next];

			list[next++] = list[i];
			list[i] = other;
		}
}

static void
ask(struct addresses *found, const char *name, const struct ip_port *resolvers,
    size_t resolver_count)
{
	struct dns_server servers[ENGINE_SERVERS_MAX];
	struct dns_server *pointers[ENGINE_SERVERS_MAX];
	static const struct engine_events events = { .done = take_answer };
	struct arena arena = { 0 };
	struct engine *engine = engine_open(&arena, &events, found);
	const size_t count =
	    name_servers(servers, pointers, resolvers, resolver_count);

	for (size_t i = 0; i < ADDRESS_TYPES; i++) {
		struct dns_question question = { .type = address_types[i] };

		if (dns_name_normalize(question.name, name))
			engine_ask(engine, &question, pointers, count);
	}
	while (engine_is_busy(engine))
		engine_step(engine, -1, -1);
	engine_close(&engine);
	arena_free(&arena);
}

enum err_code
lookup_addresses(const char *name, const struct ip_port *resolvers,
    size_t resolver_count, struct ip *to, size_t max, size_t *count,
    struct err *err)
{
	struct addresses found = { .to = to, .max = max };

	*count = 0;
	if (max > 0 && ip_parse(&to[0], name, NULL) == OK) {
		*count = 1;
		return OK;
	}
	ask(&found, name, resolvers, resolver_count);
	put_ip4_first(to, found.count);
	*count = found.count;
	if (found.count > 0)
		return OK;
	if (found.good == ADDRESS_TYPES)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "%.100s has no address in the DNS: add an A record for it.",
		    name);
	return err_set(err, ERR_TIMEOUT, NULL,
	    "No resolver could tell the address of %.100s: check the resolvers "
	    "in the server settings, then try again.",
	    name);
}
