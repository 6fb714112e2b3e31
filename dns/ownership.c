#include "dns/ownership.h"

#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "dns/answers.h"
#include "dns/delegation.h"
#include "dns/engine.h"
#include "dns/resolvers.h"

#define PROOF_LABEL "_postern-proof"
#define LONGEST_MS  8000
#define MX_MAX      10

/* ---- what to ask ---- */

static bool
proof_name(char to[DNS_NAME_SIZE], const struct dns_subject *s)
{
	return text_format(to, DNS_NAME_SIZE, PROOF_LABEL ".%s", s->domain);
}

void
ownership_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	char name[DNS_NAME_SIZE];
	const struct dns_rr *rr;
	struct dns_view view;

	if (proof_name(name, s))
		question_add(q, DNS_TXT, name);
	question_add(q, DNS_MX, s->domain);
	if (answers == NULL)
		return;
	view = answers_view(answers, s->domain, DNS_MX);
	for (size_t i = 0;
	     i < MX_MAX && (rr = answer_rr(view.answer, DNS_MX, i)) != NULL;
	     i++) {
		if (rr->name[0] == '\0')
			continue;
		question_add(q, DNS_A, rr->name);
		question_add(q, DNS_AAAA, rr->name);
	}
}

/* ---- judging ---- */

static bool
has_text(const struct dns_answer *answer, const char *proof)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_TXT, i)) != NULL; i++)
		if (rr->length == strlen(proof) &&
		    memcmp(rr->data, proof, rr->length) == 0)
			return true;
	return false;
}

/* Whether that host has an address of this server; *waits when it isn't
 * answered yet. */
static bool
is_here(const struct dns_subject *s, const struct dns_answers *answers,
    const char *host, uint16_t type, bool *waits)
{
	const struct dns_view view = answers_view(answers, host, type);
	const struct ip *own = type == DNS_A ? &s->ip4 : &s->ip6;
	const struct dns_rr *rr;

	*waits = *waits || view.state == VIEW_WAITING;
	if (own->family == 0 || view.state != VIEW_ANSWERED)
		return false;
	for (size_t i = 0; (rr = answer_rr(view.answer, type, i)) != NULL; i++)
		if (ip_is_same(&rr->ip, own))
			return true;
	return false;
}

static bool
has_mx_here(const struct dns_subject *s, const struct dns_answers *answers,
    const struct dns_answer *mx, bool *waits)
{
	const struct dns_rr *rr;

	for (size_t i = 0;
	     i < MX_MAX && (rr = answer_rr(mx, DNS_MX, i)) != NULL; i++)
		if (rr->name[0] != '\0' &&
		    (is_here(s, answers, rr->name, DNS_A, waits) ||
			is_here(s, answers, rr->name, DNS_AAAA, waits)))
			return true;
	return false;
}

static void
say_missing(const struct dns_subject *s, const char *proof,
    const struct dns_view *txt, struct ownership *to)
{
	const struct dns_rr *rr = answer_rr(txt->answer, DNS_TXT, 0);
	char found[80];

	if (rr != NULL)
		text_visible(found, sizeof(found), rr->data, rr->length);
	text_format(to->sentence, sizeof(to->sentence),
	    rr == NULL ? "The DNS has no TXT record " PROOF_LABEL
			 ".%.80s with \"%.60s\" yet, nor an MX at this server."
		       : "The TXT record " PROOF_LABEL
			 ".%.80s should say \"%.60s\" "
			 "and says \"%s\".",
	    s->domain, proof, rr == NULL ? "" : found);
}

static enum ownership_way
way_of_txt(const struct dns_view *txt, const char *proof)
{
	if (txt->state == VIEW_WAITING)
		return WAY_WAITING;
	if (txt->state == VIEW_NONE)
		return WAY_UNKNOWN;
	return txt->state == VIEW_ANSWERED && has_text(txt->answer, proof)
	    ? WAY_SEEN
	    : WAY_MISSING;
}

