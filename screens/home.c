/* Where everybody starts: what needs attention, and the ways on, by role. */
#include "model/db.h"
#include "screens/link.h"
#include "screens/screens.h"
#include "screens/session.h"

struct home_state {
	struct links links;
	int cursor;
	int64_t data_version;
};

enum { HOME_KEY_UP = 1, HOME_KEY_DOWN, HOME_KEY_OPEN };

/* clang-format off */
#define GO(digit) { digit, LINK_KEY, "go to", "Go to the list of that number." }
#define GO_TOO(digit) { digit, LINK_KEY, "go to", NULL }

static const struct key_binding keys[] = {
	{ PRESS_ENTER, HOME_KEY_OPEN, "open", "Open what is under the cursor." },
	GO('1'), GO_TOO('2'), GO_TOO('3'), GO_TOO('4'), GO_TOO('5'),
	GO_TOO('6'), GO_TOO('7'), GO_TOO('8'), GO_TOO('9'),
	{ PRESS_UP, HOME_KEY_UP, NULL, "One row up." },
	{ 'k', HOME_KEY_UP, NULL, NULL },
	{ PRESS_DOWN, HOME_KEY_DOWN, NULL, "One row down." },
	{ 'j', HOME_KEY_DOWN, NULL, NULL },
	{ 0 }
};

#define OPEN "state", "requested", "waiting"

static const struct link super_admin[] = {
	{ '1', "Tenants", "tenant list", &screen_tenants },
	{ '2', "Domains", "domain list", &screen_domains },
	{ '3', "Users", "user list", &screen_users },
	{ '4', "Aliases", "alias list", &screen_aliases },
	{ '5', "Requests", "request list", &screen_requests },
	{ '6', "Approved hosts", "host list", &screen_hosts },
	{ '7', "Console access", "admin list", &screen_admins },
	{ '8', "Audit log", "audit list", &screen_audit },
	{ '9', "Removed users", "removed list", &screen_removed_users },
	{ 0 }
};

static const struct link tenant_admin[] = {
	{ '1', "Domains", "domain list", &screen_domains },
	{ '2', "Users", "user list", &screen_users },
	{ '3', "Aliases", "alias list", &screen_aliases },
	{ '4', "SSH keys", "key list", &screen_keys },
	{ '5', "Audit log", "audit list", &screen_audit },
	{ '6', "Removed users", "removed list", &screen_removed_users },
	{ 0 }
};

static const struct link operator_links[] = {
	{ '1', "Requests", "request list", &screen_requests },
	{ '2', "Approved hosts", "host list", &screen_hosts },
	{ '3', "Domains", "domain list", &screen_domains },
	{ '4', "Tenants", "tenant list", &screen_tenants },
	{ '5', "Audit log", "audit list", &screen_audit },
	{ 0 }
};

static const struct link user_links[] = {
	{ '1', "My account", "user list", &screen_users },
	{ '2', "My history", "audit list", &screen_audit },
	{ 0 }
};

static const struct link *const links_of_role[ROLE_COUNT] = {
	[ROLE_USER] = user_links,
	[ROLE_OPERATOR] = operator_links,
	[ROLE_TENANT_ADMIN] = tenant_admin,
	[ROLE_SUPER_ADMIN] = super_admin,
};
/* clang-format on */

static void
read_all(struct app *app, struct home_state *s)
{
	struct context *context = session_context(app);

	s->data_version = db_data_version(context->db);
	links_read(&s->links, app, links_of_role[context->actor.role], 0, NULL);
}

static void
open_home(struct app *app, void *state, int64_t id)
{
	(void)id;
	read_all(app, state);
	app_tick(app, true);
}

static struct next
press(struct app *app, struct home_state *s, const struct msg *msg)
{
	const int count = (int)links_count(&s->links);

	switch (msg->action) {
	case LINK_KEY:
		return links_press(&s->links, app, msg->key);
	case HOME_KEY_OPEN:
		return links_open(&s->links, app, (size_t)s->cursor);
	case HOME_KEY_UP:
		s->cursor -= s->cursor > 0;
		break;
	case HOME_KEY_DOWN:
		s->cursor += s->cursor + 1 < count;
		break;
	}
	return NEXT_STAYS;
}

static struct next
update_home(struct app *app, void *state, const struct msg *msg)
{
	struct home_state *s = state;

	if (msg->kind == MSG_KEY)
		return press(app, s, msg);
	if (msg->kind == MSG_RETURN || msg->kind == MSG_REFRESH ||
	    (msg->kind == MSG_TICK &&
		s->data_version != db_data_version(session_context(app)->db)))
		read_all(app, s);
	return NEXT_STAYS;
}

static void
view_home(const void *state, struct canvas *canvas)
{
	const struct home_state *s = state;
	struct canvas body = screen_body(canvas);

	canvas_put_text(&body, 0, 1, STYLE_HEADING, "GO TO");
	links_view(&s->links, &body, 1, s->cursor);
}

const struct screen screen_home = {
	.title = "Home",
	.state_size = sizeof(struct home_state),
	.keys = keys,
	.open = open_home,
	.update = update_home,
	.view = view_home,
};
