/*
 * The running checklist asks: name servers first, resolvers where it must be.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checklist_run.h"

struct item *
run_item(struct run *run, const struct dns_question *question)
{
	struct item *item;

	for (size_t i = 0; i < run->item_count; i++) {
		item = &run->items[i];
		if (item->question.type == question->type &&
		    text_is_same(item->question.name, question->name))
			return item;
	}
	if (run->item_count == DNS_ENTRIES_MAX)
		return NULL;
	item = &run->items[run->item_count++];
	*item = (struct item){ .question = *question };
	return item;
}

bool
run_is_by(
    struct run *run, const struct dns_question *question, enum dns_route route)
{
	const struct item *item = run_item(run, question);

	return item != NULL && item->route == route;
}

/* Whose name servers are asked; NULL while that isn't known. */
static const struct dns_zone *
zone_of(struct run *run, const struct item *item)
{
	const char *name = item->question.name;
	const struct dns_answer *parent;

	if (item->route == DNS_BY_PARENT)
		return delegation_parent(run->delegation, name);
	if (item->route != DNS_BY_NAMED)
		return delegation_zone(run->delegation, name);
	parent = answers_view(run->answers, name, DNS_DELEGATION).answer;
	return parent == NULL || parent->state != ANSWER_GOOD
	    ? NULL
	    : delegation_named(run->delegation, name, parent);
}

static void
ask_name_servers(struct run *run, struct item *item)
{
	const struct dns_zone *zone = zone_of(run, item);

	if (zone == NULL)
		return;
	if (item->zone != NULL && item->zone != zone) {
		/* A referral led further down. */
		answers_forget(run->answers, &item->question);
		item->is_asked = false;
	}
	item->zone = zone;
	if (item->is_asked)
		return;
	if (zone->state == ZONE_FAILED)
		answers_give_up(run->answers, &item->question, zone->reason);
	if (zone->state != ZONE_FOUND)
		return;
	item->is_asked = true;
	answers_give_up(run->answers, &item->question, "");
	if (item->route == DNS_BY_SERVERS)
		answers_set_zone(run->answers, &item->question, zone->name);
	if (item->route == DNS_BY_NAMED) /* the parent may name others now */
		answers_forget(run->answers, &item->question);
	for (size_t i = 0; i < zone->server_count; i++) {
		struct dns_server *server = zone->servers[i];

		if (answers_expect(run->answers, &item->question, server))
			engine_ask(run->engine, &item->question, &server, 1);
	}
}

void
run_ask_resolvers(struct run *run, struct item *item)
{
	struct dns_server *server;

	if (item->are_resolvers_asked)
		return;
	item->are_resolvers_asked = true;
	for (size_t i = 0;
	     (server = delegation_resolver(run->delegation, i)) != NULL; i++)
		if (answers_expect(run->answers, &item->question, server))
			engine_ask(run->engine, &item->question, &server, 1);
}

/* No name server of the question can be reached: resolvers may know. */
static bool
is_out_of_reach(const struct run *run, const struct dns_question *question)
{
	const struct dns_answer *answer;
	size_t i;

	for (i = 0; (answer = answers_at(run->answers, question->name,
			 question->type, false, i)) != NULL;
	     i++)
		if (answer->state != ANSWER_TIMEOUT &&
		    answer->state != ANSWER_UNREACHABLE)
			return false;
	return i > 0;
}

/* Once per round; later when the host's addresses aren't known yet. */
static void
visit(struct run *run, struct item *item)
{
	if (!item->is_asked)
		item->is_asked = visitor_ask(run->visitor, &item->question);
}

static void
ask(struct run *run, const struct dns_check *check,
    const struct dns_question *question)
{
	struct dns_question at = *question, next;
	struct item *item = run_item(run, question);

	if (item == NULL)
		return;
	item->route = check_route(check, question);
	if (item->route == DNS_BY_VISIT)
		visit(run, item);
	if (item->route == DNS_BY_RESOLVERS)
		run_ask_resolvers(run, item);
	if (item->route == DNS_BY_PARENT || item->route == DNS_BY_NAMED)
		ask_name_servers(run, item);
	if (item->route != DNS_BY_SERVERS)
		return;

	for (int i = 0; i < 8 && (item = run_item(run, &at)) != NULL; i++) {
		ask_name_servers(run, item);
		if (is_out_of_reach(run, &at))
			run_ask_resolvers(run, item);
		if (!answers_continue(run->answers, &at, &next))
			return;
		at = next;
	}
}

void
run_ask_row(struct run *run, size_t index, bool is_first)
{
	struct row *row = &run->rows[index];

	row->questions.count = 0;
	check_questions(&dns_checks[index], &run->subject,
	    is_first ? NULL : run->answers, &row->questions);
	for (size_t i = 0; i < row->questions.count; i++)
		ask(run, &dns_checks[index], &row->questions.list[i]);
}

/* Grows with each answer to the row's questions, and each zone that was found
 * for them; 0 when it can't be told so. */
static size_t
progress_of(struct run *run, const struct row *row)
{
	size_t sum = 1, heard;

	for (size_t i = 0; i < row->questions.count; i++) {
		const struct item *item =
		    run_item(run, &row->questions.list[i]);

		if (item == NULL || item->route == DNS_BY_VISIT ||
		    (item->route == DNS_BY_SERVERS && item->zone == NULL) ||
		    !answers_heard(run->answers, &item->question, &heard))
			return 0;
		if (item->zone != NULL && item->zone->state != ZONE_FINDING)
			sum++;
		sum += heard;
	}
	return sum;
}

void
run_ask_rows(struct run *run)
{
	for (size_t i = 0; i < dns_check_count; i++) {
		struct row *row = &run->rows[i];

		if (!row->is_wanted ||
		    (row->progress != 0 &&
			progress_of(run, row) == row->progress))
			continue;
		run_ask_row(run, i, false);
		row->progress = progress_of(run, row);
	}
}

void
run_forget_progress(struct run *run)
{
	for (size_t i = 0; i < dns_check_count; i++)
		run->rows[i].progress = 0;
}

void
run_ask_row_again(struct run *run, size_t index)
{
	struct row *row = &run->rows[index];

	row->asked_ms = clock_monotonic_ms();
	for (size_t i = 0; i < row->questions.count; i++) {
		struct item *item = run_item(run, &row->questions.list[i]);

		if (item != NULL)
			item->is_asked = item->are_resolvers_asked = false;
	}
	run_ask_row(run, index, false);
}

void
run_ask_all_again(struct run *run)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted)
			run_ask_row_again(run, i);
}

void
run_ask_serial(struct run *run, int64_t now_ms)
{
	const struct dns_zone *zone =
	    delegation_zone(run->delegation, run->subject.domain);
	struct dns_question question = { .type = DNS_SOA };
	struct item *item;

	if (zone->state != ZONE_FOUND)
		return;
	text_copy(question.name, sizeof(question.name), zone->name);
	item = run_item(run, &question);
	if (item == NULL)
		return;
	run->pulse_ms = now_ms;
	item->is_asked = false;
	ask_name_servers(run, item);
}
