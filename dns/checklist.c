#include "dns/checklist.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "dns/answers.h"
#include "dns/delegation.h"
#include "dns/engine.h"
#include "dns/policy.h"
#include "dns/resolvers.h"

#define FOCUS_MS       2000 /* how often the row under the cursor is asked... */
#define FOCUS_FIRST_MS 60000 /* ...in the first minute... */
#define FOCUS_LATER_MS 5000  /* ...and after it */
#define OTHERS_MS      60000
#define IDLE_MS        600000
#define STEP_MS        1000
#define POLICY_MS      200 /* the same while a policy is fetched */

#define NOTE_RESOLVERS                                                      \
	"No name server answers from here (is port 53 blocked outwards?): " \
	"this is what resolvers say."

/* One question and what became of it. */
struct item {
	struct dns_question question;
	const struct dns_zone *zone;
	enum dns_route route;
	bool is_asked, are_resolvers_asked;
};

struct row {
	bool is_wanted;
	struct dns_finding shown;
	bool has_shown;
	int64_t asked_ms;
	struct dns_questions questions;
};

/* Where everything goes at once, when nobody looks on. */
struct sink {
	struct dns_finding *findings; /* dns_check_count */
	char *note;
};

struct run {
	int out;
	const struct sink *sink; /* or NULL */
	bool is_owner_gone;
	bool is_watched, is_paused;
	struct dns_subject subject;
	struct arena arena;
	struct dns_answers *answers;
	struct engine *engine;
	struct delegation *delegation;
	struct policy_asker *policies;
	struct row *rows; /* dns_check_count */
	struct item items[DNS_ENTRIES_MAX];
	size_t item_count;
	int64_t pulse_ms; /* when the zone's serial was last asked for */
	bool has_moved;   /* the zone or a row is another: ask everything */
	int focus;        /* -1: none */
	int64_t focus_ms, touched_ms;
	bool has_changed, has_told_round, has_told_resolvers;
};

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
tell_note(struct run *run, const char *note)
{
	struct checklist_record record = { .kind = CHECKLIST_NOTE };

	text_copy(record.note, sizeof(record.note), note);
	tell(run, &record);
}

/* ---- asking ---- */

static struct item *
item_of(struct run *run, const struct dns_question *question)
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
	item->question = *question;
	return item;
}

static void
ask_name_servers(struct run *run, struct item *item)
{
	const struct dns_zone *zone =
	    delegation_zone(run->delegation, item->question.name);

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
	answers_set_zone(run->answers, &item->question, zone->name);
	for (size_t i = 0; i < zone->server_count; i++) {
		struct dns_server *server = zone->servers[i];

		if (answers_expect(run->answers, &item->question, server))
			engine_ask(run->engine, &item->question, &server, 1);
	}
}

static void
ask_resolvers(struct run *run, struct item *item)
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
ask_policy_host(struct run *run, struct item *item)
{
	if (!item->is_asked)
		item->is_asked = policy_ask(run->policies, &item->question);
}

static void
ask(struct run *run, const struct dns_check *check,
    const struct dns_question *question)
{
	struct dns_question at = *question, next;
	struct item *item = item_of(run, question);

	if (item == NULL)
		return;
	item->route = check_route(check, question);
	if (item->route == DNS_BY_HTTPS)
		ask_policy_host(run, item);
	if (item->route == DNS_BY_RESOLVERS)
		ask_resolvers(run, item);
	if (item->route != DNS_BY_SERVERS)
		return;

	for (int i = 0; i < 8 && (item = item_of(run, &at)) != NULL; i++) {
		ask_name_servers(run, item);
		if (is_out_of_reach(run, &at))
			ask_resolvers(run, item);
		if (!answers_continue(run->answers, &at, &next))
			return;
		at = next;
	}
}

static void
ask_row(struct run *run, size_t index, bool is_first)
{
	struct row *row = &run->rows[index];

	row->questions.count = 0;
	dns_checks[index].questions(
	    &run->subject, is_first ? NULL : run->answers, &row->questions);
	for (size_t i = 0; i < row->questions.count; i++)
		ask(run, &dns_checks[index], &row->questions.list[i]);
}

