#include "dns/sweep.h"

#include <poll.h>
#include <string.h>

#include "base/job.h"
#include "base/text.h"
#include "dns/pace.h"

#define JOBS_DEFAULT       16
#define PER_SECOND_DEFAULT 50
#define STEP_MS            500

/* One domain on its way. */
struct slot {
	struct job job;
	struct arena arena; /* of the job */
	struct checklist_request request;
	struct dns_finding *findings; /* dns_check_count */
	char note[DNS_SENTENCE_SIZE];
};

struct sweep {
	const struct sweep_events *events;
	void *context;
	struct pace_table *pace;
	struct slot *slots;
	size_t slot_count;
	bool is_at_end; /* no more domains come */
};

static enum err_code
start(struct sweep *sweep, struct slot *slot, struct err *err)
{
	memset(&slot->request, 0, sizeof(slot->request));
	if (!sweep->events->next(sweep->context, &slot->request)) {
		sweep->is_at_end = true;
		return OK;
	}
	slot->request.is_watched = false;
	slot->request.pace = sweep->pace;
	slot->note[0] = '\0';
	for (size_t i = 0; i < dns_check_count; i++)
		checklist_waiting(&slot->findings[i], (int)i);
	return job_open(
	    &slot->job, &slot->arena, checklist_job, &slot->request, err);
}

static void
finish(struct sweep *sweep, struct slot *slot)
{
	job_close(&slot->job);
	arena_free(&slot->arena);
	for (size_t i = 0; i < dns_check_count; i++)
		if (checklist_wants(&slot->request, i))
			checklist_lost(&slot->findings[i]);
	sweep->events->done(
	    sweep->context, &slot->request, slot->findings, slot->note);
}

static void
take(struct slot *slot, const struct checklist_record *record)
{
	const size_t index = (size_t)record->finding.check;

	if (record->kind == CHECKLIST_ROW && index < dns_check_count)
		slot->findings[index] = record->finding;
	if (record->kind == CHECKLIST_NOTE)
		text_copy(slot->note, sizeof(slot->note), record->note);
}

/* What the job has said by now. */
static void
read_slot(struct sweep *sweep, struct slot *slot)
{
	const void *record;
	size_t length;

	for (;;) {
		switch (job_read(&slot->job, &record, &length)) {
		case JOB_NOTHING:
			return;
		case JOB_RECORD:
			if (length == sizeof(struct checklist_record))
				take(slot, record);
			break;
		case JOB_END:
		case JOB_FAILED:
			finish(sweep, slot);
			return;
		}
	}
}

/* Waits until some job has something; how many are open. */
static size_t
wait_for_jobs(struct sweep *sweep)
{
	struct pollfd fds[SWEEP_JOBS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < sweep->slot_count; i++)
		if (sweep->slots[i].job.is_open)
			fds[count++] =
			    (struct pollfd){ .fd = sweep->slots[i].job.fd,
				    .events = POLLIN };
	if (count > 0)
		poll(fds, (nfds_t)count, STEP_MS);
	return count;
}

static enum err_code
run(struct sweep *sweep, struct err *err)
{
	enum err_code code = OK;
	size_t open;

	do {
		for (size_t i = 0;
		     code == OK && i < sweep->slot_count && !sweep->is_at_end;
		     i++)
			if (!sweep->slots[i].job.is_open)
				code = start(sweep, &sweep->slots[i], err);
		open = wait_for_jobs(sweep);
		for (size_t i = 0; i < sweep->slot_count; i++)
			if (sweep->slots[i].job.is_open)
				read_slot(sweep, &sweep->slots[i]);
		if (sweep->events->alive != NULL &&
		    !sweep->events->alive(sweep->context, open))
			break;
	} while (code == OK && open > 0);
	return code;
}

enum err_code
sweep_run(const struct sweep_options *options,
    const struct sweep_events *events, void *context, struct err *err)
{
	struct sweep sweep = { .events = events, .context = context };
	struct arena arena = { 0 };
	enum err_code code;

	sweep.slot_count = options->jobs > 0 ? options->jobs : JOBS_DEFAULT;
	if (sweep.slot_count > SWEEP_JOBS_MAX)
		sweep.slot_count = SWEEP_JOBS_MAX;
	code = pace_open(&sweep.pace,
	    options->per_second > 0 ? options->per_second : PER_SECOND_DEFAULT,
	    err);
	if (code != OK)
		return code;
	sweep.slots =
	    arena_array(&arena, sweep.slot_count, sizeof(*sweep.slots));
	for (size_t i = 0; i < sweep.slot_count; i++)
		sweep.slots[i].findings = arena_array(
		    &arena, dns_check_count, sizeof(*sweep.slots[i].findings));
	code = run(&sweep, err);
	for (size_t i = 0; i < sweep.slot_count; i++) {
		job_close(&sweep.slots[i].job);
		arena_free(&sweep.slots[i].arena);
	}
	arena_free(&arena);
	pace_close(&sweep.pace);
	return code;
}
