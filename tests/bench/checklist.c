/*
 * For tests/bench/checklist_bench.sh: the checklist of the guide's domain
 * against the slowest of its answers, asked alone.
 *
 *   checklist zone                  the records to publish
 *   checklist time SERVER_PORT RESOLVER_PORT
 *                                   "OURS SLOWEST": milliseconds, best of 7
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dns/checklist.h"
#include "dns/engine.h"
#include "dns/record.h"
#include "tests/lib/dns_example.h"

#define ROUNDS 7

/* A run that failed is quick: it counts for nothing. */
static _Noreturn void
give_up(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

static double
now_ms(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static void
fill_subject(
    struct dns_subject *s, uint16_t server_port, uint16_t resolver_port)
{
	example_subject(s);
	s->now_at = 0;
	s->ip6 = (struct ip){ 0 };
	s->sts_mode = DNS_STS_OFF; /* HTTPS is not what is measured */
	s->resolvers[0] =
	    (struct ip_port){ example_ip("127.0.0.1"), resolver_port };
	s->resolver_count = 1;
	s->server_ports[0] =
	    (struct ip_port){ example_ip("127.0.0.1"), server_port };
	s->server_ports[1] =
	    (struct ip_port){ example_ip("127.0.0.2"), server_port };
	s->server_port_count = 2;
	subject_complete(s);
}

static void
print_zone(const struct dns_subject *s)
{
	struct dns_records records;
	struct arena arena = { 0 };

	record_list(s, &records);
	fputs(record_as_zone(&arena, s, &records), stdout);
	arena_free(&arena);
}

/* ---- ours ---- */

static double
time_checklist(const struct dns_subject *s)
{
	static struct dns_finding findings[CHECKLIST_ROWS_MAX];
	struct checklist_request request = { .subject = *s };
	double best = 1e9;
	struct err err;

	for (int i = 0; i < ROUNDS; i++) {
		const double start = now_ms();

		if (dns_checklist_once(&request, findings, NULL, &err) != OK)
			give_up(err.text);
		for (size_t f = 0; f < dns_check_count; f++)
			if (findings[f].verdict == DNS_UNKNOWN)
				give_up(findings[f].problem);
		if (now_ms() - start < best)
			best = now_ms() - start;
	}
	return best;
}

/* ---- one answer ---- */

static void
drop(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	(void)context;
	if (answer->state != ANSWER_GOOD)
		give_up(question->name);
	arena_free(&answer->memory);
}

static double
time_answer(const struct dns_question *question, uint16_t port)
{
	static const struct engine_events events = { .done = drop };
	struct dns_server server = { .at = { example_ip("127.0.0.1"), port } };
	struct dns_server *servers[] = { &server };
	double best = 1e9;

	for (int i = 0; i < ROUNDS; i++) {
		struct arena arena = { 0 };
		struct engine *engine = engine_open(&arena, &events, NULL);
		const double start = now_ms();

		engine_ask(engine, question, servers, 1);
		while (engine_is_busy(engine))
			engine_step(engine, -1, 1000);
		if (now_ms() - start < best)
			best = now_ms() - start;
		engine_close(&engine);
		arena_free(&arena);
	}
	return best;
}

static double
time_slowest(const struct dns_subject *s, uint16_t port)
{
	struct dns_records records;
	double slowest = 0;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++) {
		struct dns_question question = {
			.type = (uint16_t)records.list[i].type
		};
		double ms;

		text_copy(
		    question.name, sizeof(question.name), records.list[i].name);
		ms = time_answer(&question, port);
		if (ms > slowest)
			slowest = ms;
	}
	return slowest;
}

int
main(int argc, char **argv)
{
	struct dns_subject subject;
	const uint16_t server_port = argc == 4 ? (uint16_t)atoi(argv[2]) : 53;

	fill_subject(
	    &subject, server_port, argc == 4 ? (uint16_t)atoi(argv[3]) : 53);
	if (argc == 2 && strcmp(argv[1], "zone") == 0)
		print_zone(&subject);
	else if (argc == 4)
		printf("%.1f %.1f\n", time_checklist(&subject),
		    time_slowest(&subject, server_port));
	else
		return 64;
	return 0;
}
