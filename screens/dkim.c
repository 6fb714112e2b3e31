/*
 * The DKIM keys of one domain: where each is in its life, the TXT record in
 * the forms that DNS panels want, and whether the DNS has it now.
 */

#include "model/dkim.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "model/db.h"
#include "model/finding.h"
#include "model/subject.h"
#include "screens/dkim_state.h"
#include "screens/form_screen.h"
#include "screens/record_forms.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/rows.h"

enum {
	DKIM_KEY_MAKE = 1,
	DKIM_KEY_OF_KEY, /* an operation on the key under the cursor */
	DKIM_KEY_AGAIN,
	DKIM_KEY_FULL,
};

/* ---- reading ---- */

static size_t
dkim_check(void)
{
	return (size_t)(check_by_name("dkim") - dns_checks);
}

/* Leaves in the subject only this selector; false when it isn't there, which
 * is so for a retired key. */
static bool
narrow_to(struct dns_subject *subject, const char *selector)
{
	for (size_t i = 0; i < subject->selector_count; i++) {
		if (!text_is_same(subject->selectors[i].selector, selector))
			continue;
		subject->selectors[0] = subject->selectors[i];
		subject->selector_count = 1;
		return true;
	}
	return false;
}

static void
find_record(struct dkim_state *s)
{
	struct dns_records records;
	const struct dns_record *r;

	record_list(&s->request.subject, &records);
	r = record_by_purpose(&records, "dkim");
	s->has_record = r != NULL;
	if (r != NULL)
		s->record = *r;
}

/* Asks for the key under the cursor, and again and again. */
static void
watch(struct app *app, struct dkim_state *s)
{
	const char *selector = dkim_text_of(dkim_under_cursor(s), "selector");
	struct err err = { 0 };

	app_job_stop(app, s->job);
	s->job = 0;
	s->has_record = false;
	text_copy(s->watched, sizeof(s->watched), selector);
	checklist_waiting(&s->found, (int)dkim_check());
	if (selector[0] == '\0')
		return;
	if (subject_of_domain_id(s->context, "dkim list", s->domain_id,
		&s->request.subject, &err) != OK) {
		app_error(app, &err);
		return;
	}
	if (!narrow_to(&s->request.subject, selector))
		return;
	find_record(s);
	s->request.is_watched = true;
	s->request.only = (uint64_t)1 << dkim_check();
	s->job = app_job_start(app, checklist_job, &s->request, &err);
	if (s->job == 0)
		app_error(app, &err);
}

static void
fit(struct dkim_state *s)
{
	const int count = (int)s->page.count;

	rows_fit(&s->rows, count,
	    count < DKIM_KEYS_VISIBLE ? count : DKIM_KEYS_VISIBLE);
}

static enum err_code
read_keys(struct app *app, struct dkim_state *s, struct err *err)
{
	const struct list_query query = { .domain_id = s->domain_id,
		.sort = "made_at",
		.is_descending = true };
	enum err_code code;

	arena_free(&s->arena);
	s->page.count = 0;
	s->data_version = db_data_version(s->context->db);
	code = list_page(s->context, &dkim_list, &query, LIST_FIRST, 0, NULL,
	    DKIM_KEYS_MAX, &s->arena, &s->page, err);
	fit(s);
	if (code == OK)
		watch(app, s);
	return code;
}

static void
open_dkim(struct app *app, void *state, int64_t id)
{
	struct dkim_state *s = state;
	struct err err = { 0 };

	s->context = session_context(app);
	s->domain_id = id;
	if (subject_of_domain_id(
		s->context, "dkim list", id, &s->request.subject, &err) != OK ||
	    read_keys(app, s, &err) != OK)
		app_refuse(app, &err);
	app_tick(app, true);
}

static void
read_again(struct app *app, struct dkim_state *s)
{
	struct err err = { 0 };

	if (read_keys(app, s, &err) != OK)
		app_error(app, &err);
}

/* ---- the job ---- */

static void
tell(struct app *app, struct dkim_state *s, enum checklist_order_kind kind)
{
	const struct checklist_order order = { .kind = kind,
		.check = (int)dkim_check() };

	app_job_tell(app, s->job, &order, sizeof(order));
}

