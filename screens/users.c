/* The list of users, with what each uses of the quota. */
#include "base/clock.h"
#include "model/usage.h"
#include "model/user.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/trace.h"
#include "screens/wizard_screen.h"

#define ASK_AGAIN_MS (USAGE_FRESH_SECONDS * 1000)

enum { USERS_KEY_TRACE = 1 };

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "Open the user." },
	{ 'n', LIST_KEY_ADD, "new", "Make a user.", NULL, "user add" },
	{ 'e', LIST_KEY_EDIT, "edit", "Change name, quota and right to send.", NULL, "user edit" },
	{ 'p', LIST_KEY_EACH, "password", "Give a temporary password.", NULL, "user password" },
	{ 'x', LIST_KEY_TOGGLE, "suspend", "Suspend the user, or resume a suspended one.", NULL, "user suspend" },
	{ 't', USERS_KEY_TRACE, "trace", "What became of the mail from and to the address.", trace_off },
	{ 'd', LIST_KEY_EACH, "delete", "Remove the user; mail is kept 30 days.", NULL, "user remove" },
	{ 0 }
};
/* clang-format on */

/* ---- how much is used: Dovecot is asked beside the screen ---- */

static void
ask_usage(struct app *app, struct list_screen *s)
{
	static struct usage_batch batch; /* copied by the fork */
	int64_t ids[USAGE_BATCH];
	const size_t count = table_shown(&s->table, ids, USAGE_BATCH);
	struct err err;

	if (count == 0 ||
	    (ids[0] == s->job_row &&
		clock_monotonic_ms() - s->job_at_ms < ASK_AGAIN_MS))
		return;
	s->job_at_ms = clock_monotonic_ms();
	s->job_row = ids[0];
	/* What can't be asked keeps its older figure: nothing to say. */
	if (usage_prepare(s->context, ids, count, &batch, &err) == OK &&
	    batch.count > 0)
		s->job = app_job_start(app, usage_job, &batch, &err);
}

static void
take_usage(struct app *app, struct list_screen *s, const struct msg *msg)
{
	struct err err;

	if (msg->length != sizeof(struct usage_batch))
		return;
	if (usage_keep(s->context, msg->data, &err) != OK)
		app_error(app, &err);
	table_refresh(&s->table);
}

static struct next
act(struct app *app, struct list_screen *s, const struct msg *msg)
{
	if (msg->kind == MSG_KEY && msg->action == USERS_KEY_TRACE &&
	    table_selected_id(&s->table) != 0)
		return trace_next(list_screen_name(s, app_arena(app)));
	if (msg->kind == MSG_TICK && s->job == 0)
		ask_usage(app, s);
	else if (msg->kind == MSG_JOB && msg->job == s->job)
		take_usage(app, s, msg);
	else if (msg->kind == MSG_JOB_END && msg->job == s->job)
		s->job = 0;
	return NEXT_STAYS;
}

static const char *const extra[] = { "tenant", "mailbox", NULL };

static const struct list_view view = {
	.list = &user_list,
	.adds = &screen_user_wizard,
	.opens = &screen_user,
	.what = "All users",
	.state_column = "status",
	.off_state = "suspended",
	.undo = "user resume",
	.extra = extra,
	.act = act,
};

LIST_SCREEN(screen_users, "Users", keys, view, table_keys);
