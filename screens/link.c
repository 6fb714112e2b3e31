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

static int64_t
count(const struct links *links, const struct link *link)
{
	const struct list_narrow by = narrow(links, link);
	struct list_query query = { .tenant_id = by.tenant_id,
		.domain_id = by.domain_id,
		.account_id = by.account_id };
	struct err err;
	int64_t rows;

	query.match[0].column = link->match_column;
	query.match[0].text = link->match_text;
	if (link->list == NULL ||
	    list_count(links->context, list_by_name(link->list), &query, &rows,
		&err) != OK)
		return -1;
	return rows;
}

size_t
links_count(const struct links *links)
{
	size_t i = 0;

	while (links->links != NULL && links->links[i].label != NULL)
		i++;
	return i;
}

void
links_read(struct links *links, struct app *app, const struct link *rows,
    int64_t id, const char *of)
{
	links->links = rows;
	links->context = session_context(app);
	links->id = id;
	links->of = of;
	for (size_t i = 0; i < links_count(links); i++)
		links->counts[i] = count(links, &rows[i]);
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
		canvas_put_text(
		    body, row, LABEL_COLUMN, STYLE_NORMAL, link->label);
		if (links->counts[i] >= 0)
			put_count(body, row, links->counts[i]);
		if (link->note != NULL)
			canvas_put_fit(body, row, NOTE_COLUMN,
			    body->columns - NOTE_COLUMN - 1, STYLE_DIM,
			    link->note);
	}
}

struct next
links_open(const struct links *links, struct app *app, size_t number)
{
	const struct link *link = &links->links[number];
	const struct list_narrow by = narrow(links, link);
	const char *why =
	    link->list != NULL ? session_command_off(app, link->list) : NULL;

	if (why != NULL) {
		app_message(app, "%s", why);
		return NEXT_STAYS;
	}
	if (link->by == LINK_ROW)
		return (struct next){ .kind = NEXT_OPEN,
			.screen = link->screen,
			.id = links->id };
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
