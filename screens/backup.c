/*
 * What a backup holds and how one is made: the commands are for root on the
 * server, so they are here to be copied; and when the last one was made.
 */
#include "base/text.h"
#include "model/audit.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/pager.h"

#define TEXT_MAX 4096

struct backup_state {
	struct pager pager;
	char text[TEXT_MAX];
};

PAGER_HINTS(hint_keys, struct backup_state)

/* "29 Nov 14:02, by console: /root/postern.tar" of the newest entry of that
 * operation. */
static const char *
newest(struct context *context, const char *operation, struct arena *arena)
{
	const struct list_query query = {
		.match = { { "operation", operation } },
		.sort = "id",
		.is_descending = true
	};
	struct list_page page;
	struct err err = { 0 };

	if (list_page(context, &audit_list, &query, LIST_FIRST, 0, NULL, 1,
		arena, &page, &err) != OK)
		return err.text[0] != '\0' ? arena_text(arena, err.text) : "";
	if (page.count == 0)
		return "never, as far as the audit log goes back";
	return arena_format(arena, "%s, by %s: %s",
	    list_value_of(&audit_list, &page.rows[0], "at")->text,
	    list_value_of(&audit_list, &page.rows[0], "actor")->text,
	    list_value_of(&audit_list, &page.rows[0], "target")->text);
}

static void
fill(struct backup_state *s, struct app *app)
{
	struct context *context = session_context(app);
	struct arena arena = { 0 };

	text_format(s->text, sizeof(s->text),
	    "Last backup   %s\n"
	    "Last restored %s\n"
	    "\n"
	    "ON THE SERVER\n"
	    "postern backup FILE               all that makes this server, in "
	    "one file\n"
	    "postern restore FILE              is it sound?  Of which server, "
	    "from when?\n"
	    "postern restore FILE --yes NAME   in the place of what is here\n"
	    "\n"
	    "WHAT IT HOLDS\n"
	    "The database, the host keys, the vault and the DKIM keys: whoever "
	    "reads the\n"
	    "file can be this server.  The mail is not in it, and what is "
	    "written from the\n"
	    "database is written anew.  End the service before restoring.\n",
	    newest(context, "backup", &arena),
	    newest(context, "restore", &arena));
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
}

static void
open_backup(struct app *app, void *state, int64_t id)
{
	struct backup_state *s = state;

	(void)id;
	pager_open(&s->pager, s->text);
	fill(s, app);
}

static struct next
update_backup(struct app *app, void *state, const struct msg *msg)
{
	struct backup_state *s = state;

	if (!pager_update(&s->pager, msg) && msg->kind == MSG_REFRESH)
		fill(s, app);
	return NEXT_STAYS;
}

static void
view_backup(const void *state, struct canvas *canvas)
{
	const struct backup_state *s = state;
	struct canvas body = screen_body(canvas);

	pager_put_state(&s->pager, canvas, "Backups of this server", NULL);
	pager_view(&s->pager, &body);
	screen_put_help(
	    canvas, "Keep a copy on another machine, as safe as this one.");
}

static void
print_backup(const void *state, struct text_builder *to)
{
	const struct backup_state *s = state;

	text_add(to, s->text);
}

const struct screen screen_backup = {
	.title = "Backup",
	.state_size = sizeof(struct backup_state),
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_backup,
	.update = update_backup,
	.view = view_backup,
	.print = print_backup,
};