static void
ask_row_again(struct run *run, size_t index)
{
	struct row *row = &run->rows[index];

	row->asked_ms = clock_monotonic_ms();
	for (size_t i = 0; i < row->questions.count; i++) {
		struct item *item = item_of(run, &row->questions.list[i]);

		if (item != NULL)
			item->is_asked = item->are_resolvers_asked = false;
	}
	ask_row(run, index, false);
}

static void
ask_all_again(struct run *run)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted)
			ask_row_again(run, i);
}

/* The zone's serial grows when anything in it is edited: one small question
 * tells for all rows. */
static void
ask_serial(struct run *run, int64_t now_ms)
{
	const struct dns_zone *zone =
	    delegation_zone(run->delegation, run->subject.domain);
	struct dns_question question = { .type = DNS_SOA };
	struct item *item;

	if (zone->state != ZONE_FOUND)
		return;
	text_copy(question.name, sizeof(question.name), zone->name);
	item = item_of(run, &question);
	if (item == NULL)
		return;
	run->pulse_ms = now_ms;
	item->is_asked = false;
	ask_name_servers(run, item);
}

/* ---- what name servers and resolvers say ---- */

static void
server_text(char *to, size_t size, const struct dns_server *server)
{
	char address[IP_TEXT_SIZE];

	ip_format(address, &server->at.ip);
	if (server->name[0] != '\0')
		text_format(to, size, "%s (%s)", server->name, address);
	else if (server->at.port != 53)
		text_format(to, size, "%s port %u", address, server->at.port);
	else
		text_copy(to, size, address);
}

static struct dns_said *
said_add(struct dns_finding *finding, const struct dns_server *server)
{
	struct dns_said *said;

	if (finding->said_count == DNS_SAID_MAX)
		return NULL;
	said = &finding->said[finding->said_count++];
	server_text(said->server, sizeof(said->server), server);
	said->is_resolver = server->is_resolver;
	return said;
}

/* Counts of the servers of a row's first question. */
struct poll_of_servers {
	size_t asked, silent, right;
	const struct dns_server *first, *lagging;
	const struct dns_answer *failed;
	struct dns_finding worst;
};

static void
judge_through(struct run *run, size_t index, const struct dns_server *server,
    struct dns_finding *finding)
{
	memset(finding, 0, sizeof(*finding));
	answers_look_through(run->answers, server);
	check_judge(&dns_checks[index], &run->subject, run->answers, finding);
	answers_look_through(run->answers, NULL);
}

/* What that one server answered, in words. */
static void
note_server(struct dns_finding *finding, const struct dns_answer *answer,
    const struct dns_finding *through)
{
	struct dns_said *said = said_add(finding, answer->server);

	if (said == NULL)
		return;
	said->verdict = through->verdict;
	if (answer->state == ANSWER_WAITING)
		text_copy(said->words, sizeof(said->words), "asked");
	else if (answer->state != ANSWER_GOOD) {
		said->verdict = DNS_UNKNOWN;
		answer_describe(said->words, answer);
	} else
		text_copy(said->words, sizeof(said->words),
		    through->verdict == DNS_PASS ? "has it right"
						 : through->problem);
}

static void
poll_servers(struct run *run, size_t index, const struct dns_question *question,
    struct dns_finding *whole, struct poll_of_servers *polled)
{
	const struct dns_answer *answer;
	struct dns_finding finding;

	memset(polled, 0, sizeof(*polled));
	for (size_t i = 0; (answer = answers_at(run->answers, question->name,
				question->type, false, i)) != NULL;
	     i++) {
		polled->asked++;
		judge_through(run, index, answer->server, &finding);
		note_server(whole, answer, &finding);
		if (answer->state != ANSWER_GOOD ||
		    finding.verdict == DNS_UNKNOWN ||
		    finding.verdict == DNS_WAITING) {
			polled->silent++;
			polled->failed = answer;
			continue;
		}
		if (polled->first == NULL)
			polled->first = answer->server;
		if (finding.verdict != DNS_FAIL) {
			polled->right++;
			continue;
		}
		polled->lagging = answer->server;
		polled->worst = finding;
	}
}

