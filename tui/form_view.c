/* Draws a form: labels, values, and the notes below them. */
#include <string.h>

#include "base/text.h"
#include "tui/form.h"

#define LABEL_COLUMN 1
#define VALUE_COLUMN 20 /* labels take at most 18 */
#define VALUE_LEAST  10 /* columns of the shortest field */

/* ---- rows ---- */

/* Where the note below a field stands: a sentence that is too long for one
 * row behind the labels starts further left, and goes on in a second row. */
static int
note_column(const struct form_field *field, int columns)
{
	int wanted = text_columns(field->note) + (field->is_error ? 2 : 0);

	return wanted > columns - 1 - VALUE_COLUMN ? LABEL_COLUMN + 1
						   : VALUE_COLUMN;
}

static int
note_rows(const struct form *form, const struct form_field *field)
{
	int columns =
	    form->body_columns > 0 ? form->body_columns : CANVAS_COLUMNS;

	return canvas_wrapped_rows(columns - 1 - note_column(field, columns) -
		(field->is_error ? 2 : 0),
	    field->note);
}

/* First row of each field, counted from the form's start; a field with a
 * note takes more than one. */
static int
row_of(const struct form *form, size_t index)
{
	int row = 0;

	for (size_t i = form->first; i < index; i++)
		if (!form->fields[i].is_hidden)
			row += 1 + note_rows(form, &form->fields[i]);
	return row;
}

int
form_rows(const struct form *form)
{
	return row_of(form, form->end);
}

/* The focus, with its note, stays visible. */
void
form_scroll(struct form *form)
{
	int row = row_of(form, form->focus), last = row, all = form_rows(form);

	if (form->focus < form->end)
		last += note_rows(form, &form->fields[form->focus]);
	if (row < form->scroll)
		form->scroll = row;
	if (form->body_rows > 0 && last >= form->scroll + form->body_rows)
		form->scroll = last - form->body_rows + 1;
	if (form->scroll > all - form->body_rows)
		form->scroll = all - form->body_rows;
	if (form->scroll < 0)
		form->scroll = 0;
}

/* ---- values ---- */

/* "3 lines, 820 bytes": a block is never shown itself. */
static void
describe_block(const struct form_field *field, char *to, size_t size)
{
	size_t lines = 0, length = strlen(field->text);

	for (const char *c = field->text; *c != '\0'; c++)
		lines += *c == '\n';
	if (length > 0 && field->text[length - 1] != '\n')
		lines++;
	if (length == 0)
		text_copy(to, size, "");
	else
		text_format(to, size, "%zu line%s, %zu bytes", lines,
		    lines == 1 ? "" : "s", length);
}

static void
put_block(const struct form_field *field, struct canvas *row, bool has_focus)
{
	char text[64];
	int used;

	describe_block(field, text, sizeof text);
	used = canvas_put_text(row, 0, 0, has_focus ? STYLE_FOCUS : STYLE_FIELD,
	    text[0] != '\0' ? text : "paste it here");
	if (text[0] == '\0')
		canvas_put_text(
		    row, 0, 0, STYLE_DIM, "(paste the whole text here)");
	else if (has_focus)
		canvas_put_text(
		    row, 0, used + 2, STYLE_DIM, "Ctrl-U clears it");
	if (has_focus)
		canvas_set_cursor(row, 0, 0);
}

/* "(*) local   ( ) external" when it fits, else "< local >". */
static void
put_choice(const struct form_field *field, struct canvas *row, bool has_focus)
{
	enum style style = has_focus ? STYLE_FOCUS : STYLE_NORMAL;
	int wanted = 0, column = 0, cursor = 1;

	for (size_t i = 0; field->field->choices[i] != NULL; i++)
		wanted += 4 + text_columns(field->field->choices[i]) + 3;
	if (wanted - 3 > row->columns) {
		column += canvas_put_text(row, 0, 0, style, "< ");
		column += canvas_put_text(row, 0, column, style, field->text);
		canvas_put_text(row, 0, column, style, " >");
		if (has_focus)
			canvas_set_cursor(row, 0, 0);
		return;
	}
	for (size_t i = 0; field->field->choices[i] != NULL; i++) {
		const char *choice = field->field->choices[i];
		bool is_taken = text_is_same(choice, field->text);

		if (is_taken)
			cursor = column + 1;
		column +=
		    canvas_putf(row, 0, column, is_taken ? style : STYLE_NORMAL,
			"(%c) %s", is_taken ? '*' : ' ', choice) +
		    3;
	}
	if (has_focus)
		canvas_set_cursor(row, 0, cursor);
}

