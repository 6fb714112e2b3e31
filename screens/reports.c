/*
 * What receivers reported of one domain, summed up by source: DMARC by what
 * was aligned, TLS by result.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/report.h"
#include "model/domain.h"
#include "model/report_store.h"
#include "model/subject.h"
#include "screens/list_screen.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/app.h"
#include "tui/pager.h"

#define TEXT_MAX (64 * 1024)
#define DAY      INT64_C(86400)

struct reports_screen {
	struct dns_subject subject;
	int64_t domain_id;
	size_t span;       /* index in spans */
	int64_t counts[2]; /* reports, by enum report_kind */
	int64_t passed[2], failed[2];
	char text[TEXT_MAX];
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct reports_screen)

enum { REPORTS_KEY_SPAN = 1, REPORTS_KEY_ROWS };

static const int spans[] = { 14, 30, 90, REPORT_KEPT_DAYS };

/* ---- the text ---- */

static bool
is_ours(const struct reports_screen *s, const char *source)
{
	struct ip ip;

	return ip_parse(&ip, source, NULL) == OK &&
	    (ip_is_same(&ip, &s->subject.ip4) ||
		ip_is_same(&ip, &s->subject.ip6));
}

static void
add_row(struct text_builder *to, const struct reports_screen *s,
    const struct report_row *row)
{
	text_addf(to, "%8" PRId64 " %8" PRId64 "  %-22s %s", row->passed,
	    row->failed, row->source, row->result);
	if (row->disposition[0] != '\0' &&
	    !text_is_same(row->disposition, "none"))
		text_addf(to, ", done: %s", row->disposition);
	if (is_ours(s, row->source))
		text_add(to, "  (this server)");
	if (row->failed > 0 && row->dkim + row->spf > 0)
		text_addf(to,
		    "\n%42sof another domain: %" PRId64 " DKIM, %" PRId64
		    " SPF",
		    "", row->dkim, row->spf);
	text_add(to, "\n");
}

static void
add_kind(struct text_builder *to, const struct reports_screen *s,
    const struct report *sums)
{
	static const char *const titles[][2] = {
		[REPORT_DMARC] = { "DMARC",
		    "from                   what was aligned" },
		[REPORT_TLS] = { "TLS",
		    "to                     what went wrong" },
	};
	const char *const *title = titles[sums->kind];

	text_addf(to, "%s\n\n", title[0]);
	if (sums->row_count > 0)
		text_addf(to, "%8s %8s  %s\n", "passed", "failed", title[1]);
	else
		text_addf(to, "No %s report came in these days.\n", title[0]);
	for (size_t i = 0; i < sums->row_count; i++)
		add_row(to, s, &sums->rows[i]);
	text_add(to, "\n");
}

/* ---- reading ---- */

static enum err_code
read_kind(struct context *context, struct reports_screen *s,
    struct report *sums, struct err *err)
{
	const int64_t since = clock_now() - spans[s->span] * DAY;

	sums->row_count = 0;
	s->passed[sums->kind] = s->failed[sums->kind] = 0;
	if (report_stored(context, "report list", s->subject.domain, sums->kind,
		since, sums, &s->counts[sums->kind], err) != OK)
		return err->code;
	for (size_t i = 0; i < sums->row_count; i++) {
		s->passed[sums->kind] += sums->rows[i].passed;
		s->failed[sums->kind] += sums->rows[i].failed;
	}
	return OK;
}

static enum err_code
read_all(struct app *app, struct reports_screen *s, struct err *err)
{
	struct arena arena = { 0 };
	struct report sums = { .rows = arena_array(&arena, REPORT_ROWS_MAX,
				   sizeof(*sums.rows)) };
	struct text_builder text;
	enum err_code code = OK;

	text_builder_open(&text, &arena, TEXT_MAX);
	for (int kind = REPORT_DMARC; kind <= REPORT_TLS && code == OK;
	     kind++) {
		sums.kind = (enum report_kind)kind;
		code = read_kind(session_context(app), s, &sums, err);
		if (code == OK)
			add_kind(&text, s, &sums);
	}
	if (s->counts[REPORT_DMARC] + s->counts[REPORT_TLS] == 0)
		text_add(&text,
		    "Reports come to the mailbox that the domain's DMARC and "
		    "TLS-RPT records name;\nthe operator stores them: postern "
		    "dns reports-read.\n");
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
	return code;
}

static void
open_reports(struct app *app, void *state, int64_t id)
{
	struct reports_screen *s = state;
	struct err err = { 0 };

	s->domain_id = id;
	s->span = 1;
	pager_open(&s->pager, s->text);
	if (subject_of_domain_id(session_context(app), "report list", id,
		&s->subject, &err) != OK ||
	    read_all(app, s, &err) != OK)
		app_refuse(app, &err);
}

static struct next
open_rows(struct reports_screen *s)
{
	const struct list_narrow narrow = { .domain_id = s->domain_id,
		.of = s->subject.domain };

	return list_screen_next(&screen_report_rows, &narrow);
}

static struct next
update_reports(struct app *app, void *state, const struct msg *msg)
{
	struct reports_screen *s = state;
	struct err err = { 0 };

	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	if (msg->kind == MSG_KEY && msg->action == REPORTS_KEY_ROWS)
		return open_rows(s);
	if (msg->kind == MSG_KEY && msg->action == REPORTS_KEY_SPAN)
		s->span = (s->span + 1) % (sizeof(spans) / sizeof(spans[0]));
	else if (msg->kind != MSG_REFRESH)
		return NEXT_STAYS;
	if (read_all(app, s, &err) != OK)
		app_error(app, &err);
	return NEXT_STAYS;
}

static void
view_reports(const void *state, struct canvas *canvas)
{
	const struct reports_screen *s = state;
	struct canvas body = screen_body(canvas);
	char left[HOST_NAME_SIZE + 80], right[40];

	text_format(left, sizeof(left), "%s, reports of %d days",
	    s->subject.domain, spans[s->span]);
	text_format(right, sizeof(right), "%" PRId64 " DMARC  %" PRId64 " TLS",
	    s->counts[REPORT_DMARC], s->counts[REPORT_TLS]);
	pager_put_state(&s->pager, canvas, left, right);
	pager_view(&s->pager, &body);
	screen_put_help(canvas,
	    "A source of yours that fails needs SPF and DKIM before a "
	    "stricter policy.");
}

static const char *
copy_reports(const void *state)
{
	return ((const struct reports_screen *)state)->text;
}

static void
print_reports(const void *state, struct text_builder *to)
{
	text_add(to, ((const struct reports_screen *)state)->text);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'd', REPORTS_KEY_SPAN, "days", "Sum up more days, or fewer." },
	{ 'l', REPORTS_KEY_ROWS, "row by row", "Every row of every report, newest first.", NULL, "report list" },
	{ 'o', APP_KEY_PRINT, "print", "Leave full screen and print it, lines whole." },
	{ 0 }
};

/* ---- row by row ---- */

static const struct key_binding rows_keys_of_list[] = {
	{ PRESS_ENTER, LIST_KEY_OPEN, "open", "All that this row says." },
	{ 0 }
};
/* clang-format on */

static const struct list_view rows_view = {
	.list = &report_list,
	.what = "All reports",
};

LIST_SCREEN(screen_report_rows, "Report rows", rows_keys_of_list, rows_view,
    table_keys_no_marks);

const struct screen screen_reports = {
	.title = "Reports",
	.state_size = sizeof(struct reports_screen),
	.keys = keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_reports,
	.update = update_reports,
	.view = view_reports,
	.copy = copy_reports,
	.print = print_reports,
};
