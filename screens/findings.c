/* What the checklist said of all domains, and when each verdict changed. */
#include "model/domain.h"
#include "model/finding.h"
#include "screens/list_screen.h"
#include "screens/screens.h"

enum { FINDINGS_KEY_CHECKS = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "All that is known of this row." },
	{ '1', FINDINGS_KEY_CHECKS, "DNS checks", "The checklist of the domain, live.", NULL, "dns check" },
	{ 0 }
};
/* clang-format on */

/* The checklist of the domain in the row under the cursor. */
static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	struct list_row row, domain;
	struct err err = { 0 };

	if (msg->kind != MSG_KEY || msg->action != FINDINGS_KEY_CHECKS ||
	    table_selected_id(&s->table) == 0)
		return NEXT_STAYS;
	if (list_row_by_id(s->context, s->view->list,
		table_selected_id(&s->table), app_arena(app), &row,
		&err) == OK &&
	    list_row_by_key(s->context, &domain_list,
		list_value_of(s->view->list, &row, "domain")->raw,
		app_arena(app), &domain, &err) == OK)
		return (struct next){ .kind = NEXT_OPEN,
			.screen = &screen_checklist,
			.id = domain.id };
	app_error(app, &err);
	return NEXT_STAYS;
}

static const struct list_view all_view = {
	.list = &finding_list,
	.what = "All findings",
	.state_column = "state",
	.act = act,
};

static const struct list_view open_view = {
	.list = &finding_open_list,
	.what = "Open findings",
	.state_column = "state",
	.act = act,
};

static const struct list_view history_view = {
	.list = &finding_history_list,
	.what = "Changes of all domains",
	.act = act,
};

LIST_SCREEN(screen_findings, "Findings", keys, all_view, table_keys_no_marks);
LIST_SCREEN(screen_open_findings, "Open findings", keys, open_view,
    table_keys_no_marks);
LIST_SCREEN(screen_history, "History", keys, history_view, table_keys_no_marks);
