#include "dns/publish.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/engine.h"
#include "dns/publish_keep.h"

#define STEP_MS 500

/* ---- the difference ---- */

static bool
is_ours(const struct dns_record *r)
{
	return r->place == DNS_AT_DNS_HOST;
}

/* As a value of struct dns_record has it; false when it doesn't fit. */
static bool
value_of(struct dns_record *to, const struct dns_rr *rr)
{
	char ip[IP_TEXT_SIZE];

	to->priority = 0;
	switch (rr->type) {
	case DNS_A:
	case DNS_AAAA:
		ip_format(ip, &rr->ip);
		return text_copy(to->value, sizeof(to->value), ip);
	case DNS_MX:
		to->priority = rr->preference;
		return text_copy(to->value, sizeof(to->value),
		    rr->name[0] == '\0' ? "." : rr->name);
	case DNS_SRV:
		to->priority = rr->preference;
		return text_format(to->value, sizeof(to->value), "%u %u %s",
		    rr->weight, rr->port, rr->name[0] == '\0' ? "." : rr->name);
	case DNS_CNAME:
		return text_copy(to->value, sizeof(to->value), rr->name);
	default:
		return memchr(rr->data, '\0', rr->length) == NULL &&
		    text_format(to->value, sizeof(to->value), "%.*s",
			(int)rr->length, rr->data);
	}
}

static bool
is_same(const struct dns_record *a, const struct dns_record *b)
{
	return a->type == b->type && text_is_same_fold(a->name, b->name) &&
	    a->priority == b->priority && text_is_same(a->value, b->value);
}

/* Two texts that can't stand beside each other: the same "v=spf1", or both
 * keys of one selector. */
static bool
is_same_kind(const struct dns_record *wanted, const char *value)
{
	const size_t length = strcspn(wanted->value, " ;");

	/* Meant as DMARC and damaged: the wanted record is what it meant. */
	if (text_is_same(wanted->purpose, "dmarc") &&
	    strcasestr(value, "dmarc1") != NULL)
		return true;
	return strstr(wanted->name, "._domainkey.") != NULL ||
	    strncasecmp(wanted->value, value, length) == 0;
}

static bool
add_change(
    struct publish_plan *plan, bool is_delete, const struct dns_record *record)
{
	struct update_change *change = &plan->changes[plan->count];

	for (size_t i = 0; i < plan->count; i++)
		if (plan->changes[i].is_delete == is_delete &&
		    is_same(&plan->changes[i].record, record))
			return true;
	if (plan->count == UPDATE_MAX)
		return false;
	change->is_delete = is_delete;
	change->record = *record;
	plan->count++;
	return true;
}

static bool
is_wanted(const struct dns_records *records, const struct dns_record *found)
{
	for (size_t i = 0; i < records->count; i++)
		if (is_ours(&records->list[i]) &&
		    is_same(&records->list[i], found))
			return true;
	return false;
}

/* A value that is not wanted, and is not ours to take away: a text of another
 * kind, a mail host that is asked only when ours can't be. */
static bool
may_stay(const struct dns_record *wanted, const struct dns_record *found)
{
	switch (wanted->type) {
	case DNS_TXT:
		return !is_same_kind(wanted, found->value);
	case DNS_MX:
		return found->priority > wanted->priority &&
		    !text_is_same_fold(found->value, wanted->value);
	default:
		return false;
	}
}

/* What is there at the name of one wanted record. */
static enum err_code
compare_one(struct publish_plan *plan, const struct dns_records *records,
    const struct dns_record *wanted, const struct dns_answer *answer,
    struct err *err)
{
	struct dns_record found = *wanted;
	const struct dns_rr *rr;
	bool is_there = false, is_full = false;

