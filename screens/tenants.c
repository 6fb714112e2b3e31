/* The list of tenants. */
#include "model/tenant.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/wizard_screen.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Open the tenant." },
	{ 'n', LIST_KEY_ADD, "new", "Make a tenant with its first domain.", NULL, "tenant add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change name, hosts and limits.", NULL, "tenant edit" },
	{ 'x', LIST_KEY_TOGGLE, "suspend", "Suspend the tenant, or resume a suspended one.", NULL, "tenant suspend" },
	{ 'd', LIST_KEY_EACH, "close", "Close the tenant; its data is kept 30 days.", NULL, "tenant close" },
	{ 'i', LIST_KEY_GO, NULL, "The intake sheets of customers, also of those to come.", NULL, "intake list" },
	{ 'u', LIST_KEY_EACH, NULL, "Restore a closed tenant.", NULL, "tenant restore" },
	{ 0 }
};
/* clang-format on */

static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	(void)app;
	if (msg->kind != MSG_KEY || msg->action != LIST_KEY_GO)
		return NEXT_STAYS;
	return (struct next){ .kind = NEXT_OPEN,
		.screen = &screen_intake,
		.id = s->query.tenant_id };
}

static const char *const extra[] = { "alias_count", "mail_host", "dns_provider",
	NULL };

static const struct list_view view = {
	.list = &tenant_list,
	.adds = &screen_tenant_wizard,
	.opens = &screen_tenant,
	.what = "All tenants",
	.help = "Storage is what quotas have allocated, of the tenant's limit.",
	.state_column = "status",
	.off_state = "suspended",
	.act = act,
	.undo = "tenant resume",
	.extra = extra,
};

LIST_SCREEN(screen_tenants, "Tenants", keys, view, table_keys);
