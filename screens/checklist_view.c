/* ---- how the checklist is drawn ---- */
#include "base/clock.h"
#include "screens/checklist_state.h"
#include "screens/finding_view.h"
#include "screens/record_forms.h"

#define WORD_COLUMN  17
#define TEXT_COLUMN  26
#define WIDE_COLUMNS 100 /* room for moments too */

const struct dns_finding *
checklist_under_cursor(const struct checklist_state *s)
{
	return &s->found[s->rows.cursor];
}

static void
count_verdicts(const struct checklist_state *s, size_t count[DNS_SKIPPED + 1],
    size_t *accepted)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (s->known[i].is_accepted &&
		    s->known[i].verdict == s->found[i].verdict)
			++*accepted;
		else
			count[s->found[i].verdict]++;
}

static void
add_count(char *to, size_t size, size_t count, const char *word)
{
	char text[32];

	text_format(text, sizeof(text), "%s%zu %s", to[0] != '\0' ? "  " : "",
	    count, word);
	if (count > 0)
		text_append(to, size, text);
}

/* "1-9 of 20  ", where not all are in view. */
static void
add_place(char *to, size_t size, const struct rows *rows)
{
	const int end = rows->top + rows->visible;

	if (rows->visible < rows->count)
		text_format(to, size, "%d-%d of %d  ", rows->top + 1,
		    end < rows->count ? end : rows->count, rows->count);
}

static void
put_state(const struct checklist_state *s, struct canvas *canvas)
{
	const char *domain = s->request.subject.domain;
	const long long seconds = (clock_monotonic_ms() - s->started_ms) / 1000;
	size_t count[DNS_SKIPPED + 1] = { 0 }, accepted = 0;
	char left[HOST_NAME_SIZE + 80], right[80] = "", at[32];
	char place[32] = "", state[sizeof(place) + sizeof(right)];

	add_place(place, sizeof(place), &s->rows);
	count_verdicts(s, count, &accepted);
	add_count(right, sizeof(right), count[DNS_FAIL], "fail");
	add_count(right, sizeof(right), count[DNS_WARN], "warn");
	add_count(right, sizeof(right), count[DNS_UNKNOWN], "unknown");
	add_count(right, sizeof(right), accepted, "accepted");
	add_count(right, sizeof(right), count[DNS_PASS], "pass");
	text_format(state, sizeof(state), "%s%s", place, right);
	clock_format_short(at, sizeof(at), s->rounded_at);
	if (s->job == 0)
		text_format(left, sizeof(left),
		    "%s: the check ended; V starts it again", domain);
	else if (s->is_paused)
		text_format(left, sizeof(left),
		    "%s: paused, nobody was here; any key goes on", domain);
	else if (!s->has_round)
		text_format(left, sizeof(left), "%s: %zu of %zu done, %lld s",
		    domain, dns_check_count - count[DNS_WAITING],
		    dns_check_count, seconds);
	else
		text_format(
		    left, sizeof(left), "%s: watching since %s", domain, at);
	screen_put_state(canvas, left, state);
}

/* When the row changed while it was open; on a wide screen, since when one
 * that needs something is so.  0: nothing is shown. */
static int64_t
moment_of(const struct checklist_state *s, const struct canvas *body, int i)
{
	const enum dns_verdict verdict = s->found[i].verdict;

	if (s->changed_at[i] != 0)
		return s->changed_at[i];
	return body->columns >= WIDE_COLUMNS &&
		(verdict == DNS_FAIL || verdict == DNS_WARN)
	    ? s->known[i].since_at
	    : 0;
}

static void
put_row(const struct checklist_state *s, struct canvas *body, int row, int i)
{
	const struct dns_finding *f = &s->found[i];
	const bool waits = f->verdict == DNS_WAITING;
	const char *word = finding_word(f, &s->known[i]);
	const int64_t marked = moment_of(s, body, i);
	int room = body->columns - TEXT_COLUMN - 1;
	char at[32];

	canvas_put_text(body, row, 3, STYLE_NORMAL, dns_checks[i].name);
	canvas_put_text(body, row, WORD_COLUMN, style_of_word(word), word);
	clock_format_short(at, sizeof(at), marked);
	if (marked != 0) {
		room -= text_columns(at) + 1;
		canvas_put_text(body, row, TEXT_COLUMN + room + 1,
		    s->changed_at[i] != 0 ? STYLE_HEADING : STYLE_DIM, at);
	}
	canvas_put_fit(body, row, TEXT_COLUMN, room,
	    waits ? STYLE_DIM : STYLE_NORMAL,
	    waits ? dns_checks[i].title : f->problem);
}

void
checklist_view(const void *state, struct canvas *canvas)
{
	const struct checklist_state *s = state;
	const struct dns_finding *f = checklist_under_cursor(s);
	const struct finding *known = &s->known[s->rows.cursor];
	struct canvas body = screen_body(canvas), pane;

	put_state(s, canvas);
	canvas_put_fit(canvas, 2, 1, canvas->columns - 2, STYLE_WARN, s->note);
	for (int i = s->rows.top;
	     i < s->rows.count && rows_at(&s->rows, i) >= 0; i++)
		put_row(s, &body, rows_at(&s->rows, i), i);
	rows_put_cursor(&s->rows, &body);
	pane = canvas_part(&body, s->rows.visible, 0,
	    body.rows - s->rows.visible, body.columns);
	finding_view(&pane, f, known);
	screen_put_help(canvas,
	    f->who_says[0] != '\0' ? f->who_says : finding_word_help(f, known));
}

/* What a person pastes: the value of the record, or what was found. */
const char *
checklist_copy(const void *state)
{
	const struct dns_finding *f = checklist_under_cursor(state);

	return f->has_record       ? f->record.value
	    : f->wanted[0] != '\0' ? f->wanted
				   : f->found;
}

void
checklist_print(const void *state, struct text_builder *to)
{
	const struct checklist_state *s = state;
	struct arena arena = { 0 };
	struct values values = { .arena = &arena };

	for (size_t i = 0; i < dns_check_count; i++)
		text_addf(to, "%-13s %-8s %s\n", dns_checks[i].name,
		    finding_word(&s->found[i], &s->known[i]),
		    s->found[i].problem);
	text_add(to, "\n");
	finding_values(
	    &values, checklist_under_cursor(s), &s->known[s->rows.cursor]);
	values_print(&values, to);
	arena_free(&arena);
}
