/* What each role finds at home: keys and links, a row of each per way. */
#include "screens/home.h"
#include "screens/screens.h"

/* clang-format off */
#define MOVING \
	{ PRESS_UP, HOME_KEY_UP, NULL, "One row up." }, \
	{ 'k', HOME_KEY_UP, NULL, NULL }, \
	{ PRESS_DOWN, HOME_KEY_DOWN, NULL, "One row down." }, \
	{ 'j', HOME_KEY_DOWN, NULL, NULL }

#define OPEN \
	{ PRESS_ENTER, HOME_KEY_OPEN, "open", "Open what is under the cursor." }

#define ATTENTION \
	{ 'a', HOME_KEY_ATTENTION, "all of it", "All that needs attention.", NULL, "attention list" }

#define PASSWORD \
	{ 'P', HOME_KEY_FORM, "password", "Change your own password.", NULL, "password change" }

static const struct key_binding super_admin_keys[] = {
	OPEN,
	LINK_GO('1', "Tenants.", "tenant list"),
	LINK_GO('2', "Domains.", "domain list"),
	LINK_GO('3', "Users.", "user list"),
	LINK_GO('4', "Aliases.", "alias list"),
	LINK_GO('5', "Requests.", "request list"),
	LINK_GO('6', "People who administer, and their SSH keys.", "admin list"),
	LINK_GO('7', "Audit log.", "audit list"),
	LINK_GO('8', "Server: names, addresses, approved hosts.", "server list"),
	LINK_GO('9', "Users removed in the last 30 days.", "removed list"),
	LINK_GO('0', "The certificate that signs your own mail.", "smime list"),
	ATTENTION, PASSWORD, MOVING,
	{ 0 }
};

const struct link super_admin_links[] = {
	{ '1', "Tenants", "tenant list", &screen_tenants, LINK_ALL, "status", "suspended" },
	{ '2', "Domains", "domain list", &screen_domains, LINK_ALL, "ownership", "unverified" },
	{ '3', "Users", "user list", &screen_users, LINK_ALL, "status", "suspended" },
	{ '4', "Aliases", "alias list", &screen_aliases },
	{ '5', "Requests", "request list", &screen_requests, LINK_ALL, "state", "open" },
	{ '6', "Console access", "admin list", &screen_admins },
	{ '7', "Audit log", "audit list", &screen_audit, .has_newest = true },
	{ '8', "Server", "server list", &screen_server, LINK_SERVER },
	{ '9', "Removed users", "removed list", &screen_removed_users },
	{ '0', "My S/MIME", "smime list", &screen_smime, LINK_OWN_ACCOUNT },
	{ 0 }
};

static const struct key_binding tenant_admin_keys[] = {
	OPEN,
	LINK_GO('1', "Domains.", "domain list"),
	LINK_GO('2', "Users.", "user list"),
	LINK_GO('3', "Aliases.", "alias list"),
	LINK_GO('4', "Your tenant: hosts and limits.", "tenant list"),
	LINK_GO('5', "Your SSH keys.", "key list"),
	LINK_GO('6', "Audit log.", "audit list"),
	LINK_GO('7', "Users removed in the last 30 days.", "removed list"),
	LINK_GO('8', "The certificate that signs your own mail.", "smime list"),
	ATTENTION, PASSWORD, MOVING,
	{ 0 }
};

const struct link tenant_admin_links[] = {
	{ '1', "Domains", "domain list", &screen_domains, LINK_ALL, "ownership", "unverified" },
	{ '2', "Users", "user list", &screen_users, LINK_ALL, "status", "suspended" },
	{ '3', "Aliases", "alias list", &screen_aliases },
	{ '4', "My tenant", "tenant list", &screen_tenant, LINK_OWN_TENANT },
	{ '5', "My SSH keys", "key list", &screen_keys },
	{ '6', "Audit log", "audit list", &screen_audit, .has_newest = true },
	{ '7', "Removed users", "removed list", &screen_removed_users },
	{ '8', "My S/MIME", "smime list", &screen_smime, LINK_OWN_ACCOUNT },
	{ 0 }
};

