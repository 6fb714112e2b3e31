/*
 * dns_world.h - a DNS of text lines, for tests of the judges: no network.
 *
 * A line is "NAME TYPE VALUE" as in a zone file, without quotes; a value of
 * "!" and an enum answer_state's word (TIMEOUT, SERVFAIL) is what happens
 * instead of an answer; "!BOGUS" is SERVFAIL of a resolver that checked
 * signatures, "!AD" beside records that it found them right, "!ENDS SECONDS"
 * when they end; "!NXDOMAIN ZONE", "!IN ZONE", "!LAME" and "!REFUSED" are what they
 * say.  "@2 " in front of a value is what a second name server says.  What no
 * line says has no records.
 */
#ifndef TESTS_LIB_DNS_WORLD_H
#define TESTS_LIB_DNS_WORLD_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/answers.h"
#include "dns/check.h"
#include "tests/lib/dns_example.h"

#define WORLD_LINES 120
#define WORLD_RRS   16

struct world {
	struct dns_subject subject;
	char lines[WORLD_LINES][1200];
	size_t count;
	struct arena arena;
	struct dns_answers *answers;
};

static inline void
world_add(struct world *w, const char *line)
{
	if (w->count < WORLD_LINES)
		text_copy(w->lines[w->count++], sizeof(w->lines[0]), line);
}

/* Does the line begin with this name and type?  *value is the rest. */
static inline bool
world_line_is(
    const char *line, const char *name, const char *type, const char **value)
{
	char start[DNS_NAME_SIZE + 20];
	const size_t length = strlen(name) + strlen(type) + 2;

	text_format(start, sizeof(start), "%s %s ", name, type);
	*value = line + length;
	return strncmp(line, start, length) == 0;
}

static inline void
world_remove(struct world *w, const char *name, const char *type)
{
	const char *value;
	size_t kept = 0;

	for (size_t i = 0; i < w->count; i++)
		if (!world_line_is(w->lines[i], name, type, &value))
			memmove(
			    w->lines[kept++], w->lines[i], sizeof(w->lines[0]));
	w->count = kept;
}

/* The wanted records of the subject, as if published. */
static inline void
world_publish(struct world *w)
{
	struct dns_records records;

	record_list(&w->subject, &records);
	for (size_t i = 0; i < records.count; i++) {
		char line[1200];
		const struct dns_record *r = &records.list[i];

		text_format(line, sizeof(line), "%s %s %s", r->name,
		    record_type_text(r), record_as_one_line(&w->arena, r));
		world_add(w, line);
	}
}

/* What the policy host of the example serves. */
#define WORLD_POLICY                                     \
	"mta-sts.example.com POLICY 200 text/plain\\x0a" \
	"version: STSv1\\x0amode: testing\\x0amx: "      \
	"mail.example.com\\x0amax_age: 604800\\x0a"

/* What its MX shows after STARTTLS: good from 2026-09-21 to 2027-01-15. */
#define WORLD_MAIL_TLS                                        \
	"mail.example.com MAILTLS tls 1790000000 1800000000 " \
	"1\\x0amail.example.com\\x0a"

/* What every domain has that exists: where it is, and what other hosts of it
 * show. */
static inline void
world_add_surroundings(struct world *w)
{
	static const char *const lines[] = { WORLD_POLICY, WORLD_MAIL_TLS,
		"example.com DELEGATION ns1.dns.example",
		"example.com DELEGATION ns2.dns.example",
		"example.com APEX ns1.dns.example",
		"example.com APEX ns2.dns.example" };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		world_add(w, lines[i]);
}

static inline void
world_open(struct world *w)
{
	memset(w, 0, sizeof(*w));
	example_subject(&w->subject);
	world_publish(w);
	world_add_surroundings(w);
}

/* What happens instead of, or beside, records. */
static inline void
world_happen(struct dns_answer *a, const char *value, int64_t now)
{
	if (strcmp(value, "!AD") == 0)
		a->is_validated = true;
	else if (strncmp(value, "!ENDS ", 6) == 0)
		a->signed_until = now + atoi(value + 6);
	else if (strcmp(value, "!BOGUS") == 0) {
		a->state = ANSWER_SERVFAIL;
		a->ede_code = 6;
	} else if (strncmp(value, "!NXDOMAIN ", 10) == 0) {
		a->rcode = DNS_NXDOMAIN;
		text_copy(a->soa_owner, sizeof(a->soa_owner), value + 10);
	} else if (strncmp(value, "!IN ", 4) == 0)
		text_copy(a->soa_owner, sizeof(a->soa_owner), value + 4);
	else if (strcmp(value, "!LAME") == 0)
		a->state = ANSWER_LAME;
	else if (strcmp(value, "!REFUSED") == 0)
		a->state = ANSWER_REFUSED;
	else
		a->state = strcmp(value, "!TIMEOUT") == 0 ? ANSWER_TIMEOUT
							  : ANSWER_SERVFAIL;
}

static inline void
world_close(struct world *w)
{
	answers_close(&w->answers);
	arena_free(&w->arena);
}

/* \xNN in a value becomes that byte. */
static inline size_t
world_unescape(char *to, const char *from)
{
	size_t used = 0;

	for (; *from != '\0'; from++) {
		if (from[0] == '\\' && from[1] == 'x') {
			char digits[3] = { from[2], from[3], '\0' };

			to[used++] = (char)strtol(digits, NULL, 16);
			from += 3;
		} else
			to[used++] = *from;
	}
	to[used] = '\0';
	return used;
}

