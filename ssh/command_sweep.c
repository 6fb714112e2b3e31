/* "dns check all": every domain that the actor may see, several at a time. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/domain.h"
#include "model/subject.h"
#include "ssh/command.h"
#include "ssh/command_check.h"

#define PAGE_ROWS   200
#define PROGRESS_MS 10000
#define KEEP_MS     500 /* so long results wait for others, at most */

struct sweeping {
	struct command *command;
	uint64_t only;
	bool is_quiet;           /* only what changed is told, at the end */
	struct checked *waiting; /* CHECKED_AT_ONCE, to be kept together */
	size_t waiting_count;
	int64_t first_ms;     /* since when the first of them waits */
	struct arena scratch; /* of one row */

	/* The domains, page by page; a page lives until the one behind the
	 * next is read. */
	struct arena arenas[2];
	int turn;
	struct list_page page;
	size_t at;
	bool is_opened;

	int64_t total;
	size_t done, failed, unknown;
	int64_t started_ms, told_ms;
	char tenant[200]; /* of the report, the last that was told */
	size_t changes;
	struct err err; /* the first that happened within an event */
};

/* ---- the domains ---- */

static bool
read_page(struct sweeping *s)
{
	struct list_row *last = s->is_opened && s->page.count > 0
	    ? &s->page.rows[s->page.count - 1]
	    : NULL;
	const struct list_query query = { .sort = "name" };

	if (s->is_opened && (last == NULL || !s->page.has_after))
		return false;
	s->turn = !s->turn;
	arena_free(&s->arenas[s->turn]);
	s->at = 0;
	if (list_page(s->command->context, &domain_list, &query,
		last == NULL ? LIST_FIRST : LIST_AFTER,
		last == NULL ? 0 : last->id, last == NULL ? NULL : last->cursor,
		PAGE_ROWS, &s->arenas[s->turn], &s->page, &s->err) != OK)
		return false;
	s->is_opened = true;
	return s->page.count > 0;
}

static bool
next(void *context, struct checklist_request *request)
{
	struct sweeping *s = context;
	struct err gone;

	request->only = s->only;
	for (;;) {
		if (s->err.code != OK ||
		    ((!s->is_opened || s->at == s->page.count) &&
			!read_page(s)))
			return false;
		/* One that was removed meanwhile is passed over. */
		if (subject_of_domain(s->command->context, s->command->name,
			s->page.rows[s->at++].key, &request->subject,
			&gone) == OK)
			return true;
		if (gone.code != ERR_NOT_FOUND) {
			s->err = gone;
			return false;
		}
	}
}

/* ---- results ---- */

/* The worst finding's sentence. */
static const char *
worst_problem(const struct checked *checked)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (checklist_wants(&checked->request, i) &&
		    checked->findings[i].verdict == checked->worst &&
		    !checked_is_accepted(checked, i))
			return checked->worst == DNS_PASS
			    ? ""
			    : checked->findings[i].problem;
	return "";
}

static void
put_row(const struct checked *checked)
{
	printf("%-32s %-8s %4zu %4zu %7zu  ", checked->request.subject.domain,
	    check_verdict_word(checked->worst), checked->count[DNS_FAIL],
	    checked->count[DNS_WARN], checked->count[DNS_UNKNOWN]);
	command_put(worst_problem(checked));
	putchar('\n');
}

