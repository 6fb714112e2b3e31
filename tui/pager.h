/*
 * pager.h - a long text to read: zone files, certificates, help.
 *
 * Long lines are cut, Left and Right move sideways; lines that start with a
 * blank-free word in capitals only are headings.  o prints the text whole.
 */
#ifndef TUI_PAGER_H
#define TUI_PAGER_H

#include "tui/screen.h"

struct pager {
	const char *text; /* lives as long as the pager */
	/* The style of the line at `line`, which the rest of the text follows;
	 * NULL: headings stand out.  Set it behind pager_open(). */
	enum style (*style_of)(const char *line, size_t length);
	size_t line_count;
	int top, left;
	int body_rows, body_columns;
};

enum pager_action {
	PAGER_KEY_UP = 3000,
	PAGER_KEY_DOWN,
	PAGER_KEY_PAGE_UP,
	PAGER_KEY_PAGE_DOWN,
	PAGER_KEY_FIRST,
	PAGER_KEY_LAST,
	PAGER_KEY_LEFT,
	PAGER_KEY_RIGHT,
};

extern const struct key_binding pager_keys[];

void pager_open(struct pager *, const char *text);

/* Another text in its place, which keeps the position where it can. */
void pager_set_text(struct pager *, const char *text);
bool pager_update(struct pager *, const struct msg *);
void pager_view(const struct pager *, struct canvas *body);

/* screen_put_state(), with "lines 1-18 of 40" before what stands at the right
 * when the text has more lines than the body. */
void pager_put_state(
    const struct pager *, struct canvas *, const char *left, const char *right);

/* For hint_keys: pager_keys, or no row where all that is below is in view. */
const struct key_binding *pager_hint_keys(const struct pager *);

/* The screen's own hint_keys, for a state that has a member `pager`. */
#define PAGER_HINTS(name, type)                                        \
	static const struct key_binding *name(const void *state)       \
	{                                                              \
		return pager_hint_keys(&((const type *)state)->pager); \
	}

/* A screen that is nothing but a text; both are copied. */
struct pager_text {
	const char *title, *text;
};
extern const struct screen screen_pager;
struct next pager_next(const struct pager_text *);

#endif