static enum ownership_way
way_of_mx(const struct dns_subject *s, const struct dns_answers *answers,
    const struct dns_view *mx)
{
	bool waits = mx->state == VIEW_WAITING;

	if (mx->state == VIEW_NONE)
		return WAY_UNKNOWN;
	if (mx->state == VIEW_ANSWERED &&
	    has_mx_here(s, answers, mx->answer, &waits))
		return WAY_SEEN;
	return waits ? WAY_WAITING : WAY_MISSING;
}

void
ownership_judge(const struct dns_subject *s, const char *proof,
    const struct dns_answers *answers, struct ownership *to)
{
	char name[DNS_NAME_SIZE] = "";
	struct dns_view txt, mx;

	*to = (struct ownership){ 0 };
	proof_name(name, s);
	txt = answers_view(answers, name, DNS_TXT);
	mx = answers_view(answers, s->domain, DNS_MX);
	to->txt = way_of_txt(&txt, proof);
	to->mx = way_of_mx(s, answers, &mx);
	if (to->txt == WAY_SEEN)
		to->state = OWNERSHIP_BY_TXT;
	else if (to->mx == WAY_SEEN)
		to->state = OWNERSHIP_BY_MX;
	else if (to->txt == WAY_WAITING || to->mx == WAY_WAITING)
		to->state = OWNERSHIP_WAITING;
	else if (txt.state == VIEW_NONE) {
		to->state = OWNERSHIP_UNKNOWN;
		text_copy(to->sentence, sizeof(to->sentence), txt.reason);
	} else if (txt.state == VIEW_DIFFERS) {
		to->state = OWNERSHIP_NOT;
		text_format(to->sentence, sizeof(to->sentence),
		    "Not all name servers have the TXT record yet: %zu of %zu "
		    "say the same.",
		    txt.agreeing, txt.asked);
	} else {
		to->state = OWNERSHIP_NOT;
		say_missing(s, proof, &txt, to);
	}
}

/* ---- asking ---- */

/* A question, and whether its servers were asked. */
struct item {
	struct dns_question question;
	bool is_asked, are_resolvers_asked;
};

struct run {
	struct dns_subject subject;
	struct arena arena;
	struct dns_answers *answers;
	struct engine *engine;
	struct delegation *delegation;
	struct item items[DNS_QUESTION_MAX];
	size_t item_count;
	unsigned asked, answered;
};

static struct item *
item_of(struct run *run, const struct dns_question *question)
{
	for (size_t i = 0; i < run->item_count; i++)
		if (run->items[i].question.type == question->type &&
		    text_is_same(run->items[i].question.name, question->name))
			return &run->items[i];
	if (run->item_count == DNS_QUESTION_MAX)
		return NULL;
	run->items[run->item_count].question = *question;
	return &run->items[run->item_count++];
}

static void
ask_server(struct run *run, const struct dns_question *question,
    struct dns_server *server)
{
	if (!answers_expect(run->answers, question, server))
		return;
	engine_ask(run->engine, question, &server, 1);
	run->asked++;
}

static void
ask_name_servers(struct run *run, struct item *item)
{
	const struct dns_zone *zone =
	    delegation_zone(run->delegation, item->question.name);

	if (item->is_asked || zone->state == ZONE_FINDING)
		return;
	item->is_asked = true;
	if (zone->state == ZONE_FAILED) {
		answers_give_up(run->answers, &item->question, zone->reason);
		return;
	}
	answers_set_zone(run->answers, &item->question, zone->name);
	for (size_t i = 0; i < zone->server_count; i++)
		ask_server(run, &item->question, zone->servers[i]);
}

