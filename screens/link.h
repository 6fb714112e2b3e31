/*
 * link.h - the GO TO part of a screen: numbered ways to other screens, with
 * how many rows are there.
 *
 * A link is off, with the reason, when the person may not read its list.
 */
#ifndef SCREENS_LINK_H
#define SCREENS_LINK_H

#include "model/list.h"
#include "tui/app.h"

enum link_by { LINK_ALL, LINK_TENANT, LINK_DOMAIN, LINK_ACCOUNT, LINK_ROW };

struct link {
	int key; /* '1'; its row in the screen's keys has action LINK_KEY */
	const char *label;
	const char *list; /* "user list": counted; NULL: no count */
	const struct screen *screen;
	enum link_by by; /* what the screen's id narrows; LINK_ROW: the id is
	                    that of the screen to open */
	const char *match_column, *match_text; /* counted only these, or NULL */
	const char *note; /* behind the count: "open", or NULL */
};

#define LINK_KEY  600 /* action of the rows of the keys '1' to '9' */
#define LINKS_MAX 12

struct links {
	const struct link *links; /* ends with a zero row */
	struct context *context;
	int64_t id;                /* what they are narrowed to */
	const char *of;            /* its name, for row 2 of the list */
	int64_t counts[LINKS_MAX]; /* -1: not to be seen */
};

/* Reads the counts; links may be NULL: none.  `of` must live on. */
void links_read(struct links *, struct app *, const struct link *, int64_t id,
    const char *of);

size_t links_count(const struct links *);

/* One row each from `row` on; the one of number `cursor` has the '>'; -1:
 * none. */
void links_view(const struct links *, struct canvas *body, int row, int cursor);

/* Opens the link of that number, or that key. */
struct next links_open(const struct links *, struct app *, size_t number);
struct next links_press(const struct links *, struct app *, int key);

#endif