static const struct key_binding operator_keys[] = {
	OPEN,
	LINK_GO('1', "Requests.", "request list"),
	LINK_GO('2', "Approved hosts.", "host list"),
	LINK_GO('3', "Domains.", "domain list"),
	LINK_GO('4', "Tenants.", "tenant list"),
	LINK_GO('5', "Server: names, addresses, defaults.", "server list"),
	LINK_GO('6', "Mail stack: is each part well, and the queue.", "mail health"),
	LINK_GO('7', "Audit log.", "audit list"),
	LINK_GO('8', "Backup: the last one, and how it is made.", "audit verify"),
	ATTENTION, MOVING,
	{ 0 }
};

const struct link operator_links[] = {
	{ '1', "Requests", "request list", &screen_requests, LINK_ALL, "state", "open" },
	{ '2', "Approved hosts", "host list", &screen_hosts, LINK_ALL, "state", "requested" },
	{ '3', "Domains", "domain list", &screen_domains, LINK_ALL, "ownership", "unverified" },
	{ '4', "Tenants", "tenant list", &screen_tenants, LINK_ALL, "status", "suspended" },
	{ '5', "Server", "server list", &screen_server, LINK_SERVER },
	{ '6', "Mail stack", "mail health", &screen_mail_stack, LINK_SERVER },
	{ '7', "Audit log", "audit list", &screen_audit, .has_newest = true },
	{ '8', "Backup", "audit verify", &screen_backup, LINK_SERVER }, /* it reads the log */
	{ 0 }
};

static const struct key_binding user_keys[] = {
	OPEN,
	LINK_GO('1', "Your account.", "user list"),
	LINK_GO('2', "What to enter in your mail program, and whether it works.", "mail settings"),
	LINK_GO('3', "The certificate that signs your mail: state, store, remove.", "smime list"),
	LINK_GO('4', "What was changed about you, by whom.", "audit list"),
	PASSWORD, MOVING,
	{ 0 }
};

const struct link user_links[] = {
	{ '1', "My account", "user list", &screen_user, LINK_OWN_ACCOUNT },
	{ '2', "Client settings", "mail settings", &screen_client, LINK_OWN_ACCOUNT },
	{ '3', "S/MIME", "smime list", &screen_smime, LINK_OWN_ACCOUNT },
	{ '4', "My history", "audit list", &screen_audit, .has_newest = true },
	{ 0 }
};
/* clang-format on */

/* clang-format off */
#define HOME_SCREEN(role, attention)                                      \
	static const struct home_view role##_view = { role##_links,       \
		attention };                                              \
	static void role##_open(struct app *app, void *state, int64_t id) \
	{                                                                 \
		(void)id;                                                 \
		home_open(state, app, &role##_view);                      \
	}                                                                 \
	static const struct screen role##_home = {                        \
		.title = "Home",                                          \
		.state_size = sizeof(struct home_state),                  \
		.keys = role##_keys,                                      \
		.open = role##_open,                                      \
		.update = home_update,                                    \
		.view = home_draw,                                        \
		.close = home_close,                                      \
	}

HOME_SCREEN(user, false);
HOME_SCREEN(operator, true);
HOME_SCREEN(tenant_admin, true);
HOME_SCREEN(super_admin, true);
/* clang-format on */

const struct screen *
home_of_role(enum role role)
{
	static const struct screen *const homes[ROLE_COUNT] = {
		[ROLE_USER] = &user_home,
		[ROLE_OPERATOR] = &operator_home,
		[ROLE_TENANT_ADMIN] = &tenant_admin_home,
		[ROLE_SUPER_ADMIN] = &super_admin_home,
	};

	return homes[role];
}
