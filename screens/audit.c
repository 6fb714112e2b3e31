/* The audit log, newest first. */
#include "model/audit.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

enum { AUDIT_KEY_WHICH = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Who did it from where, the values before and after." },
	{ 'f', AUDIT_KEY_WHICH, "which", "Only entries of a person, about a thing, of a time." },
	{ 0 }
};
/* clang-format on */

static const char *const extra[] = { "tenant", "role", "from", NULL };

/* The next screen narrows further what this one is narrowed to. */
static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	static struct list_narrow narrow;

	(void)app;
	if (msg->kind != MSG_KEY || msg->action != AUDIT_KEY_WHICH)
		return NEXT_STAYS;
	narrow = (struct list_narrow){ .tenant_id = s->query.tenant_id,
		.account_id = s->query.account_id };
	return (struct next){ .kind = NEXT_OPEN,
		.screen = &screen_audit_filter,
		.data = &narrow };
}

static const struct list_view view = {
	.list = &audit_list,
	.opens = &screen_audit_entry,
	.what = "What was changed, newest first",
	.help = "The filter looks at who, what and target; Enter shows before "
		"and after.",
	.extra = extra,
	.act = act,
};

LIST_SCREEN(screen_audit, "Audit log", keys, view, table_keys_no_marks);
