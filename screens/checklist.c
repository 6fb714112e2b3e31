/*
 * The live DNS checklist of one domain: a row per check that fills in as
 * answers come and turns while the person edits the zone.
 */
#include <string.h>

#include "base/clock.h"
#include "dns/checklist.h"
#include "model/db.h"
#include "model/subject.h"
#include "screens/checklist_state.h"
#include "screens/finding_view.h"
#include "screens/form_screen.h"
#include "screens/list_screen.h"
#include "screens/record_forms.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "screens/try.h"
#include "tui/rows.h"

#define PANE_ROWS 9 /* of the details, at least */

enum {
	CHECKLIST_KEY_AGAIN = 1,
	CHECKLIST_KEY_ALL,
	CHECKLIST_KEY_FULL,
	CHECKLIST_KEY_NEXT,
	CHECKLIST_KEY_ACCEPT,
	CHECKLIST_KEY_TRY,
	CHECKLIST_KEY_HISTORY,
};

/* ---- the job ---- */

/* Also the sign of life that keeps it watching. */
static void
tell(struct app *app, struct checklist_state *s, enum checklist_order_kind kind)
{
	const struct checklist_order order = { .kind = kind,
		.check = s->rows.cursor };

	s->is_paused = false;
	app_job_tell(app, s->job, &order, sizeof(order));
}

static void
start(struct app *app, struct checklist_state *s)
{
	struct err err = { 0 };

	s->request.is_watched = true;
	s->has_round = s->is_paused = false;
	s->note[0] = '\0';
	s->started_ms = clock_monotonic_ms();
	s->job = app_job_start(app, checklist_job, &s->request, &err);
	if (s->job == 0)
		app_error(app, &err);
	tell(app, s, CHECKLIST_FOCUS);
}

static void
read_known(struct app *app, struct checklist_state *s)
{
	struct err err = { 0 };

	if (finding_read(
		s->context, s->request.subject.domain, s->known, &err) != OK)
		app_error(app, &err);
}

static void
keep(struct app *app, struct checklist_state *s, const struct dns_finding *list,
    size_t count)
{
	struct err err = { 0 };

	if (finding_keep(s->context, &s->request.subject, list, count, &err) !=
	    OK)
		app_error(app, &err);
	else
		read_known(app, s);
}

static void
take_row(struct app *app, struct checklist_state *s,
    const struct dns_finding *finding)
{
	const size_t i = (size_t)finding->check;

	if (i >= dns_check_count)
		return;
	if (s->found[i].verdict != DNS_WAITING &&
	    s->found[i].verdict != finding->verdict)
		s->changed_at[i] = clock_now();
	s->found[i] = *finding;
	/* The first ones are kept together, at the end of the round. */
	if (s->has_round)
		keep(app, s, finding, 1);
}

static void
take_record(struct app *app, struct checklist_state *s, const struct msg *msg)
{
	const struct checklist_record *record = msg->data;

	if (msg->length != sizeof(*record) || msg->job != s->job)
		return;
	switch (record->kind) {
	case CHECKLIST_ROW:
		take_row(app, s, &record->finding);
		break;
	case CHECKLIST_NOTE:
		text_copy(s->note, sizeof(s->note), record->note);
		break;
	case CHECKLIST_ROUND:
		s->has_round = true;
		s->rounded_at = clock_now();
		keep(app, s, s->found, dns_check_count);
		break;
	case CHECKLIST_PAUSE:
		s->is_paused = true;
		break;
	}
}

static void
take_end(struct checklist_state *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	s->job = 0;
	for (size_t i = 0; i < dns_check_count; i++)
		checklist_lost(&s->found[i]);
}

/* Somebody changed the setup, or made a key: what is wanted is another. */
static void
look_for_changes(struct app *app, struct checklist_state *s)
{
	const int64_t version = db_data_version(s->context->db);
	static struct dns_subject subject;
	struct err err;

	if (version == s->data_version)
		return;
	s->data_version = version;
	read_known(app, s);
	if (subject_of_domain_id(
		s->context, "dns check", s->domain_id, &subject, &err) != OK ||
	    memcmp(&subject, &s->request.subject, sizeof(subject)) == 0)
		return;
	s->request.subject = subject;
	app_job_stop(app, s->job);
	start(app, s);
	app_message(app, "The setup was changed meanwhile: checking anew.");
}

/* ---- keys ---- */

static struct next
open_full(const struct checklist_state *s)
{
	struct arena arena = { 0 };
	struct values values = { .arena = &arena };
	struct next next;

	finding_values(
	    &values, checklist_under_cursor(s), &s->known[s->rows.cursor]);
	next = values_next(dns_checks[s->rows.cursor].name, &values);
	arena_free(&arena);
	return next;
}

/* The next row that needs something, round the end. */
static void
go_to_problem(struct app *app, struct checklist_state *s)
{
	for (int i = 1; i <= s->rows.count; i++) {
		const int row = (s->rows.cursor + i) % s->rows.count;
		const enum dns_verdict verdict = s->found[row].verdict;

		if ((verdict != DNS_FAIL && verdict != DNS_WARN &&
			verdict != DNS_UNKNOWN) ||
		    text_is_same(finding_word(&s->found[row], &s->known[row]),
			"accepted"))
			continue;
		s->rows.cursor = row;
		rows_fit(&s->rows, s->rows.count, s->rows.visible);
		return;
	}
	app_message(app, "No row needs anything.");
}

