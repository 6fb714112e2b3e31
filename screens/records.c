/* The records that a domain should publish, each in every form to paste. */
#include <string.h>

#include "base/text.h"
#include "dns/record.h"
#include "model/db.h"
#include "model/subject.h"
#include "screens/record_forms.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "screens/try.h"
#include "tui/pager.h"
#include "tui/rows.h"

#define PANE_ROWS     8 /* of the forms below the list */
#define NAME_COLUMN   9
#define NAME_COLUMNS  24
#define LABEL_COLUMNS 11

struct records_state {
	struct context *context;
	int64_t domain_id, data_version;
	struct dns_subject subject;
	struct dns_records records;
	struct rows rows;
	int body_rows;
};

enum { RECORDS_KEY_FULL = 1, RECORDS_KEY_ZONE, RECORDS_KEY_TRY };

static const struct dns_record *
under_cursor(const struct records_state *s)
{
	return s->records.count == 0 ? NULL : &s->records.list[s->rows.cursor];
}

static void
fit(struct records_state *s)
{
	const int count = (int)s->records.count;
	const int room = s->body_rows - PANE_ROWS;

	rows_fit(&s->rows, count, count < room ? count : room);
}

static enum err_code
read_records(struct records_state *s, struct err *err)
{
	const enum err_code code = subject_of_domain_id(
	    s->context, "dns records", s->domain_id, &s->subject, err);

	if (code == OK)
		record_list(&s->subject, &s->records);
	fit(s);
	return code;
}

static void
open_records(struct app *app, void *state, int64_t id)
{
	struct records_state *s = state;
	struct err err = { 0 };

	s->context = session_context(app);
	s->domain_id = id;
	s->data_version = db_data_version(s->context->db);
	if (read_records(s, &err) != OK)
		app_refuse(app, &err);
	app_tick(app, true);
}

static void
look_for_changes(struct app *app, struct records_state *s)
{
	const int64_t version = db_data_version(s->context->db);
	struct err err = { 0 };

	if (version == s->data_version)
		return;
	s->data_version = version;
	if (read_records(s, &err) != OK)
		app_error(app, &err);
}

/* ---- texts ---- */

static struct next
open_full(const struct records_state *s)
{
	const struct dns_record *r = under_cursor(s);
	struct arena arena = { 0 };
	struct values values = { .arena = &arena };
	struct next next;

	if (r == NULL)
		return NEXT_STAYS;
	values_add(
	    &values, VALUE_SENTENCE, "What for", record_help(r->purpose));
	record_forms(&values, r);
	next = values_next(r->purpose, &values);
	arena_free(&arena);
	return next;
}

static struct next
open_zone(const struct records_state *s)
{
	struct arena arena = { 0 };
	struct next next = pager_next(&(struct pager_text){
	    "Zone text", record_as_zone(&arena, &s->subject, &s->records) });

	arena_free(&arena);
	return next;
}

static struct next
open_try(const struct records_state *s)
{
	const struct dns_record *r = under_cursor(s);
	struct arena arena = { 0 };
	struct next next = NEXT_STAYS;

	if (r != NULL)
		next = try_next(r->type == DNS_MX ? "mx"
			: r->type == DNS_SRV      ? "srv"
			: r->type == DNS_TLSA     ? "tlsa"
			: r->type == DNS_CAA      ? "caa"
						  : NULL,
		    r->type == DNS_A || r->type == DNS_AAAA ||
			    r->type == DNS_CNAME
			? ""
			: record_as_one_line(&arena, r));
	arena_free(&arena);
	return next;
}

