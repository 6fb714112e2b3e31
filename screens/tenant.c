/* One tenant, with the ways to what it has. */
#include "model/tenant.h"

#include "base/text.h"
#include "screens/detail.h"
#include "screens/screens.h"

static const char *
not_closed(const struct app *app, const void *state)
{
	(void)app;
	return text_is_same(detail_value(state, "status"), "closed")
	    ? NULL
	    : "the tenant is not closed.";
}

/* clang-format off */
static const struct key_binding keys[] = {
	LINK_GO('1', "Domains.", "domain list"),
	LINK_GO('2', "Users.", "user list"),
	LINK_GO('3', "Aliases.", "alias list"),
	LINK_GO('4', "Admins.", "admin list"),
	LINK_GO('5', "Audit log.", "audit list"),
	LINK_GO('6', "Removed users.", "removed list"),
	{ 'e', DETAIL_KEY_EDIT, "edit", "Change name, hosts and limits.", NULL, "tenant edit" },
	{ 'x', DETAIL_KEY_TOGGLE, "suspend", "Suspend the tenant, or resume a suspended one.", NULL, "tenant suspend" },
	{ 'd', DETAIL_KEY_RUN, "close", "Close the tenant; its data is kept 30 days.", NULL, "tenant close" },
	{ 'u', DETAIL_KEY_RUN, "restore", "Bring the closed tenant back.", not_closed, "tenant restore" },
	{ 'i', DETAIL_KEY_EDIT, "intake", "Fill in the intake sheet.", NULL, "intake set" },
	{ 'v', DETAIL_KEY_ALL, "view all", "Read all that is known of the tenant." },
	{ 0 }
};

static const struct detail_row rows[] = {
	{ "Status", "status", NULL, true },
	{ "Domains", "domains" },
	{ "Users", "user_count", "user_limit" },
	{ "Storage allocated", "storage_allocated_bytes", "storage_limit_bytes" },
	{ "Mail host", "mail_host" },
	{ "IMAP host", "imap_host" },
	{ "SMTP host", "smtp_host" },
	{ "Mail is", "mail_at" },
	{ "DNS provider", "dns_provider" },
	{ "Admins", "admins" },
	{ 0 }
};

const struct link tenant_links[] = {
	{ '1', "Domains", "domain list", &screen_domains, LINK_TENANT },
	{ '2', "Users", "user list", &screen_users, LINK_TENANT },
	{ '3', "Aliases", "alias list", &screen_aliases, LINK_TENANT },
	{ '4', "Admins", "admin list", &screen_admins, LINK_TENANT },
	{ '5', "Audit log", "audit list", &screen_audit, LINK_TENANT },
	{ '6', "Removed users", "removed list", &screen_removed_users, LINK_TENANT },
	{ 0 }
};
/* clang-format on */

static const struct detail_view view = {
	.list = &tenant_list,
	.rows = rows,
	.links = tenant_links,
	.help = "Storage allocated is the sum of the quotas.",
	.state_column = "status",
	.off_state = "suspended",
	.undo = "tenant resume",
};

DETAIL_SCREEN(screen_tenant, "Tenant", keys, view);
