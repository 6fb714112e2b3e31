#include "dns/checklist.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "dns/checklist_run.h"
#include "dns/resolvers.h"
#include "dns/socket_pool.h"

#define FOCUS_MS       2000 /* how often the row under the cursor is asked... */
#define FOCUS_FIRST_MS 60000 /* ...in the first minute... */
#define FOCUS_LATER_MS 5000  /* ...and after it */
#define OTHERS_MS      60000
#define IDLE_MS        600000
#define STEP_MS        1000
#define VISIT_MS       200 /* the same while a host is visited */
#define ROUND_MS       20  /* so long answers wait for others, at most */

#define NOTE_RESOLVERS                                                      \
	"No name server answers from here (is port 53 blocked outwards?): " \
	"this is what resolvers say."

void
checklist_waiting(struct dns_finding *finding, int check)
{
	*finding = (struct dns_finding){ .check = check, .differs_at = -1 };
}

void
checklist_lost(struct dns_finding *finding)
{
	if (finding->verdict != DNS_WAITING)
		return;
	finding->verdict = DNS_UNKNOWN;
	text_copy(finding->problem, sizeof(finding->problem),
	    "The check ended before an answer came: ask again.");
}

bool
checklist_wants(const struct checklist_request *request, size_t check)
{
	return request->only == 0 || (request->only >> check & 1) != 0;
}

static void take_record(
    const struct checklist_record *, struct dns_finding *, char *note);

static void
tell(struct run *run, const struct checklist_record *record)
{
	if (run->sink != NULL)
		take_record(record, run->sink->findings, run->sink->note);
	else if (!job_write(run->out, record, sizeof(*record)))
		run->is_owner_gone = true;
}

static void
tell_row(struct run *run, const struct dns_finding *finding)
{
	struct checklist_record record = { .kind = CHECKLIST_ROW };

	record.finding = *finding;
	tell(run, &record);
}

static void
tell_note(struct run *run, const char *note)
{
	struct checklist_record record = { .kind = CHECKLIST_NOTE };

	text_copy(record.note, sizeof(record.note), note);
	tell(run, &record);
}

/* ---- verdicts ---- */

static bool
is_by_resolvers(struct run *run, const struct dns_questions *questions)
{
	for (size_t i = 0; i < questions->count; i++)
		if (run_is_by(run, &questions->list[i], DNS_BY_SERVERS) &&
		    answers_view(run->answers, questions->list[i].name,
			questions->list[i].type)
			.is_resolvers)
			return true;
	return false;
}

static void
judge(struct run *run, size_t index, struct dns_finding *finding)
{
	const struct dns_questions *questions = &run->rows[index].questions;
	struct poll_of_servers polled;

	run_judge_through(run, index, NULL, finding);
	if (questions->count == 0 || finding->verdict == DNS_WAITING)
		return;
	if (is_by_resolvers(run, questions)) {
		text_copy(finding->who_says, sizeof(finding->who_says),
		    "Asked resolvers only: no name server answers from here.");
		if (!run->has_told_resolvers)
			tell_note(run, NOTE_RESOLVERS);
		run->has_told_resolvers = true;
		return;
	}
	if (run_is_by(run, &questions->list[0], DNS_BY_RESOLVERS)) {
		text_copy(finding->who_says, sizeof(finding->who_says),
		    "Asked the resolvers.");
		return;
	}
	run_poll_servers(run, index, &questions->list[0], finding, &polled);
	if (polled.lagging != NULL && polled.right > 0) {
		/* Who says what stays: that is the point here. */
		memcpy(polled.worst.said, finding->said, sizeof(finding->said));
		polled.worst.said_count = finding->said_count;
		*finding = polled.worst;
	}
	finding->is_everywhere =
	    polled.asked > 0 && polled.right == polled.asked;
	run_say_who(&polled, finding->who_says, sizeof(finding->who_says));
	if (finding->verdict == DNS_PASS || finding->verdict == DNS_WARN)
		run_look_at_resolvers(run, index, finding);
}

static bool
is_spread(const struct dns_finding *finding)
{
	return finding->said_count > 0 &&
	    finding->said[finding->said_count - 1].is_resolver;
}