static void
put_json_line(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void
tell(struct sweeping *s, const struct checked *checked)
{
	s->done++;
	s->failed += checked->count[DNS_FAIL] > 0;
	s->unknown += checked->count[DNS_UNKNOWN] > 0;
	if (s->is_quiet)
		return;
	if (s->command->is_json)
		put_json_line(checked_as_json(&s->scratch, checked));
	else
		put_row(checked);
	arena_free(&s->scratch);
}

/* Each transaction waits for the disk: several domains share one. */
static void
keep(struct sweeping *s)
{
	const size_t count = s->waiting_count;

	s->waiting_count = 0;
	if (count == 0 || s->err.code != OK ||
	    checked_keep(s->command->context, s->waiting, count, &s->err) != OK)
		return;
	for (size_t i = 0; i < count; i++)
		tell(s, &s->waiting[i]);
}

static void
done(void *context, const struct checklist_request *request,
    const struct dns_finding *findings, const char *note)
{
	struct sweeping *s = context;
	struct checked *checked = &s->waiting[s->waiting_count++];

	checked->request = *request;
	memcpy(
	    checked->findings, findings, dns_check_count * sizeof(*findings));
	text_copy(checked->note, sizeof(checked->note), note);
	if (s->waiting_count == 1)
		s->first_ms = clock_monotonic_ms();
	if (s->waiting_count == CHECKED_AT_ONCE)
		keep(s);
}

/* "120 of 1000 domains, about 14 min left". */
static bool
alive(void *context, size_t under_way)
{
	struct sweeping *s = context;
	const int64_t now_ms = clock_monotonic_ms();
	char left[32];

	(void)under_way;
	if (now_ms - s->first_ms >= KEEP_MS)
		keep(s);
	fflush(stdout);
	if (ferror(stdout) || s->err.code != OK)
		return false;
	if (now_ms - s->told_ms < PROGRESS_MS || s->done == 0)
		return true;
	s->told_ms = now_ms;
	clock_format_age(left, sizeof(left),
	    (now_ms - s->started_ms) * (s->total - (int64_t)s->done) /
		(int64_t)s->done / 1000);
	fprintf(stderr, "%zu of %" PRId64 " domains, about %s left\n", s->done,
	    s->total, left);
	return true;
}

/* ---- what changed ---- */

/* A first finding is news only when it is bad. */
static bool
is_news(const struct finding_change *change)
{
	return change->before[0] != '\0' ||
	    text_is_same(change->verdict, "fail") ||
	    text_is_same(change->verdict, "warn");
}

static void
put_change_json(const struct finding_change *change)
{
	json_t *object = json_object();
	char at[32];

	clock_format_utc(at, sizeof(at), change->at);
	command_json_set(object, "tenant", change->tenant);
	command_json_set(object, "domain", change->domain);
	command_json_set(object, "check", change->check);
	command_json_set(object, "before", change->before);
	command_json_set(object, "verdict", change->verdict);
	command_json_set(object, "problem", change->problem);
	command_json_set(object, "at", at);
	put_json_line(object);
}

static void
put_change(void *argument, const struct finding_change *change)
{
	struct sweeping *s = argument;

	if (!is_news(change))
		return;
	s->changes++;
	if (s->command->is_json) {
		put_change_json(change);
		return;
	}
	if (!text_is_same(s->tenant, change->tenant)) {
		printf("%s", s->tenant[0] == '\0' ? "" : "\n");
		command_put(change->tenant);
		putchar('\n');
		text_copy(s->tenant, sizeof(s->tenant), change->tenant);
	}
	printf("  %s %s: %s -> %s.  ", change->domain, change->check,
	    change->before[0] == '\0' ? "new" : change->before,
	    change->verdict);
	command_put(change->problem);
	putchar('\n');
}

static void
put_summary(const struct sweeping *s)
{
	char seconds[32];

	clock_format_age(seconds, sizeof(seconds),
	    (clock_monotonic_ms() - s->started_ms) / 1000);
	fprintf(stderr,
	    "%zu domains in %s: %zu with failures, %zu that could not be "
	    "told.\n",
	    s->done, seconds, s->failed, s->unknown);
	if (s->is_quiet && s->changes == 0)
		fprintf(stderr, "Nothing changed.\n");
}

static enum err_code
run(struct sweeping *s, const struct check_input *in, struct err *err)
{
	static const struct sweep_events events = { next, done, alive };
	const struct sweep_options options = { .jobs = (unsigned)in->jobs,
		.per_second = (unsigned)in->per_second };
	struct context *context = s->command->context;
	int64_t newest;
	enum err_code code = finding_newest_change(context, &newest, err);

	if (code == OK)
		code = list_count(context, &domain_list, NULL, &s->total, err);
	if (code == OK && !s->is_quiet && !s->command->is_json)
		printf("%-32s %-8s FAIL WARN UNKNOWN  PROBLEM\n", "DOMAIN",
		    "VERDICT");
	if (code == OK)
		code = sweep_run(&options, &events, s, err);
	keep(s);
	if (code == OK && s->err.code != OK) {
		*err = s->err;
		code = err->code;
	}
	if (code == OK && s->is_quiet)
		code =
		    finding_changes_since(context, newest, put_change, s, err);
	return code;
}

int
command_sweep(
    struct command *command, const struct check_input *in, uint64_t only)
{
	struct arena arena = { 0 };
	struct sweeping s = { .command = command,
		.only = only,
		.is_quiet = in->only_changed != 0,
		.waiting =
		    arena_array(&arena, CHECKED_AT_ONCE, sizeof(*s.waiting)),
		.started_ms = clock_monotonic_ms() };
	struct err err = { 0 };
	enum err_code code;

	s.told_ms = s.started_ms;
	code = run(&s, in, &err);
	arena_free(&s.arenas[0]);
	arena_free(&s.arenas[1]);
	arena_free(&arena);
	if (code != OK)
		return command_refuse(command, &err);
	put_summary(&s);
	return checked_status(s.failed, s.unknown);
}
