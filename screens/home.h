/*
 * home.h - where everybody starts, by role: what needs attention, the ways
 * on, own password.
 */
#ifndef SCREENS_HOME_H
#define SCREENS_HOME_H

#include "model/key.h"
#include "screens/link.h"
#include "tui/app.h"

#define HOME_ATTENTION_MAX 24 /* rows, on a large screen */

enum home_action {
	HOME_KEY_UP = 1,
	HOME_KEY_DOWN,
	HOME_KEY_OPEN,
	HOME_KEY_ATTENTION, /* all that needs attention */
	HOME_KEY_FORM,      /* the form of the key's command */
};

struct home_view {
	const struct link *links;
	bool has_attention;
};

struct home_state {
	const struct home_view *view;
	struct links links;
	struct arena arena; /* of `page` */
	struct list_page page;
	int64_t attention_count;
	bool has_attention; /* and the key in use may list it */
	int cursor;         /* attention rows, then links */
	int body_rows, body_columns;
	char may[KEY_SENTENCE_SIZE]; /* what a restricted key may, or "" */
	int64_t data_version;
};

void home_open(struct home_state *, struct app *, const struct home_view *);
struct next home_update(struct app *, void *, const struct msg *);
void home_draw(const void *, struct canvas *);
void home_close(void *);

/* The home of that role. */
const struct screen *home_of_role(enum role);

#endif
