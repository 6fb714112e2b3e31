/*
 * list_screen.h - a list of model/list.h as a screen: pages, filter, sort,
 * marks, and keys that run operations on rows.
 *
 * A screen file has one table of keys, one struct list_view and one
 * LIST_SCREEN().  Keys name their operation (key_binding.command); one that
 * the role lacks stays visible in ? and says who can do it.
 */
#ifndef SCREENS_LIST_SCREEN_H
#define SCREENS_LIST_SCREEN_H

#include "model/list.h"
#include "screens/run.h"
#include "tui/app.h"
#include "tui/table.h"

/* What a key of a list does; its row's `command` is the operation. */
enum list_action {
	LIST_KEY_OPEN = 500, /* view->opens, with the row's id */
	LIST_KEY_ADD,        /* view->adds, or a form for a new one */
	LIST_KEY_EDIT,       /* a form for the row under the cursor */
	LIST_KEY_EACH,       /* runs on the marked rows, or on the one */
	LIST_KEY_TOGGLE,     /* ditto; on rows whose state is view->off_state
	                        it runs view->undo instead */
	LIST_KEY_GO,         /* leads elsewhere: view->act() */
};

struct list_screen;

struct list_view {
	const struct list *list;
	const struct screen *opens; /* Enter; NULL: the row as a page */
	const struct screen *adds;  /* a wizard for LIST_KEY_ADD, or NULL */
	const char *what;           /* row 2: "All users" */
	const char *help;           /* row 23, or NULL: the list's help */

	/* For LIST_KEY_TOGGLE: the rows where `state_column` says
	 * "suspended". */
	const char *state_column, *off_state, *undo;

	/* Fields of a new row that the narrowing gives: the tenant's name,
	 * the account's address; NULL: none. */
	const char *tenant_field, *account_field;
	/* Columns of the list that are wanted beyond those of its own, when
	 * the screen is wide: names, the last NULL.  May be NULL. */
	const char *const *extra;
	/* One of those, which row 23 says for the row under the cursor; or
	 * NULL. */
	const char *tells;
	/* Other keys of the screen, ticks and jobs; may be NULL. */
	struct next (*act)(
	    struct app *, struct list_screen *, const struct msg *);
};

#define LIST_EMPTY_MAX 8 /* lines of the text for no rows */

/* The state of a list screen. */
struct list_screen {
	const struct list_view *view;
	struct context *context;
	struct list_query query; /* how it is narrowed */
	struct table table;
	struct table_source source;
	int columns[TABLE_COLUMNS_MAX]; /* index of the list's column */
	const char *empty[LIST_EMPTY_MAX];
	const char *what;
	struct run run;
	int64_t data_version;
	int64_t wanted_id; /* row to go to when it is read next */
	/* For view->act: a job that runs (0: none), when it last began, and
	 * the first row of the page that it was about. */
	int job;
	int64_t job_at_ms, job_row;
};

/*
 * How a list opens narrowed: next.data of the opening.  With no data, next.id
 * is a tenant, or 0 for all that the actor may see.
 */
struct list_narrow {
	int64_t tenant_id, domain_id, account_id;
	const char *of;             /* what row 2 says: "of Initech", or NULL */
	int64_t since_at, until_at; /* as in struct list_query */
	struct {
		const char *column, *text; /* copied when the list opens */
	} match[LIST_MATCH_MAX];
};

/* Opens the list screen narrowed; the struct is read at once. */
struct next list_screen_next(const struct screen *, const struct list_narrow *);

/* The main field's text of the row under the cursor ("bob@acme.example"),
 * in the arena; "" when there is none. */
const char *list_screen_name(const struct list_screen *, struct arena *);

/* What the row under the cursor shows in that column of the list; "" when it
 * isn't shown, there is no row, or marked rows are meant instead. */
const char *list_screen_cell(const struct list_screen *, const char *column);

/* ---- for LIST_SCREEN() ---- */

void list_screen_open(
    struct list_screen *, struct app *, int64_t id, const struct list_view *);
struct next list_screen_update(struct app *, void *, const struct msg *);
void list_screen_view(const void *, struct canvas *);
void list_screen_close(void *);
bool list_screen_wants_text(const void *);
bool list_screen_wants_escape(const void *);
const char *list_screen_copy(const void *);
void list_screen_print(const void *, struct text_builder *);

/* `name` is the screen (screen_users), made of `keys_` and `view_`, which
 * stand before it. */
#define LIST_SCREEN(name, title_, keys_, view_, widget_keys_)             \
	static void name##_open(struct app *app, void *state, int64_t id) \
	{                                                                 \
		list_screen_open(state, app, id, &(view_));               \
	}                                                                 \
	const struct screen name = {                                      \
		.title = (title_),                                        \
		.state_size = sizeof(struct list_screen),                 \
		.keys = (keys_),                                          \
		.widget_keys = (widget_keys_),                            \
		.typing_keys = table_typing_keys,                         \
		.open = name##_open,                                      \
		.update = list_screen_update,                             \
		.view = list_screen_view,                                 \
		.close = list_screen_close,                               \
		.wants_text = list_screen_wants_text,                     \
		.wants_escape = list_screen_wants_escape,                 \
		.copy = list_screen_copy,                                 \
		.print = list_screen_print,                               \
	}

/* ---- list_source.c: pages of a list as a table_source ---- */

/* Fills source and columns of the screen from view->list. */
void list_source_open(struct list_screen *, struct arena *);

#endif
