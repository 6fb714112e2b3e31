#include "dns/sweep.h"

#include <poll.h>
#include <string.h>
#include <sys/mman.h>

#include "base/job.h"
#include "base/text.h"
#include "dns/pace.h"

#define JOBS_DEFAULT       16
#define PER_SECOND_DEFAULT 50
#define STEP_MS            500

/* What a worker and its owner share: one of them has it at a time. */
struct desk {
	struct checklist_request request;
	char note[DNS_SENTENCE_SIZE];
	struct dns_finding findings[]; /* dns_check_count */
};

/* A worker process, which takes one domain after the other: to start one for
 * each domain costs more than the domain. */
struct slot {
	struct job job;
	struct arena arena; /* of the job */
	struct desk *desk;
	bool is_at_work;
};

struct sweep {
	const struct sweep_events *events;
	void *context;
	struct pace_table *pace;
	struct slot *slots;
	size_t slot_count;
	bool is_at_end; /* no more domains come */
};

/* ---- in the worker ---- */

/* False when the owner is gone. */
static bool
wait_for_work(void)
{
	struct pollfd order = { .fd = JOB_ORDERS_FD, .events = POLLIN };
	char go;
	int n;

	while ((n = job_heard(&go, sizeof(go))) == 0)
		poll(&order, 1, -1);
	return n > 0;
}

static void
work(int out, void *argument)
{
	struct desk *desk = argument;
	const char done = 'd';

	while (wait_for_work()) {
		desk->note[0] = '\0';
		checklist_run(&desk->request, desk->findings, desk->note);
		if (!job_write(out, &done, sizeof(done)))
			return;
	}
}

/* ---- in its owner ---- */

static size_t
desk_size(void)
{
	return sizeof(struct desk) +
	    dns_check_count * sizeof(struct dns_finding);
}

static enum err_code
open_desk(struct slot *slot, struct err *err)
{
	void *memory = mmap(NULL, desk_size(), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return err_set_errno(err, "Can't share memory");
	slot->desk = memory;
	return OK;
}

static void
close_slot(struct slot *slot)
{
	job_close(&slot->job);
	arena_free(&slot->arena);
	if (slot->desk != NULL)
		munmap(slot->desk, desk_size());
	slot->desk = NULL;
}

static enum err_code
start(struct sweep *sweep, struct slot *slot, struct err *err)
{
	const char go = 'g';
	enum err_code code = OK;

	memset(&slot->desk->request, 0, sizeof(slot->desk->request));
	if (!sweep->events->next(sweep->context, &slot->desk->request)) {
		sweep->is_at_end = true;
		return OK;
	}
	slot->desk->request.pace = sweep->pace;
	if (!slot->job.is_open)
		code =
		    job_open(&slot->job, &slot->arena, work, slot->desk, err);
	if (code != OK)
		return code;
	slot->is_at_work = true;
	/* One that can't be told is at its end: read_slot() sees it. */
	(void)job_tell(&slot->job, &go, sizeof(go));
	return OK;
}

static void
finish(struct sweep *sweep, struct slot *slot)
{
	slot->is_at_work = false;
	sweep->events->done(sweep->context, &slot->desk->request,
	    slot->desk->findings, slot->desk->note);
}

/* The worker crashed: what it left behind is not looked at. */
static void
lose(struct sweep *sweep, struct slot *slot)
{
	job_close(&slot->job);
	arena_free(&slot->arena);
	slot->desk->note[0] = '\0';
	for (size_t i = 0; i < dns_check_count; i++) {
		checklist_waiting(&slot->desk->findings[i], (int)i);
		if (checklist_wants(&slot->desk->request, i))
			checklist_lost(&slot->desk->findings[i]);
	}
	finish(sweep, slot);
}

static void
read_slot(struct sweep *sweep, struct slot *slot)
{
	const void *record;
	size_t length;

	switch (job_read(&slot->job, &record, &length)) {
	case JOB_NOTHING:
		break;
	case JOB_RECORD:
		finish(sweep, slot);
		break;
	case JOB_END:
	case JOB_FAILED:
		lose(sweep, slot);
		break;
	}
}

/* Waits until some worker has something; how many are at work. */
static size_t
wait_for_workers(struct sweep *sweep)
{
	struct pollfd fds[SWEEP_JOBS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < sweep->slot_count; i++)
		if (sweep->slots[i].is_at_work)
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
	size_t at_work;

	do {
		for (size_t i = 0;
		     code == OK && i < sweep->slot_count && !sweep->is_at_end;
		     i++)
			if (!sweep->slots[i].is_at_work)
				code = start(sweep, &sweep->slots[i], err);
		at_work = wait_for_workers(sweep);
		for (size_t i = 0; i < sweep->slot_count; i++)
			if (sweep->slots[i].is_at_work)
				read_slot(sweep, &sweep->slots[i]);
		if (sweep->events->alive != NULL &&
		    !sweep->events->alive(sweep->context, at_work))
			break;
	} while (code == OK && at_work > 0);
	return code;
}

enum err_code
sweep_run(const struct sweep_options *options,
    const struct sweep_events *events, void *context, struct err *err)
{
	struct sweep sweep = { .events = events, .context = context };
	struct arena arena = { 0 };
	enum err_code code;

	arena_keep_memory(); /* the workers, too */
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
	for (size_t i = 0; code == OK && i < sweep.slot_count; i++)
		code = open_desk(&sweep.slots[i], err);
	if (code == OK)
		code = run(&sweep, err);
	for (size_t i = 0; i < sweep.slot_count; i++)
		close_slot(&sweep.slots[i]);
	arena_free(&arena);
	pace_close(&sweep.pace);
	return code;
}
