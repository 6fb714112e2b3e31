#include "dns/spf_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "dns/engine.h"
#include "dns/record.h"
#include "dns/resolvers.h"
#include "dns/spf_merge.h"
#include "dns/spf_syntax.h"

#define STEP_MS 500

_Static_assert(sizeof(struct spf_look) <= JOB_RECORD_MAX,
    "a look is one record of its job");

struct look {
	struct arena arena;
	struct dns_answers *answers;
	struct engine *engine;
	struct dns_server *servers[ENGINE_SERVERS_MAX];
	size_t server_count;
	int64_t end_ms;
};

/* ---- asking ---- */

static void
take_answer(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct look *look = context;

	answers_put(look->answers, question, answer);
}

static void
look_open(struct look *look, const struct dns_subject *s)
{
	static const struct engine_events events = { .done = take_answer };
	struct ip_port resolvers[DNS_RESOLVER_MAX];
	size_t count = s->resolver_count;

	*look = (struct look){ .end_ms = clock_monotonic_ms() + SPF_LOOK_MS };
	memcpy(resolvers, s->resolvers, sizeof(resolvers));
	resolvers_default(resolvers, DNS_RESOLVER_MAX, &count, NULL);
	look->answers = answers_open(&look->arena);
	look->engine = engine_open(&look->arena, &events, look);
	for (size_t i = 0; i < count && i < ENGINE_SERVERS_MAX; i++)
		look->servers[look->server_count++] =
		    answers_server(look->answers, "", &resolvers[i], true);
}

static void
look_close(struct look *look)
{
	engine_close(&look->engine);
	answers_close(&look->answers);
	arena_free(&look->arena);
}

/* False when nothing is to be waited for, or the time is over. */
static bool
ask(struct look *look, const struct dns_questions *need)
{
	if (clock_monotonic_ms() >= look->end_ms)
		return false;
	for (size_t i = 0; i < need->count; i++) {
		const struct dns_question *q = &need->list[i];

		if (answers_view(look->answers, q->name, q->type).state ==
		    VIEW_WAITING)
			engine_ask(
			    look->engine, q, look->servers, look->server_count);
	}
	if (!engine_is_busy(look->engine))
		return false;
	engine_step(look->engine, -1, STEP_MS);
	return true;
}

static struct dns_view
view_of_records(struct look *look, const char *domain)
{
	struct dns_questions need = { .count = 0 };
	struct dns_view view;

	question_add(&need, DNS_TXT, domain);
	do
		view = answers_view(look->answers, domain, DNS_TXT);
	while (view.state == VIEW_WAITING && ask(look, &need));
	return view;
}

/* ---- one record ---- */

static size_t
own_addresses(const struct dns_subject *s, struct ip own[SPF_LOOK_SENDERS])
{
	size_t count = 0;

	if (s->ip4.family != 0)
		own[count++] = s->ip4;
	if (s->ip6.family != 0)
		own[count++] = s->ip6;
	return count;
}

static struct spf_sender
sender_of(const struct dns_subject *s, const struct ip *ip)
{
	return (struct spf_sender){ .ip = *ip,
		.local = "postmaster",
		.domain = s->domain,
		.helo = s->ehlo_name[0] != '\0' ? s->ehlo_name : s->mail_host,
		.now_at = clock_now() };
}

/* The steps that led to a pass, from the domain's own record down: in each
 * record the last one that was looked at matched. */
static size_t
deciding_steps(const struct spf_report *report, size_t path[SPF_STEPS_MAX])
{
	size_t count = 0, from = 0, found;

	do {
		found = SPF_STEPS_MAX;
		for (size_t i = from; i < report->step_count; i++)
			if (report->steps[i].depth == count &&
			    report->steps[i].result == SPF_STEP_MATCH)
				found = i;
		if (found < SPF_STEPS_MAX) {
			path[count++] = found;
			from = found + 1;
		}
	} while (found < SPF_STEPS_MAX && count < SPF_STEPS_MAX);
	return count;
}

