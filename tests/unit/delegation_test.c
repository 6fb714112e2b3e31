/*
 * Where a zone is: the answers are handed in, nobody is asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dns/delegation.h"
#include "tests/lib/dns_example.h"

static struct arena arena;
static struct dns_subject subject;
static struct delegation *delegation;
static struct engine *engine;
static struct dns_answers *answers;

static void
done(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	(void)context;
	(void)question;
	(void)answer;
}

static void
open_all(void)
{
	static const struct engine_events events = { .done = done };

	example_subject(&subject);
	subject.resolvers[0] = (struct ip_port){ example_ip("127.0.0.1"), 1 };
	subject.resolver_count = 1;
	answers = answers_open(&arena);
	engine = engine_open(&arena, &events, NULL);
	delegation = delegation_open(&arena, &subject, answers, engine);
}

static void
close_all(void)
{
	engine_close(&engine);
	answers_close(&answers);
	arena_free(&arena);
}

/* A good answer with that one record, or none. */
static struct dns_answer
answer_with(const struct dns_rr *rr)
{
	struct dns_answer answer = { .state = ANSWER_GOOD,
		.rrs = rr,
		.rr_count = rr != NULL,
		.server = delegation_resolver(delegation, 0) };

	if (rr != NULL)
		text_copy(answer.target, sizeof(answer.target), rr->owner);
	return answer;
}

static void
hand_in(const char *name, uint16_t type, const struct dns_rr *rr)
{
	const struct dns_answer answer = answer_with(rr);
	struct dns_question question = { .type = type };

	text_copy(question.name, sizeof(question.name), name);
	delegation_take(delegation, &question, &answer);
}

/* The servers that the parent names are looked for; when that failed, what
 * the zone itself names is not taken for it. */
static void
test_a_search_for_what_the_parent_names_takes_nothing_else(void **state)
{
	static const struct dns_rr parents = { .owner = "example.com",
		.type = DNS_NS,
		.name = "ns1.parent.example" },
				   childs = { .owner = "example.com",
					   .type = DNS_NS,
					   .name = "ns1.child.example" },
				   soa = { .owner = "example.com",
					   .type = DNS_SOA,
					   .name = "" };
	struct dns_rr address = { .owner = "ns1.child.example",
		.type = DNS_A,
		.name = "",
		.ip = example_ip("127.0.0.1") };
	struct dns_answer named;
	const struct dns_zone *zone;

	(void)state;
	open_all();
	named = answer_with(&parents);
	zone = delegation_named(delegation, "example.com", &named);
	hand_in("ns1.parent.example", DNS_A, NULL);
	hand_in("ns1.parent.example", DNS_AAAA, NULL);
	assert_int_equal(zone->state, ZONE_FAILED);
	delegation_retry(delegation);
	hand_in("example.com", DNS_SOA, &soa);
	hand_in("example.com", DNS_NS, &childs);
	hand_in("ns1.child.example", DNS_A, &address);
	hand_in("ns1.child.example", DNS_AAAA, NULL);
	assert_int_equal(zone->server_count, 0);
	assert_int_equal(zone->state, ZONE_FINDING);
	/* It begins with the parent's next answer. */
	zone = delegation_named(delegation, "example.com", &named);
	address.owner = "ns1.parent.example";
	hand_in("ns1.parent.example", DNS_A, &address);
	hand_in("ns1.parent.example", DNS_AAAA, NULL);
	assert_int_equal(zone->state, ZONE_FOUND);
	assert_string_equal(zone->servers[0]->name, "ns1.parent.example");
	close_all();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_search_for_what_the_parent_names_takes_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
