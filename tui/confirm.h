/*
 * confirm.h - small questions: yes or no, the name typed, one line of text,
 * one of several.
 *
 * Each is a screen: return what confirm_open() etc. give from update(), and
 * take the answer from MSG_RETURN (msg.from is the screen, msg.id the
 * caller's `tag` when it was answered with yes, 0 when it was left).  The
 * structs and their texts are copied.
 */
#ifndef TUI_CONFIRM_H
#define TUI_CONFIRM_H

#include "tui/screen.h"

#define CONFIRM_LINES_MAX 16

struct confirm {
	int64_t tag;          /* not 0: comes back as msg.id */
	const char *question; /* "Suspend bob@acme.example?" */

	/* From here on only for the typed name. */
	const char *name; /* what must be typed; NULL: y or n is enough */
	const char *head; /* "DELETE TENANT Initech" */
	const char *lines[CONFIRM_LINES_MAX]; /* what goes; NULL ends */
	const char *prompt; /* "Type the tenant's name to delete it:" */
	const char *word;   /* what it does: "delete"; also the place */
};

extern const struct screen screen_confirm_ask;
extern const struct screen screen_confirm_name;

/* y/n on the message row (default no), or the whole screen when a name must
 * be typed. */
struct next confirm_open(const struct confirm *);

/* One line on the message row; the answer is msg.data, a text. */
struct prompt {
	int64_t tag;
	const char *question; /* "Reason:" */
	const char *initial;  /* or NULL */
	bool is_secret;
};

extern const struct screen screen_prompt;
struct next prompt_open(const struct prompt *);

#endif