static struct next
update_records(struct app *app, void *state, const struct msg *msg)
{
	struct records_state *s = state;
	struct err err = { 0 };

	if (rows_update(&s->rows, msg))
		return NEXT_STAYS;
	switch (msg->kind) {
	case MSG_RESIZE:
		s->body_rows = msg->rows;
		fit(s);
		break;
	case MSG_TICK:
		look_for_changes(app, s);
		break;
	case MSG_REFRESH:
		if (read_records(s, &err) != OK)
			app_error(app, &err);
		break;
	case MSG_KEY:
		if (msg->action == RECORDS_KEY_FULL)
			return open_full(s);
		if (msg->action == RECORDS_KEY_ZONE)
			return open_zone(s);
		if (msg->action == RECORDS_KEY_TRY)
			return open_try(s);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

/* ---- showing ---- */

static void
put_row(struct canvas *body, int row, const struct dns_record *r,
    struct arena *arena)
{
	const int value = NAME_COLUMN + NAME_COLUMNS + 1;
	const char *mark = r->place == DNS_AT_PROVIDER ? "at the provider"
	    : r->place == DNS_AT_OTHER_ZONE            ? "other zone"
	    : r->need == DNS_REQUIRED                  ? ""
						       : "recommended";
	const int mark_columns = text_columns(mark);

	canvas_put_text(body, row, 2, STYLE_NORMAL, record_type_text(r));
	canvas_put_fit(
	    body, row, NAME_COLUMN, NAME_COLUMNS, STYLE_NORMAL, r->relative);
	canvas_put_fit(body, row, value,
	    body->columns - value - mark_columns - 3, STYLE_NORMAL,
	    record_as_one_line(arena, r));
	canvas_put_right(body, row, body->columns - mark_columns - 1,
	    mark_columns, STYLE_DIM, mark);
}

static void
put_form(struct canvas *pane, int *row, const char *label, const char *text)
{
	if (*row >= pane->rows)
		return;
	canvas_put_text(pane, *row, 1, STYLE_DIM, label);
	canvas_put_fit(pane, (*row)++, LABEL_COLUMNS,
	    pane->columns - LABEL_COLUMNS - 1, STYLE_NORMAL, text);
}

static void
put_pane(struct canvas *pane, const struct dns_record *r, struct arena *arena)
{
	int row = 0;

	canvas_put_rule(pane, row++, STYLE_HEADING, record_help(r->purpose));
	put_form(pane, &row, "Enter it", record_place_text(r->place));
	put_form(pane, &row, "Name", r->relative);
	put_form(pane, &row, "in full", arena_format(arena, "%s.", r->name));
	put_form(pane, &row, "Value", record_as_one_line(arena, r));
	if (r->type == DNS_TXT)
		put_form(pane, &row, "Strings", record_as_strings(arena, r));
	put_form(pane, &row, "Zone line", record_as_zone_line(arena, r));
}

static void
view_records(const void *state, struct canvas *canvas)
{
	const struct records_state *s = state;
	const struct dns_record *r = under_cursor(s);
	struct canvas body = screen_body(canvas), pane;
	struct arena arena = { 0 };
	char left[HOST_NAME_SIZE + 40], right[40];

	text_format(left, sizeof(left), "Records that %s should publish",
	    s->subject.domain);
	text_format(right, sizeof(right), "%zu records", s->records.count);
	screen_put_state(canvas, left, right);
	for (int i = s->rows.top;
	     i < s->rows.count && rows_at(&s->rows, i) >= 0; i++)
		put_row(
		    &body, rows_at(&s->rows, i), &s->records.list[i], &arena);
	rows_put_cursor(&s->rows, &body);
	pane = canvas_part(&body, s->rows.visible, 0,
	    body.rows - s->rows.visible, body.columns);
	if (r != NULL)
		put_pane(&pane, r, &arena);
	screen_put_help(canvas,
	    "The name is as most DNS panels want it: they add the zone "
	    "themselves.");
	arena_free(&arena);
}

static const char *
copy_records(const void *state)
{
	const struct dns_record *r = under_cursor(state);

	return r == NULL ? "" : r->value;
}

/* All of them as a zone file, whole lines. */
static void
print_records(const void *state, struct text_builder *to)
{
	const struct records_state *s = state;
	struct arena arena = { 0 };

	text_add(to, record_as_zone(&arena, &s->subject, &s->records));
	arena_free(&arena);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, RECORDS_KEY_FULL, "every form", "Read the record in every form to paste." },
	{ 'z', RECORDS_KEY_ZONE, "zone file", "Read all of them as a zone file.", NULL, "dns zone" },
	{ 't', RECORDS_KEY_TRY, "try", "Change the record's text and see what receivers make of it.", NULL, "dns lint" },
	{ 'c', APP_KEY_COPY, "copy value", "Copy the value of the record." },
	{ 'o', APP_KEY_PRINT, "print", "Leave full screen and print the zone file, lines whole." },
	{ 0 }
};
/* clang-format on */

const struct screen screen_records = {
	.title = "Records",
	.state_size = sizeof(struct records_state),
	.keys = keys,
	.widget_keys = rows_keys,
	.open = open_records,
	.update = update_records,
	.view = view_records,
	.copy = copy_records,
	.print = print_records,
};