static void
mark_term(struct spf_look *to, const struct spf_step *step, unsigned char bit)
{
	for (size_t i = 0; i < to->term_count; i++)
		if (to->terms[i].depth == step->depth &&
		    text_is_same(to->terms[i].text, step->text) &&
		    text_is_same(to->terms[i].domain, step->domain)) {
			to->senders_of_term[i] |= bit;
			return;
		}
}

static void
tell_pass(struct spf_look *to, struct spf_look_sender *sender,
    const struct spf_report *report, size_t number)
{
	size_t path[SPF_STEPS_MAX];
	const size_t count = deciding_steps(report, path);

	for (size_t i = 0; i < count; i++) {
		const struct spf_step *step = &report->steps[path[i]];

		text_append(sender->by, sizeof(sender->by), i == 0 ? "" : ", ");
		text_append(sender->by, sizeof(sender->by), step->text);
		mark_term(to, step, (unsigned char)(1U << number));
	}
}

/* What our addresses get of what is in the table; `to` gets the terms. */
static void
tell_walk(struct look *look, const struct dns_subject *s, struct spf_walk *walk,
    struct spf_look *to, struct spf_report *report)
{
	struct ip own[SPF_LOOK_SENDERS] = { { .family = AF_INET } };
	struct spf_sender sender;

	walk->sender_count = own_addresses(s, own);
	sender = sender_of(s, &own[0]);
	spf_count(look->answers, &sender, NULL, report);
	walk->lookups = report->lookups;
	walk->voids = report->voids;
	text_copy(walk->error, sizeof(walk->error),
	    report->result == SPF_PASS ? "" : report->why);
	memcpy(to->terms, report->steps, sizeof(to->terms));
	to->term_count = report->step_count;
	memset(to->senders_of_term, 0, sizeof(to->senders_of_term));
	for (size_t i = 0; i < walk->sender_count; i++) {
		struct spf_look_sender *told = &walk->senders[i];

		sender = sender_of(s, &own[i]);
		spf_evaluate(look->answers, &sender, NULL, report);
		*told = (struct spf_look_sender){ .ip = own[i],
			.result = report->result };
		if (report->result == SPF_PASS)
			tell_pass(to, told, report, i);
		else
			text_copy(told->why, sizeof(told->why), report->why);
	}
}

/* All that the walk rests on was asked, or nobody answers any more. */
static void
walk_record(struct look *look, const struct dns_subject *s,
    struct spf_walk *walk, struct spf_look *to)
{
	struct spf_report *report = arena_alloc(&look->arena, sizeof(*report));
	struct ip own[SPF_LOOK_SENDERS] = { { .family = AF_INET } };
	const size_t count = own_addresses(s, own);
	static struct dns_questions need;
	bool is_needing;

	do {
		need.count = 0;
		is_needing = false;
		for (size_t i = 0; i < count || i == 0; i++) {
			const struct spf_sender sender = sender_of(s, &own[i]);

			spf_count(look->answers, &sender, &need, report);
			is_needing |= report->result == SPF_NEED;
			spf_evaluate(look->answers, &sender, &need, report);
			is_needing |= report->result == SPF_NEED;
		}
	} while (is_needing && ask(look, &need));
	tell_walk(look, s, walk, to, report);
}

/* ---- the record to publish ---- */

/* From here on the domain has this record, as far as we are concerned. */
static void
pretend(struct look *look, const char *domain, const char *text)
{
	struct dns_question question = { .type = DNS_TXT };

	text_copy(question.name, sizeof(question.name), domain);
	for (size_t i = 0; i < look->server_count; i++) {
		struct dns_answer answer = { .state = ANSWER_GOOD,
			.ede_code = -1,
			.rr_count = 1,
			.server = look->servers[i] };
		struct dns_rr *rr = arena_array(&answer.memory, 1, sizeof(*rr));

		text_copy(answer.target, sizeof(answer.target), domain);
		*rr = (struct dns_rr){ .owner =
					   arena_text(&answer.memory, domain),
			.type = DNS_TXT,
			.name = "",
			.data = arena_text(&answer.memory, text),
			.length = strlen(text) };
		answer.rrs = rr;
		answers_put(look->answers, &question, &answer);
	}
}

static size_t
failing(const struct spf_walk *walk, struct ip own[SPF_LOOK_SENDERS])
{
	size_t count = 0;

	for (size_t i = 0; i < walk->sender_count; i++)
		if (walk->senders[i].result != SPF_PASS)
			own[count++] = walk->senders[i].ip;
	return count;
}

