/* The list of hosts that tenants may use, and of those asked for. */
#include "model/host.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read all about the host." },
	{ 'n', LIST_KEY_ADD, "request", "Ask the operator to approve a host.", NULL, "host request" },
	{ 'a', LIST_KEY_EACH, "approve", "Let tenants use the host.", NULL, "host approve" },
	{ 'A', LIST_KEY_ADD, "approve another", "Approve a host that nobody asked for.", NULL, "host approve" },
	{ 'r', LIST_KEY_EACH, "refuse", "Refuse a requested host, with the reason.", NULL, "host refuse" },
	{ 'd', LIST_KEY_EACH, "delete", "Take a host that no tenant uses off the list.", NULL, "host remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "decided_by", NULL };

static const struct list_view view = {
	.list = &host_list,
	.what = "Hosts that tenants may use",
	.extra = extra,
};

LIST_SCREEN(screen_hosts, "Approved hosts", keys, view, table_keys);