static inline void
world_fill(struct arena *arena, struct dns_rr *rr, const char *owner,
    uint16_t type, const char *value)
{
	char *data = arena_alloc(arena, strlen(value) + 1);
	unsigned preference = 0, weight = 0, port = 0;
	char host[DNS_NAME_SIZE] = "";
	uint8_t *lengths = arena_alloc(arena, 1);

	*rr = (struct dns_rr){ .owner = arena_text(arena, owner),
		.type = question_wire_type(type),
		.ttl = 3600,
		.name = "" };
	rr->length = world_unescape(data, value);
	rr->data = data;
	lengths[0] = (uint8_t)(rr->length < 255 ? rr->length : 255);
	rr->string_lengths = lengths;
	rr->string_count = 1;
	if (type == DNS_A || type == DNS_AAAA)
		rr->ip = example_ip(value);
	else if (type == DNS_MX)
		sscanf(value, "%u %255s", &preference, host);
	else if (type == DNS_SOA) {
		sscanf(value, "%255s %u %u", host, &rr->serial, &rr->minimum);
		rr->ttl = rr->minimum;
	} else if (type == DNS_SRV)
		sscanf(
		    value, "%u %u %u %255s", &preference, &weight, &port, host);
	else if (type != DNS_TXT)
		text_copy(host, sizeof(host), value);
	if (strcmp(host, ".") != 0)
		rr->name = arena_text(arena, host);
	rr->preference = (uint16_t)preference;
	rr->weight = (uint16_t)weight;
	rr->port = (uint16_t)port;
}

/* The lines of the second name server begin with "@2 ". */
static inline bool
world_is_of_server(const char **value, int server)
{
	const bool is_second = strncmp(*value, "@2 ", 3) == 0;

	if (is_second)
		*value += 3;
	return is_second == (server == 2);
}

static inline void
world_answer_of(
    struct world *w, const struct dns_question *question, int server)
{
	const struct ip_port at = {
		example_ip(server == 2 ? "192.0.2.54" : "192.0.2.53"), 53
	};
	struct dns_answer a = { .state = ANSWER_GOOD,
		.is_authoritative = true,
		.has_soa = true,
		.ede_code = -1,
		.asked_at = w->subject.now_at,
		.answered_at = w->subject.now_at };
	struct dns_rr *rrs = arena_array(&a.memory, WORLD_RRS, sizeof(*rrs));
	char type[16];
	const char *value;

	question_type_name(type, question->type);
	text_copy(a.target, sizeof(a.target), question->name);
	a.server = answers_server(w->answers,
	    server == 2 ? "ns2.example.com" : "ns1.example.com", &at, false);
	a.rrs = rrs;
	for (size_t i = 0; i < w->count && question->type != DNS_CNAME; i++)
		if (world_line_is(w->lines[i], a.target, "CNAME", &value) &&
		    a.rr_count < 4) {
			world_fill(&a.memory, &rrs[a.rr_count++], a.target,
			    DNS_CNAME, value);
			text_copy(a.target, sizeof(a.target), value);
			i = (size_t)-1;
		}
	for (size_t i = 0; i < w->count && a.rr_count < WORLD_RRS; i++) {
		if (!world_line_is(w->lines[i], a.target, type, &value) ||
		    !world_is_of_server(&value, server))
			continue;
		if (value[0] == '!')
			world_happen(&a, value, w->subject.now_at);
		else
			world_fill(&a.memory, &rrs[a.rr_count++], a.target,
			    question->type, value);
	}
	answers_put(w->answers, question, &a);
}

static inline void
world_answer(struct world *w, const struct dns_question *question)
{
	char type[16];
	const char *value;

	question_type_name(type, question->type);
	world_answer_of(w, question, 1);
	for (size_t i = 0; i < w->count; i++)
		if (world_line_is(w->lines[i], question->name, type, &value) &&
		    strncmp(value, "@2 ", 3) == 0) {
			world_answer_of(w, question, 2);
			return;
		}
}

/* What a resolver finds bogus is in the table whichever row asked it. */
static inline void
world_add_bogus(struct world *w)
{
	struct dns_question question = { .type = 0 };
	char type[16];

	for (size_t i = 0; i < w->count; i++) {
		if (strstr(w->lines[i], " !BOGUS") == NULL ||
		    sscanf(w->lines[i], "%255s %15s", question.name, type) != 2)
			continue;
		question.type = question_type_by_name(type);
		if (answers_view(w->answers, question.name, question.type)
			.state == VIEW_WAITING)
			world_answer(w, &question);
	}
}

/* Asks until the check needs no more, and judges. */
static inline void
world_judge(struct world *w, const char *check_name, struct dns_finding *f)
{
	const struct dns_check *check = check_by_name(check_name);
	struct dns_subject s = w->subject;
	static struct dns_questions q;

	subject_complete(&s); /* as the checklist does */
	answers_close(&w->answers);
	w->answers = answers_open(&w->arena);
	for (int round = 0; round < 12; round++) {
		q.count = 0;
		check_questions(check, &s, round == 0 ? NULL : w->answers, &q);
		for (size_t i = 0; i < q.count; i++)
			if (answers_view(
				w->answers, q.list[i].name, q.list[i].type)
				.state == VIEW_WAITING)
				world_answer(w, &q.list[i]);
	}
	world_add_bogus(w);
	check_judge(check, &w->subject, w->answers, f);
}

#endif
