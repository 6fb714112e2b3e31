#include "screens/link.h"

#include "base/text.h"
#include "screens/list_screen.h"
#include "screens/session.h"

#define LABEL_COLUMN 4
#define COUNT_COLUMN 22
#define NOTE_COLUMN  31

static struct list_narrow
narrow(const struct links *links, const struct link *link)
{
	struct list_narrow by = { .of = links->of };

	if (link->by == LINK_TENANT)
		by.tenant_id = links->id;
	else if (link->by == LINK_DOMAIN)
		by.domain_id = links->id;
	else if (link->by == LINK_ACCOUNT)
		by.account_id = links->id;
	return by;
}

/* The list that is counted, or NULL. */
static const struct list *
list_of(const struct link *link)
{
	return list_by_name(
	    link->counted != NULL ? link->counted : link->command);
}

/* -1 where there is nothing to count. */
static int64_t
count(const struct links *links, const struct link *link, const char *column,
    const char *text)
{
	const struct list_narrow by = narrow(links, link);
	struct list_query query = { .tenant_id = by.tenant_id,
		.domain_id = by.domain_id,
		.account_id = by.account_id,
		.match[0] = { column, text } };
	struct err err;
	int64_t rows;

	if (list_of(link) == NULL || link->by >= LINK_ROW ||
	    list_count(links->context, list_of(link), &query, &rows, &err) !=
		OK)
		return -1;
	return rows;
}

/* "14:02 anna@acme.example user edit": the first columns of that row. */
static void
newest(
    const struct links *links, const struct link *link, char *to, size_t size)
{
	const struct list *list = list_of(link);
	const struct list_narrow by = narrow(links, link);
	const struct list_query query = { .tenant_id = by.tenant_id,
		.domain_id = by.domain_id,
		.account_id = by.account_id };
	struct arena arena = { 0 };
	struct list_page page;
	struct err err;

	if (list_page(links->context, list, &query, LIST_FIRST, 0, NULL, 1,
		&arena, &page, &err) == OK &&
	    page.count == 1)
		text_format(to, size, "%s  %s  %s", page.rows[0].values[1].text,
		    page.rows[0].values[2].text, page.rows[0].values[3].text);
	arena_free(&arena);
}

static void
read_note(
    const struct links *links, const struct link *link, char *to, size_t size)
{
	int64_t rows;

	to[0] = '\0';
	if (link->has_newest) {
		newest(links, link, to, size);
	} else if (link->column != NULL) {
		rows = count(links, link, link->column, link->text);
		if (rows > 0)
			text_format(
			    to, size, "%lld %s", (long long)rows, link->text);
	}
}

size_t
links_count(const struct links *links)
{
	size_t i = 0;

	while (links->links != NULL && links->links[i].label != NULL)
		i++;
	return i;
}

/* A way that is closed says who may go it; a temporary password closes all,
 * which the screen says once. */
static void
read_off(struct links *links, const struct app *app, size_t i)
{
	const struct link *link = &links->links[i];
	const char *why = session_command_off(app, link->command);

	links->is_off[i] = why != NULL;
	if (why != NULL && !links->context->actor.is_password_temporary)
		text_copy(links->notes[i], sizeof(links->notes[i]), why);
}

void
links_read(struct links *links, struct app *app, const struct link *rows,
    int64_t id, const char *of)
{
	links->links = rows;
	links->context = session_context(app);
	links->id = id;
	links->of = of;
	for (size_t i = 0; i < links_count(links); i++) {
		links->counts[i] = count(links, &rows[i], NULL, NULL);
		read_note(
		    links, &rows[i], links->notes[i], sizeof(links->notes[i]));
		read_off(links, app, i);
	}
}

static void
put_count(struct canvas *body, int row, int64_t rows)
{
	char text[24];

	text_format(text, sizeof(text), "%lld", (long long)rows);
	canvas_put_right(body, row, COUNT_COLUMN, 7, STYLE_NORMAL, text);
}

void
links_view(const struct links *links, struct canvas *body, int row, int cursor)
{
	for (int i = 0; i < (int)links_count(links); i++, row++) {
		const struct link *link = &links->links[i];

		if (i == cursor) {
			canvas_put_text(body, row, 0, STYLE_CURSOR, ">");
			canvas_set_cursor(body, row, 0);
		}
		canvas_putf(body, row, 1, STYLE_KEY, "%c", link->key);
		canvas_put_text(body, row, LABEL_COLUMN,
		    links->is_off[i] ? STYLE_DIM : STYLE_NORMAL, link->label);
		if (links->counts[i] >= 0)
			put_count(body, row, links->counts[i]);
		canvas_put_fit(body, row, NOTE_COLUMN,
		    body->columns - NOTE_COLUMN - 1,
		    links->is_off[i] ? STYLE_DIM : STYLE_NORMAL,
		    links->notes[i]);
	}
}

static int64_t
row_id(const struct links *links, const struct link *link)
{
	const struct actor *actor = &links->context->actor;

	switch (link->by) {
	case LINK_OWN_TENANT:
		return actor_tenant(actor);
	case LINK_OWN_ACCOUNT:
		return actor->account_id;
	case LINK_SERVER:
		return 1;
	default:
		return links->id;
	}
}

struct next
links_open(const struct links *links, struct app *app, size_t number)
{
	const struct link *link = &links->links[number];
	const struct list_narrow by = narrow(links, link);
	const char *why = session_command_off(app, link->command);

	if (why != NULL) {
		app_message(app, "%s", why);
		return NEXT_STAYS;
	}
	if (link->by >= LINK_ROW || link->opens_row)
		return (struct next){ .kind = NEXT_OPEN,
			.screen = link->screen,
			.id = row_id(links, link) };
	return list_screen_next(link->screen, &by);
}

struct next
links_press(const struct links *links, struct app *app, int key)
{
	for (size_t i = 0; i < links_count(links); i++)
		if (links->links[i].key == key)
			return links_open(links, app, i);
	return NEXT_STAYS;
}
