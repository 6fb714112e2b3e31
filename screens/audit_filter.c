/* Which entries of the audit log: of whom, about what, from when to when. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/audit.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "tui/app.h"
#include "tui/form.h"

#define WORD_SIZE 256
#define TIME_SIZE 32

struct filter_input {
	char who[WORD_SIZE], what[WORD_SIZE], about[WORD_SIZE];
	char since[TIME_SIZE], until[TIME_SIZE];
};

struct filter_screen {
	struct form form;
	struct list_narrow narrow; /* of the list below */
};

/* clang-format off */
static const struct field fields[] = {
	{ .name = "who", .label = "Who did it", .help = "The person's whole address; empty: anybody.",
	  .kind = FIELD_TEXT, FIELD(struct filter_input, who) },
	{ .name = "what", .label = "What", .help = "The operation's name, such as user edit; empty: any.",
	  .kind = FIELD_TEXT, FIELD(struct filter_input, what) },
	{ .name = "about", .label = "About", .help = "The whole name of what was changed: an address, a domain, a tenant; empty: anything.",
	  .kind = FIELD_TEXT, FIELD(struct filter_input, about) },
	{ .name = "since", .label = "Since", .help = "A day such as 2026-11-24, or a time such as 2026-11-24T14:05:00, in UTC.",
	  .kind = FIELD_TEXT, FIELD(struct filter_input, since) },
	{ .name = "until", .label = "Before", .help = "The first moment that is left out, written like the one above.",
	  .kind = FIELD_TEXT, FIELD(struct filter_input, until) },
	{ 0 }
};
/* clang-format on */

static void
open_filter(struct app *app, void *state, int64_t id)
{
	struct filter_screen *s = state;
	const struct list_narrow *below = app_argument(app);

	(void)id;
	if (below != NULL)
		s->narrow = *below;
	s->narrow.of = NULL;
	form_open(
	    &s->form, app_arena(app), fields, sizeof(struct filter_input));
}

/* False with the refusal below the field. */
static bool
read_moment(struct filter_screen *s, const char *name, int64_t *at)
{
	const char *text = form_text(&s->form, name);

	*at = 0;
	if (text[0] == '\0' || clock_parse_utc(at, text))
		return true;
	form_set_error(&s->form, name,
	    "Write a day such as 2026-11-24, or a time such as "
	    "2026-11-24T14:05:00, in UTC.");
	return false;
}

/* "by anna@acme.example about acme.test since 2026-11-01". */
static const char *
describe(struct filter_screen *s, struct arena *arena)
{
	static const struct {
		const char *field, *word;
	} parts[] = { { "what", "" }, { "who", "by " }, { "about", "about " },
		{ "since", "since " }, { "until", "before " } };
	char text[160] = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const char *value = form_text(&s->form, parts[i].field);

		if (value[0] == '\0')
			continue;
		text_append(text, sizeof(text), text[0] == '\0' ? "" : " ");
		text_append(text, sizeof(text), parts[i].word);
		text_append(text, sizeof(text), value);
	}
	return arena_text(arena, text);
}

static void
add_match(struct filter_screen *s, size_t *count, const char *field,
    const char *column)
{
	const char *text = form_text(&s->form, field);

	if (text[0] == '\0')
		return;
	s->narrow.match[*count].column = column;
	s->narrow.match[(*count)++].text = text;
}

static struct next
show(struct app *app, struct filter_screen *s)
{
	struct next next;
	size_t count = 0;

	if (!read_moment(s, "since", &s->narrow.since_at) ||
	    !read_moment(s, "until", &s->narrow.until_at))
		return NEXT_STAYS;
	memset(s->narrow.match, 0, sizeof(s->narrow.match));
	add_match(s, &count, "who", "actor");
	add_match(s, &count, "what", "operation");
	add_match(s, &count, "about", "target");
	s->narrow.of = describe(s, app_arena(app));
	next = list_screen_next(&screen_audit, &s->narrow);
	next.kind = NEXT_REPLACE;
	return next;
}

static struct next
update_filter(struct app *app, void *state, const struct msg *msg)
{
	struct filter_screen *s = state;

	return form_update(&s->form, msg) == FORM_SAVE ? show(app, s)
						       : NEXT_STAYS;
}

static void
view_filter(const void *state, struct canvas *canvas)
{
	const struct filter_screen *s = state;
	struct canvas body = screen_body(canvas);

	screen_put_state(canvas, "Which entries of the audit log", NULL);
	form_view(&s->form, &body);
	screen_put_help(canvas, form_help(&s->form));
}

static void
close_filter(void *state)
{
	struct filter_screen *s = state;

	form_close(&s->form);
}

static bool
type_filter(const void *state)
{
	const struct filter_screen *s = state;

	return form_wants_text(&s->form);
}

const struct screen screen_audit_filter = {
	.title = "Which",
	.state_size = sizeof(struct filter_screen),
	.widget_keys = form_keys,
	.open = open_filter,
	.update = update_filter,
	.view = view_filter,
	.close = close_filter,
	.wants_text = type_filter,
};
