/* The list of users. */
#include "model/user.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/wizard_screen.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Open the user." },
	{ 'n', LIST_KEY_ADD, "new", "Make a user.", NULL, "user add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change name, quota and right to send.", NULL, "user edit" },
	{ 'p', LIST_KEY_EACH, "password", "Give a temporary password.", NULL, "user password" },
	{ 'x', LIST_KEY_TOGGLE, "suspend", "Suspend the user, or resume a suspended one.", NULL, "user suspend" },
	{ 'd', LIST_KEY_EACH, "delete", "Remove the user; mail is kept 30 days.", NULL, "user remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "tenant", "mailbox", NULL };

static const struct list_view view = {
	.list = &user_list,
	.adds = &screen_user_wizard,
	.opens = &screen_user,
	.what = "All users",
	.state_column = "status",
	.off_state = "suspended",
	.undo = "user resume",
	.extra = extra,
};

LIST_SCREEN(screen_users, "Users", keys, view, table_keys);