static void
put_yes_no(const struct form_field *field, struct canvas *row, bool has_focus)
{
	bool is_yes = text_is_same(field->text, "yes");

	canvas_putf(row, 0, 0, has_focus ? STYLE_FOCUS : STYLE_NORMAL,
	    "[%c] %s", is_yes ? 'x' : ' ', is_yes ? "yes" : "no");
	if (has_focus)
		canvas_set_cursor(row, 0, 1);
}

/* Short values get short fields, so that a form is not a wall of lines. */
static int
line_columns(const struct form_field *field, int room)
{
	int columns;

	switch (field->field->kind) {
	case FIELD_NUMBER:
	case FIELD_PORT:
	case FIELD_BYTES:
		columns = 12;
		break;
	case FIELD_LABEL:
	case FIELD_IP4:
		columns = 20;
		break;
	case FIELD_IP:
	case FIELD_IP6:
	case FIELD_SECRET:
		columns = 40;
		break;
	default:
		columns = 58;
		break;
	}
	if (columns > room)
		columns = room;
	return columns < VALUE_LEAST ? VALUE_LEAST : columns;
}

static void
put_value(const struct form_field *field, struct canvas *row, bool has_focus)
{
	int columns = line_columns(field, row->columns);

	if (field->off != NULL) {
		int used = canvas_put_text(row, 0, 0, STYLE_NORMAL,
		    field->field->kind == FIELD_SECRET ? "" : field->text);

		canvas_put_fit(row, 0, used + 2, row->columns - used - 2,
		    STYLE_DIM, field->off);
		return;
	}
	switch (field->field->kind) {
	case FIELD_BLOCK:
		put_block(field, row, has_focus);
		break;
	case FIELD_CHOICE:
		put_choice(field, row, has_focus);
		break;
	case FIELD_YES_NO:
		put_yes_no(field, row, has_focus);
		break;
	default:
		line_edit_view(&field->edit, row, 0, 0, columns, has_focus,
		    field->field->kind == FIELD_SECRET && !field->is_shown);
		break;
	}
}

/* ---- form ---- */

static void
put_field(const struct form_field *field, struct canvas *body, int row,
    bool has_focus)
{
	struct canvas value = canvas_part(
	    body, row, VALUE_COLUMN, 1, body->columns - VALUE_COLUMN - 2);

	if (row < 0 || row >= body->rows)
		return;
	if (has_focus)
		canvas_put_text(body, row, 0, STYLE_CURSOR, ">");
	canvas_put_fit(body, row, LABEL_COLUMN, VALUE_COLUMN - LABEL_COLUMN - 1,
	    field->off != NULL ? STYLE_DIM : STYLE_NORMAL, field->field->label);
	put_value(field, &value, has_focus);
}

static void
put_note(const struct form_field *field, struct canvas *body, int row)
{
	int columns = body->columns, column = note_column(field, columns);

	if (field->note[0] == '\0')
		return;
	if (field->is_error)
		column += canvas_put_text(body, row, column, STYLE_ERROR, "! ");
	canvas_put_wrapped(body, row, column, columns - 1 - column,
	    field->is_error ? STYLE_ERROR : STYLE_DIM, field->note);
}

void
form_view(const struct form *form, struct canvas *body)
{
	int row = -form->scroll;

	for (size_t i = form->first; i < form->end; i++) {
		const struct form_field *field = &form->fields[i];

		if (field->is_hidden)
			continue;
		put_field(field, body, row,
		    i == form->focus && form_can_focus(form, i));
		row++;
		put_note(field, body, row);
		row += note_rows(form, field);
	}
}
