#include "screens/list_screen.h"

#include <string.h>

#include "base/text.h"
#include "model/db.h"
#include "screens/form_screen.h"
#include "screens/row_screen.h"
#include "screens/session.h"

/* ---- opening ---- */

static struct list_narrow handed; /* to the next opening, with its `of` */
static char handed_of[160];

struct next
list_screen_next(const struct screen *screen, const struct list_narrow *narrow)
{
	handed = *narrow;
	text_copy(
	    handed_of, sizeof(handed_of), narrow->of != NULL ? narrow->of : "");
	handed.of = handed_of;
	return (struct next){
		.kind = NEXT_OPEN, .screen = screen, .data = &handed
	};
}

/* The list's own sentence, then the keys that make a first row. */
static void
fill_empty(
    struct list_screen *s, struct app *app, const struct key_binding *keys)
{
	size_t count = 0;

	s->empty[count++] = s->view->list->empty;
	for (; keys != NULL && keys->key != 0 && count + 1 < LIST_EMPTY_MAX;
	     keys++)
		if (keys->action == LIST_KEY_ADD && keys->command != NULL &&
		    session_command_off(app, keys->command) == NULL)
			s->empty[count++] = arena_format(app_arena(app),
			    "%c\t%s", (char)keys->key, keys->help);
	s->table.empty = s->empty;
}

static void
narrow(struct list_screen *s, struct app *app, int64_t id)
{
	const struct list_narrow *by = app_argument(app);

	s->what = s->view->what;
	if (by == NULL) {
		s->query.tenant_id = id;
		return;
	}
	s->query.tenant_id = by->tenant_id;
	s->query.domain_id = by->domain_id;
	s->query.account_id = by->account_id;
	s->query.since_at = by->since_at;
	s->query.until_at = by->until_at;
	for (size_t i = 0; i < LIST_MATCH_MAX && by->match[i].column; i++) {
		s->query.match[i].column = by->match[i].column;
		s->query.match[i].text =
		    arena_text(app_arena(app), by->match[i].text);
	}
	if (by->of != NULL && by->of[0] != '\0')
		s->what = arena_text(app_arena(app), by->of);
}

