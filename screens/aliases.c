/* The list of aliases. */
#include "model/alias.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/wizard_screen.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "See where the alias delivers." },
	{ 'n', LIST_KEY_ADD, "new", "Make an alias.", NULL, "alias add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change where it delivers.", NULL, "alias edit" },
	{ 'd', LIST_KEY_EACH, "delete", "Remove the alias: mail to it is refused at once.", NULL, "alias remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "tenant", "note", NULL };

static const struct list_view view = {
	.list = &alias_list,
	.adds = &screen_alias_wizard,
	.what = "All aliases",
	.extra = extra,
};

LIST_SCREEN(screen_aliases, "Aliases", keys, view, table_keys);
