#include "dns/spf_ask.h"

#include "base/clock.h"
#include "base/text.h"
#include "dns/engine.h"

#define STEP_MS 500

struct ask {
	struct arena arena;
	struct dns_answers *answers;
	struct engine *engine;
	struct dns_server *servers[ENGINE_SERVERS_MAX];
	size_t server_count;
};

static void
take_answer(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	struct ask *ask = context;

	answers_put(ask->answers, question, answer);
}

static void
ask_open(struct ask *ask, const struct ip_port *resolvers, size_t count)
{
	static const struct engine_events events = { .done = take_answer };

	*ask = (struct ask){ 0 };
	ask->answers = answers_open(&ask->arena);
	ask->engine = engine_open(&ask->arena, &events, ask);
	for (size_t i = 0; i < count && i < ENGINE_SERVERS_MAX; i++)
		ask->servers[ask->server_count++] =
		    answers_server(ask->answers, "", &resolvers[i], true);
}

static void
ask_close(struct ask *ask)
{
	engine_close(&ask->engine);
	answers_close(&ask->answers);
	arena_free(&ask->arena);
}

static void
ask_needed(struct ask *ask, const struct dns_questions *need)
{
	for (size_t i = 0; i < need->count; i++) {
		const struct dns_question *q = &need->list[i];

		if (answers_view(ask->answers, q->name, q->type).state ==
		    VIEW_WAITING)
			engine_ask(
			    ask->engine, q, ask->servers, ask->server_count);
	}
}

void
spf_ask(const struct ip_port *resolvers, size_t count,
    const struct spf_sender *sender, struct spf_report *report)
{
	const int64_t end_ms = clock_monotonic_ms() + SPF_ASK_MS;
	struct dns_questions need;
	struct ask ask;

	ask_open(&ask, resolvers, count);
	do {
		need.count = 0;
		spf_evaluate(ask.answers, sender, &need, report);
		if (report->result != SPF_NEED)
			break;
		ask_needed(&ask, &need);
		if (!engine_is_busy(ask.engine))
			break;
		engine_step(ask.engine, -1, STEP_MS);
	} while (clock_monotonic_ms() < end_ms);
	if (report->result == SPF_NEED) {
		report->result = SPF_TEMPERROR;
		text_copy(report->why, sizeof(report->why),
		    "The answers did not come in time.");
	}
	ask_close(&ask);
}