void
list_screen_open(struct list_screen *s, struct app *app, int64_t id,
    const struct list_view *view)
{
	struct err err = { 0 };
	int64_t count;

	s->view = view;
	s->context = session_context(app);
	narrow(s, app, id);
	if (list_count(s->context, view->list, &s->query, &count, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	list_source_open(s, app_arena(app));
	table_open(&s->table, app_arena(app), &s->source, s);
	fill_empty(s, app, app_screen(app)->keys);
	s->data_version = db_data_version(s->context->db);
	app_tick(app, true);
}

/* ---- rows ---- */

static const char *
name_of(const struct list_screen *s, int64_t id, struct arena *arena)
{
	struct list_row row;
	struct err err;

	if (id == 0 ||
	    list_row_by_id(s->context, s->view->list, id, arena, &row, &err) !=
		OK)
		return "";
	return row.key;
}

const char *
list_screen_name(const struct list_screen *s, struct arena *arena)
{
	return name_of(s, table_selected_id(&s->table), arena);
}

static bool
is_off_row(const struct list_screen *s, const struct list_row *row)
{
	const struct list_value *value =
	    list_value_of(s->view->list, row, s->view->state_column);

	return value != NULL && text_is_same(value->raw, s->view->off_state);
}

/* Which operation a key means: the first row's state decides a toggle. */
static const struct operation *
operation_for(const struct list_screen *s, const struct key_binding *key,
    int64_t first_id, struct arena *arena)
{
	struct list_row row;
	struct err err;

	if (key->action == LIST_KEY_TOGGLE &&
	    list_row_by_id(
		s->context, s->view->list, first_id, arena, &row, &err) == OK &&
	    is_off_row(s, &row))
		return operation_by_name(s->view->undo);
	return operation_by_name(key->command);
}

static struct next
run_on_rows(
    struct app *app, struct list_screen *s, const struct key_binding *key)
{
	struct arena arena = { 0 };
	int64_t *ids = arena_array(&arena, RUN_ROWS_MAX, sizeof(*ids));
	const size_t count = table_chosen(&s->table, ids, RUN_ROWS_MAX);
	const char **names = arena_array(&arena, count + 1, sizeof(*names));
	const struct operation *operation;
	struct next next = NEXT_STAYS;

	for (size_t i = 0; i < count; i++)
		names[i] = name_of(s, ids[i], &arena);
	if (count == 0) {
		app_message(app, "There is no row here.");
		arena_free(&arena);
		return next;
	}
	operation = operation_for(s, key, ids[0], &arena);
	if (count > 1 && run_needs_form(operation))
		app_message(app,
		    "%s asks for more than a name: do it row by row.",
		    operation->name);
	else if (run_needs_form(operation))
		next = form_screen_for(
		    operation, arena_text(app_arena(app), names[0]));
	else
		next = run_rows(&s->run, app, operation, names, count);
	if (next.kind == NEXT_STAY)
		table_refresh(&s->table);
	arena_free(&arena);
	return next;
}

/* ---- keys ---- */

static struct next
open_row(struct app *app, struct list_screen *s)
{
	const int64_t id = table_selected_id(&s->table);

	if (id == 0) {
		app_message(app, "There is no row here.");
		return NEXT_STAYS;
	}
	if (s->view->opens == NULL)
		return row_screen_next(app, s->view->list, id);
	return (struct next){
		.kind = NEXT_OPEN, .screen = s->view->opens, .id = id
	};
}

/* The name of what the list is narrowed to goes into that field. */
static void
add_preset(struct app *app, struct form_spec *spec, const char *field,
    const char *list, int64_t id)
{
	struct list_row row;
	struct err err;

	if (field == NULL || id == 0 ||
	    field_by_name(spec->operation->fields, field) == NULL ||
	    list_row_by_id(session_context(app), list_by_name(list), id,
		app_arena(app), &row, &err) != OK)
		return;
	spec->presets[spec->preset_count++] =
	    (struct form_preset){ field, row.key, true };
}

/* A form for a new row; what the list is narrowed to is given already. */
static struct next
add_row(struct app *app, struct list_screen *s, const struct key_binding *key)
{
	struct form_spec spec = { .operation =
				      operation_by_name(key->command) };

	if (s->view->adds != NULL)
		return (struct next){ .kind = NEXT_OPEN,
			.screen = s->view->adds,
			.id = s->query.tenant_id };
	add_preset(app, &spec, s->view->tenant_field, "tenant list",
	    s->query.tenant_id);
	add_preset(app, &spec, s->view->account_field, "admin list",
	    s->query.account_id);
	return form_screen_next(&spec);
}

static struct next
edit_row(struct app *app, struct list_screen *s, const struct key_binding *key)
{
	const char *name = list_screen_name(s, app_arena(app));

	if (*name == '\0') {
		app_message(app, "There is no row here.");
		return NEXT_STAYS;
	}
	return form_screen_for(operation_by_name(key->command), name);
}

static struct next
tell_screen(struct app *app, struct list_screen *s, const struct msg *msg)
{
	return s->view->act != NULL ? s->view->act(app, s, msg) : NEXT_STAYS;
}

static struct next
press(struct app *app, struct list_screen *s, const struct msg *msg)
{
	const struct key_binding *key =
	    key_find(app_screen(app)->keys, msg->key);

	if (key == NULL)
		return NEXT_STAYS;
	switch (key->action) {
	case LIST_KEY_OPEN:
		return open_row(app, s);
	case LIST_KEY_ADD:
		return add_row(app, s, key);
	case LIST_KEY_EDIT:
		return edit_row(app, s, key);
	case LIST_KEY_EACH:
	case LIST_KEY_TOGGLE:
		return run_on_rows(app, s, key);
	default:
		return tell_screen(app, s, msg);
	}
}

/* ---- messages ---- */

/* Another session may have written. */
static void
look_for_changes(struct list_screen *s)
{
	const int64_t version = db_data_version(s->context->db);

	if (version == s->data_version)
		return;
	s->data_version = version;
	table_refresh(&s->table);
}

static void
came_back(struct list_screen *s, const struct msg *msg)
{
	table_refresh(&s->table);
	if (msg->id != 0)
		table_select(&s->table, msg->id);
}

struct next
list_screen_update(struct app *app, void *state, const struct msg *msg)
{
	struct list_screen *s = state;
	struct next next;

	if (run_answer(&s->run, app, msg, &next)) {
		table_clear_marks(&s->table);
		table_refresh(&s->table);
		return next;
	}
	if (table_update(&s->table, msg))
		return NEXT_STAYS;
	switch (msg->kind) {
	case MSG_KEY:
		return press(app, s, msg);
	case MSG_TICK:
		look_for_changes(s);
		return tell_screen(app, s, msg);
	case MSG_RETURN:
		came_back(s, msg);
		return tell_screen(app, s, msg);
	case MSG_JOB:
	case MSG_JOB_END:
		return tell_screen(app, s, msg);
	default:
		break;
	}
	return NEXT_STAYS;
}

/* ---- showing ---- */

/* NULL: the column isn't shown. */
static const char *
cell_of(const struct list_screen *s, const char *column)
{
	const int index = list_column_index(s->view->list, column);

	for (int i = 0; s->source.columns[i].title != NULL; i++)
		if (s->columns[i] == index)
			return table_cell(&s->table, i);
	return NULL;
}

const char *
list_screen_cell(const struct list_screen *s, const char *column)
{
	const char *cell = cell_of(s, column);

	return cell != NULL && table_mark_count(&s->table) == 0 ? cell : "";
}

static const char *
help_of(const struct list_screen *s)
{
	const char *told =
	    s->view->tells != NULL && table_selected_id(&s->table) != 0
	    ? cell_of(s, s->view->tells)
	    : NULL;

	return told != NULL         ? told
	    : s->view->help != NULL ? s->view->help
				    : s->view->list->help;
}

void
list_screen_view(const void *state, struct canvas *canvas)
{
	const struct list_screen *s = state;
	struct canvas body = screen_body(canvas);

	table_put_state(&s->table, canvas, s->what);
	table_view(&s->table, &body);
	screen_put_help(canvas, help_of(s));
}

void
list_screen_close(void *state)
{
	struct list_screen *s = state;

	run_close(&s->run);
}

bool
list_screen_wants_text(const void *state)
{
	const struct list_screen *s = state;

	return table_wants_text(&s->table);
}

bool
list_screen_wants_escape(const void *state)
{
	const struct list_screen *s = state;

	return table_wants_escape(&s->table);
}

const char *
list_screen_copy(const void *state)
{
	const struct list_screen *s = state;

	return table_cell(&s->table, 0);
}

/* Cells apart by tabs, as spreadsheets take them. */
static void
add_cell(struct text_builder *to, const char *cell, bool is_last)
{
	text_addf(to, "%s%c", cell, is_last ? '\n' : '\t');
}

/* The heads, and all rows that the filter lets through. */
void
list_screen_print(const void *state, struct text_builder *to)
{
	const struct list_screen *s = state;
	const struct table_column *columns = s->source.columns;
	struct arena arena = { 0 };
	struct table_query query = { .where = TABLE_FIRST,
		.filter = s->table.filter,
		.sort = s->table.sort,
		.is_descending = s->table.is_descending };
	struct table_row rows[64] = { 0 };
	struct err err;
	size_t count;

	for (size_t c = 0; columns[c].title != NULL; c++)
		add_cell(to, columns[c].title, columns[c + 1].title == NULL);
	do {
		count = s->source.page(
		    s->table.context, &query, &arena, rows, 64, &err);
		for (size_t i = 0; i < count; i++)
			for (size_t c = 0; columns[c].title != NULL; c++)
				add_cell(to, rows[i].cells[c],
				    columns[c + 1].title == NULL);
		if (count > 0) {
			query.where = TABLE_AFTER;
			query.key = rows[count - 1].key;
			query.id = rows[count - 1].id;
		}
	} while (count == 64 && !to->is_cut);
	arena_free(&arena);
}
