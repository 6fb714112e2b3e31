/* The audit log, newest first. */
#include "model/audit.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Who did it from where, the values before and after." },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "tenant", "role", "from", NULL };

static const struct list_view view = {
	.list = &audit_list,
	.opens = &screen_audit_entry,
	.what = "What was changed, newest first",
	.help = "The filter looks at who, what and target; Enter shows before "
		"and after.",
	.extra = extra,
};

LIST_SCREEN(screen_audit, "Audit log", keys, view, table_keys_no_marks);
