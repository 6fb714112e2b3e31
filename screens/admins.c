/* The list of people who administer. */
#include "model/account.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

enum { KEY_KEYS = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, KEY_KEYS, "SSH keys", "The person's SSH keys.", NULL, "key list" },
	{ 'n', LIST_KEY_ADD, "new", "Appoint a tenant admin or a super admin.", NULL, "admin add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change name, role or tenant.", NULL, "admin edit" },
	{ 'v', LIST_KEY_OPEN, "view", "Read all about the person." },
	{ 'd', LIST_KEY_EACH, "delete", "Take the admin's rights and SSH keys away.", NULL, "admin remove" },
	{ 0 }
};
/* clang-format on */

static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	const int64_t id = table_selected_id(&s->table);

	(void)app;
	if (msg->kind != MSG_KEY || msg->action != KEY_KEYS || id == 0)
		return NEXT_STAYS;
	return list_screen_next(&screen_keys,
	    &(struct list_narrow){
		.account_id = id, .of = table_cell(&s->table, 0) });
}

static const char *const extra[] = { "login_from", "status", NULL };

static const struct list_view view = {
	.list = &account_list,
	.what = "People who administer",
	.tenant_field = "tenant",
	.act = act,
	.extra = extra,
};

LIST_SCREEN(screen_admins, "Console access", keys, view, table_keys);