/* A finding is large: with a sink it was judged in its place. */
static void
show_in_place(struct row *row, size_t index, int64_t now)
{
	row->shown->check = (int)index;
	row->shown->changed_at = row->shown->verdict == DNS_WAITING ? 0 : now;
	row->shown->last_pass_at = row->shown->verdict == DNS_PASS ? now : 0;
	row->has_shown = true;
}

static void
show(struct run *run, size_t index, struct dns_finding *finding)
{
	struct row *row = &run->rows[index];
	const int64_t now = clock_now();
	bool is_same;

	if (finding == row->shown) {
		show_in_place(row, index, now);
		return;
	}
	finding->check = (int)index;
	finding->changed_at = row->shown->changed_at;
	finding->last_pass_at = row->shown->last_pass_at;
	is_same = row->has_shown &&
	    memcmp(finding, row->shown, sizeof(*finding)) == 0;
	/* A watched row never falls back to waiting. */
	if (row->has_shown && finding->verdict == DNS_WAITING &&
	    row->shown->verdict != DNS_WAITING)
		return;
	if (finding->verdict == DNS_PASS)
		finding->last_pass_at = row->shown->last_pass_at = now;
	if (is_same)
		return;
	if (finding->verdict != row->shown->verdict) {
		finding->changed_at = now;
		run->has_moved = run->has_moved || row->has_shown;
	}
	*row->shown = *finding;
	row->has_shown = true;
	tell_row(run, finding);
}

static void
judge_row(struct run *run, size_t index, bool has_news)
{
	struct dns_finding *shown = run->rows[index].shown, apart;
	struct dns_finding *finding = run->sink != NULL ? shown : &apart;

	if (has_news) {
		judge(run, index, finding);
	} else if (is_spread(shown)) {
		if (finding != shown)
			*finding = *shown;
		run_look_at_resolvers(run, index, finding);
	} else {
		return;
	}
	show(run, index, finding);
}

static void
tell_round(struct run *run)
{
	const struct checklist_record record = { .kind = CHECKLIST_ROUND };

	if (run->has_told_round)
		return;
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted &&
		    run->rows[i].shown->verdict == DNS_WAITING)
			return;
	run->has_told_round = true;
	run->has_moved = false;
	tell(run, &record);
}

static bool
is_busy(const struct run *run)
{
	return engine_is_busy(run->engine) || visitor_is_busy(run->visitor);
}

/* New answers may lead to new questions and to other verdicts; where nobody
 * looks on, verdicts wait until no answer is due. */
static void
settle(struct run *run)
{
	const bool has_news = run->has_news;

	run->has_changed = false;
	run->settled_ms = clock_monotonic_ms();
	/* Who looks on asks again and again: then no count tells. */
	if (run->sink == NULL)
		run_forget_progress(run);
	if (has_news)
		run_ask_rows(run);
	if (run->sink != NULL && is_busy(run))
		return;
	run->has_news = false;
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted)
			judge_row(run, i, has_news);
	tell_round(run);
}

/* What each answer leads to costs more than the answer: where nobody looks
 * on, those that come together are taken together. */
static bool
is_time_to_settle(const struct run *run)
{
	return run->has_changed &&
	    (run->sink == NULL || !is_busy(run) ||
		clock_monotonic_ms() - run->settled_ms >= ROUND_MS);
}

/* ---- events of the engine ---- */

static uint32_t
serial_of(const struct dns_answer *answer)
{
	const struct dns_rr *rr = answer_rr(answer, DNS_SOA, 0);

	return rr == NULL ? 0 : rr->serial;
}

static void
done(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct run *run = context;
	const struct dns_answer *slot;
	const bool is_resolver = answer->server->is_resolver;

	run->has_changed = true;
	if (is_resolver && delegation_take(run->delegation, question, answer))
		run->has_news = true;
	if (question->is_unchecked)
		return; /* it only led to the name servers */
	if (answer->state == ANSWER_LAME && answer->referral[0] != '\0' &&
	    question->type == question_wire_type(question->type)) {
		const struct dns_zone *zone =
		    delegation_zone(run->delegation, question->name);

		if (strlen(answer->referral) > strlen(zone->name))
			delegation_refer(run->delegation, answer->referral);
		run->has_news = true;
		run_forget_progress(run);
	}
	for (size_t i = 0; (slot = answers_at(run->answers, question->name,
				question->type, is_resolver, i)) != NULL;
	     i++)
		if (slot->server == answer->server) {
			run->has_news = run->has_news ||
			    !run_is_spreading(run, question, answer);
			run->has_moved = run->has_moved ||
			    (serial_of(slot) != 0 && serial_of(answer) != 0 &&
				serial_of(slot) != serial_of(answer));
			answers_put(run->answers, question, answer);
			return;
		}
}

