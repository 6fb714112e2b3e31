#include "screens/try_view.h"

#include <string.h>

#include "base/text.h"

#define TEXT_LEFT    4
#define WORD_LEFT    4
#define FINDING_LEFT 10
#define TEXT_LEAST   4 /* rows for the text, whatever there is to say */

const char *
try_word(enum lint_verdict verdict)
{
	static const char *const words[] = { "pass", "WARN", "FAIL", "skip" };

	return words[verdict];
}

/* One line on the screen: bytes [from, to) of the text. */
struct line {
	size_t from, to;
};

/* The line that begins at `from`; false behind the last. */
static bool
next_line(const struct lint *lint, size_t from, int columns, struct line *line)
{
	const char *end = lint->text + lint->length;
	const char *at = lint->text + from;
	int used = 0;

	if (from > lint->length ||
	    (from == lint->length && from > 0 && lint->text[from - 1] != '\n'))
		return false;
	line->from = from;
	while (at < end && *at != '\n') {
		const char *after = at;
		const int width = text_char_columns(text_next(&after, end));

		if (used + width > columns)
			break;
		used += width;
		at = after;
	}
	line->to = (size_t)(at - lint->text);
	return true;
}

/* Where the next one begins: behind the line end, when there is one. */
static size_t
behind(const struct lint *lint, const struct line *line)
{
	if (line->to < lint->length && lint->text[line->to] == '\n')
		return line->to + 1;
	return line->to == lint->length ? lint->length + 1 : line->to;
}

static bool
is_in(const struct line *line, const struct lint *lint, size_t at)
{
	return at >= line->from &&
	    (at < line->to ||
		(at == line->to &&
		    (at == lint->length || lint->text[at] == '\n')));
}

static enum style
style_of(enum lint_verdict level)
{
	return level == LINT_WARN ? STYLE_WARN
	    : level == LINT_PASS  ? STYLE_NORMAL
				  : STYLE_FAIL;
}

/* Columns from the line's begin to that byte. */
static int
column_of(const struct lint *lint, const struct line *line, size_t at)
{
	const char *from = lint->text + line->from;
	int used = 0;

	while (from < lint->text + at)
		used += text_char_columns(
		    text_next(&from, lint->text + lint->length));
	return used;
}

static bool
has_marks(const struct lint *lint, const struct line *line)
{
	for (size_t i = 0; i < lint->count; i++)
		if (is_in(line, lint, lint->findings[i].at))
			return true;
	return false;
}

/* "^1" below the place of each finding. */
static void
put_marks(struct canvas *canvas, int row, const struct lint *lint,
    const struct line *line)
{
	for (size_t i = lint->count; i-- > 0;) {
		const struct lint_finding *f = &lint->findings[i];

		if (is_in(line, lint, f->at))
			canvas_putf(canvas, row,
			    TEXT_LEFT + column_of(lint, line, f->at),
			    style_of(f->level), "^%zu", i + 1);
	}
}

static void
put_line(struct canvas *canvas, int row, const struct lint *lint,
    const struct line *line, int64_t cursor)
{
	char text[1024];

	text_visible(
	    text, sizeof(text), lint->text + line->from, line->to - line->from);
	canvas_put_text(canvas, row, TEXT_LEFT, STYLE_FIELD, text);
	if (cursor >= 0 && is_in(line, lint, (size_t)cursor))
		canvas_set_cursor(canvas, row,
		    TEXT_LEFT + column_of(lint, line, (size_t)cursor));
}

/* Rows that the text takes up to the line of that byte, itself included. */
static int
rows_to(const struct lint *lint, int columns, size_t at)
{
	struct line line;
	int rows = 0;

	for (size_t from = 0; next_line(lint, from, columns, &line);
	     from = behind(lint, &line)) {
		rows += has_marks(lint, &line) ? 2 : 1;
		if (is_in(&line, lint, at))
			break;
	}
	return rows;
}

static int
put_text(struct canvas *canvas, const struct lint *lint, int64_t cursor)
{
	const int columns = canvas->columns - TEXT_LEFT - 2;
	struct line line;
	int row = 0, skip;

	/* The line of the cursor, else of the first finding, is in view. */
	skip = rows_to(lint, columns,
		   cursor >= 0           ? (size_t)cursor
		       : lint->count > 0 ? lint->findings[0].at
					 : 0) -
	    canvas->rows;
	for (size_t from = 0;
	     next_line(lint, from, columns, &line) && row < canvas->rows;
	     from = behind(lint, &line)) {
		const int takes = has_marks(lint, &line) ? 2 : 1;

		if (skip > 0) {
			skip -= takes;
			continue;
		}
		put_line(canvas, row, lint, &line, cursor);
		if (takes == 2)
			put_marks(canvas, row + 1, lint, &line);
		row += takes;
	}
	return row;
}

/* Rows that what is said takes. */
static int
findings_rows(const struct canvas *canvas, const struct lint *lint)
{
	int rows = 0;

	for (size_t i = 0; i < lint->count; i++)
		rows += canvas_wrapped_rows(
		    canvas->columns - FINDING_LEFT - 2, lint->findings[i].text);
	return rows;
}

static void
put_findings(struct canvas *canvas, int row, const struct lint *lint)
{
	for (size_t i = 0; i < lint->count && row < canvas->rows; i++) {
		const struct lint_finding *f = &lint->findings[i];

		canvas_putf(canvas, row, 1, STYLE_NORMAL, "%2zu", i + 1);
		canvas_put_text(canvas, row, WORD_LEFT, style_of(f->level),
		    try_word(f->level));
		row += canvas_put_wrapped(canvas, row, FINDING_LEFT,
		    canvas->columns - FINDING_LEFT - 2, STYLE_NORMAL, f->text);
	}
	if (lint->count == 0 && row < canvas->rows)
		canvas_put_text(canvas, row, WORD_LEFT, STYLE_PASS,
		    "pass  It is written correctly.");
}

void
try_view(struct canvas *canvas, const struct lint *lint, int64_t cursor)
{
	int rows = canvas->rows - findings_rows(canvas, lint) - 2;
	struct canvas text;

	if (lint->length == 0) {
		if (cursor >= 0)
			canvas_set_cursor(canvas, 0, TEXT_LEFT);
		return;
	}
	if (rows < TEXT_LEAST)
		rows = TEXT_LEAST;
	text = canvas_part(canvas, 0, 0, rows, canvas->columns);
	put_findings(canvas, put_text(&text, lint, cursor) + 1, lint);
}
