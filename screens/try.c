#include "screens/try.h"

#include <string.h>

#include "base/text.h"
#include "dns/lint.h"
#include "screens/screens.h"
#include "screens/try_view.h"
#include "tui/app.h"
#include "tui/form.h"

#define TRY_TEXT_SIZE 16384 /* bytes */

struct try_input {
	int64_t kind; /* index in lint_kinds */
	char text[TRY_TEXT_SIZE];
};

struct try_screen {
	struct form form;
	struct lint lint;
};

/* clang-format off */
static const struct field fields[] = {
	{ .name = "kind", .label = "Kind", .help = "What the text is meant to be.  Left and Right change it.",
	  .kind = FIELD_CHOICE, FIELD(struct try_input, kind), .choices = lint_kind_names, .is_required = true },
	{ .name = "text", .label = "Text", .help = "The value as the DNS is to hold it, without quotes: paste it, then type in it.",
	  .kind = FIELD_BLOCK, FIELD(struct try_input, text) },
	{ 0 }
};
/* clang-format on */

/* ---- judging ---- */

static const struct lint_kind *
kind_of(const struct try_screen *s)
{
	return lint_kind_by_name(form_text(&s->form, "kind"));
}

static void
judge(struct try_screen *s)
{
	const char *text = form_text(&s->form, "text");

	lint_run(&s->lint, kind_of(s), text, strlen(text));
}

/* Pasted text of another kind says so itself by its version, "v=DMARC1": the
 * first kind that takes it for its own, or NULL. */
static const struct lint_kind *
kind_by_text(const char *text)
{
	static struct lint lint;

	for (const struct lint_kind *k = lint_kinds; k->name != NULL; k++) {
		lint_run(&lint, k, text, strlen(text));
		if (lint.verdict != LINT_SKIP && strchr(text, '=') != NULL)
			return k;
	}
	return NULL;
}

/* The strings of a zone file as the DNS holds them: joined, without their
 * quotes and backslashes.  False when it is no such text. */
static bool
join_strings(char *to, size_t size, const char *from)
{
	size_t used = 0;

	while (*from != '\0') {
		from += strspn(from, " \t\r\n()");
		if (*from == '\0')
			break;
		if (*from++ != '"')
			return false;
		for (; *from != '"'; from++) {
			if (*from == '\\' && from[1] != '\0')
				from++;
			if (*from == '\0' || used + 1 == size)
				return false;
			to[used++] = *from;
		}
		from++;
	}
	to[used] = '\0';
	return used > 0;
}

/* What a paste into the empty field brought is made ready to be judged. */
static void
take_paste(struct app *app, struct try_screen *s)
{
	static char joined[TRY_TEXT_SIZE];
	const char *text = form_text(&s->form, "text");
	char *end;

	if (join_strings(joined, sizeof(joined), text)) {
		form_type(&s->form, "text", joined);
		app_message(app,
		    "The quotes were taken off: the DNS holds what is "
		    "between them.");
		return;
	}
	text_copy(joined, sizeof(joined), text + strspn(text, "\r\n"));
	end = strchr(joined, '\n');
	if (end != NULL && end[1] == '\0')
		*end = '\0';
	if (!text_is_same(joined, text))
		form_type(&s->form, "text", joined);
}

/* What is no record of this kind may be one of another. */
static void
find_kind(struct try_screen *s)
{
	const struct lint_kind *kind;

	judge(s);
	if (s->lint.verdict != LINT_SKIP || s->lint.length == 0)
		return;
	kind = kind_by_text(form_text(&s->form, "text"));
	if (kind == NULL)
		return;
	form_type(&s->form, "kind", kind->name);
	judge(s);
}

/* ---- the screen ---- */

static struct {
	char kind[32], text[TRY_TEXT_SIZE];
} wanted;

struct next
try_next(const char *kind, const char *text)
{
	text_copy(wanted.kind, sizeof(wanted.kind), kind != NULL ? kind : "");
	text_copy(wanted.text, sizeof(wanted.text), text);
	return (struct next){ .kind = NEXT_OPEN, .screen = &screen_try };
}