/* No name server can be reached from here: resolvers may know. */
static void
ask_resolvers(struct run *run, struct item *item)
{
	const struct dns_question *q = &item->question;
	const struct dns_answer *answer;
	struct dns_server *server;
	size_t i;

	for (i = 0; (answer = answers_at(
			 run->answers, q->name, q->type, false, i)) != NULL;
	     i++)
		if (answer->state != ANSWER_TIMEOUT &&
		    answer->state != ANSWER_UNREACHABLE)
			return;
	if (i == 0 || item->are_resolvers_asked)
		return;
	item->are_resolvers_asked = true;
	for (i = 0; (server = delegation_resolver(run->delegation, i)) != NULL;
	     i++)
		ask_server(run, q, server);
}

static void
ask_what_is_open(struct run *run)
{
	struct dns_questions questions = { 0 };

	ownership_questions(&run->subject, run->answers, &questions);
	for (size_t i = 0; i < questions.count; i++) {
		struct dns_question at = questions.list[i], next;
		struct item *item;

		for (int k = 0; k < 8 && (item = item_of(run, &at)) != NULL;
		     k++) {
			ask_name_servers(run, item);
			ask_resolvers(run, item);
			if (!answers_continue(run->answers, &at, &next))
				break;
			at = next;
		}
	}
}

static void
done(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct run *run = context;
	const struct dns_answer *slot;
	const bool is_resolver = answer->server->is_resolver;

	if (is_resolver)
		delegation_take(run->delegation, question, answer);
	for (size_t i = 0; (slot = answers_at(run->answers, question->name,
				question->type, is_resolver, i)) != NULL;
	     i++)
		if (slot->server == answer->server) {
			answers_put(run->answers, question, answer);
			run->answered++;
			return;
		}
}

/* `out` is where a job tells its progress; -1: nobody asks. */
static bool
tell(const struct run *run, int out, const struct ownership *found)
{
	const struct ownership_progress progress = {
		.asked = run->asked, .answered = run->answered, .found = *found
	};

	return out < 0 || job_write(out, &progress, sizeof(progress));
}

static void
ask_until_judged(
    struct run *run, int out, const char *proof, struct ownership *to)
{
	const int64_t end_ms = clock_monotonic_ms() + LONGEST_MS;

	do {
		ask_what_is_open(run);
		if (engine_is_busy(run->engine))
			engine_step(run->engine, -1, 1000);
		ask_what_is_open(run);
		ownership_judge(&run->subject, proof, run->answers, to);
		if (to->state != OWNERSHIP_WAITING || !tell(run, out, to))
			return;
	} while (engine_is_busy(run->engine) && clock_monotonic_ms() < end_ms);
	to->state = OWNERSHIP_UNKNOWN;
	to->txt = to->txt == WAY_WAITING ? WAY_UNKNOWN : to->txt;
	to->mx = to->mx == WAY_WAITING ? WAY_UNKNOWN : to->mx;
	text_copy(to->sentence, sizeof(to->sentence),
	    "No name server of the domain answers.");
}

static void
ask(const struct dns_subject *subject, int out, const char *proof,
    struct ownership *to)
{
	static const struct engine_events events = { .done = done };
	struct run run = { .subject = *subject };

	subject_complete(&run.subject);
	resolvers_default(run.subject.resolvers, DNS_RESOLVER_MAX,
	    &run.subject.resolver_count, NULL);
	run.answers = answers_open(&run.arena);
	run.engine = engine_open(&run.arena, &events, &run);
	run.delegation =
	    delegation_open(&run.arena, &run.subject, run.answers, run.engine);
	ask_until_judged(&run, out, proof, to);
	tell(&run, out, to);
	engine_close(&run.engine);
	answers_close(&run.answers);
	arena_free(&run.arena);
}

void
ownership_ask(
    const struct dns_subject *subject, const char *proof, struct ownership *to)
{
	ask(subject, -1, proof, to);
}

void
ownership_job(int out, void *argument)
{
	const struct ownership_request *request = argument;
	struct ownership found;

	ask(&request->subject, out, request->proof, &found);
}
