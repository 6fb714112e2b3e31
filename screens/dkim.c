/*
 * The DKIM keys of one domain: where each is in its life, the TXT record in
 * the forms that DNS panels want, and whether the DNS has it now.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "model/db.h"
#include "model/dkim.h"
#include "model/finding.h"
#include "model/subject.h"
#include "screens/form_screen.h"
#include "screens/record_forms.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/pager.h"
#include "tui/rows.h"

#define KEYS_MAX     16 /* of one domain that are shown */
#define KEYS_VISIBLE 4
#define TEXT_MAX     (64 * 1024)

struct dkim_state {
	struct context *context;
	int64_t domain_id, data_version;
	struct arena arena; /* of the page */
	struct list_page page;
	struct rows rows;
	int body_rows;

	struct checklist_request request; /* of the key under the cursor */
	struct dns_record record;
	bool has_record;
	char watched[DNS_LABEL_SIZE]; /* its selector; "": none is asked */
	struct dns_finding found;
	int job;
	char text[TEXT_MAX]; /* for the pager */
};

enum {
	DKIM_KEY_MAKE = 1,
	DKIM_KEY_OF_KEY, /* an operation on the key under the cursor */
	DKIM_KEY_AGAIN,
	DKIM_KEY_FULL,
};

/* ---- reading ---- */

static const struct list_row *
under_cursor(const struct dkim_state *s)
{
	return s->page.count == 0 ? NULL : &s->page.rows[s->rows.cursor];
}

static const struct list_value *
value_of(const struct list_row *row, const char *column)
{
	return list_value_of(&dkim_list, row, column);
}