static void
merge_with(struct spf_look *to, const struct ip *own, size_t count)
{
	char before[DNS_VALUE_SIZE];

	text_copy(before, sizeof(before), to->publish);
	spf_merge(to->publish, &(struct spf_text){ before, strlen(before) }, 1,
	    own, count);
}

/* `publish` as it is first: then with those of ours that it leaves out. */
static void
find_best(struct look *look, const struct dns_subject *s, struct spf_look *to)
{
	struct ip own[SPF_LOOK_SENDERS];
	size_t count;

	for (int i = 0; i < 2; i++) {
		pretend(look, s->domain, to->publish);
		walk_record(look, s, &to->then, to);
		count = failing(&to->then, own);
		if (count == 0)
			return;
		merge_with(to, own, count);
	}
}

static size_t
shown(const struct spf_look *look)
{
	return look->record_count < SPF_LOOK_RECORDS ? look->record_count
						     : SPF_LOOK_RECORDS;
}

static int
compare(const void *a, const void *b)
{
	const struct spf_text *left = a, *right = b;

	return strcmp(left->text, right->text);
}

/* In an order of their own: servers turn theirs with each answer. */
static void
collect(struct spf_look *to, const struct dns_answer *answer,
    struct spf_text texts[SPF_LOOK_RECORDS])
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++) {
		if (!spf_is_record(rr->data, rr->length))
			continue;
		if (to->record_count < SPF_LOOK_RECORDS)
			texts[to->record_count] =
			    (struct spf_text){ rr->data, rr->length };
		to->record_count++;
	}
	qsort(texts, shown(to), sizeof(*texts), compare);
	for (size_t i = 0; i < shown(to); i++)
		text_visible(to->records[i], DNS_VALUE_SIZE, texts[i].text,
		    texts[i].length);
}

/* The record that is there when it is one and whole, else what the domain's
 * records come together to. */
static void
begin_best(const struct dns_subject *s, struct spf_look *to,
    const struct spf_text *texts)
{
	const size_t count = shown(to);
	struct dns_subject whole = *s;
	struct dns_records *records;
	const struct dns_record *wanted;
	struct spf_record parsed;
	struct arena arena = { 0 };

	if (count == 1 && spf_parse(&parsed, texts[0].text, texts[0].length)) {
		text_copy(to->publish, sizeof(to->publish), to->records[0]);
	} else if (count > 0) {
		spf_merge(to->publish, texts, count, NULL, 0);
	} else {
		subject_complete(&whole);
		records = arena_alloc(&arena, sizeof(*records));
		record_list(&whole, records);
		wanted = record_by_purpose(records, "spf");
		text_copy(to->publish, sizeof(to->publish),
		    wanted != NULL ? wanted->value : "v=spf1 mx -all");
		arena_free(&arena);
	}
}

void
spf_look(const struct dns_subject *s, struct spf_look *to)
{
	struct spf_text texts[SPF_LOOK_RECORDS];
	struct dns_view view;
	struct look look;

	*to = (struct spf_look){ .term_count = 0 };
	text_copy(to->domain, sizeof(to->domain), s->domain);
	look_open(&look, s);
	view = view_of_records(&look, s->domain);
	if (view.answer == NULL) {
		text_copy(to->reason, sizeof(to->reason),
		    view.reason[0] != '\0'
			? view.reason
			: "The answers did not come in time.");
	} else {
		collect(to, view.answer, texts);
		begin_best(s, to, texts);
		if (to->record_count == 1)
			walk_record(&look, s, &to->now, to);
		find_best(&look, s, to);
		to->is_good = to->record_count == 1 &&
		    text_is_same(to->publish, to->records[0]) &&
		    to->then.error[0] == '\0' &&
		    to->then.lookups <= SPF_LOOKUP_MAX &&
		    to->then.voids <= SPF_VOID_MAX;
	}
	look_close(&look);
}

void
spf_look_job(int out, void *subject)
{
	static struct spf_look look;

	spf_look(subject, &look);
	job_write(out, &look, sizeof(look));
}
