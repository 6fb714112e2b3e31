#include "tests/tui/example.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/field.h"
#include "base/text.h"
#include "tui/confirm.h"
#include "tui/pager.h"
#include "tui/table.h"
#include "tui/wizard.h"

/* ---- a source of people: number N is "user N", every 7th is locked ---- */

static void
make_person(int64_t id, struct arena *arena, struct table_row *row)
{
	static const char *const names[] = { "Bill", "Milton", "Nina", "Peter",
		"Samir" };

	row->id = id;
	row->cells[0] =
	    arena_format(arena, "user%05lld@acme.example", (long long)id);
	row->cells[1] = names[id % 5];
	row->cells[2] = arena_format(
	    arena, "%lld.%lld GB", (long long)(id % 20), (long long)(id % 10));
	row->cells[3] = id % 7 == 0 ? "locked" : "active";
	row->cells[4] = arena_format(
	    arena, "2026-11-%02lld 10:00", (long long)(id % 28) + 1);
}

static bool
is_wanted(int64_t id, const char *filter)
{
	struct arena arena = { 0 };
	struct table_row row = { 0 };
	bool wanted;

	make_person(id, &arena, &row);
	wanted = strstr(row.cells[0], filter) != NULL ||
	    strcasestr(row.cells[1], filter) != NULL;
	arena_free(&arena);
	return wanted;
}

static int64_t
count_people(void *context, const char *filter)
{
	struct example *example = context;
	int64_t count = 0;

	if (filter[0] == '\0')
		return example->people;
	for (int64_t id = 1; id <= example->people; id++)
		count += is_wanted(id, filter);
	return count;
}

/* Descending order is the only other one it knows. */
static size_t
page_people(void *context, const struct table_query *query, struct arena *arena,
    struct table_row *rows, size_t max, struct err *err)
{
	struct example *example = context;
	bool down = query->is_descending;
	bool back = query->where == TABLE_BEFORE || query->where == TABLE_LAST;
	int64_t step = down == back ? 1 : -1;
	int64_t id = step > 0 ? 1 : example->people;
	size_t count = 0;