static const char *
text_of(const struct list_row *row, const char *column)
{
	return row == NULL ? "" : value_of(row, column)->raw;
}

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
	const char *selector = text_of(under_cursor(s), "selector");
	struct err err = { 0 };

	app_job_stop(app, s->job);
	s->job = 0;
	s->has_record = false;
	text_copy(s->watched, sizeof(s->watched), selector);
	checklist_waiting(&s->found, (int)dkim_check());
	if (selector[0] == '\0')
		return;
	if (subject_of_domain_id(
		s->context, s->domain_id, &s->request.subject, &err) != OK) {
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

	rows_fit(&s->rows, count, count < KEYS_VISIBLE ? count : KEYS_VISIBLE);
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
	    KEYS_MAX, &s->arena, &s->page, err);
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
	if (subject_of_domain_id(s->context, id, &s->request.subject, &err) !=
		OK ||
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
	if (text_is_same(text_of(under_cursor(s), "stage"), "made") &&
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
	const struct list_row *row = under_cursor(s);

	if (row == NULL) {
		app_message(app, "There is no key yet.");
		return NEXT_STAYS;
	}
	return open_form(s, name, text_of(row, "selector"));
}

static struct next
open_full(struct dkim_state *s)
{
	static struct pager_text page;
	struct arena arena = { 0 };
	struct text_builder text;

	if (!s->has_record)
		return NEXT_STAYS;
	text_builder_open(&text, &arena, TEXT_MAX);
	record_forms(&text, &arena, &s->record);
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	page = (struct pager_text){ .title = s->watched, .text = s->text };
	return pager_next(&page);
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
	case MSG_TICK:
		if (db_data_version(s->context->db) != s->data_version)
			read_again(app, s);
		break;
	case MSG_REFRESH:
	case MSG_RETURN:
		read_again(app, s);
		break;
	case MSG_KEY:
		if (!rows_update(&s->rows, msg))
			return press(app, s, msg);
		if (!text_is_same(
			s->watched, text_of(under_cursor(s), "selector")))
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

/* ---- showing ---- */

static void
put_key(struct canvas *body, int row, const struct list_row *key)
{
	const char *stage = text_of(key, "stage");

	canvas_put_fit(
	    body, row, 2, 20, STYLE_NORMAL, text_of(key, "selector"));
	canvas_put_text(body, row, 24, style_of_word(stage), stage);
	canvas_putf(body, row, 36, STYLE_NORMAL, "%s %s, made %s",
	    text_of(key, "algorithm"), text_of(key, "bits"),
	    value_of(key, "made_at")->text);
}

/* "[x] made 21 Nov  [ ] seen in DNS ...": how far this key is. */
static void
put_stages(struct canvas *body, int row, const struct list_row *key)
{
	static const struct {
		const char *column, *word;
	} stages[] = {
		{ "made_at", "made" },
		{ "seen_at", "seen in DNS" },
		{ "signing_at", "signing" },
		{ "retiring_at", "retiring" },
		{ "retired_at", "retired" },
	};
	int column = 1;

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		const bool is_done = value_of(key, stages[i].column)->number;

		column += canvas_putf(body, row, column,
		    is_done ? STYLE_NORMAL : STYLE_DIM, "[%s] %s   ",
		    is_done ? "x" : " ", stages[i].word);
	}
}

/* Cut where the window ends, not at blanks: what is copied stays whole. */
static int
put_long(struct canvas *body, int row, const char *text)
{
	const size_t length = strlen(text), room = (size_t)body->columns - 1;
	char part[1024];

	for (size_t at = 0; at < length && row < body->rows; at += room)
		if (text_format(
			part, sizeof(part), "%.*s", (int)room, text + at))
			canvas_put_text(body, row++, 0, STYLE_NORMAL, part);
	return row;
}

/* Each string of the value on lines of its own. */
static int
put_value(struct canvas *body, int row, const struct dns_record *r)
{
	struct arena arena = { 0 };
	char *text = arena_text(&arena, record_as_strings(&arena, r)), *next;

	for (; text != NULL; text = next) {
		next = strstr(text, "\" \"");
		if (next != NULL) {
			next[1] = '\0';
			next += 2;
		}
		row = put_long(body, row, text);
	}
	arena_free(&arena);
	return row;
}

static int
put_record(struct canvas *body, int row, const struct dkim_state *s)
{
	const struct dns_record *r = &s->record;

	canvas_putf(body, row++, 1, STYLE_DIM,
	    "Type TXT, TTL %u.  Name as most DNS panels want it, and in full:",
	    r->ttl_seconds);
	canvas_put_text(body, row++, 0, STYLE_NORMAL, r->relative);
	canvas_putf(body, row++, 0, STYLE_NORMAL, "%s.", r->name);
	canvas_put_text(body, row++, 1, STYLE_DIM,
	    "Value, in strings of at most 255 characters:");
	return put_value(body, row, r);
}

static void
put_dns(struct canvas *body, int row, const struct dkim_state *s)
{
	const char *word = check_verdict_word(s->found.verdict);
	int column = 1;

	column += canvas_put_text(body, row, column, STYLE_DIM, "In the DNS: ");
	column += canvas_put_text(body, row, column, style_of_word(word), word);
	canvas_put_wrapped(body, row, column + 2, body->columns - column - 3,
	    STYLE_NORMAL,
	    s->found.verdict == DNS_WAITING ? "asking" : s->found.problem);
}

static void
put_empty(struct canvas *body)
{
	canvas_put_text(body, 1, 6, STYLE_NORMAL,
	    "The domain has no DKIM key yet.  The operator makes it on the "
	    "server:");
	canvas_put_text(body, 3, 6, STYLE_KEY, "n");
	canvas_put_text(body, 3, 11, STYLE_NORMAL, "make it, as the operator");
	canvas_put_text(body, 4, 6, STYLE_KEY, "r");
	canvas_put_text(body, 4, 11, STYLE_NORMAL, "ask the operator for one");
}

static const char *
next_step(const char *stage)
{
	static const struct {
		const char *stage, *sentence;
	} steps[] = {
		{ "made",
		    "Publish this record.  When every name server has "
		    "it, the key counts as seen." },
		{ "seen",
		    "The record is in the DNS: activate the key, and "
		    "mail is signed with it." },
		{ "signing",
		    "Mail is signed with this key; the record must "
		    "stay." },
		{ "retiring",
		    "Signs no more; mail on its way needs the "
		    "record a week longer." },
		{ "retired",
		    "Retired: the record may leave the DNS, the "
		    "private key is gone." },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (text_is_same(steps[i].stage, stage))
			return steps[i].sentence;
	return "Mail without a DKIM signature lands in spam.";
}

static void
view_dkim(const void *state, struct canvas *canvas)
{
	const struct dkim_state *s = state;
	const struct list_row *key = under_cursor(s);
	struct canvas body = screen_body(canvas);
	char left[HOST_NAME_SIZE + 40];
	int row = s->rows.visible + 1;

	text_format(
	    left, sizeof(left), "DKIM keys of %s", s->request.subject.domain);
	screen_put_state(canvas, left, NULL);
	screen_put_help(canvas, next_step(text_of(key, "stage")));
	if (key == NULL) {
		put_empty(&body);
		return;
	}
	for (int i = s->rows.top;
	     i < s->rows.count && rows_at(&s->rows, i) >= 0; i++)
		put_key(&body, rows_at(&s->rows, i), &s->page.rows[i]);
	rows_put_cursor(&s->rows, &body);
	put_stages(&body, row++, key);
	if (!s->has_record)
		return;
	row = put_record(&body, row + 1, s);
	put_dns(&body, row, s);
	if (s->found.who_says[0] != '\0' && row + 2 < body.rows)
		canvas_put_wrapped(&body, row + 2, 1, body.columns - 2,
		    STYLE_DIM, s->found.who_says);
}

static const char *
copy_dkim(const void *state)
{
	const struct dkim_state *s = state;

	return s->has_record ? s->record.value : "";
}

/* One long line each, so that copying keeps it whole. */
static void
print_dkim(const void *state, struct text_builder *to)
{
	const struct dkim_state *s = state;
	struct arena arena = { 0 };

	if (s->has_record)
		record_forms(to, &arena, &s->record);
	arena_free(&arena);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'v', DKIM_KEY_AGAIN, "verify now", "Ask the name servers again for this record." },
	{ PRESS_ENTER, DKIM_KEY_FULL, "every form", "Read the record in every form to paste." },
	{ 'o', APP_KEY_PRINT, "one line", "Leave full screen and print each form as one long line." },
	{ 'c', APP_KEY_COPY, "copy", "Copy the value of the record." },
	{ 'n', DKIM_KEY_MAKE, "make", "Make a key, the first or the next one.", NULL, "dkim make" },
	{ 'r', DKIM_KEY_MAKE, "request", "Ask the operator to make or rotate the key.", NULL, "dkim request" },
	{ 't', DKIM_KEY_OF_KEY, "activate", "Sign with this key; the one before it starts retiring.", NULL, "dkim activate" },
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
	.view = view_dkim,
	.close = close_dkim,
	.copy = copy_dkim,
	.print = print_dkim,
};