struct next
try_next_of_check(const char *check, const char *found)
{
	static const char *const kinds[][2] = {
		{ "mta-sts", "mta-sts-txt" },
		{ "sts-policy", "mta-sts-policy" },
		{ "tls-rpt", "tlsrpt" },
		{ "dane", "tlsa" },
		{ "spf-host", "spf" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is_same(check, kinds[i][0]))
			return try_next(kinds[i][1], found);
	return lint_kind_by_name(check) != NULL ? try_next(check, found)
						: try_next(NULL, "");
}

static void
open_try(struct app *app, void *state, int64_t id)
{
	struct try_screen *s = state;

	(void)id;
	form_open(&s->form, app_arena(app), fields, sizeof(struct try_input));
	if (wanted.kind[0] != '\0')
		form_set(&s->form, "kind", wanted.kind);
	form_set(&s->form, "text", wanted.text);
	form_focus(&s->form, "text");
	wanted.kind[0] = wanted.text[0] = '\0';
	find_kind(s);
}

static struct next
update_try(struct app *app, void *state, const struct msg *msg)
{
	struct try_screen *s = state;
	const bool was_empty = form_text(&s->form, "text")[0] == '\0';

	if (msg->kind == MSG_KEY && msg->action == FORM_KEY_ENTER &&
	    form_wants_text(&s->form)) {
		const struct msg line_end = { .kind = MSG_TEXT, .text = "\n" };

		form_update(&s->form, &line_end);
	} else if (msg->kind == MSG_KEY && msg->key == PRESS_TAB &&
	    form_wants_text(&s->form)) {
		form_focus(&s->form, "kind");
	} else {
		form_update(&s->form, msg);
	}
	if (was_empty && msg->kind == MSG_TEXT && msg->is_paste)
		take_paste(app, s);
	if (form_wants_text(&s->form))
		find_kind(s);
	else
		judge(s);
	return NEXT_STAYS;
}

static void
view_try(const void *state, struct canvas *canvas)
{
	const struct try_screen *s = state;
	const struct form_field *text = &s->form.fields[1];
	struct canvas body = screen_body(canvas), rest;

	screen_put_state(canvas,
	    "Judged as you type: nothing is asked and nothing is kept.",
	    s->lint.length == 0 ? NULL : try_word(s->lint.verdict));
	form_view(&s->form, &body);
	rest = canvas_part(&body, 3, 0, body.rows - 3, body.columns);
	try_view(&rest, &s->lint,
	    text_is_same(form_focus_name(&s->form), "text")
		? (int64_t)text->edit.cursor
		: -1);
	screen_put_help(canvas,
	    s->lint.length == 0 ? form_help(&s->form) : kind_of(s)->help);
}

static bool
type_try(const void *state)
{
	return form_wants_text(&((const struct try_screen *)state)->form);
}

static void
close_try(void *state)
{
	form_close(&((struct try_screen *)state)->form);
}

static const char *
copy_try(const void *state)
{
	return form_text(&((const struct try_screen *)state)->form, "text");
}

static void
print_try(const void *state, struct text_builder *to)
{
	const struct try_screen *s = state;

	text_addf(to, "%s\n%s\n", form_text(&s->form, "text"),
	    try_word(s->lint.verdict));
	for (size_t i = 0; i < s->lint.count; i++)
		text_addf(to, "%s at character %zu: %s\n",
		    try_word(s->lint.findings[i].level),
		    s->lint.findings[i].at + 1, s->lint.findings[i].text);
}

/* clang-format off */
static const struct key_binding typing_keys[] = {
	{ PRESS_TAB, FORM_KEY_NEXT, "kind", "Go to the kind, and back." },
	{ PRESS_CTRL('U'), FORM_KEY_CLEAR, "clear", "Take the text away." },
	{ 0 }
};
/* clang-format on */

const struct screen screen_try = {
	.title = "Try a record",
	.state_size = sizeof(struct try_screen),
	.widget_keys = form_keys_unsaved,
	.typing_keys = typing_keys,
	.open = open_try,
	.update = update_try,
	.view = view_try,
	.close = close_try,
	.wants_text = type_try,
	.copy = copy_try,
	.print = print_try,
};
