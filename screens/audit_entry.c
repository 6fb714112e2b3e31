/* One entry of the audit log: what was before and after. */
#include "model/audit.h"
#include "screens/detail.h"
#include "screens/screens.h"

static const struct key_binding keys[] = { { 0 } };

/* clang-format off */
static const struct detail_row rows[] = {
	{ "When", "at" },
	{ "Who", "actor" },
	{ "Role", "role" },
	{ "From", "from" },
	{ "Key", "key" },
	{ "What", "operation" },
	{ "Target", "target" },
	{ "Tenant", "tenant" },
	{ "Before", "before" },
	{ "After", "after" },
	{ "Hash", "hash" },
	{ 0 }
};
/* clang-format on */

static const struct detail_view view = {
	.list = &audit_list,
	.rows = rows,
	.help = "Secrets are never written down here, only that one was given.",
};

DETAIL_SCREEN(screen_audit_entry, "Entry", keys, view);
