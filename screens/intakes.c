/* What customers were asked before their start: one sheet each. */
#include "model/intake.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read the whole sheet." },
	{ 'e', LIST_KEY_EDIT, "edit", "Fill in the sheet.", NULL, "intake set" },
	{ 'd', LIST_KEY_EACH, "delete", "Throw away the sheet of one who never became a tenant.", NULL, "intake remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "missing", "admin_address", NULL };

static const struct list_view view = {
	.list = &intake_list,
	.what = "What was asked of customers before the start",
	.help = "A new sheet:  :intake set ORGANISATION",
	.extra = extra,
};

LIST_SCREEN(screen_intakes, "Intake sheets", keys, view, table_keys);
