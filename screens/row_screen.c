#include "screens/row_screen.h"

#include <string.h>

#include "base/text.h"
#include "screens/session.h"
#include "tui/pager.h"

#define ROW_MAX     (256 * 1024) /* bytes of the whole page */
#define LABEL_BYTES 23
#define LINE_BYTES  55 /* of a sentence behind it, on the smallest screen */

/* Words of labels that are written like this. */
static const char *const written[] = { "DKIM", "DMARC", "DNS", "IMAP", "IPv4",
	"IPv6", "MTA-STS", "S/MIME", "SMTP", "SSH", "TLS", NULL };

static const char *
known_word(const char *word, size_t length)
{
	for (size_t i = 0; written[i] != NULL; i++)
		if (strlen(written[i]) == length &&
		    strncasecmp(written[i], word, length) == 0)
			return written[i];
	return NULL;
}

static void
lower_word(char *word, size_t length, bool is_first)
{
	const char *known = known_word(word, length);

	for (size_t i = 0; i < length; i++) {
		if (known != NULL)
			word[i] = known[i];
		else if (!(is_first && i == 0) && word[i] >= 'A' &&
		    word[i] <= 'Z')
			word[i] = (char)(word[i] - 'A' + 'a');
	}
}

const char *
row_label(struct arena *arena, const char *title)
{
	char *label = arena_text(arena, title);
	bool is_first = true;

	for (char *at = label; *at != '\0'; is_first = false) {
		const size_t length = strcspn(at, " ");

		lower_word(at, length, is_first);
		at += length;
		at += strspn(at, " ");
	}
	return label;
}

/* A value of several lines goes below its label. */
static void
add_value(struct text_builder *to, const char *label, const char *text)
{
	if (strchr(text, '\n') == NULL) {
		text_addf(to, "%-22s %s\n", label, text);
		return;
	}
	text_addf(to, "%s\n", label);
	while (*text != '\0') {
		const size_t length = strcspn(text, "\n");

		text_addf(to, "  %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

struct next
row_screen_next(struct app *app, const struct list *list, int64_t id)
{
	struct pager_text *page = arena_alloc(app_arena(app), sizeof(*page));
	struct text_builder text;
	struct list_row row;
	struct err err = { 0 };

	if (list_row_by_id(session_context(app), list, id, app_arena(app), &row,
		&err) != OK) {
		app_error(app, &err);
		return NEXT_STAYS;
	}
	text_builder_open(&text, app_arena(app), ROW_MAX);
	for (size_t i = 0; list->columns[i].name != NULL; i++)
		if (list->columns[i].tell != NULL)
			text_add_wrapped(&text,
			    row_label(app_arena(app), list->columns[i].title),
			    LABEL_BYTES, LINE_BYTES, row.values[i].text);
		else if (row.values[i].text[0] != '\0')
			add_value(&text,
			    row_label(app_arena(app), list->columns[i].title),
			    row.values[i].text);
	*page = (struct pager_text){ .title = row.key, .text = text.data };
	return pager_next(page);
}
