/* The list of aliases. */
#include "model/alias.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/trace.h"
#include "screens/wizard_screen.h"

enum { ALIASES_KEY_TRACE = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "See where the alias delivers." },
	{ 'n', LIST_KEY_ADD, "new", "Make an alias.", NULL, "alias add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change where it delivers.", NULL, "alias edit" },
	{ 't', ALIASES_KEY_TRACE, "trace", "What became of the mail to the address.", trace_off },
	{ 'd', LIST_KEY_EACH, "delete", "Remove the alias: mail to it is refused at once.", NULL, "alias remove" },
	{ 0 }
};
/* clang-format on */

static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	return msg->kind == MSG_KEY && msg->action == ALIASES_KEY_TRACE &&
		table_selected_id(&s->table) != 0
	    ? trace_next(list_screen_name(s, app_arena(app)))
	    : NEXT_STAYS;
}

static const char *const extra[] = { "tenant", "note", NULL };

static const struct list_view view = {
	.list = &alias_list,
	.opens = &screen_alias,
	.adds = &screen_alias_wizard,
	.what = "All aliases",
	.extra = extra,
	.act = act,
};

LIST_SCREEN(screen_aliases, "Aliases", keys, view, table_keys);
