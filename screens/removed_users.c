/* The list of users removed in the last 30 days. */
#include "model/user.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read all about the user." },
	{ 'u', LIST_KEY_EACH, "restore", "Bring the user back, mail and address.", NULL, "user restore" },
	{ 0 }
};
/* clang-format on */

static const struct list_view view = {
	.list = &user_removed_list,
	.what = "Users removed in the last 30 days",
};

LIST_SCREEN(screen_removed_users, "Removed users", keys, view, table_keys);
