/*
 * What each name server and each resolver says of a row, in words.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checklist_run.h"

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

void
run_judge_through(struct run *run, size_t index,
    const struct dns_server *server, struct dns_finding *finding)
{
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

/* Then what one says need not be judged again for each. */
static bool
is_one_voice(const struct run *run, const struct dns_questions *questions)
{
	for (size_t i = 0; i < questions->count; i++)
		if (!answers_are_one_voice(run->answers,
			questions->list[i].name, questions->list[i].type))
			return false;
	return true;
}

void
run_poll_servers(struct run *run, size_t index,
    const struct dns_question *question, struct dns_finding *whole,
    struct poll_of_servers *polled)
{
	const bool is_judged = is_one_voice(run, &run->rows[index].questions);
	const struct dns_answer *answer;
	struct dns_finding alone;
	const struct dns_finding *finding = is_judged ? whole : &alone;

	polled->asked = polled->silent = polled->right = 0;
	polled->first = polled->lagging = NULL;
	polled->failed = NULL;
	for (size_t i = 0; (answer = answers_at(run->answers, question->name,
				question->type, false, i)) != NULL;
	     i++) {
		polled->asked++;
		if (!is_judged)
			run_judge_through(run, index, answer->server, &alone);
		note_server(whole, answer, finding);
		if (answer->state != ANSWER_GOOD ||
		    finding->verdict == DNS_UNKNOWN ||
		    finding->verdict == DNS_WAITING) {
			polled->silent++;
			polled->failed = answer;
			continue;
		}
		if (polled->first == NULL)
			polled->first = answer->server;
		if (finding->verdict != DNS_FAIL) {
			polled->right++;
			continue;
		}
		polled->lagging = answer->server;
		polled->worst = *finding;
	}
}

void
run_say_who(const struct poll_of_servers *polled, char *to, size_t size)
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
	char until[32], seconds[32];
	uint32_t left;

	if (answer->state == ANSWER_WAITING) {
		said->verdict = DNS_WAITING;
		text_copy(said->words, sizeof(said->words), "asked");
	} else if (answer->state != ANSWER_GOOD) {
		said->verdict = DNS_UNKNOWN;
		answer_describe(said->words, answer);
	} else if (answer_is_same_data(right, answer, question->type)) {
		said->verdict = DNS_PASS;
		text_copy(said->words, sizeof(said->words),
		    "says what the name servers say");
	} else {
		left = answer_ttl_left(answer, answer->answered_at);
		said->verdict = DNS_WARN;
		said->until_at = answer->answered_at + (int64_t)left;
		clock_format_short(until, sizeof(until), said->until_at);
		text_from_number(seconds, sizeof(seconds), left);
		text_format(said->words, sizeof(said->words),
		    "may keep the old value until %s (TTL %s s left)", until,
		    seconds);
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

bool
run_is_spreading(const struct run *run, const struct dns_question *question,
    const struct dns_answer *answer)
{
	return answer->server->is_resolver && answer->state == ANSWER_GOOD &&
	    answers_authoritative(run->answers, question->name, question->type)
		.answer != NULL;
}

static void
forget_resolvers(struct dns_finding *finding)
{
	size_t *count = &finding->said_count;

	memset(finding->spreading, 0, sizeof(finding->spreading));
	for (; *count > 0 && finding->said[*count - 1].is_resolver; (*count)--)
		memset(&finding->said[*count - 1], 0, sizeof(finding->said[0]));
}

void
run_look_at_resolvers(
    struct run *run, size_t index, struct dns_finding *finding)
{
	const struct dns_questions *questions = &run->rows[index].questions;

	forget_resolvers(finding);
	for (size_t i = 0; i < questions->count; i++) {
		const struct dns_question *question = &questions->list[i];
		const struct dns_view view =
		    answers_view(run->answers, question->name, question->type);
		struct item *item = run_item(run, question);
		const struct dns_answer *answer;

		if (item == NULL || view.state != VIEW_ANSWERED ||
		    item->route != DNS_BY_SERVERS || view.is_resolvers ||
		    question->type == DNS_SOA || /* its serial always moves */
		    answer_is_missing(view.answer, question->type))
			continue;
		run_ask_resolvers(run, item);
		for (size_t k = 0;
		     (answer = answers_at(run->answers, question->name,
			  question->type, true, k)) != NULL;
		     k++)
			note_resolver(finding, question, view.answer, answer);
	}
}
