#include "model/mail_trace.h"

#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "model/domain.h"
#include "model/permission.h"

enum err_code
mail_trace_prepare(struct context *context, const char *address,
    struct mail_trace *to, struct err *err)
{
	struct target target = { .is_known = true };
	const char *at = strrchr(address, '@');
	struct domain domain = { .id = 0 };
	const char *why;
	enum err_code code;

	*to = (struct mail_trace){ .address = "" };
	if (!may_ever(&context->actor, ACTION_MAIL_TRACE, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	if (actor_key_allows(&context->actor, "mail trace", false, err) != OK)
		return err->code;
	if (at == NULL)
		return err_set(err, ERR_INVALID, "address",
		    "That is no mail address: it has no @.");
	code = domain_find(context->db, at + 1, &domain, err);
	if (code != OK && code != ERR_NOT_FOUND)
		return code;
	target.id = domain.id;
	target.tenant_id = domain.tenant_id;
	if (code != OK || !may(&context->actor, ACTION_MAIL_TRACE, &target))
		return err_set(err, ERR_NOT_FOUND, "address",
		    "There is no domain \"%.100s\" here.", at + 1);
	text_copy(to->address, sizeof(to->address), address);
	return health_log_paths(context->db, &to->logs, err);
}

/* False when the owner is gone. */
static bool
write_message(int out, const struct trace_message *message)
{
	static struct mail_trace_record record;

	record = (struct mail_trace_record){ .part = TRACE_MESSAGE,
		.message = *message };
	record.message.steps = NULL;
	if (!job_write(out, &record, sizeof(record)))
		return false;
	record.part = TRACE_STEP;
	for (size_t i = 0; i < message->step_count; i++) {
		record.step = message->steps[i];
		if (!job_write(out, &record, sizeof(record)))
			return false;
	}
	return true;
}

void
mail_trace_job(int out, void *argument)
{
	const struct mail_trace *trace = argument;
	struct mail_trace_record refusal = { .part = TRACE_ERROR };
	struct arena arena = { 0 };
	struct trace_message *list;
	size_t count;

	if (trace_read(trace->logs.paths, trace->address, clock_now(), &arena,
		&list, &count, &refusal.err) != OK)
		(void)job_write(out, &refusal, sizeof(refusal));
	for (size_t i = 0; i < count && write_message(out, &list[i]); i++)
		;
	arena_free(&arena);
}