	for (size_t i = 0; i < answer->rr_count && !is_full; i++) {
		rr = &answer->rrs[i];
		if (rr->type != wanted->type ||
		    !text_is_same(rr->owner, wanted->name))
			continue;
		if (!value_of(&found, rr))
			continue;
		if (is_same(wanted, &found))
			is_there = true;
		else if (!is_wanted(records, &found) &&
		    !may_stay(wanted, &found))
			is_full = !add_change(plan, true, &found);
	}
	plan->right += is_there;
	if (!is_there && !is_full)
		is_full = !add_change(plan, false, wanted);
	return is_full ? err_set(err, ERR_INVALID, NULL,
			     "There are more than %d changes: look at the zone "
			     "by hand first.",
			     UPDATE_MAX)
		       : OK;
}

/* Deletions first: an alias must go before an address comes. */
static void
order(struct publish_plan *plan)
{
	for (size_t i = 1; i < plan->count; i++)
		for (size_t j = i; j > 0 && plan->changes[j].is_delete &&
		     !plan->changes[j - 1].is_delete;
		     j--) {
			const struct update_change swap = plan->changes[j];

			plan->changes[j] = plan->changes[j - 1];
			plan->changes[j - 1] = swap;
		}
}

static enum err_code
say_no_answer(const struct dns_record *wanted, const struct dns_answer *answer,
    struct err *err)
{
	const bool is_lame = answer != NULL && answer->state == ANSWER_LAME;
	char what[DNS_REASON_SIZE] = "was not asked";

	if (answer != NULL)
		answer_describe(what, answer);
	return err_set(err, is_lame ? ERR_INVALID : ERR_TIMEOUT, NULL,
	    "The name server %s (%s %s).", what, record_type_text(wanted),
	    wanted->name);
}

enum err_code
publish_difference(struct publish_plan *plan, const struct dns_answers *answers,
    const struct dns_subject *given, enum publish_policy policy,
    struct err *err)
{
	struct dns_subject s = *given;
	struct dns_records records;
	enum err_code code = OK;

	subject_complete(&s);
	record_list(&s, &records);
	plan->count = plan->right = 0;
	plan->note[0] = '\0';
	for (size_t i = 0; code == OK && i < records.count; i++) {
		struct dns_record *wanted = &records.list[i];
		const struct dns_answer *answer = answers_at(
		    answers, wanted->name, (uint16_t)wanted->type, false, 0);

		if (!is_ours(wanted))
			continue;
		if (answer == NULL || answer->state != ANSWER_GOOD)
			code = say_no_answer(wanted, answer, err);
		else if (publish_keep(plan, wanted, answer, &s, policy))
			code = compare_one(plan, &records, wanted, answer, err);
	}
	order(plan);
	return code;
}

/* ---- asking ---- */

struct ask {
	struct dns_answers *answers;
};

static void
take_answer(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct ask *ask = context;

	answers_put(ask->answers, question, answer);
}

static void
ask_all(struct engine *engine, struct ask *ask, struct dns_server *server,
    const struct dns_subject *s)
{
	struct dns_questions questions = { .count = 0 };
	struct dns_records records;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++)
		if (is_ours(&records.list[i]))
			question_add(&questions, records.list[i].type,
			    records.list[i].name);
	for (size_t i = 0; i < questions.count; i++)
		if (answers_expect(ask->answers, &questions.list[i], server))
			engine_ask(engine, &questions.list[i], &server, 1);
	while (engine_is_busy(engine))
		engine_step(engine, -1, STEP_MS);
}

enum err_code
publish_compare(struct publish_plan *plan, const struct ip_port *at,
    const struct dns_subject *given, enum publish_policy policy,
    struct err *err)
{
	static const struct engine_events events = { .done = take_answer };
	struct dns_subject s = *given;
	struct arena arena = { 0 };
	struct ask ask = { answers_open(&arena) };
	struct engine *engine = engine_open(&arena, &events, &ask);
	enum err_code code;

	subject_complete(&s);
	memset(plan, 0, sizeof(*plan));
	text_copy(plan->zone, sizeof(plan->zone), s.zone);
	ask_all(
	    engine, &ask, answers_server(ask.answers, "server", at, false), &s);
	code = publish_difference(plan, ask.answers, &s, policy, err);
	engine_close(&engine);
	answers_close(&ask.answers);
	arena_free(&arena);
	return code;
}
