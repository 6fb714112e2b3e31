/*
 * style.h - what a cell of the screen is, not how it looks.
 *
 * A role says why a text stands out; tui/terminal.c turns it into colour or,
 * on a mono terminal, into bold, underline and reverse.  Nothing may depend
 * on it: every state is also a word.
 */
#ifndef TUI_STYLE_H
#define TUI_STYLE_H

enum style {
	STYLE_NORMAL,
	STYLE_TITLE,   /* row 1 */
	STYLE_HEADING, /* column titles, section heads */
	STYLE_DIM,     /* of less weight: labels, what is off */
	STYLE_KEY,     /* a key in the hint bar */
	STYLE_CURSOR,  /* the '>' before the row under the cursor */
	STYLE_MARK,    /* the '*' before a marked row */
	STYLE_FIELD,   /* what can be typed over */
	STYLE_FOCUS,   /* the field that has the focus */
	STYLE_PASS,
	STYLE_WARN,
	STYLE_FAIL,
	STYLE_ERROR, /* a refusal */
	STYLE_COUNT
};

/* The letter in golden screens: ' ' for normal, 'T' title, 'F' fail,
 * 'S' the cursor's mark, 'O' the field with the focus... */
char style_letter(enum style);

/*
 * The role of a state word: "pass" "active" "live" "ok" pass; "warn" "full"
 * "preparing" warn; "fail" "refused" "suspended" fail; "skip" "retired" dim;
 * else normal.  Case does not matter.
 */
enum style style_of_word(const char *word);

#endif