/* "ns1.example.com (192.0.2.1) and 2 others", who is silent, who lags. */
static void
say_who(const struct poll_of_servers *polled, char *to, size_t size)
{
	char name[DNS_REASON_SIZE], what[DNS_REASON_SIZE];
	char more[2 * DNS_REASON_SIZE];
	const size_t answered = polled->asked - polled->silent;

	if (polled->first == NULL)
		return;
	server_text(name, sizeof(name), polled->first);
	if (polled->right > 0 && polled->lagging != NULL) {
		server_text(name, sizeof(name), polled->lagging);
		text_format(to, size,
		    "Published on %zu of %zu name servers; %s does not have "
		    "it.",
		    polled->right, polled->asked, name);
	} else if (answered == 1) {
		text_format(to, size, "Asked %s (authoritative).", name);
	} else {
		text_format(to, size,
		    "Asked %s and %zu other name server%s: same answer.", name,
		    answered - 1, answered == 2 ? "" : "s");
	}
	if (polled->failed == NULL)
		return;
	server_text(name, sizeof(name), polled->failed->server);
	answer_describe(what, polled->failed);
	text_format(more, sizeof(more), "  %s %s.", name, what);
	text_append(to, size, more);
}

/* What one resolver still has of the old. */
static void
judge_resolver(const struct dns_question *question,
    const struct dns_answer *right, const struct dns_answer *answer,
    struct dns_said *said)
{
	char until[32];
	uint32_t left;

	if (answer->state == ANSWER_WAITING) {
		said->verdict = DNS_WAITING;
		text_copy(said->words, sizeof(said->words), "asked");
	} else if (answer->state != ANSWER_GOOD) {
		said->verdict = DNS_UNKNOWN;
		answer_describe(said->words, answer);
	} else if (answer_is_same_data(right, answer, question->type)) {
		said->verdict = DNS_PASS;
		text_copy(said->words, sizeof(said->words), "has it right");
	} else {
		left = answer_ttl_left(answer, answer->answered_at);
		said->verdict = DNS_WARN;
		said->until_at = answer->answered_at + (int64_t)left;
		clock_format_short(until, sizeof(until), said->until_at);
		text_format(said->words, sizeof(said->words),
		    "may keep the old value until %s (TTL %u s left)", until,
		    left);
	}
}

static struct dns_said *
said_of(struct dns_finding *finding, const struct dns_server *server)
{
	char name[sizeof(finding->said[0].server)];

	server_text(name, sizeof(name), server);
	for (size_t i = 0; i < finding->said_count; i++)
		if (finding->said[i].is_resolver &&
		    text_is_same(finding->said[i].server, name))
			return &finding->said[i];
	return said_add(finding, server);
}

/* Of several questions the worst is said. */
static void
note_resolver(struct dns_finding *finding, const struct dns_question *question,
    const struct dns_answer *right, const struct dns_answer *answer)
{
	struct dns_said *said = said_of(finding, answer->server), now;

	if (said == NULL)
		return;
	now = *said;
	judge_resolver(question, right, answer, &now);
	if (said->words[0] == '\0' ||
	    check_worse(said->verdict, now.verdict) != said->verdict)
		*said = now;
	if (finding->spreading[0] == '\0' && now.verdict != DNS_PASS &&
	    now.verdict != DNS_WAITING)
		text_format(finding->spreading, sizeof(finding->spreading),
		    "Resolver %s %s.", now.server, now.words);
}

