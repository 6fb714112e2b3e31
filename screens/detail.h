/*
 * detail.h - one row of a list as a screen: labels and values, the ways on
 * (link.h), and keys that run operations on the row.
 *
 * A screen file has one table of keys, one struct detail_view and one
 * DETAIL_SCREEN().  The screen closes by itself when the row is gone.
 */
#ifndef SCREENS_DETAIL_H
#define SCREENS_DETAIL_H

#include "model/list.h"
#include "screens/link.h"
#include "screens/run.h"
#include "tui/app.h"

/* What a key of a detail screen does; its row's `command` is the
 * operation.  LINK_KEY: the link of that key. */
enum detail_action {
	DETAIL_KEY_EDIT = 550, /* a form for this row */
	DETAIL_KEY_RUN,        /* runs on this row, or asks what it needs */
	DETAIL_KEY_TOGGLE,     /* ditto; view->undo when it is off already */
	DETAIL_KEY_ALL,        /* all that the list tells, as a page */
};

enum detail_widget_action {
	DETAIL_KEY_UP = 4000,
	DETAIL_KEY_DOWN,
	DETAIL_KEY_FIRST,
	DETAIL_KEY_LAST,
	DETAIL_KEY_OPEN,
};

extern const struct key_binding detail_keys[]; /* widget_keys */

struct detail_row {
	const char *label;  /* at most 18 columns */
	const char *column; /* of the list */
	const char *of;     /* a second column: "12 of 25"; or NULL */
	bool is_state;      /* coloured by style_of_word() */
	/* The row is left out while that column says so: the proof of an
	 * ownership that is verified.  NULL: never. */
	const char *unless_column, *unless_text;
};

struct detail;

struct detail_view {
	const struct list *list;
	const char *title;             /* place; NULL: the row's name */
	const struct detail_row *rows; /* ends with a zero row */
	/* Lines behind the rows, by detail_add(); may be NULL. */
	void (*more)(struct detail *);
	const struct link *links; /* or NULL */
	const char *help;         /* row 23, or NULL: the list's */
	const char *state_column, *off_state, *undo; /* DETAIL_KEY_TOGGLE */
	/* Other keys and returns; may be NULL. */
	struct next (*act)(struct app *, struct detail *, const struct msg *);
};

#define DETAIL_LINES_MAX 256

struct detail_line {
	const char *label; /* "" on the further lines of a value */
	const char *text;
	bool is_state;
};

/* The state of a detail screen. */
struct detail {
	const struct detail_view *view;
	struct context *context;
	int64_t id;
	struct arena arena; /* what was read */
	struct list_row row;
	struct detail_line *lines;
	size_t line_count;
	struct links links;
	size_t cursor; /* lines, then links */
	int scroll, body_rows;
	struct run run;
	int64_t data_version;
};

/* The main field's text of the row. */
const char *detail_name(const struct detail *);

/* The value in that column as people read it, "" when there is none. */
const char *detail_value(const struct detail *, const char *column);

/* One more line, only from view->more; both texts must live on, as in
 * d->arena. */
void detail_add(struct detail *, const char *label, const char *text);

/* ---- for DETAIL_SCREEN() ---- */

void detail_open(
    struct detail *, struct app *, int64_t id, const struct detail_view *);
struct next detail_update(struct app *, void *, const struct msg *);
void detail_view(const void *, struct canvas *);
void detail_close(void *);
const char *detail_copy(const void *);
void detail_print(const void *, struct text_builder *);

#define DETAIL_SCREEN(name, title_, keys_, view_)                         \
	static void name##_open(struct app *app, void *state, int64_t id) \
	{                                                                 \
		detail_open(state, app, id, &(view_));                    \
	}                                                                 \
	const struct screen name = {                                      \
		.title = (title_),                                        \
		.state_size = sizeof(struct detail),                      \
		.keys = (keys_),                                          \
		.widget_keys = detail_keys,                               \
		.open = name##_open,                                      \
		.update = detail_update,                                  \
		.view = detail_view,                                      \
		.close = detail_close,                                    \
		.copy = detail_copy,                                      \
		.print = detail_print,                                    \
	}

#endif
