/* The list of intake sheets: what was asked of customers before the start. */
#include "model/intake.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/wizard_screen.h"

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Read the sheet; o prints it to send to the customer." },
	{ 'n', LIST_KEY_ADD, "new", "Fill in the sheet of a new customer.", NULL, "intake add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change what the sheet says.", NULL, "intake set" },
	{ 't', LIST_KEY_GO, "tenant", "Make the tenant, starting from what the sheet says.", NULL, "tenant add" },
	{ 'd', LIST_KEY_EACH, "delete", "Throw away the sheet of who never became a tenant.", NULL, "intake remove" },
	{ 0 }
};
/* clang-format on */

/* The wizard reads the sheet by its organisation. */
static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	const char *name = list_screen_name(s, app_arena(app));

	if (msg->kind != MSG_KEY || msg->action != LIST_KEY_GO)
		return NEXT_STAYS;
	if (name[0] == '\0') {
		app_message(app, "There is no row here.");
		return NEXT_STAYS;
	}
	return (struct next){
		.kind = NEXT_OPEN, .screen = &screen_tenant_wizard, .data = name
	};
}

static const char *const extra[] = { "missing", "dns_provider", NULL };

static const struct list_view view = {
	.list = &intake_list,
	.what = "Intake sheets",
	.act = act,
	.extra = extra,
};

LIST_SCREEN(screen_intake, "Intake", keys, view, table_keys);
