/* ---- how the DKIM keys are drawn ---- */
#include <string.h>

#include "model/dkim.h"
#include "screens/dkim_state.h"
#include "screens/record_forms.h"

const struct list_row *
dkim_under_cursor(const struct dkim_state *s)
{
	return s->page.count == 0 ? NULL : &s->page.rows[s->rows.cursor];
}

const struct list_value *
dkim_value_of(const struct list_row *row, const char *column)
{
	return list_value_of(&dkim_list, row, column);
}

const char *
dkim_text_of(const struct list_row *row, const char *column)
{
	return row == NULL ? "" : dkim_value_of(row, column)->raw;
}

static void
put_key(struct canvas *body, int row, const struct list_row *key)
{
	const char *stage = dkim_text_of(key, "stage");

	canvas_put_fit(
	    body, row, 2, 20, STYLE_NORMAL, dkim_text_of(key, "selector"));
	canvas_put_text(body, row, 24, style_of_word(stage), stage);
	canvas_putf(body, row, 36, STYLE_NORMAL, "%s %s, made %s",
	    dkim_text_of(key, "algorithm"), dkim_text_of(key, "bits"),
	    dkim_value_of(key, "made_at")->text);
}

/* "[x] made 21 Nov  [ ] seen in DNS ...": how far this key is. */
static void
put_stages(struct canvas *body, int row, const struct list_row *key)
{
	static const struct {
		const char *column, *word;
	} stages[] = {
		{ "made_at", "made" },
		{ "seen_at", "seen in DNS" },
		{ "signing_at", "signing" },
		{ "retiring_at", "retiring" },
		{ "retired_at", "retired" },
	};
	int column = 1;

	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		const bool is_done =
		    dkim_value_of(key, stages[i].column)->number;

		column += canvas_putf(body, row, column,
		    is_done ? STYLE_NORMAL : STYLE_DIM, "[%s] %s   ",
		    is_done ? "x" : " ", stages[i].word);
	}
}

/* Each string of the value on lines of its own. */
static int
put_value(struct canvas *body, int row, const struct dns_record *r)
{
	struct arena arena = { 0 };
	char *text = arena_text(&arena, record_as_strings(&arena, r)), *next;

	for (; text != NULL; text = next) {
		next = strstr(text, "\" \"");
		if (next != NULL) {
			next[1] = '\0';
			next += 2;
		}
		row += canvas_put_cut(
		    body, row, 0, body->columns - 1, STYLE_NORMAL, text);
	}
	arena_free(&arena);
	return row;
}

static int
put_record(struct canvas *body, int row, const struct dkim_state *s)
{
	const struct dns_record *r = &s->record;

	canvas_putf(body, row++, 1, STYLE_DIM,
	    "Type TXT, TTL %u.  Name as most DNS panels want it, and in full:",
	    r->ttl_seconds);
	canvas_put_text(body, row++, 0, STYLE_NORMAL, r->relative);
	canvas_putf(body, row++, 0, STYLE_NORMAL, "%s.", r->name);
	canvas_put_text(body, row++, 1, STYLE_DIM,
	    "Value, in strings of at most 255 characters:");
	return put_value(body, row, r);
}

static void
put_dns(struct canvas *body, int row, const struct dkim_state *s)
{
	const char *word = check_verdict_word(s->found.verdict);
	int column = 1;

	column += canvas_put_text(body, row, column, STYLE_DIM, "In the DNS: ");
	column += canvas_put_text(body, row, column, style_of_word(word), word);
	canvas_put_wrapped(body, row, column + 2, body->columns - column - 3,
	    STYLE_NORMAL,
	    s->found.verdict == DNS_WAITING ? "asking" : s->found.problem);
}

static void
put_empty(struct canvas *body)
{
	canvas_put_text(body, 1, 6, STYLE_NORMAL,
	    "The domain has no DKIM key yet.  The operator makes it on the "
	    "server:");
	canvas_put_text(body, 3, 6, STYLE_KEY, "n");
	canvas_put_text(body, 3, 11, STYLE_NORMAL, "make it, as the operator");
	canvas_put_text(body, 4, 6, STYLE_KEY, "r");
	canvas_put_text(body, 4, 11, STYLE_NORMAL, "ask the operator for one");
}

static const char *
next_step(const char *stage)
{
	static const struct {
		const char *stage, *sentence;
	} steps[] = {
		{ "made",
		    "Publish this record.  When every name server has "
		    "it, the key counts as seen." },
		{ "seen",
		    "In the DNS: when the operator activates the key, mail "
		    "is signed with it." },
		{ "signing",
		    "Mail is signed with this key; the record must "
		    "stay." },
		{ "retiring",
		    "Signs no more; mail on its way needs the "
		    "record a week longer." },
		{ "retired",
		    "Retired: the record may leave the DNS, the "
		    "private key is gone." },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (text_is_same(steps[i].stage, stage))
			return steps[i].sentence;
	return "Mail without a DKIM signature lands in spam.";
}

void
dkim_view(const void *state, struct canvas *canvas)
{
	const struct dkim_state *s = state;
	const struct list_row *key = dkim_under_cursor(s);
	struct canvas body = screen_body(canvas);
	char left[HOST_NAME_SIZE + 40];
	int row = s->rows.visible + 1;

	text_format(
	    left, sizeof(left), "DKIM keys of %s", s->request.subject.domain);
	screen_put_state(canvas, left, NULL);
	screen_put_help(canvas, next_step(dkim_text_of(key, "stage")));
	if (key == NULL) {
		put_empty(&body);
		return;
	}
	for (int i = s->rows.top;
	     i < s->rows.count && rows_at(&s->rows, i) >= 0; i++)
		put_key(&body, rows_at(&s->rows, i), &s->page.rows[i]);
	rows_put_cursor(&s->rows, &body);
	put_stages(&body, row++, key);
	if (!s->has_record)
		return;
	row = put_record(&body, row + 1, s);
	put_dns(&body, row, s);
	if (s->found.who_says[0] != '\0' && row + 2 < body.rows)
		canvas_put_wrapped(&body, row + 2, 1, body.columns - 2,
		    STYLE_DIM, s->found.who_says);
}

const char *
dkim_copy(const void *state)
{
	const struct dkim_state *s = state;

	return s->has_record ? s->record.value : "";
}

/* One long line each, so that copying keeps it whole. */
void
dkim_print(const void *state, struct text_builder *to)
{
	const struct dkim_state *s = state;
	struct arena arena = { 0 };
	struct values values = { .arena = &arena };

	if (s->has_record)
		record_forms(&values, &s->record);
	values_print(&values, to);
	arena_free(&arena);
}
