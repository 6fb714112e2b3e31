/*
 * Whether a domain is ready to go live: an item a row, what each needs, the
 * steps that a person ticks, and the sign-off by name.
 */
#include "model/golive.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/db.h"
#include "model/domain.h"
#include "screens/form_screen.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/rows.h"

#define PANE_ROWS    4 /* of the item under the cursor, at least */
#define TITLE_COLUMN 11
#define NOTE_COLUMN  60

struct golive_screen {
	struct context *context;
	int64_t domain_id, data_version;
	struct golive golive;
	struct rows rows;
	int body_rows;
};

enum { GOLIVE_KEY_TICK = 1, GOLIVE_KEY_SIGN, GOLIVE_KEY_GO };

/* ---- reading ---- */

static const struct golive_item *
under_cursor(const struct golive_screen *s)
{
	return &s->golive.items[s->rows.cursor];
}

static void
fit(struct golive_screen *s)
{
	const int count = (int)s->golive.count, room = s->body_rows - PANE_ROWS;

	rows_fit(&s->rows, count, count < room ? count : room);
}

static enum err_code
read_items(struct golive_screen *s, struct err *err)
{
	char domain[HOST_NAME_SIZE];

	text_copy(domain, sizeof(domain), s->golive.domain);
	s->data_version = db_data_version(s->context->db);
	return golive_read(s->context, domain, &s->golive, err);
}

static void
read_again(struct app *app, struct golive_screen *s)
{
	struct err err = { 0 };

	if (read_items(s, &err) != OK)
		app_error(app, &err);
	fit(s);
}

