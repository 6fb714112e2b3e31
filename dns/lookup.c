#include "dns/lookup.h"

#include "base/job.h"
#include "dns/engine.h"

static void
write_record(void *context, const struct dns_question *question,
    struct dns_answer *answer)
{
	const int *out = context;
	struct lookup_record record = {
		.question = *question,
		.resolver = answer->server->at,
		.is_answered = answer->state == ANSWER_GOOD,
	};
	const struct dns_rr *rr;

	if (!record.is_answered)
		answer_describe(record.reason, answer);
	for (size_t i = 0; record.ip_count < LOOKUP_IPS_MAX &&
	     (rr = answer_rr(answer, question->type, i)) != NULL;
	     i++)
		if (rr->ip.family != 0)
			record.ips[record.ip_count++] = rr->ip;
	job_write(*out, &record, sizeof(record));
}

void
lookup_job(int out, void *request)
{
	const struct lookup_request *wanted = request;
	static const struct engine_events events = { .done = write_record };
	struct dns_server servers[LOOKUP_RESOLVERS_MAX] = { 0 };
	struct arena arena = { 0 };
	struct engine *engine = engine_open(&arena, &events, &out);

	for (size_t i = 0; i < wanted->resolver_count; i++) {
		struct dns_server *server = &servers[i];

		server->at = wanted->resolvers[i];
		server->is_resolver = true;
		for (size_t q = 0; q < wanted->question_count; q++)
			engine_ask(engine, &wanted->questions[q], &server, 1);
	}
	while (engine_is_busy(engine))
		engine_step(engine, -1, 1000);
	engine_close(&engine);
	arena_free(&arena);
}
