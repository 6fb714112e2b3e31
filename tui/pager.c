#include "tui/pager.h"

#include <string.h>

#include "tui/app.h"

#define SIDE_STEP 20 /* columns that Left and Right move */

/* clang-format off */
const struct key_binding pager_keys[] = {
	{ PRESS_UP, PAGER_KEY_UP, NULL, "One line up.", NULL },
	{ 'k', PAGER_KEY_UP, NULL, NULL, NULL },
	{ PRESS_DOWN, PAGER_KEY_DOWN, NULL, "One line down.", NULL },
	{ 'j', PAGER_KEY_DOWN, NULL, NULL, NULL },
	{ PRESS_PAGE_UP, PAGER_KEY_PAGE_UP, NULL, "One page up.", NULL },
	{ PRESS_PAGE_DOWN, PAGER_KEY_PAGE_DOWN, "more", "One page down.", NULL },
	{ ' ', PAGER_KEY_PAGE_DOWN, NULL, NULL, NULL },
	{ PRESS_ENTER, PAGER_KEY_PAGE_DOWN, NULL, NULL, NULL },
	{ 'g', PAGER_KEY_FIRST, NULL, "To the first line.", NULL },
	{ PRESS_HOME, PAGER_KEY_FIRST, NULL, NULL, NULL },
	{ 'G', PAGER_KEY_LAST, NULL, "To the last line.", NULL },
	{ PRESS_END, PAGER_KEY_LAST, NULL, NULL, NULL },
	{ PRESS_LEFT, PAGER_KEY_LEFT, NULL, "Move left.", NULL },
	{ PRESS_RIGHT, PAGER_KEY_RIGHT, NULL, "Move right, for long lines.", NULL },
	{ 0 }
};
/* clang-format on */

static size_t
count_lines(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; count++) {
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return count;
}

void
pager_open(struct pager *pager, const char *text)
{
	*pager =
	    (struct pager){ .text = text, .line_count = count_lines(text) };
}

static void
scroll_to(struct pager *pager, int line)
{
	int last = (int)pager->line_count - pager->body_rows;

	if (line > last)
		line = last;
	pager->top = line < 0 ? 0 : line;
}

void
pager_set_text(struct pager *pager, const char *text)
{
	pager->text = text;
	pager->line_count = count_lines(text);
	scroll_to(pager, pager->top);
}

static void
press(struct pager *pager, int action)
{
	int page = pager->body_rows > 1 ? pager->body_rows - 1 : 1;

	switch (action) {
	case PAGER_KEY_UP:
		scroll_to(pager, pager->top - 1);
		break;
	case PAGER_KEY_DOWN:
		scroll_to(pager, pager->top + 1);
		break;
	case PAGER_KEY_PAGE_UP:
		scroll_to(pager, pager->top - page);
		break;
	case PAGER_KEY_PAGE_DOWN:
		scroll_to(pager, pager->top + page);
		break;
	case PAGER_KEY_FIRST:
		scroll_to(pager, 0);
		break;
	case PAGER_KEY_LAST:
		scroll_to(pager, (int)pager->line_count);
		break;
	case PAGER_KEY_LEFT:
		pager->left -=
		    pager->left < SIDE_STEP ? pager->left : SIDE_STEP;
		break;
	default:
		pager->left += SIDE_STEP;
		break;
	}
}

bool
pager_update(struct pager *pager, const struct msg *msg)
{
	if (msg->kind == MSG_RESIZE) {
		pager->body_rows = msg->rows;
		pager->body_columns = msg->columns;
		scroll_to(pager, pager->top);
		return true;
	}
	if (msg->kind != MSG_KEY || msg->action < PAGER_KEY_UP ||
	    msg->action > PAGER_KEY_RIGHT)
		return false;
	press(pager, msg->action);
	return true;
}

/* A heading is a line in capitals: "MOVING", "NEEDS ATTENTION". */
static bool
is_heading(const char *line, size_t length)
{
	size_t letters = 0;

	for (size_t i = 0; i < length; i++) {
		if (line[i] >= 'A' && line[i] <= 'Z')
			letters++;
		else if (line[i] != ' ')
			return false;
	}
	return letters > 1;
}

