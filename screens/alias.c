/* One alias: where mail to it ends up, step by step. */
#include "model/alias.h"
#include "base/text.h"
#include "screens/detail.h"
#include "screens/screens.h"
#include "screens/trace.h"

enum { ALIAS_KEY_TRACE = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'e', DETAIL_KEY_EDIT, "edit", "Change where it delivers.", NULL, "alias edit" },
	{ 't', ALIAS_KEY_TRACE, "trace", "What became of the mail to the address.", trace_off },
	{ 'd', DETAIL_KEY_RUN, "delete", "Remove the alias: mail to it is refused at once.", NULL, "alias remove" },
	{ 'a', DETAIL_KEY_ALL, "view all", "Read all that is known of the alias." },
	{ 0 }
};

static const struct detail_row rows[] = {
	{ "Alias", "address" },
	{ "Tenant", "tenant" },
	{ "May send", "may_send" },
	{ "Note", "note", .unless_column = "note", .unless_text = "" },
	{ "Created", "created_at" },
	{ 0 }
};
/* clang-format on */

/* The drawn path: each step deeper than the one that leads to it. */
static void
add_path(struct detail *d)
{
	const char *label = "Mail goes to";
	struct alias_step *steps;
	struct err err = { 0 };
	size_t count;

	if (alias_resolve(d->context, detail_name(d), &d->arena, &steps, &count,
		&err) != OK) {
		detail_add(d, label, arena_text(&d->arena, err.text));
		return;
	}
	for (size_t i = 1; i < count; i++) {
		const struct alias_step *step = &steps[i];

		detail_add(d, label,
		    arena_format(&d->arena, "%*s%s  (%s%s%s)",
			2 * (step->depth - 1), "", step->address,
			alias_end_names[step->end],
			step->note[0] == '\0' ? "" : ", ", step->note));
		label = "";
	}
}

static struct next
act(struct app *app, struct detail *d, const struct msg *msg)
{
	(void)app;
	return msg->kind == MSG_KEY && msg->action == ALIAS_KEY_TRACE
	    ? trace_next(detail_name(d))
	    : NEXT_STAYS;
}

static const struct detail_view view = {
	.list = &alias_list,
	.rows = rows,
	.more = add_path,
	.help = "Where a path ends: a mailbox here, or another server outside.",
	.act = act,
};

DETAIL_SCREEN(screen_alias, "Alias", keys, view);
