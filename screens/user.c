/* One user: mailbox, password and rights. */
#include "model/user.h"
#include "screens/detail.h"
#include "screens/screens.h"
#include "screens/trace.h"

enum { USER_KEY_TRACE = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	LINK_GO('1', "What to enter in the mail program, and whether it works.", "mail settings"),
	LINK_GO('2', "The certificate that signs mail: state, store, remove.", "smime list"),
	LINK_GO('3', "History.", "audit list"),
	{ 'e', DETAIL_KEY_EDIT, "edit", "Change name, quota and right to send.", NULL, "user edit" },
	{ 'p', DETAIL_KEY_RUN, "password", "Give a temporary password.", NULL, "user password" },
	{ 'x', DETAIL_KEY_TOGGLE, "suspend", "Suspend the user, or resume a suspended one.", NULL, "user suspend" },
	{ 't', USER_KEY_TRACE, "trace", "What became of the mail from and to the address.", trace_off },
	{ 'd', DETAIL_KEY_RUN, "delete", "Remove the user; mail is kept 30 days.", NULL, "user remove" },
	{ 0 }
};

static const struct detail_row rows[] = {
	{ "Address", "address" },
	{ "Name", "name" },
	{ "Status", "status", NULL, true },
	{ "Tenant", "tenant" },
	{ "Role", "role" },
	{ "Mailbox", "mailbox" },
	{ "Quota used", "used_bytes", "quota_bytes" },
	{ "May send", "may_send" },
	{ "Last sign-in", "login_at" },
	{ "Password set", "password_at" },
	{ "Is temporary", "is_temporary" },
	{ "Created", "created_at" },
	{ 0 }
};

const struct link person_links[] = {
	{ '1', "Client settings", "mail settings", &screen_client, LINK_ROW },
	{ '2', "S/MIME", "smime list", &screen_smime, LINK_ACCOUNT, "state", "ending", .opens_row = true },
	{ '3', "History", "audit list", &screen_audit, LINK_ACCOUNT },
	{ 0 }
};
/* clang-format on */

static struct next
act(struct app *app, struct detail *d, const struct msg *msg)
{
	(void)app;
	return msg->kind == MSG_KEY && msg->action == USER_KEY_TRACE
	    ? trace_next(detail_name(d))
	    : NEXT_STAYS;
}

static const struct detail_view view = {
	.list = &user_list,
	.rows = rows,
	.links = person_links,
	.state_column = "status",
	.off_state = "suspended",
	.undo = "user resume",
	.act = act,
};

DETAIL_SCREEN(screen_user, "User", keys, view);