static void
open_golive(struct app *app, void *state, int64_t id)
{
	struct golive_screen *s = state;
	struct list_row row;
	struct err err = { 0 };

	s->context = session_context(app);
	s->domain_id = id;
	if (list_row_by_id(
		s->context, &domain_list, id, app_arena(app), &row, &err) == OK)
		text_copy(s->golive.domain, sizeof(s->golive.domain), row.key);
	if (err.code != OK || read_items(s, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	fit(s);
	app_tick(app, true);
}

/* ---- keys ---- */

/* Where an item is taken care of, or tried. */
static const struct place {
	const char *item;
	const struct screen *screen;
	bool is_list; /* narrowed to the domain; else it gets the row's id */
} places[] = {
	{ "ownership", &screen_records, false },
	{ "records", &screen_checklist, false },
	{ "recommended", &screen_checklist, false },
	{ "dkim", &screen_dkim, false },
	{ "signature", &screen_dkim, false },
	{ "addresses", &screen_aliases, true },
	{ "mail-in", &screen_trouble, false },
	{ "mail-out", &screen_trouble, false },
	{ "client", &screen_users, true },
	{ "senders", &screen_senders, false },
	{ "smime", &screen_users, true },
	{ 0 },
};

static struct next
open_place(struct app *app, const struct golive_screen *s)
{
	const struct golive_item *item = under_cursor(s);
	const struct list_narrow narrow = { .domain_id = s->domain_id,
		.of = s->golive.domain };

	for (const struct place *p = places; p->item != NULL; p++) {
		if (!text_is_same(p->item, item->name))
			continue;
		return p->is_list ? list_screen_next(p->screen, &narrow)
				  : (struct next){ .kind = NEXT_OPEN,
					    .screen = p->screen,
					    .id = s->domain_id };
	}
	app_message(app, "The tenant's admin signs in with their own key.");
	return NEXT_STAYS;
}

static struct next
open_form(const struct golive_screen *s, const char *operation,
    const char *item, bool is_complete)
{
	struct form_spec spec = { .operation = operation_by_name(operation),
		.is_complete = is_complete };

	spec.presets[spec.preset_count++] =
	    (struct form_preset){ NULL, s->golive.domain, true };
	if (item != NULL)
		spec.presets[spec.preset_count++] =
		    (struct form_preset){ "item", item, true };
	return form_screen_next(&spec);
}

/* One that is ticked already is opened again. */
static struct next
tick(struct app *app, const struct golive_screen *s)
{
	const struct golive_item *item = under_cursor(s);
	const bool is_done = item->state == GOLIVE_DONE;

	if (!item->is_manual) {
		app_message(app,
		    "%s is found out by itself, not ticked: Enter leads there.",
		    item->name);
		return NEXT_STAYS;
	}
	return open_form(
	    s, is_done ? "golive untick" : "golive tick", item->name, is_done);
}

static struct next
press(struct app *app, const struct golive_screen *s, int action)
{
	switch (action) {
	case GOLIVE_KEY_TICK:
		return tick(app, s);
	case GOLIVE_KEY_SIGN:
		return open_form(s, "golive sign", NULL, false);
	case GOLIVE_KEY_GO:
		return open_place(app, s);
	}
	return NEXT_STAYS;
}

static struct next
update_golive(struct app *app, void *state, const struct msg *msg)
{
	struct golive_screen *s = state;

	if (session_is_old(app, msg, s->data_version))
		read_again(app, s);
	else if (msg->kind == MSG_RESIZE) {
		s->body_rows = msg->rows;
		fit(s);
	} else if (msg->kind == MSG_KEY && !rows_update(&s->rows, msg))
		return press(app, s, msg->action);
	return NEXT_STAYS;
}

/* ---- showing ---- */

/* What is open and required is as bad as a check that fails. */
static const char *
word_of(const struct golive_item *item)
{
	if (item->state == GOLIVE_OPEN)
		return item->is_required ? "OPEN" : "open";
	return item->state == GOLIVE_DONE ? "done" : "skip";
}

static enum style
style_of(const struct golive_item *item)
{
	if (item->state == GOLIVE_OPEN)
		return item->is_required ? STYLE_FAIL : STYLE_WARN;
	return item->state == GOLIVE_DONE ? STYLE_PASS : STYLE_DIM;
}

static const char *
note_of(const struct golive_item *item)
{
	if (item->is_manual)
		return item->is_required ? "ticked by name"
					 : "ticked, optional";
	return item->is_required ? "" : "recommended";
}

static void
put_item(struct canvas *body, int row, const struct golive_item *item)
{
	canvas_put_text(body, row, 3, style_of(item), word_of(item));
	canvas_put_fit(body, row, TITLE_COLUMN, NOTE_COLUMN - TITLE_COLUMN - 1,
	    STYLE_NORMAL, item->title);
	canvas_put_text(body, row, NOTE_COLUMN, STYLE_DIM, note_of(item));
}

/* Below the list: what the item under the cursor needs, and who signed. */
static void
put_pane(struct canvas *pane, const struct golive_screen *s)
{
	const struct golive_item *item = under_cursor(s);
	const struct golive *golive = &s->golive;
	char at[32];
	int row = 1;

	canvas_put_rule(pane, 0, STYLE_DIM, item->name);
	row += canvas_put_wrapped(pane, row, 1, pane->columns - 2, STYLE_NORMAL,
	    item->detail[0] != '\0'          ? item->detail
		: item->state == GOLIVE_OPEN ? "Nobody has ticked it yet."
					     : "Nothing is to be done.");
	if (golive->signed_at == 0)
		return;
	clock_format_short(at, sizeof(at), golive->signed_at);
	canvas_putf(pane, row + 1, 1, STYLE_PASS, "Signed off by %s, %s.",
	    golive->signed_by, at);
}

static void
view_golive(const void *state, struct canvas *canvas)
{
	const struct golive_screen *s = state;
	struct canvas body = screen_body(canvas), pane;
	char left[HOST_NAME_SIZE + 40], right[40] = "ready to sign";

	text_format(
	    left, sizeof(left), "%s is %s", s->golive.domain, s->golive.status);
	if (s->golive.open_required > 0)
		text_format(right, sizeof(right), "%zu required open",
		    s->golive.open_required);
	screen_put_state(canvas, left, right);
	for (int i = s->rows.top;
	     i < s->rows.count && rows_at(&s->rows, i) >= 0; i++)
		put_item(&body, rows_at(&s->rows, i), &s->golive.items[i]);
	rows_put_cursor(&s->rows, &body);
	pane = canvas_part(&body, s->rows.visible, 0,
	    body.rows - s->rows.visible, body.columns);
	put_pane(&pane, s);
	screen_put_help(canvas,
	    under_cursor(s)->is_manual
		? "Enter leads to what helps to try it; t ticks it, with your "
		  "name and the day."
		: "Found out from the rows and the last DNS checks.");
}

static const char *
copy_golive(const void *state)
{
	return under_cursor(state)->detail;
}

static void
print_golive(const void *state, struct text_builder *to)
{
	const struct golive *golive =
	    &((const struct golive_screen *)state)->golive;

	text_addf(to, "%s is %s.\n", golive->domain, golive->status);
	for (size_t i = 0; i < golive->count; i++) {
		const struct golive_item *item = &golive->items[i];

		text_addf(to, "%-6s %s\n", word_of(item), item->title);
		if (item->detail[0] != '\0')
			text_addf(to, "       %s\n", item->detail);
	}
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 't', GOLIVE_KEY_TICK, "tick", "Tick what you tried, with a note; or open it again.", NULL, "golive tick" },
	{ 'S', GOLIVE_KEY_SIGN, "sign off", "Sign the domain off: it is live from then on.", NULL, "golive sign" },
	{ PRESS_ENTER, GOLIVE_KEY_GO, "go there", "Go where the item is taken care of." },
	{ 0 }
};
/* clang-format on */

const struct screen screen_golive = {
	.title = "Go live",
	.state_size = sizeof(struct golive_screen),
	.keys = keys,
	.widget_keys = rows_keys,
	.open = open_golive,
	.update = update_golive,
	.view = view_golive,
	.copy = copy_golive,
	.print = print_golive,
};
