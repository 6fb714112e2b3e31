/* The list of all that needs attention. */
#include "model/attention.h"

#include "base/text.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

enum { KEY_GO = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, KEY_GO, "open", "Open what the row is about." },
	{ 0 }
};
/* clang-format on */

struct next
attention_next(const struct list_row *row)
{
	static const struct {
		const char *place;
		const struct screen *screen;
	} places[] = {
		{ "domain", &screen_domain },
		{ "tenant", &screen_tenant },
		{ "user", &screen_user },
		{ "request", &screen_request },
		{ "server", &screen_server },
		{ 0 },
	};
	const char *place = list_value_of(&attention_list, row, "place")->raw;
	const int64_t id =
	    list_value_of(&attention_list, row, "place_id")->number;

	for (size_t i = 0; places[i].place != NULL; i++)
		if (text_is_same(places[i].place, place))
			return (struct next){ .kind = NEXT_OPEN,
				.screen = places[i].screen,
				.id = places[i].screen == &screen_server ? 1
									 : id };
	return NEXT_STAYS;
}

static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	struct list_row row;
	struct err err;

	if (msg->kind != MSG_KEY || msg->action != KEY_GO ||
	    list_row_by_id(s->context, &attention_list,
		table_selected_id(&s->table), app_arena(app), &row, &err) != OK)
		return NEXT_STAYS;
	return attention_next(&row);
}

static const struct list_view view = {
	.list = &attention_list,
	.what = "What somebody should look at",
	.act = act,
};

LIST_SCREEN(screen_attention, "Attention", keys, view, table_keys_no_marks);
