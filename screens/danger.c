#include "screens/danger.h"

#include <string.h>

#include "base/text.h"
#include "model/list.h"
#include "screens/run.h"
#include "screens/session.h"
#include "tui/confirm.h"

#define NAMES_SHOWN 8

/* What goes with a row: counted rows of a list, narrowed by the first row's
 * own list. */
static const struct {
	const char *operation, *row_list;
	const char *list, *one, *many, *remark;
	enum { OF_TENANT, OF_DOMAIN, OF_ACCOUNT } by;
} going[] = {
	{ "tenant close", "tenant list", "domain list", "domain", "domains",
	    "mail to them is refused at once", OF_TENANT },
	{ "tenant close", "tenant list", "user list", "user", "users",
	    "nobody of them signs in any more", OF_TENANT },
	{ "tenant close", "tenant list", "alias list", "alias", "aliases", "",
	    OF_TENANT },
	{ "tenant close", "tenant list", "dkim list", "DKIM key", "DKIM keys",
	    "", OF_TENANT },
	{ "tenant close", "tenant list", "admin list", "admin", "admins",
	    "they lose console access", OF_TENANT },
	{ "domain remove", "domain list", "dkim list", "DKIM key", "DKIM keys",
	    "", OF_DOMAIN },
	{ "admin remove", "admin list", "key list", "SSH key", "SSH keys",
	    "they open nothing any more", OF_ACCOUNT },
};

struct question {
	struct app *app;
	struct arena *arena;
	const struct operation *operation;
	const char *const *names;
	size_t count;
	struct confirm confirm;
	size_t lines;
};

/* ---- words ---- */

/* "tenant" of "tenant close". */
static const char *
noun(const struct question *q)
{
	return arena_text_n(
	    q->arena, q->operation->name, strcspn(q->operation->name, " "));
}

static const char *
capital(struct arena *arena, const char *text, bool all)
{
	char *copy = arena_text(arena, text);

	for (char *c = copy; *c != '\0' && (all || c == copy); c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	return copy;
}

/* "Suspend user bob@acme.example", "Suspend 3 users". */
static const char *
sentence(const struct question *q, bool in_capitals)
{
	const char *verb =
	    capital(q->arena, run_verb(q->operation), in_capitals);
	const char *what =
	    in_capitals ? capital(q->arena, noun(q), true) : noun(q);

	if (q->count == 1)
		return arena_format(
		    q->arena, "%s %s %s", verb, what, q->names[0]);
	return arena_format(q->arena, "%s %zu %s%s", verb, q->count, what,
	    in_capitals ? "S" : "s");
}

/* ---- what goes ---- */

static void
add_line(struct question *q, const char *line)
{
	if (q->lines + 1 < CONFIRM_LINES_MAX)
		q->confirm.lines[q->lines++] = line;
}

static void
add_going(struct question *q, size_t i, int64_t id)
{
	struct list_query query = { 0 };
	struct err err;
	int64_t rows = 0;

	*(going[i].by == OF_TENANT         ? &query.tenant_id
		: going[i].by == OF_DOMAIN ? &query.domain_id
					   : &query.account_id) = id;
	if (list_count(session_context(q->app), list_by_name(going[i].list),
		&query, &rows, &err) == OK &&
	    rows > 0)
		add_line(q,
		    arena_format(q->arena, "%7lld %-12s %s", (long long)rows,
			rows == 1 ? going[i].one : going[i].many,
			going[i].remark));
}

static void
add_all_going(struct question *q)
{
	struct list_row row;
	struct err err;

	for (size_t i = 0; i < sizeof(going) / sizeof(going[0]); i++)
		if (text_is_same(going[i].operation, q->operation->name) &&
		    list_row_by_key(session_context(q->app),
			list_by_name(going[i].row_list), q->names[0], q->arena,
			&row, &err) == OK)
			add_going(q, i, row.id);
}

static void
add_names(struct question *q)
{
	for (size_t i = 0; i < q->count && i < NAMES_SHOWN; i++)
		add_line(q, arena_format(q->arena, "  %s", q->names[i]));
	if (q->count > NAMES_SHOWN)
		add_line(q,
		    arena_format(
			q->arena, "  and %zu more", q->count - NAMES_SHOWN));
}

/* ---- asking ---- */

static void
ask_name(struct question *q)
{
	const char *verb = run_verb(q->operation);

	q->confirm.head = sentence(q, true);
	q->confirm.word = capital(q->arena, verb, false);
	add_line(q, q->operation->help);
	add_line(q, "");
	if (q->count == 1) {
		add_all_going(q);
		q->confirm.name = q->names[0];
		q->confirm.prompt =
		    arena_format(q->arena, "Type its name to %s it:", verb);
	} else {
		add_names(q);
		q->confirm.name =
		    arena_format(q->arena, "%s %zu", verb, q->count);
		q->confirm.prompt = arena_format(
		    q->arena, "Type %s to go on:", q->confirm.name);
	}
}

struct next
danger_ask(struct app *app, struct arena *arena,
    const struct operation *operation, const char *const *names, size_t count,
    int64_t tag)
{
	struct question *q = arena_alloc(arena, sizeof(*q));

	*q = (struct question){ .app = app,
		.arena = arena,
		.operation = operation,
		.names = names,
		.count = count,
		.confirm = { .tag = tag } };
	if (operation->danger == DANGER_NAME)
		ask_name(q);
	else
		q->confirm.question =
		    arena_format(arena, "%s?", sentence(q, false));
	return confirm_open(&q->confirm);
}