/* Resolvers are asked for what is there for sure, and compared. */
static void
look_at_resolvers(struct run *run, size_t index, struct dns_finding *finding)
{
	const struct dns_questions *questions = &run->rows[index].questions;

	for (size_t i = 0; i < questions->count; i++) {
		const struct dns_question *question = &questions->list[i];
		const struct dns_view view =
		    answers_view(run->answers, question->name, question->type);
		struct item *item = item_of(run, question);
		const struct dns_answer *answer;

		if (item == NULL || view.state != VIEW_ANSWERED ||
		    item->route != DNS_BY_SERVERS || view.is_resolvers ||
		    question->type == DNS_SOA || /* its serial always moves */
		    answer_is_missing(view.answer, question->type))
			continue;
		ask_resolvers(run, item);
		for (size_t k = 0;
		     (answer = answers_at(run->answers, question->name,
			  question->type, true, k)) != NULL;
		     k++)
			note_resolver(finding, question, view.answer, answer);
	}
}

/* ---- verdicts ---- */

static bool
is_by_resolvers(struct run *run, const struct dns_questions *questions)
{
	for (size_t i = 0; i < questions->count; i++)
		if (item_of(run, &questions->list[i])->route ==
			DNS_BY_SERVERS &&
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

	judge_through(run, index, NULL, finding);
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
	if (item_of(run, &questions->list[0])->route == DNS_BY_RESOLVERS) {
		text_copy(finding->who_says, sizeof(finding->who_says),
		    "Asked the resolvers.");
		return;
	}
	poll_servers(run, index, &questions->list[0], finding, &polled);
	if (polled.lagging != NULL && polled.right > 0) {
		/* Who says what stays: that is the point here. */
		memcpy(polled.worst.said, finding->said, sizeof(finding->said));
		polled.worst.said_count = finding->said_count;
		*finding = polled.worst;
	}
	finding->is_everywhere =
	    polled.asked > 0 && polled.right == polled.asked;
	say_who(&polled, finding->who_says, sizeof(finding->who_says));
	if (finding->verdict == DNS_PASS || finding->verdict == DNS_WARN)
		look_at_resolvers(run, index, finding);
}

static void
show(struct run *run, size_t index, struct dns_finding *finding)
{
	struct row *row = &run->rows[index];
	const int64_t now = clock_now();
	struct checklist_record record = { .kind = CHECKLIST_ROW };
	bool is_same;

	finding->check = (int)index;
	finding->changed_at = row->shown.changed_at;
	finding->last_pass_at = row->shown.last_pass_at;
	is_same = row->has_shown &&
	    memcmp(finding, &row->shown, sizeof(*finding)) == 0;
	/* A watched row never falls back to waiting. */
	if (row->has_shown && finding->verdict == DNS_WAITING &&
	    row->shown.verdict != DNS_WAITING)
		return;
	if (finding->verdict == DNS_PASS)
		finding->last_pass_at = row->shown.last_pass_at = now;
	if (is_same)
		return;
	if (finding->verdict != row->shown.verdict) {
		finding->changed_at = now;
		run->has_moved = run->has_moved || row->has_shown;
	}
	row->shown = record.finding = *finding;
	row->has_shown = true;
	tell(run, &record);
}

static void
tell_round(struct run *run)
{
	const struct checklist_record record = { .kind = CHECKLIST_ROUND };

	if (run->has_told_round)
		return;
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted &&
		    run->rows[i].shown.verdict == DNS_WAITING)
			return;
	run->has_told_round = true;
	run->has_moved = false;
	tell(run, &record);
}

static bool
is_busy(const struct run *run)
{
	return engine_is_busy(run->engine) || policy_is_busy(run->policies);
}

/* New answers may lead to new questions and to other verdicts; where nobody
 * looks on, verdicts wait until no answer is due. */
