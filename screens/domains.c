#include "model/domain.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Open the domain." },
	{ 'n', LIST_KEY_ADD, "new", "Give a tenant one more domain.", NULL, "domain add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change mail host, DMARC, MTA-STS and report mailboxes.", NULL, "domain edit" },
	{ 'v', LIST_KEY_EDIT, "verify", "Confirm who owns the domain.", NULL, "domain verify" },
	{ 'd', LIST_KEY_EACH, "delete", "Take a domain without addresses away.", NULL, "domain remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "dmarc_policy", "mta_sts_mode",
	"verified_by", NULL };

static const struct list_view view = {
	.list = &domain_list,
	.what = "All domains",
	.tenant_field = "tenant",
	.extra = extra,
};

LIST_SCREEN(screen_domains, "Domains", keys, view, table_keys);
