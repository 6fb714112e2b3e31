/*
 * app_state.h - what app.c, app_keys.c, app_view.c, app_time.c and app_loop.c
 * share; nobody else includes it.
 */
#ifndef TUI_APP_STATE_H
#define TUI_APP_STATE_H

#include "tui/app.h"

#define APP_DEPTH_MAX  24 /* screens on the stack */
#define APP_JOBS_MAX   4  /* per screen */
#define APP_COPY_SIZE  (8 * 1024 + 1)
#define APP_TITLE_SIZE 64

struct app_job {
	struct job job;
	struct arena arena;
	int number; /* 0: free */
};

struct app_frame {
	const struct screen *screen;
	void *state;
	struct arena arena;
	char title[APP_TITLE_SIZE];
	bool wants_ticks;
	bool is_leave_question; /* the app's own: a yes closes the one below */
	struct app_job jobs[APP_JOBS_MAX];
};

struct app {
	struct app_options options;
	char server[APP_TITLE_SIZE];
	struct arena *arena;
	struct app_frame frames[APP_DEPTH_MAX];
	size_t depth;
	size_t current; /* the frame whose open() or update() runs */
	const void *argument;
	struct arena dead; /* closed screens, until nothing points there */
	struct arena sheet;
	struct canvas canvas;
	int rows, columns;
	bool is_dirty, is_done, is_refused, must_repaint;
	char message[ERR_TEXT_SIZE];
	bool message_is_error;
	char copy[APP_COPY_SIZE];
	bool has_copy;
	struct arena print_arena;
	char *print;
	int next_job;
	int64_t last_key_ms;
	bool is_end_told, is_idle_told; /* warned of */
	const char *end_text;
};

extern const struct key_binding app_keys[];

/* The screen on top, or NULL; a message to the one of that index; where its
 * answer leads. */
struct app_frame *app_top(struct app *);
struct next app_update(struct app *, size_t index, const struct msg *);
struct next app_send_size(struct app *, size_t index);
void app_go(struct app *, struct next);

/* The row that answers to the key now, of the screen, its widget or the
 * app's own; NULL when there is none. */
const struct key_binding *app_key_row(const struct app *, int key);
bool app_wants_text(const struct app *);
/* Why it does not work now, or NULL; `state` is of the screen that has it. */
const char *app_key_off(
    const struct app *, const struct key_binding *, const void *state);
bool app_is_too_small(const struct app *);

/* Draws everything into app->canvas. */
void app_draw(struct app *);

#endif