static void
late(void *context, const struct dns_question *question,
    const struct dns_server *server)
{
	struct run *run = context;

	answers_mark_late(run->answers, question, server);
	run_forget_progress(run);
	run->has_changed = run->has_news = true;
}

/* ---- watching ---- */

static void
take_order(struct run *run, const struct checklist_order *order)
{
	const size_t index = (size_t)order->check;
	const bool is_row = order->check >= 0 && index < dns_check_count &&
	    run->rows[index].is_wanted;

	run->touched_ms = clock_monotonic_ms();
	run->is_paused = false;
	if (order->kind == CHECKLIST_FOCUS && order->check != run->focus) {
		run->focus = is_row ? order->check : -1;
		run->focus_ms = run->touched_ms;
	}
	if (order->kind == CHECKLIST_AGAIN || order->kind == CHECKLIST_ALL)
		delegation_retry(run->delegation);
	if (order->kind == CHECKLIST_ALL)
		run_ask_all_again(run);
	else if (order->kind == CHECKLIST_AGAIN && is_row)
		run_ask_row_again(run, index);
}

static void
take_orders(struct run *run)
{
	struct checklist_order order;
	int n;

	while ((n = job_heard(&order, sizeof(order))) > 0)
		if ((size_t)n == sizeof(order))
			take_order(run, &order);
	if (n < 0)
		run->is_owner_gone = true;
}

static int64_t
often_ms(int64_t since_ms, int64_t now_ms)
{
	return now_ms - since_ms < FOCUS_FIRST_MS ? FOCUS_MS : FOCUS_LATER_MS;
}

static void
ask_what_is_due(struct run *run)
{
	const int64_t now_ms = clock_monotonic_ms();
	const struct checklist_record pause = { .kind = CHECKLIST_PAUSE };

	if (run->is_paused)
		return;
	if (now_ms - run->touched_ms >= IDLE_MS) {
		run->is_paused = true;
		tell(run, &pause);
		return;
	}
	if (run->has_moved && run->has_told_round &&
	    !engine_is_busy(run->engine)) {
		run->has_moved = false;
		run_ask_all_again(run);
	}
	if (now_ms - run->pulse_ms >= often_ms(run->touched_ms, now_ms))
		run_ask_serial(run, now_ms);
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted &&
		    now_ms - run->rows[i].asked_ms >=
			(run->focus == (int)i ? often_ms(run->focus_ms, now_ms)
					      : OTHERS_MS))
			run_ask_row_again(run, i);
}

/* ---- the run ---- */

static void
open_run(struct run *run, const struct checklist_request *request)
{
	const struct engine_events events = { .done = done, .late = late };

	run->subject = request->subject;
	run->is_watched = request->is_watched;
	subject_complete(&run->subject);
	resolvers_default(run->subject.resolvers, DNS_RESOLVER_MAX,
	    &run->subject.resolver_count, NULL);
	run->answers = answers_open(&run->arena);
	/* Large, and filled below. */
	run->rows =
	    arena_bytes(&run->arena, dns_check_count * sizeof(*run->rows));
	run->engine = engine_open(&run->arena, &events, run);
	engine_share_pace(run->engine, request->pace);
	engine_share_sockets(run->engine, run->sockets);
	run->delegation = delegation_open(
	    &run->arena, &run->subject, run->answers, run->engine);
	delegation_look_unchecked(run->delegation);
	run->visitor = visitor_open(&run->arena, &run->subject, run->answers);
	run->focus = -1;
	run->has_news = true;
	run->touched_ms = clock_monotonic_ms();
	for (size_t i = 0; i < dns_check_count; i++) {
		run->rows[i].asked_ms = run->touched_ms;
		run->rows[i].has_shown = false;
		run->rows[i].questions.count = 0;
		run->rows[i].progress = 0;
		run->rows[i].shown = run->sink != NULL
		    ? &run->sink->findings[i]
		    : arena_bytes(&run->arena, sizeof(struct dns_finding));
		checklist_waiting(run->rows[i].shown, (int)i);
		run->rows[i].is_wanted = checklist_wants(request, i);
		if (run->rows[i].is_wanted)
			run_ask_row(run, i, true);
	}
}