	(void)err;
	if (query->where == TABLE_AFTER || query->where == TABLE_BEFORE)
		id = query->id + step;
	if (query->where == TABLE_FROM)
		id = query->id;
	for (; id >= 1 && id <= example->people && count < max; id += step)
		if (is_wanted(id, query->filter))
			make_person(id, arena, &rows[count++]);
	for (size_t i = 0; back && i < count / 2; i++) {
		struct table_row row = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
	return count;
}

/* clang-format off */
static const struct table_column people_columns[] = {
	{ "Address",  30, 0, false, true,  false, false },
	{ "Name",     12, 0, false, true,  false, false },
	{ "Used",     10, 0, true,  false, false, false },
	{ "State",     8, 0, false, false, true,  false },
	{ "Last seen", 16, 0, false, false, false, true },
	{ 0 }
};
/* clang-format on */

static const struct table_source people_source = {
	.columns = people_columns,
	.count = count_people,
	.page = page_people,
};

/* ---- form ---- */

struct person_input {
	char address[80];
	char name[80];
	char password[80];
	int64_t quota;
	int64_t may_send;
	int64_t mailbox;
	char key[4096];
};

static const char *const mailboxes[] = { "local", "external", NULL };

/* clang-format off */
static const struct field person_fields[] = {
	{ .name = "address", .label = "Address", .help = "Where mail arrives: name@domain.", .kind = FIELD_ADDRESS, FIELD(struct person_input, address), .is_required = true },
	{ .name = "name", .label = "Full name", .help = "Shown in lists and sent mail.", .kind = FIELD_TEXT, FIELD(struct person_input, name) },
	{ .name = "password", .label = "Password", .help = "Ctrl-V shows what is typed.", .kind = FIELD_SECRET, FIELD(struct person_input, password) },
	{ .name = "quota", .label = "Quota", .help = "Most this mailbox may hold, such as 20 GB.", .kind = FIELD_BYTES, FIELD(struct person_input, quota), .is_required = true, .initial = "10 GB" },
	{ .name = "may-send", .label = "May send", .help = "No: the mailbox only receives.", .kind = FIELD_YES_NO, FIELD(struct person_input, may_send), .initial = "yes" },
	{ .name = "mailbox", .label = "Mailbox", .help = "Where the mail is.", .kind = FIELD_CHOICE, FIELD(struct person_input, mailbox), .is_required = true, .choices = mailboxes },
	{ .name = "key", .label = "Certificate", .help = "Paste the PEM text.", .kind = FIELD_BLOCK, FIELD(struct person_input, key) },
	{ 0 }
};
/* clang-format on */

/* The operation: refuses bob, who exists. */
static bool
save_person(struct example *example, const char *address, struct err *err)
{
	if (text_starts_with(address, "bob@")) {
		err_set(err, ERR_CONFLICT, "address",
		    "%s exists already: choose another address.", address);
		return false;
	}
	example->saved++;
	text_copy(example->last, sizeof example->last, address);
	return true;
}

struct form_state {
	struct form form;
};

static void
open_form(struct app *app, void *state, int64_t id)
{
	struct form_state *s = state;

	(void)id;
	form_open(&s->form, app_arena(app), person_fields,
	    sizeof(struct person_input));
}

static struct next
update_form(struct app *app, void *state, const struct msg *msg)
{
	struct form_state *s = state;
	const char *address;
	struct err err;

	if (form_update(&s->form, msg) != FORM_SAVE)
		return NEXT_STAYS;
	address = form_text(&s->form, "address");
	if (save_person(app_context(app), address, &err)) {
		app_message(app, "Saved %s.", address);
		return NEXT_CLOSES;
	}
	if (!form_set_error(&s->form, err.field, err.text))
		app_error(app, &err);
	return NEXT_STAYS;
}

static void
view_form(const void *state, struct canvas *canvas)
{
	const struct form_state *s = state;
	struct canvas body = screen_body(canvas);

	form_view(&s->form, &body);
	screen_put_help(canvas, form_help(&s->form));
}

static void
close_form(void *state)
{
	struct form_state *s = state;

	form_close(&s->form);
}

static bool
form_types(const void *state)
{
	const struct form_state *s = state;

	return form_wants_text(&s->form);
}

static bool
form_unsaved(const void *state)
{
	const struct form_state *s = state;

	return form_is_changed(&s->form);
}

static const struct screen screen_form = {
	.title = "New person",
	.state_size = sizeof(struct form_state),
	.widget_keys = form_keys,
	.open = open_form,
	.update = update_form,
	.view = view_form,
	.close = close_form,
	.wants_text = form_types,
	.is_unsaved = form_unsaved,
};

/* ---- wizard ---- */

struct wizard_state {
	struct form form;
	struct wizard wizard;
};

static bool
is_local(const void *state)
{
	const struct wizard_state *s = state;

	return text_is_same(form_text(&s->form, "mailbox"), "local");
}

static void
view_look(const void *state, struct canvas *body)
{
	const struct wizard_state *s = state;

	canvas_putf(body, 0, 1, STYLE_NORMAL, "%zu bytes were pasted.",
	    strlen(form_text(&s->form, "key")));
	canvas_set_cursor(body, 0, 0);
}

/* clang-format off */
static const struct wizard_step steps[] = {
	{ .title = "Person", .intro = "Who is it?", .first = "address", .count = 3 },
	{ .title = "Mailbox", .first = "quota", .count = 3 },
	{ .title = "Certificate", .first = "key", .count = 1, .is_skipped = is_local },
	{ .title = "Look", .view = view_look, .is_skipped = is_local },
	{ 0 }
};
/* clang-format on */

static void
open_wizard(struct app *app, void *state, int64_t id)
{
	struct wizard_state *s = state;

	(void)id;
	form_open(&s->form, app_arena(app), person_fields,
	    sizeof(struct person_input));
	wizard_open(&s->wizard, app, steps, &s->form, s);
}

static struct next
update_wizard(struct app *app, void *state, const struct msg *msg)
{
	struct wizard_state *s = state;
	const char *address;
	struct err err;

	if (wizard_update(&s->wizard, app, msg) != WIZARD_SAVE)
		return NEXT_STAYS;
	address = form_text(&s->form, "address");
	if (save_person(app_context(app), address, &err)) {
		app_message(app, "Saved %s.", address);
		return NEXT_CLOSES;
	}
	wizard_refused(&s->wizard, app, &err);
	return NEXT_STAYS;
}

static void
view_wizard(const void *state, struct canvas *canvas)
{
	const struct wizard_state *s = state;

	wizard_view(&s->wizard, canvas);
}

static void
close_wizard(void *state)
{
	struct wizard_state *s = state;

	form_close(&s->form);
}

static bool
wizard_types(const void *state)
{
	const struct wizard_state *s = state;

	return wizard_wants_text(&s->wizard);
}

static bool
wizard_unsaved(const void *state)
{
	const struct wizard_state *s = state;

	return form_is_changed(&s->form);
}

static const struct screen screen_wizard = {
	.title = "Wizard",
	.state_size = sizeof(struct wizard_state),
	.widget_keys = wizard_keys,
	.open = open_wizard,
	.update = update_wizard,
	.view = view_wizard,
	.close = close_wizard,
	.wants_text = wizard_types,
	.is_unsaved = wizard_unsaved,
};

/* ---- people ---- */

struct people_state {
	struct table table;
	char typed[80];
};

enum {
	PEOPLE_KEY_OPEN = 1,
	PEOPLE_KEY_NEW,
	PEOPLE_KEY_WIZARD,
	PEOPLE_KEY_SUSPEND,
	PEOPLE_KEY_DELETE,
	PEOPLE_KEY_IMPORT,
	PEOPLE_KEY_REASON
};

static const char *
may_not_import(const struct app *app, const void *state)
{
	(void)app;
	(void)state;
	return "only a super admin may import";
}

/* clang-format off */
static const struct key_binding people_keys[] = {
	{ PRESS_ENTER, PEOPLE_KEY_OPEN, "open", "Open the person.", NULL },
	{ 'n', PEOPLE_KEY_NEW, "new", "Make a person.", NULL },
	{ 'w', PEOPLE_KEY_WIZARD, NULL, "Make a person step by step.", NULL },
	{ 'd', PEOPLE_KEY_DELETE, "delete", "Delete the marked ones.", NULL },
	{ 'x', PEOPLE_KEY_SUSPEND, "suspend", "Suspend the person.", NULL },
	{ 'r', PEOPLE_KEY_REASON, NULL, "Say why.", NULL },
	{ 'I', PEOPLE_KEY_IMPORT, "import", "Import people.", may_not_import },
	{ 0 }
};
/* clang-format on */

static void
open_people(struct app *app, void *state, int64_t id)
{
	static const char *const empty[] = {
		"A person has an address and a mailbox.",
		"n\tmake the first one",
		":\tperson add anna@acme.example",
		NULL,
	};
	struct people_state *s = state;

	(void)id;
	table_open(&s->table, app_arena(app), &people_source, app_context(app));
	s->table.empty = empty;
}

static struct next
returned(struct app *app, struct people_state *s, const struct msg *msg)
{
	if (msg->from == &screen_prompt && msg->id != 0)
		app_message(app, "You said: %s", (const char *)msg->data);
	else if (msg->id == 1)
		app_message(app, "Suspended %s.", table_cell(&s->table, 0));
	else if (msg->id == 2)
		app_message(app, "Deleted.");
	table_refresh(&s->table);
	return NEXT_STAYS;
}

static struct next
update_people(struct app *app, void *state, const struct msg *msg)
{
	struct people_state *s = state;
	struct confirm confirm = { 0 };
	struct prompt prompt = { .tag = 3, .question = "Why?" };
	struct pager_text text = { .text = "one\ntwo\n" };

	if (msg->kind == MSG_RETURN)
		return returned(app, s, msg);
	if (table_update(&s->table, msg) || msg->kind != MSG_KEY)
		return NEXT_STAYS;
	switch (msg->action) {
	case PEOPLE_KEY_NEW:
		return (
		    struct next){ .kind = NEXT_OPEN, .screen = &screen_form };
	case PEOPLE_KEY_WIZARD:
		return (
		    struct next){ .kind = NEXT_OPEN, .screen = &screen_wizard };
	case PEOPLE_KEY_SUSPEND:
		confirm.tag = 1;
		confirm.question = arena_format(
		    app_arena(app), "Suspend %s?", table_cell(&s->table, 0));
		return confirm_open(&confirm);
	case PEOPLE_KEY_DELETE:
		confirm.tag = 2;
		confirm.name = table_cell(&s->table, 0);
		confirm.head = arena_format(
		    app_arena(app), "DELETE PERSON %s", confirm.name);
		confirm.lines[0] = "This removes, for ever after 30 days:";
		confirm.lines[1] = "";
		confirm.lines[2] = "   1 mailbox      3.9 GB of mail";
		confirm.prompt = "Type the address to delete it:";
		confirm.word = "delete";
		return confirm_open(&confirm);
	case PEOPLE_KEY_REASON:
		return prompt_open(&prompt);
	case PEOPLE_KEY_OPEN:
		text.title = table_cell(&s->table, 0);
		return pager_next(&text);
	default:
		return NEXT_STAYS;
	}
}

static void
view_people(const void *state, struct canvas *canvas)
{
	const struct people_state *s = state;
	struct canvas body = screen_body(canvas);

	table_put_state(&s->table, canvas, "All people of acme.example");
	table_view(&s->table, &body);
	screen_put_help(canvas, table_cell(&s->table, 0));
}

static bool
people_type(const void *state)
{
	const struct people_state *s = state;

	return table_wants_text(&s->table);
}

static bool
people_escape(const void *state)
{
	const struct people_state *s = state;

	return table_wants_escape(&s->table);
}

static const char *
people_copy(const void *state)
{
	const struct people_state *s = state;

	return table_cell(&s->table, 0);
}

static const struct screen screen_people = {
	.title = "People",
	.state_size = sizeof(struct people_state),
	.keys = people_keys,
	.widget_keys = table_keys,
	.open = open_people,
	.update = update_people,
	.view = view_people,
	.wants_text = people_type,
	.wants_escape = people_escape,
	.copy = people_copy,
};

/* ---- home, with a job and a clock ---- */

struct home_state {
	int records, ticks;
	bool has_ended, has_failed;
};

enum { HOME_KEY_PEOPLE = 1, HOME_KEY_JOB, HOME_KEY_CRASH, HOME_KEY_TICK };

/* clang-format off */
static const struct key_binding home_keys[] = {
	{ '1', HOME_KEY_PEOPLE, "go to", "People.", NULL },
	{ '2', HOME_KEY_JOB, "go to", "Start a job.", NULL },
	{ '3', HOME_KEY_CRASH, "go to", "Start a job that crashes.", NULL },
	{ 't', HOME_KEY_TICK, "clock", "Start the clock.", NULL },
	{ 0 }
};
/* clang-format on */

static void
count_to_three(int out, void *argument)
{
	(void)argument;
	for (int i = 1; i <= 3; i++)
		job_write(out, &i, sizeof i);
}

static void
crash(int out, void *argument)
{
	(void)out;
	(void)argument;
	_exit(3);
}

static struct next
update_home(struct app *app, void *state, const struct msg *msg)
{
	struct home_state *s = state;
	struct err err;

	switch (msg->kind) {
	case MSG_TICK:
		s->ticks++;
		break;
	case MSG_JOB:
		memcpy(&s->records, msg->data, sizeof s->records);
		break;
	case MSG_JOB_END:
		s->has_ended = true;
		s->has_failed = msg->action;
		break;
	case MSG_KEY:
		if (msg->action == HOME_KEY_PEOPLE)
			return (struct next){ .kind = NEXT_OPEN,
				.screen = &screen_people };
		if (msg->action == HOME_KEY_TICK)
			app_tick(app, true);
		else if (app_job_start(app,
			     msg->action == HOME_KEY_JOB ? count_to_three
							 : crash,
			     NULL, &err) == 0)
			app_error(app, &err);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

static void
view_home(const void *state, struct canvas *canvas)
{
	const struct home_state *s = state;
	struct canvas body = screen_body(canvas);

	screen_put_state(canvas, "Everything here is made up.", NULL);
	canvas_put_text(&body, 1, 1, STYLE_HEADING, "GO TO");
	canvas_put_text(&body, 2, 1, STYLE_NORMAL, "1  People");
	canvas_put_text(&body, 3, 1, STYLE_NORMAL, "2  A job");
	canvas_putf(&body, 5, 1, STYLE_NORMAL, "records %d%s", s->records,
	    s->has_failed      ? ", failed"
		: s->has_ended ? ", ended"
			       : "");
	if (s->ticks > 0)
		canvas_putf(&body, 6, 1, STYLE_NORMAL, "ticks %d", s->ticks);
	canvas_set_cursor(&body, 2, 0);
}

static const struct screen screen_home = {
	.title = "Home",
	.state_size = sizeof(struct home_state),
	.keys = home_keys,
	.update = update_home,
	.view = view_home,
};

static const struct app_command commands[] = {
	{ "person list", "All people." },
	{ "person add", "Makes a person: address=... name=..." },
	{ "person remove", "Removes one: address" },
	{ "server show", "The server." },
	{ 0 },
};

static struct next
run_command(struct app *app, const char *line)
{
	if (text_is_same(line, "person list"))
		return (
		    struct next){ .kind = NEXT_OPEN, .screen = &screen_people };
	app_message(app, "Ran: %s", line);
	return NEXT_STAYS;
}

void
example_options(struct example *example, struct app_options *options)
{
	*options = (struct app_options){
		.server = "mx1.example.net",
		.person = "root, super admin",
		.context = example,
		.home = &screen_home,
		.rows = CANVAS_ROWS,
		.columns = CANVAS_COLUMNS,
		.commands = commands,
		.run_command = run_command,
	};
}