static void
take_record(struct app *app, struct dkim_state *s, const struct msg *msg)
{
	const struct checklist_record *record = msg->data;
	struct err err = { 0 };

	if (msg->job != s->job || msg->length != sizeof(*record) ||
	    record->kind != CHECKLIST_ROW)
		return;
	s->found = record->finding;
	if (finding_note_keys(
		s->context, &s->request.subject, &s->found, &err) != OK)
		app_error(app, &err);
	if (text_is_same(dkim_text_of(dkim_under_cursor(s), "stage"), "made") &&
	    s->found.verdict == DNS_PASS && s->found.is_everywhere)
		read_again(app, s);
}

/* ---- operations ---- */

static struct next
open_form(struct dkim_state *s, const char *name, const char *selector)
{
	struct form_spec spec = { .operation = operation_by_name(name) };

	spec.presets[spec.preset_count++] =
	    (struct form_preset){ NULL, s->request.subject.domain, true };
	if (selector != NULL)
		spec.presets[spec.preset_count++] =
		    (struct form_preset){ "selector", selector, true };
	return form_screen_next(&spec);
}

static struct next
run_on_key(struct app *app, struct dkim_state *s, const char *name)
{
	const struct list_row *row = dkim_under_cursor(s);

	if (row == NULL) {
		app_message(app, "There is no key yet.");
		return NEXT_STAYS;
	}
	return open_form(s, name, dkim_text_of(row, "selector"));
}

static struct next
open_full(const struct dkim_state *s)
{
	struct arena arena = { 0 };
	struct values values = { .arena = &arena };
	struct next next;

	if (!s->has_record)
		return NEXT_STAYS;
	record_forms(&values, &s->record);
	next = values_next(s->watched, &values);
	arena_free(&arena);
	return next;
}

static struct next
press(struct app *app, struct dkim_state *s, const struct msg *msg)
{
	const struct key_binding *key =
	    key_find(app_screen(app)->keys, msg->key);

	switch (msg->action) {
	case DKIM_KEY_MAKE:
		return open_form(s, key->command, NULL);
	case DKIM_KEY_OF_KEY:
		return run_on_key(app, s, key->command);
	case DKIM_KEY_AGAIN:
		tell(app, s, CHECKLIST_AGAIN);
		app_message(app, "Asking the name servers again.");
		break;
	case DKIM_KEY_FULL:
		return open_full(s);
	}
	return NEXT_STAYS;
}

static struct next
update_dkim(struct app *app, void *state, const struct msg *msg)
{
	struct dkim_state *s = state;

	if (session_is_old(app, msg, s->data_version))
		read_again(app, s);
	switch (msg->kind) {
	case MSG_RESIZE:
		s->body_rows = msg->rows;
		break;
	case MSG_JOB:
		take_record(app, s, msg);
		break;
	case MSG_JOB_END:
		if (msg->job == s->job)
			checklist_lost(&s->found);
		break;
	case MSG_KEY:
		if (!rows_update(&s->rows, msg))
			return press(app, s, msg);
		if (!text_is_same(s->watched,
			dkim_text_of(dkim_under_cursor(s), "selector")))
			watch(app, s);
		tell(app, s, CHECKLIST_FOCUS);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

static void
close_dkim(void *state)
{
	struct dkim_state *s = state;

	arena_free(&s->arena);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'v', DKIM_KEY_AGAIN, "verify now", "Ask the name servers again for this record." },
	{ PRESS_ENTER, DKIM_KEY_FULL, "every form", "Read the record in every form to paste." },
	{ 't', DKIM_KEY_OF_KEY, "activate", "Sign with this key; the one before it starts retiring.", NULL, "dkim activate" },
	{ 'n', DKIM_KEY_MAKE, "make", "Make a key, the first or the next one.", NULL, "dkim make" },
	{ 'r', DKIM_KEY_MAKE, "request", "Ask the operator to make or rotate the key.", NULL, "dkim request" },
	{ 'c', APP_KEY_COPY, "copy", "Copy the value of the record." },
	{ 'o', APP_KEY_PRINT, "one line", "Leave full screen and print each form as one long line." },
	{ 'x', DKIM_KEY_OF_KEY, "retire", "End a key that signs no more.", NULL, "dkim retire" },
	{ 'd', DKIM_KEY_OF_KEY, "remove", "Remove a key that is retired or was never used.", NULL, "dkim remove" },
	{ 0 }
};
/* clang-format on */

const struct screen screen_dkim = {
	.title = "DKIM",
	.state_size = sizeof(struct dkim_state),
	.keys = keys,
	.widget_keys = rows_keys,
	.open = open_dkim,
	.update = update_dkim,
	.view = dkim_view,
	.close = close_dkim,
	.copy = dkim_copy,
	.print = dkim_print,
};