static void
ask_again(struct app *app, struct checklist_state *s, bool is_all)
{
	if (s->job == 0) {
		start(app, s);
		return;
	}
	tell(app, s, is_all ? CHECKLIST_ALL : CHECKLIST_AGAIN);
	app_message(app, "Asking %s again.",
	    is_all ? "everything" : dns_checks[s->rows.cursor].name);
}

/* With a reason, until a day; one that is accepted already counts again. */
static struct next
open_accept(struct checklist_state *s)
{
	const bool is_taken = text_is_same(
	    finding_word(checklist_under_cursor(s), &s->known[s->rows.cursor]),
	    "accepted");
	struct form_spec spec = { .operation = operation_by_name(is_taken
					  ? "golive withdraw"
					  : "golive accept") };

	spec.presets[spec.preset_count++] =
	    (struct form_preset){ NULL, s->request.subject.domain, true };
	spec.presets[spec.preset_count++] = (struct form_preset){ "check",
		dns_checks[s->rows.cursor].name, true };
	spec.is_complete = is_taken;
	return form_screen_next(&spec);
}

static struct next
open_history(const struct checklist_state *s)
{
	const struct list_narrow narrow = { .domain_id = s->domain_id,
		.of = s->request.subject.domain };

	return list_screen_next(&screen_history, &narrow);
}

static struct next
press(struct app *app, struct checklist_state *s, int action)
{
	switch (action) {
	case CHECKLIST_KEY_AGAIN:
		ask_again(app, s, false);
		break;
	case CHECKLIST_KEY_ALL:
		ask_again(app, s, true);
		break;
	case CHECKLIST_KEY_FULL:
		return open_full(s);
	case CHECKLIST_KEY_ACCEPT:
		return open_accept(s);
	case CHECKLIST_KEY_HISTORY:
		return open_history(s);
	case CHECKLIST_KEY_TRY:
		return try_next_of_check(dns_checks[s->rows.cursor].name,
		    checklist_under_cursor(s)->found);
	case CHECKLIST_KEY_NEXT:
		go_to_problem(app, s);
		break;
	}
	tell(app, s, CHECKLIST_FOCUS);
	return NEXT_STAYS;
}

/* ---- the screen ---- */

static void
fit(struct checklist_state *s)
{
	const int count = (int)dns_check_count;
	const int room = s->body_rows - PANE_ROWS;

	rows_fit(&s->rows, count, count < room ? count : room);
}

static void
open_checklist(struct app *app, void *state, int64_t id)
{
	struct checklist_state *s = state;
	struct err err = { 0 };

	s->context = session_context(app);
	s->domain_id = id;
	s->data_version = db_data_version(s->context->db);
	s->found =
	    arena_array(app_arena(app), dns_check_count, sizeof(*s->found));
	s->known =
	    arena_array(app_arena(app), dns_check_count, sizeof(*s->known));
	s->changed_at = arena_array(
	    app_arena(app), dns_check_count, sizeof(*s->changed_at));
	for (size_t i = 0; i < dns_check_count; i++)
		checklist_waiting(&s->found[i], (int)i);
	if (subject_of_domain_id(
		s->context, "dns check", id, &s->request.subject, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	read_known(app, s);
	fit(s);
	app_tick(app, true);
	start(app, s);
}

static struct next
update_checklist(struct app *app, void *state, const struct msg *msg)
{
	struct checklist_state *s = state;

	switch (msg->kind) {
	case MSG_RESIZE:
		s->body_rows = msg->rows;
		fit(s);
		break;
	case MSG_JOB:
		take_record(app, s, msg);
		break;
	case MSG_JOB_END:
		take_end(s, msg);
		break;
	case MSG_TICK:
		look_for_changes(app, s);
		break;
	case MSG_REFRESH:
		ask_again(app, s, true);
		break;
	case MSG_RETURN:
		read_known(app, s);
		tell(app, s, CHECKLIST_FOCUS);
		break;
	case MSG_KEY:
		(void)rows_update(&s->rows, msg);
		return press(app, s, msg->action);
	default:
		break;
	}
	return NEXT_STAYS;
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'v', CHECKLIST_KEY_AGAIN, "check again", "Ask again for the row under the cursor.", NULL, "dns check" },
	{ 'V', CHECKLIST_KEY_ALL, "all", "Ask again for every row.", NULL, "dns check" },
	{ PRESS_ENTER, CHECKLIST_KEY_FULL, "full record", "Read the finding, and the record in every form to paste." },
	{ 'n', CHECKLIST_KEY_NEXT, "next problem", "Go to the next row that needs something." },
	{ 'a', CHECKLIST_KEY_ACCEPT, "accept", "Accept the finding as it is, with a reason, until a day; or no more.", NULL, "golive accept" },
	{ 'h', CHECKLIST_KEY_HISTORY, "history", "When each check of this domain changed its verdict." , NULL, "finding history" },
	{ 't', CHECKLIST_KEY_TRY, "try", "Try a record of this kind before it is published.", NULL, "dns lint" },
	{ 'c', APP_KEY_COPY, "copy value", "Copy the value to publish." },
	{ 0 }
};
/* clang-format on */

const struct screen screen_checklist = {
	.title = "DNS checks",
	.state_size = sizeof(struct checklist_state),
	.keys = keys,
	.widget_keys = rows_keys,
	.open = open_checklist,
	.update = update_checklist,
	.view = checklist_view,
	.copy = checklist_copy,
	.print = checklist_print,
};
