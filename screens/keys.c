/* The list of SSH keys of an account. */
#include "model/key.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read the key and its restrictions." },
	{ 'n', LIST_KEY_ADD, "new", "Let a person sign in with one more SSH key.", NULL, "key add" },
	{ 'd', LIST_KEY_EACH, "delete", "Take the SSH key away.", NULL, "key remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "used_from", "expires_at", "fingerprint",
	"may", NULL };

static const struct list_view view = {
	.list = &key_list,
	.what = "SSH keys of admins",
	.account_field = "address",
	.extra = extra,
	.tells = "may",
};

LIST_SCREEN(screen_keys, "SSH keys", keys, view, table_keys);