/* Everything was answered or given up, and still a row waits: say so. */
static void
end_rows(struct run *run)
{
	for (size_t i = 0; i < dns_check_count; i++) {
		struct dns_finding *shown = run->rows[i].shown, apart;

		if (!run->rows[i].is_wanted ||
		    (run->rows[i].has_shown && shown->verdict != DNS_WAITING))
			continue;
		apart = *shown;
		checklist_lost(&apart);
		if (run->sink != NULL)
			*shown = apart;
		show(run, i, run->sink != NULL ? shown : &apart);
	}
	tell_round(run);
}

/* One poll for name servers, other hosts and the owner. */
static void
wait_for_news(struct run *run)
{
	const int most_ms = run->has_changed ? ROUND_MS
	    : visitor_is_busy(run->visitor)  ? VISIT_MS
					     : STEP_MS;

	if (engine_step(run->engine, visitor_fd(run->visitor), most_ms) &&
	    run->sink == NULL)
		take_orders(run);
	if (visitor_step(run->visitor)) {
		run->has_changed = run->has_news = true;
		run_forget_progress(run);
	}
}

static void
do_run(struct run *run, const struct checklist_request *request)
{
	open_run(run, request);
	if (run->sink == NULL)
		visitor_add_fd(run->visitor, JOB_ORDERS_FD);
	settle(run);
	while (!run->is_owner_gone && (run->is_watched || is_busy(run))) {
		wait_for_news(run);
		if (run->is_watched)
			ask_what_is_due(run);
		if (is_time_to_settle(run))
			settle(run);
	}
	end_rows(run);
	visitor_close(&run->visitor);
	engine_close(&run->engine);
	answers_close(&run->answers);
	arena_free(&run->arena);
}

static struct run the_run; /* too large for a stack; one per process */
static struct socket_pool
    the_sockets; /* from one checklist_run() to the next */

/* All but the items, which run_item() fills as they come. */
static void
clear_run(struct run *run)
{
	memset(run, 0, offsetof(struct run, items));
}

void
checklist_job(int out, void *request)
{
	clear_run(&the_run);
	the_run.out = out;
	do_run(&the_run, request);
}

void
checklist_run(const struct checklist_request *request,
    struct dns_finding *findings, char *note)
{
	struct checklist_request once = *request;
	const struct sink sink = { findings, note };

	clear_run(&the_run);
	the_run.sink = &sink;
	the_run.sockets = &the_sockets;
	once.is_watched = false;
	do_run(&the_run, &once);
}

/* ---- for the command line ---- */

static void
take_record(const struct checklist_record *record, struct dns_finding *findings,
    char *note)
{
	const size_t index = (size_t)record->finding.check;

	if (record->kind == CHECKLIST_ROW && index < dns_check_count)
		findings[index] = record->finding;
	if (record->kind == CHECKLIST_NOTE && note != NULL)
		text_copy(note, DNS_SENTENCE_SIZE, record->note);
}

enum err_code
dns_checklist_once(const struct checklist_request *request,
    struct dns_finding findings[CHECKLIST_ROWS_MAX], char *note,
    struct err *err)
{
	struct checklist_request once = *request;
	struct arena arena = { 0 };
	struct job job;
	enum job_event event;
	enum err_code code;
	const void *record;
	size_t length;

	once.is_watched = false;
	if (note != NULL)
		note[0] = '\0';
	for (size_t i = 0; i < dns_check_count; i++)
		checklist_waiting(&findings[i], (int)i);
	code = job_open(&job, &arena, checklist_job, &once, err);
	if (code != OK)
		return code;
	while ((event = job_read(&job, &record, &length)) == JOB_RECORD ||
	    event == JOB_NOTHING) {
		struct pollfd wait = { .fd = job.fd, .events = POLLIN };

		if (event == JOB_NOTHING)
			poll(&wait, 1, -1);
		else if (length == sizeof(struct checklist_record))
			take_record(record, findings, note);
	}
	job_close(&job);
	arena_free(&arena);
	for (size_t i = 0; i < dns_check_count; i++)
		if (checklist_wants(request, i))
			checklist_lost(&findings[i]);
	return OK;
}
