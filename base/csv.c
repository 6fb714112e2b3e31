#include "base/csv.h"

#include <string.h>

#define NUL_SENTENCE    "There is a NUL byte: this is no text file."
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"

static const char formula_signs[] = "=+-@";

void
csv_open(struct csv *csv, char *bytes, size_t length)
{
	*csv = (struct csv){
		.at = bytes, .end = bytes + length, .line = 1, .next_line = 1
	};
	*csv->end = '\0';
	if (length >= 3 && memcmp(bytes, BYTE_ORDER_MARK, 3) == 0)
		csv->at += 3;
}

static enum err_code
refuse(struct err *err, const char *sentence)
{
	return err_set(err, ERR_INVALID, NULL, "%s", sentence);
}

/* Also behind apostrophes, which reading would take for one that was put
 * there: "=1+1", "'=1+1". */
static bool
is_formula(const char *cell)
{
	cell += strspn(cell, "'");
	return *cell != '\0' && strchr(formula_signs, *cell) != NULL;
}

/* "'=1+1" is what was written for "=1+1". */
static char *
without_guard(char *cell)
{
	return cell[0] == '\'' && is_formula(cell) ? cell + 1 : cell;
}

/* In quotes, unescaped in place; at the sign behind the closing quote. */
static enum err_code
take_quoted(struct csv *csv, char **cell, struct err *err)
{
	char *to = ++csv->at;

	*cell = to;
	for (;; csv->at++) {
		if (csv->at == csv->end)
			return refuse(err, "A quote is opened and not closed.");
		if (*csv->at == '\0')
			return refuse(err, NUL_SENTENCE);
		if (*csv->at == '"' && csv->at[1] == '"')
			csv->at++;
		else if (*csv->at == '"')
			break;
		csv->next_line += *csv->at == '\n';
		*to++ = *csv->at;
	}
	csv->at++;
	*to = '\0';
	if (csv->at < csv->end && strchr(",\r\n", *csv->at) == NULL)
		return refuse(err,
		    "Behind a closing quote stands a comma or the line's end.");
	return OK;
}

static enum err_code
take_plain(struct csv *csv, char **cell, struct err *err)
{
	*cell = csv->at;
	while (csv->at < csv->end && strchr(",\r\n\"", *csv->at) == NULL)
		csv->at++;
	if (csv->at < csv->end && *csv->at == '"')
		return refuse(err,
		    "A quote stands inside a cell: put the whole cell in "
		    "quotes and write it twice.");
	return OK;
}

/* What ends a cell: *is_last when the record ends with it. */
static enum err_code
take_end(struct csv *csv, bool *is_last, struct err *err)
{
	const char sign = csv->at < csv->end ? *csv->at : '\n';

	*is_last = sign != ',';
	if (sign == '\0')
		return refuse(err, NUL_SENTENCE);
	if (sign == '\r' && csv->at[1] != '\n')
		return refuse(err,
		    "A line ends with CR alone: save the file with LF or "
		    "CRLF.");
	if (csv->at >= csv->end)
		return OK;
	*csv->at = '\0';
	csv->at += sign == '\r' ? 2 : 1;
	csv->next_line += sign != ',';
	return OK;
}

static void
skip_empty_lines(struct csv *csv)
{
	while (csv->at < csv->end &&
	    (*csv->at == '\n' || (*csv->at == '\r' && csv->at[1] == '\n'))) {
		csv->at += *csv->at == '\r' ? 2 : 1;
		csv->next_line++;
	}
}

enum err_code
csv_next(
    struct csv *csv, char **cells, size_t max, size_t *count, struct err *err)
{
	bool is_last = false;
	struct err local;

	err = err != NULL ? err : &local;
	*count = 0;
	skip_empty_lines(csv);
	csv->line = csv->next_line;
	if (csv->at >= csv->end)
		return OK;
	while (!is_last) {
		char *cell;
		enum err_code code;

		if (*count == max)
			return refuse(err, "The line has too many cells.");
		code = csv->at < csv->end && *csv->at == '"'
		    ? take_quoted(csv, &cell, err)
		    : take_plain(csv, &cell, err);
		if (code == OK)
			code = take_end(csv, &is_last, err);
		if (code != OK)
			return code;
		cells[(*count)++] = without_guard(cell);
	}
	return OK;
}

void
csv_put(struct text_builder *to, const char *cell, bool is_first)
{
	const size_t length = strlen(cell);
	/* Nothing, or a byte order mark, at the start would be passed over. */
	const bool is_quoted = strpbrk(cell, ",\"\r\n") != NULL ||
	    (is_first &&
		(length == 0 || text_starts_with(cell, BYTE_ORDER_MARK))) ||
	    (length > 0 && (cell[0] == ' ' || cell[length - 1] == ' '));

	if (!is_first)
		text_add(to, ",");
	if (is_quoted)
		text_add(to, "\"");
	if (is_formula(cell))
		text_add(to, "'");
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			text_add(to, "\"");
		text_add_n(to, cell, 1);
	}
	if (is_quoted)
		text_add(to, "\"");
}
