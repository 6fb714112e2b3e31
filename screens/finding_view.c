#include "screens/finding_view.h"

#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"

#define TEXT_COLUMN 10 /* labels stand before it */
#define MARK        "differs here ^"
#define MARK_LEFT   "^ differs here"

static bool
is_accepted(const struct dns_finding *f, const struct finding *known)
{
	return known->is_accepted && known->verdict == f->verdict;
}

const char *
finding_word(const struct dns_finding *f, const struct finding *known)
{
	return is_accepted(f, known) ? "accepted"
				     : check_verdict_word(f->verdict);
}

const char *
finding_word_help(const struct dns_finding *f, const struct finding *known)
{
	static const char *const helps[] = {
		[DNS_WAITING] = "No answer came yet.",
		[DNS_PASS] = "pass means that nothing is to be done.",
		[DNS_WARN] = "WARN means that mail flows, but this should be "
			     "improved.",
		[DNS_FAIL] = "FAIL means that mail is lost, refused or forged "
			     "because of this.",
		[DNS_UNKNOWN] = "unknown means that nobody gave a usable "
				"answer; it may well be right.",
		[DNS_SKIPPED] = "skip means that it does not apply to this "
				"domain.",
	};

	return is_accepted(f, known)
	    ? "accepted means that a person takes it as it is, until a day."
	    : helps[f->verdict];
}

/* ---- lines of the pane ---- */

struct pane {
	struct canvas *canvas;
	int row;
};

static void
put_line(
    struct pane *pane, const char *label, enum style style, const char *text)
{
	if (text[0] == '\0' || pane->row >= pane->canvas->rows)
		return;
	canvas_put_text(pane->canvas, pane->row, 1, STYLE_DIM, label);
	pane->row += canvas_put_wrapped(pane->canvas, pane->row, TEXT_COLUMN,
	    pane->canvas->columns - TEXT_COLUMN - 1, style, text);
}

/* One line of a long value, from the byte `start` on. */
static void
put_value(struct pane *pane, const char *label, const char *text, size_t start)
{
	const int room = pane->canvas->columns - TEXT_COLUMN - 1;
	char line[DNS_VALUE_SIZE + 4];

	if (text[0] == '\0' || pane->row >= pane->canvas->rows)
		return;
	if (start > strlen(text))
		start = strlen(text);
	while (start > 0 && ((unsigned char)text[start] & 0xc0) == 0x80)
		start--;
	text_format(
	    line, sizeof(line), "%s%s", start > 0 ? "..." : "", text + start);
	canvas_put_text(pane->canvas, pane->row, 1, STYLE_DIM, label);
	canvas_put_fit(
	    pane->canvas, pane->row++, TEXT_COLUMN, room, STYLE_NORMAL, line);
}

/* The mark below the character where they part. */
static void
put_mark(struct pane *pane, int column)
{
	const int length = (int)strlen(MARK);

	if (pane->row >= pane->canvas->rows)
		return;
	if (column >= length)
		canvas_put_text(pane->canvas, pane->row++, column - length + 1,
		    STYLE_DIM, MARK);
	else
		canvas_put_text(
		    pane->canvas, pane->row++, column, STYLE_DIM, MARK_LEFT);
}

/* Both values from the same character on, so that what differs is in view. */
static void
put_values(struct pane *pane, const struct dns_finding *f)
{
	const int room = pane->canvas->columns - TEXT_COLUMN - 1;
	const bool differs = f->differs_at >= 0 && f->found[0] != '\0' &&
	    f->wanted[0] != '\0' && f->verdict != DNS_PASS;
	size_t start = 0;

	if (differs && f->differs_at > room - 16)
		start = (size_t)(f->differs_at - room / 2);
	put_value(pane, "Found", f->found, start);
	put_value(pane, "Wanted", f->wanted, start);
	if (differs)
		put_mark(pane,
		    TEXT_COLUMN + f->differs_at - (int)start +
			(start > 0 ? 3 : 0));
}

static void
put_record(struct pane *pane, const struct dns_finding *f)
{
	struct arena arena = { 0 };

	if (f->has_record)
		put_value(
		    pane, "Record", record_as_zone_line(&arena, &f->record), 0);
	arena_free(&arena);
}

static void
put_accepted(struct pane *pane, const struct finding *known)
{
	char text[ADDRESS_SIZE + FINDING_REASON_SIZE + 64], until[32];

	clock_format_last_day(until, sizeof(until), known->accepted_until);
	text_format(text, sizeof(text), "by %s until %s: %s",
	    known->accepted_by, until, known->accepted_reason);
	put_line(pane, "Accepted", STYLE_NORMAL, text);
}

static void
put_rule(
    struct pane *pane, const struct dns_finding *f, const struct finding *known)
{
	const struct dns_check *check = &dns_checks[f->check];
	char text[160], since[32];

	clock_format_short(since, sizeof(since), known->since_at);
	text_format(text, sizeof(text), "%s, %s%s%s", check->name,
	    check->source, known->since_at != 0 ? ", since " : "",
	    known->since_at != 0 ? since : "");
	canvas_put_rule(pane->canvas, pane->row++, STYLE_HEADING, text);
}

void
finding_view(struct canvas *canvas, const struct dns_finding *f,
    const struct finding *known)
{
	struct pane pane = { .canvas = canvas };

	put_rule(&pane, f, known);
	put_line(&pane, "", STYLE_NORMAL,
	    f->problem[0] != '\0' ? f->problem : dns_checks[f->check].title);
	put_values(&pane, f);
	put_line(&pane, f->verdict == DNS_PASS ? "Next" : "Do this",
	    STYLE_NORMAL, f->advice);
	put_record(&pane, f);
	put_line(&pane, "Delete", STYLE_NORMAL, f->remove);
	if (is_accepted(f, known))
		put_accepted(&pane, known);
	put_line(&pane, "Spreads", STYLE_NORMAL, f->spreading);
	put_line(&pane, "Why", STYLE_NORMAL, f->consequence);
	if (dns_checks[f->check].receivers != NULL)
		put_line(&pane, "Asked by", STYLE_NORMAL,
		    dns_checks[f->check].receivers);
}