static void
put_line(const struct pager *pager, struct canvas *body, int row,
    const char *line, size_t length)
{
	char text[4096];
	size_t skip = 0, used = 0;

	if (pager->left > 0 && (size_t)pager->left < length)
		skip = (size_t)pager->left;
	else if (pager->left > 0)
		return;
	while (skip < length && ((unsigned char)line[skip] & 0xC0) == 0x80)
		skip++;
	for (size_t i = skip; i < length && used + 9 < sizeof text; i++) {
		if (line[i] != '\t') {
			text[used++] = line[i];
			continue;
		}
		do {
			text[used++] = ' ';
		} while (used % 8 != 0);
	}
	text[used] = '\0';
	canvas_put_fit(body, row, 1, body->columns - 2,
	    is_heading(line, length)      ? STYLE_HEADING
		: pager->style_of != NULL ? pager->style_of(line, length)
					  : STYLE_NORMAL,
	    text);
}

void
pager_view(const struct pager *pager, struct canvas *body)
{
	const char *at = pager->text;

	for (int line = 0; *at != '\0' && line < pager->top + body->rows;
	     line++) {
		size_t length = strcspn(at, "\n");

		if (line >= pager->top)
			put_line(pager, body, line - pager->top, at, length);
		at += length + (at[length] == '\n');
	}
	canvas_set_cursor(body, 0, 0);
}

static bool
is_whole(const struct pager *pager)
{
	return pager->line_count <= (size_t)pager->body_rows;
}

void
pager_put_state(const struct pager *pager, struct canvas *canvas,
    const char *left, const char *right)
{
	size_t last = (size_t)pager->top + (size_t)pager->body_rows;
	char place[128];

	if (last > pager->line_count)
		last = pager->line_count;
	text_format(place, sizeof place, "lines %d-%zu of %zu%s%s",
	    pager->top + 1, last, pager->line_count, right != NULL ? "  " : "",
	    right != NULL ? right : "");
	screen_put_state(canvas, left, is_whole(pager) ? right : place);
}

const struct key_binding *
pager_hint_keys(const struct pager *pager)
{
	static const struct key_binding none[] = { { 0 } };
	const size_t below = (size_t)pager->top + (size_t)pager->body_rows;

	return below < pager->line_count ? pager_keys : none;
}

/* ---- a screen that is nothing but a text ---- */

struct pager_state {
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct pager_state)

static void
open_pager(struct app *app, void *state, int64_t id)
{
	const struct pager_text *text = app_argument(app);
	struct pager_state *s = state;

	(void)id;
	app_title(app, "%s", text->title);
	pager_open(&s->pager, arena_text(app_arena(app), text->text));
}

static struct next
update_pager(struct app *app, void *state, const struct msg *msg)
{
	struct pager_state *s = state;

	(void)app;
	pager_update(&s->pager, msg);
	return NEXT_STAYS;
}

static void
view_pager(const void *state, struct canvas *canvas)
{
	const struct pager_state *s = state;
	struct canvas body = screen_body(canvas);

	pager_put_state(&s->pager, canvas, NULL, NULL);
	pager_view(&s->pager, &body);
}

static void
print_pager(const void *state, struct text_builder *to)
{
	const struct pager_state *s = state;

	text_add(to, s->pager.text);
}

static const char *
copy_pager(const void *state)
{
	const struct pager_state *s = state;

	return s->pager.text;
}

const struct screen screen_pager = {
	.title = "Text",
	.state_size = sizeof(struct pager_state),
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_pager,
	.update = update_pager,
	.view = view_pager,
	.print = print_pager,
	.copy = copy_pager,
};

struct next
pager_next(const struct pager_text *text)
{
	/* update() has returned when the screen opens. */
	static struct arena waiting;
	struct pager_text *copy;

	arena_free(&waiting);
	copy = arena_alloc(&waiting, sizeof *copy);
	copy->title = arena_text(&waiting, text->title);
	copy->text = arena_text(&waiting, text->text);
	return (struct next){
		.kind = NEXT_OPEN, .screen = &screen_pager, .data = copy
	};
}
