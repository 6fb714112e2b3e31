#include "tui/line_edit.h"

#include <string.h>

#include "base/text.h"

void
line_edit_open(struct line_edit *edit, char *buffer, size_t size)
{
	*edit = (struct line_edit){ .text = buffer, .size = size };
	edit->cursor = strlen(buffer);
}

void
line_edit_set(struct line_edit *edit, const char *text)
{
	edit->is_cut = !text_copy(edit->text, edit->size, text);
	edit->cursor = strlen(edit->text);
}

/* ---- moving ---- */

static size_t
previous(const struct line_edit *edit, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && ((unsigned char)edit->text[at] & 0xC0) == 0x80)
		at--;
	return at;
}

static size_t
following(const struct line_edit *edit, size_t at)
{
	if (edit->text[at] != '\0')
		at++;
	while (((unsigned char)edit->text[at] & 0xC0) == 0x80)
		at++;
	return at;
}

static size_t
word_before(const struct line_edit *edit, size_t at)
{
	while (at > 0 && edit->text[at - 1] == ' ')
		at--;
	while (at > 0 && edit->text[at - 1] != ' ')
		at--;
	return at;
}

/* ---- changing ---- */

/* What is cut out may be part of a secret: the rest of the buffer is wiped. */
static void
cut(struct line_edit *edit, size_t from, size_t to)
{
	size_t length = strlen(edit->text), left = length - to;

	memmove(edit->text + from, edit->text + to, left);
	explicit_bzero(edit->text + from + left, to - from);
	edit->cursor = from;
}

/* Bytes that may go in: a line has no line ends and no control characters. */
static size_t
clean(const struct line_edit *edit, const char *text, char *to, size_t room)
{
	const char *at = text, *end = text + strlen(text), *before = text;
	size_t used = 0;

	for (uint32_t c; (c = text_next(&at, end)) != 0; before = at) {
		size_t length = (size_t)(at - before);
		const char *bytes = before;

		if (c == '\r' && *at == '\n')
			continue;
		if (c == '\r' || c == '\n' || c == '\t') {
			bytes =
			    edit->is_block ? (c == '\t' ? "\t" : "\n") : " ";
			length = 1;
		} else if (text_is_control(c)) {
			continue;
		}
		if (used + length > room)
			break;
		memcpy(to + used, bytes, length);
		used += length;
	}
	return used;
}

/* A paste that ends in a line end means the line, not a blank behind it. */
static void
trim_end(char *text, size_t *length)
{
	while (*length > 0 && text[*length - 1] == ' ')
		text[--*length] = '\0';
}

static void
insert(struct line_edit *edit, const char *text, bool is_paste)
{
	char piece[16384];
	size_t length = strlen(edit->text), room = edit->size - 1 - length;
	size_t count;

	if (room > sizeof piece)
		room = sizeof piece;
	edit->is_typed = !is_paste;
	count = clean(edit, text, piece, room);
	if (count < strlen(text) && count + 4 > room)
		edit->is_cut = true;
	if (is_paste && !edit->is_block)
		trim_end(piece, &count);
	memmove(edit->text + edit->cursor + count, edit->text + edit->cursor,
	    length - edit->cursor + 1);
	memcpy(edit->text + edit->cursor, piece, count);
	edit->cursor += count;
	explicit_bzero(piece, room);
}

static bool
press(struct line_edit *edit, int key)
{
	size_t length = strlen(edit->text);

	switch (key) {
	case PRESS_LEFT:
		edit->cursor = previous(edit, edit->cursor);
		return true;
	case PRESS_RIGHT:
		edit->cursor = following(edit, edit->cursor);
		return true;
	case PRESS_HOME:
	case PRESS_CTRL('A'):
		edit->cursor = 0;
		return true;
	case PRESS_END:
	case PRESS_CTRL('E'):
		edit->cursor = length;
		return true;
	case PRESS_BACKSPACE:
		cut(edit, previous(edit, edit->cursor), edit->cursor);
		return true;
	case PRESS_DELETE: {
		size_t at = edit->cursor;

		cut(edit, at, following(edit, at));
		return true;
	}
	case PRESS_CTRL('U'):
		cut(edit, 0, length);
		return true;
	case PRESS_CTRL('K'):
		cut(edit, edit->cursor, length);
		return true;
	case PRESS_CTRL('W'):
		cut(edit, word_before(edit, edit->cursor), edit->cursor);
		return true;
	default:
		return false;
	}
}

bool
line_edit_update(struct line_edit *edit, const struct msg *msg)
{
	if (msg->kind == MSG_TEXT) {
		insert(edit, msg->text, msg->is_paste);
		return true;
	}
	return msg->kind == MSG_KEY && press(edit, msg->key);
}

/* ---- view ---- */

/* The byte to start showing at, so that the cursor fits with one column to
 * spare. */
static size_t
first_shown(const struct line_edit *edit, int columns, bool stars)
{
	size_t start = edit->cursor;
	int used = 1;

	while (start > 0) {
		size_t before = previous(edit, start);
		const char *at = edit->text + before;
		uint32_t c = text_next(&at, edit->text + edit->cursor);

		used += stars ? 1 : text_char_columns(c);
		if (used > columns)
			break;
		start = before;
	}
	return start;
}

/* The text as shown: stars, or blanks for the line ends of a block. */
static int
put_piece(const struct line_edit *edit, struct canvas *part, size_t from,
    size_t to, int column, enum style style, bool stars)
{
	int start = column;

	while (from < to && column < part->columns) {
		char character[8] = "*";
		size_t after = following(edit, from);

		if (!stars && after - from < sizeof character) {
			memcpy(character, edit->text + from, after - from);
			character[after - from] = '\0';
		}
		column += canvas_put_text(part, 0, column, style, character);
		from = after;
	}
	return column - start;
}

void
line_edit_view(const struct line_edit *edit, struct canvas *canvas, int row,
    int column, int columns, bool has_focus, bool stars)
{
	struct canvas part = canvas_part(canvas, row, column, 1, columns);
	enum style style = has_focus ? STYLE_FOCUS : STYLE_FIELD;
	size_t length = strlen(edit->text);
	size_t start = has_focus ? first_shown(edit, columns, stars) : 0;
	int used, cursor;

	cursor = put_piece(edit, &part, start, edit->cursor, 0, style, stars);
	used = cursor +
	    put_piece(edit, &part, edit->cursor, length, cursor, style, stars);
	for (; used < columns; used++)
		canvas_put_text(&part, 0, used, style, "_");
	if (has_focus)
		canvas_set_cursor(&part, 0, cursor);
}
