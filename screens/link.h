/*
 * link.h - the GO TO part of a screen: numbered ways to other screens, with
 * how many rows are there.
 *
 * A link is off, with the reason, when the person, or the key in use, may not
 * run its command.
 */
#ifndef SCREENS_LINK_H
#define SCREENS_LINK_H

#include "model/list.h"
#include "tui/app.h"

/* What the screen is narrowed to, or whose id it gets. */
enum link_by {
	LINK_ALL,
	LINK_TENANT, /* rows of this one */
	LINK_DOMAIN,
	LINK_ACCOUNT,
	LINK_ROW,        /* the same row on another screen */
	LINK_OWN_TENANT, /* the row of the actor's tenant */
	LINK_OWN_ACCOUNT,
	LINK_SERVER, /* the row of the server */
};

struct link {
	int key; /* '1': the screen's keys have LINK_GO() for it */
	const char *label;
	const char *command; /* what it stands for: who may not run it may not
				go, either; a list is counted, narrowed */
	const struct screen *screen;
	enum link_by by;

	/* Behind the count: how many rows have this text in this column,
	 * "2 open".  NULL: none. */
	const char *column, *text;
	const char *counted; /* the list, when `command` is none; or NULL */
	bool has_newest;     /* behind the count: the newest row instead */
	bool opens_row; /* `by` is for counting: the screen gets the row's id */
};

#define LINK_KEY 600 /* action of the rows of the keys '1' to '9' */
/* The row of its key: LINK_GO('1', "Domains.", "domain list") */
#define LINK_GO(key, help, command)                         \
	{                                                   \
		key, LINK_KEY, "go to", help, NULL, command \
	}

/* The tables that the screens have, each ends with a zero row. */
extern const struct link super_admin_links[], tenant_admin_links[],
    operator_links[], user_links[];                      /* at home */
extern const struct link domain_links[], person_links[], /* of a user */
    server_links[], tenant_links[];

#define LINKS_MAX      12
#define LINK_NOTE_SIZE 160

struct links {
	const struct link *links; /* ends with a zero row */
	struct context *context;
	int64_t id;                /* what they are narrowed to */
	const char *of;            /* its name, for row 2 of the list */
	int64_t counts[LINKS_MAX]; /* -1: none to be seen */
	char notes[LINKS_MAX][LINK_NOTE_SIZE]; /* or who can, when it is off */
	bool is_off[LINKS_MAX];
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