static void
settle(struct run *run)
{
	struct dns_finding finding;

	run->has_changed = false;
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted)
			ask_row(run, i, false);
	if (run->sink != NULL && is_busy(run))
		return;
	for (size_t i = 0; i < dns_check_count; i++) {
		if (!run->rows[i].is_wanted)
			continue;
		judge(run, i, &finding);
		show(run, i, &finding);
	}
	tell_round(run);
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
	if (is_resolver)
		delegation_take(run->delegation, question, answer);
	if (question->is_unchecked)
		return; /* it only led to the name servers */
	if (answer->state == ANSWER_LAME && answer->referral[0] != '\0') {
		const struct dns_zone *zone =
		    delegation_zone(run->delegation, question->name);

		if (strlen(answer->referral) > strlen(zone->name))
			delegation_refer(run->delegation, answer->referral);
	}
	for (size_t i = 0; (slot = answers_at(run->answers, question->name,
				question->type, is_resolver, i)) != NULL;
	     i++)
		if (slot->server == answer->server) {
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
	run->has_changed = true;
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
		ask_all_again(run);
	else if (order->kind == CHECKLIST_AGAIN && is_row)
		ask_row_again(run, index);
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
		ask_all_again(run);
	}
	if (now_ms - run->pulse_ms >= often_ms(run->touched_ms, now_ms))
		ask_serial(run, now_ms);
	for (size_t i = 0; i < dns_check_count; i++)
		if (run->rows[i].is_wanted &&
		    now_ms - run->rows[i].asked_ms >=
			(run->focus == (int)i ? often_ms(run->focus_ms, now_ms)
					      : OTHERS_MS))
			ask_row_again(run, i);
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
	run->rows =
	    arena_array(&run->arena, dns_check_count, sizeof(*run->rows));
	run->answers = answers_open(&run->arena);
	run->engine = engine_open(&run->arena, &events, run);
	engine_share_pace(run->engine, request->pace);
	run->delegation = delegation_open(
	    &run->arena, &run->subject, run->answers, run->engine);
	delegation_look_unchecked(run->delegation);
	run->policies =
	    policy_asker_open(&run->arena, &run->subject, run->answers);
	run->focus = -1;
	run->touched_ms = clock_monotonic_ms();
	for (size_t i = 0; i < dns_check_count; i++) {
		run->rows[i].asked_ms = run->touched_ms;
		checklist_waiting(&run->rows[i].shown, (int)i);
		run->rows[i].is_wanted = checklist_wants(request, i);
		if (run->rows[i].is_wanted)
			ask_row(run, i, true);
	}
}

/* Everything was answered or given up, and still a row waits: say so. */
static void
end_rows(struct run *run)
{
	for (size_t i = 0; i < dns_check_count; i++) {
		struct dns_finding finding = run->rows[i].shown;

		if (!run->rows[i].is_wanted)
			continue;
		checklist_lost(&finding);
		show(run, i, &finding);
	}
	tell_round(run);
}

/* One poll for name servers, policy hosts and the owner. */
static void
wait_for_news(struct run *run)
{
	const int most_ms = policy_is_busy(run->policies) ? POLICY_MS : STEP_MS;

	if (engine_step(run->engine, policy_fd(run->policies), most_ms) &&
	    run->sink == NULL)
		take_orders(run);
	if (policy_step(run->policies))
		run->has_changed = true;
}

static void
do_run(struct run *run, const struct checklist_request *request)
{
	open_run(run, request);
	if (run->sink == NULL)
		policy_add_fd(run->policies, JOB_ORDERS_FD);
	settle(run);
	while (!run->is_owner_gone && (run->is_watched || is_busy(run))) {
		wait_for_news(run);
		if (run->is_watched)
			ask_what_is_due(run);
		if (run->has_changed)
			settle(run);
	}
	end_rows(run);
	policy_asker_close(&run->policies);
	engine_close(&run->engine);
	answers_close(&run->answers);
	arena_free(&run->arena);
}

static struct run the_run; /* too large for a stack; one per process */

void
checklist_job(int out, void *request)
{
	memset(&the_run, 0, sizeof(the_run));
	the_run.out = out;
	do_run(&the_run, request);
}

void
checklist_run(const struct checklist_request *request,
    struct dns_finding *findings, char *note)
{
	struct checklist_request once = *request;
	const struct sink sink = { findings, note };

	memset(&the_run, 0, sizeof(the_run));
	the_run.sink = &sink;
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
