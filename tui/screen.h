/*
 * screen.h - what a screen is, and how one screen leads to another.
 *
 * A screen is a constant table (struct screen) plus a block of state that
 * the app allocates, zeroes and frees.  State changes only in open() and
 * update(); view() is const and may be called at any time.  None may block:
 * slow work is a job, whose results come back to update() as messages.
 *
 * The app draws row 1 (title), the message row and the hint bar.  view()
 * draws the rest through the three helpers at the end of this file.
 */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "tui/canvas.h"
#include "tui/key.h"

struct app;
struct screen;

enum msg_kind {
	MSG_KEY,     /* action from a key table; 0: no row has this key */
	MSG_TEXT,    /* typed or pasted, only while wants_text() */
	MSG_RESIZE,  /* body size; comes once behind open() too */
	MSG_TICK,    /* once a second, after app_tick() */
	MSG_JOB,     /* one record of a running job */
	MSG_JOB_END, /* it ended; action is 1 when it failed */
	MSG_RETURN,  /* the screen above was closed */
	MSG_REFRESH, /* R was pressed: read again */
};

struct msg {
	enum msg_kind kind;
	int key;          /* MSG_KEY: what was pressed */
	int action;       /* MSG_KEY: value of an enum in the screen file */
	const char *text; /* MSG_TEXT: UTF-8, valid during the call */
	bool is_paste;    /* MSG_TEXT: pasted: '\n' in it is text */
	const void *data; /* MSG_JOB: the record; MSG_RETURN: next.data */
	size_t length;    /* MSG_JOB: bytes of data */
	int job;          /* MSG_JOB, MSG_JOB_END: from app_job_start() */
	int rows;         /* MSG_RESIZE: of the body */
	int columns;
	const struct screen *from; /* MSG_RETURN: which screen was closed */
	int64_t id;                /* MSG_RETURN: next.id of its close */
};

/*
 * Where to go after an update.  Zero means: stay here and redraw.
 * NEXT_CLOSE hands id and data to the screen below (MSG_RETURN); 0 and NULL
 * mean that it was left.
 */
struct next {
	enum { NEXT_STAY, NEXT_OPEN, NEXT_CLOSE, NEXT_REPLACE, NEXT_QUIT } kind;
	const struct screen *screen; /* NEXT_OPEN, NEXT_REPLACE */
	int64_t id;                  /* ditto: row the screen is about */
	const void *data;            /* ditto: app_argument() during open() */
};

#define NEXT_STAYS  ((struct next){ 0 })
#define NEXT_CLOSES ((struct next){ .kind = NEXT_CLOSE })

struct screen {
	const char *title; /* breadcrumb word, at most 16 columns */
	const char *empty; /* sentence for an empty list, or NULL */
	size_t state_size; /* bytes */
	const struct key_binding *keys;        /* ends with a zero row */
	const struct key_binding *widget_keys; /* table_keys, form_keys, NULL */
	/* The rows of the hint bar instead of widget_keys, where the state
	 * has others; NULL, or giving NULL: those of widget_keys. */
	const struct key_binding *(*hint_keys)(const void *state);
	/* In the hint bar in place of both while wants_text(); may be NULL. */
	const struct key_binding *typing_keys;
	bool is_overlay; /* the screen below stays visible */

	void (*open)(struct app *, void *state, int64_t id);
	struct next (*update)(struct app *, void *state, const struct msg *);
	void (*view)(const void *state, struct canvas *);

	/* These may be NULL. */
	void (*close)(void *state); /* what the arena does not hold */
	bool (*wants_text)(const void *state); /* letters are text now */
	/* Esc undoes something here before it leaves. */
	bool (*wants_escape)(const void *state);
	const char *escape_word; /* in the hint bar then; NULL: "clear" */
	bool (*is_unsaved)(const void *state);  /* leaving would lose typing */
	const char *(*copy)(const void *state); /* 'c': value at the cursor */
	void (*print)(const void *state, struct text_builder *); /* 'o' */
};

/* Row 2: what this screen shows now; either may be NULL. */
void screen_put_state(struct canvas *, const char *left, const char *right);

/* The row above the hint bar: help for the thing under the cursor. */
void screen_put_help(struct canvas *, const char *help);

/* Rows 4 to 21 of 24, the whole width; column 0 is for marks, text starts
 * at column 1. */
struct canvas screen_body(const struct canvas *);

/* For overlays: the message row. */
struct canvas screen_message_row(const struct canvas *);

#endif
