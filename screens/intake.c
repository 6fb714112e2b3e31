/* The list of intake sheets: what was asked of customers before the start. */
#include "model/intake.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read the sheet; o prints it to send to the customer." },
	{ 'n', LIST_KEY_ADD, "new", "Fill in the sheet of a new customer.", NULL, "intake add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change what the sheet says.", NULL, "intake set" },
	{ 'd', LIST_KEY_EACH, "delete", "Throw away the sheet of who never became a tenant.", NULL, "intake remove" },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "missing", "dns_provider", NULL };

static const struct list_view view = {
	.list = &intake_list,
	.what = "Intake sheets",
	.extra = extra,
};

LIST_SCREEN(screen_intake, "Intake", keys, view, table_keys);
