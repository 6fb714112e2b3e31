/*
 * The two policies that are made stricter step by step: DMARC and MTA-STS,
 * each with the evidence that its next step needs.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/db.h"
#include "model/dmarc.h"
#include "model/domain.h"
#include "model/sts_path.h"
#include "screens/form_screen.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/rows.h"

#define NAME_COLUMN   5
#define WORD_COLUMN   20
#define TEXT_COLUMN   27
#define SENTENCE_SIZE 200

enum { PATH_DMARC, PATH_STS, PATH_COUNT };

struct policies_screen {
	struct context *context;
	struct domain domain;
	int64_t data_version;
	struct dmarc_evidence dmarc;
	struct sts_evidence sts;
	struct rows rows;
	const char *off;      /* why this person can't take a step, or NULL */
	bool may[PATH_COUNT]; /* be taken: the next step */
	char missing[PATH_COUNT][SENTENCE_SIZE];
};

enum { POLICIES_KEY_STEP = 1, POLICIES_KEY_REPORTS, POLICIES_KEY_CHECKS };

/* What differs between the two. */
static const struct path {
	const char *title, *field;
	const char *const *steps;
	int last;
	const char *about;
} paths[PATH_COUNT] = {
	[PATH_DMARC] = { "DMARC", "dmarc_policy", dmarc_policy_names,
	    DMARC_REJECT,
	    "What receivers do with mail that is not proven to be the "
	    "domain's." },
	[PATH_STS] = { "MTA-STS", "mta_sts_mode", sts_mode_names, STS_ENFORCE,
	    "Whether senders keep mail back when TLS is not right." },
};

static int
step_of(const struct policies_screen *s, int path)
{
	return path == PATH_DMARC ? (int)s->dmarc.policy : (int)s->sts.mode;
}

/* ---- reading ---- */

static enum err_code
read_evidence(struct policies_screen *s, struct err *err)
{
	const int64_t now = clock_now();
	struct db *db = s->context->db;

	if (actor_key_allows(&s->context->actor, "dns check", false, err) != OK)
		return err->code;
	s->data_version = db_data_version(db);
	if (dmarc_evidence_read(db, s->domain.id, now, &s->dmarc, err) != OK ||
	    sts_evidence_read(db, s->domain.id, now, &s->sts, err) != OK)
		return err->code;
	s->may[PATH_DMARC] = s->dmarc.policy != DMARC_REJECT &&
	    dmarc_may_step(&s->dmarc, s->dmarc.policy + 1, now,
		s->missing[PATH_DMARC], SENTENCE_SIZE);
	s->may[PATH_STS] = s->sts.mode != STS_ENFORCE &&
	    sts_may_step(&s->sts, s->sts.mode + 1, now, s->missing[PATH_STS],
		SENTENCE_SIZE);
	return OK;
}

static void
open_policies(struct app *app, void *state, int64_t id)
{
	struct policies_screen *s = state;
	struct list_row row;
	struct err err = { 0 };

	s->context = session_context(app);
	s->off = session_command_off(app, "domain edit");
	if (list_row_by_id(s->context, &domain_list, id, app_arena(app), &row,
		&err) != OK ||
	    domain_find(s->context->db, row.key, &s->domain, &err) != OK ||
	    read_evidence(s, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	rows_fit(&s->rows, PATH_COUNT, PATH_COUNT);
	app_tick(app, true);
}

static void
read_again(struct app *app, struct policies_screen *s)
{
	struct err err = { 0 };

	if (read_evidence(s, &err) != OK)
		app_error(app, &err);
}

/* ---- keys ---- */

/* The form with the next step filled in: a person saves it. */
static struct next
take_step(struct app *app, const struct policies_screen *s)
{
	const struct path *path = &paths[s->rows.cursor];
	const int step = step_of(s, s->rows.cursor);
	struct form_spec spec = { .operation =
				      operation_by_name("domain edit") };

	if (step == path->last) {
		app_message(app, "%s is at %s already: that is the last step.",
		    path->title, path->steps[step]);
		return NEXT_STAYS;
	}
	if (!s->may[s->rows.cursor])
		app_message(
		    app, "Not proven yet: %s", s->missing[s->rows.cursor]);
	spec.presets[spec.preset_count++] =
	    (struct form_preset){ NULL, s->domain.name, true };
	spec.presets[spec.preset_count++] =
	    (struct form_preset){ path->field, path->steps[step + 1], false };
	return form_screen_next(&spec);
}

static struct next
press(struct app *app, const struct policies_screen *s, int action)
{
	const struct screen *screen = action == POLICIES_KEY_REPORTS
	    ? &screen_reports
	    : &screen_checklist;

	if (action == POLICIES_KEY_STEP)
		return take_step(app, s);
	if (action != POLICIES_KEY_REPORTS && action != POLICIES_KEY_CHECKS)
		return NEXT_STAYS;
	return (struct next){
		.kind = NEXT_OPEN, .screen = screen, .id = s->domain.id
	};
}

static struct next
update_policies(struct app *app, void *state, const struct msg *msg)
{
	struct policies_screen *s = state;

	if (session_is_old(app, msg, s->data_version))
		read_again(app, s);
	else if (msg->kind == MSG_KEY && !rows_update(&s->rows, msg))
		return press(app, s, msg->action);
	return NEXT_STAYS;
}

/* ---- showing ---- */

struct sheet {
	struct canvas *canvas;
	int row;
};

static void
put_word(struct sheet *sheet, const char *name, enum style style,
    const char *word, const char *text)
{
	struct canvas *canvas = sheet->canvas;

	canvas_put_text(canvas, sheet->row, NAME_COLUMN, STYLE_NORMAL, name);
	canvas_put_text(canvas, sheet->row, WORD_COLUMN, style, word);
	canvas_put_fit(canvas, sheet->row++, TEXT_COLUMN,
	    canvas->columns - TEXT_COLUMN - 1, STYLE_NORMAL, text);
}

static void
put_evidence(
    struct sheet *sheet, const char *name, bool holds, const char *text)
{
	put_word(sheet, name, holds ? STYLE_PASS : STYLE_WARN,
	    holds ? "pass" : "open", text);
}

static void
put_check(struct sheet *sheet, const char *name, const struct dmarc_pass *pass,
    int days)
{
	char text[SENTENCE_SIZE], since[32];
	const bool holds =
	    dmarc_pass_holds(pass, name, days, clock_now(), text, sizeof(text));

	clock_format_short(since, sizeof(since), pass->since_at);
	if (holds)
		text_format(text, sizeof(text), "Has passed since %s.", since);
	put_evidence(sheet, name, holds, text);
}

static void
put_reports(struct sheet *sheet, const char *what, int64_t passed,
    int64_t failed, int days, int part)
{
	char text[SENTENCE_SIZE];

	/* None is no evidence, and holds nothing up. */
	if (passed + failed == 0) {
		text_format(
		    text, sizeof(text), "No report came in %d days.", days);
		put_word(sheet, "reports", STYLE_DIM, "none", text);
		return;
	}
	text_format(text, sizeof(text),
	    "%" PRId64 " of %" PRId64 " %s passed in %d days.", passed,
	    passed + failed, what, days);
	put_evidence(sheet, "reports", failed * part <= passed + failed, text);
}

/* "DMARC     none   [quarantine]   reject" */
static void
put_path(struct sheet *sheet, const struct policies_screen *s, int path)
{
	int column = WORD_COLUMN;

	canvas_put_text(
	    sheet->canvas, sheet->row, 3, STYLE_HEADING, paths[path].title);
	for (int i = 0; i <= paths[path].last; i++) {
		const bool is_now = i == step_of(s, path);

		column += canvas_putf(sheet->canvas, sheet->row, column,
			      is_now ? STYLE_NORMAL : STYLE_DIM,
			      is_now ? "[%s]" : " %s ", paths[path].steps[i]) +
		    (i < paths[path].last ? 3 : 0);
		if (i < paths[path].last)
			canvas_put_text(sheet->canvas, sheet->row, column - 2,
			    STYLE_DIM, ">");
	}
	if (path == s->rows.cursor) {
		canvas_put_text(
		    sheet->canvas, sheet->row, 0, STYLE_CURSOR, ">");
		canvas_set_cursor(sheet->canvas, sheet->row, 0);
	}
	sheet->row++;
}

static void
put_next(struct sheet *sheet, const struct policies_screen *s, int path)
{
	const int step = step_of(s, path);
	char text[SENTENCE_SIZE + 64];

	if (step == paths[path].last)
		text_copy(text, sizeof(text), "This is the last step.");
	else if (s->may[path])
		text_format(text, sizeof(text), "%s may be taken%s%s",
		    paths[path].steps[step + 1],
		    s->off == NULL ? ": Enter." : ".  ",
		    s->off == NULL ? "" : s->off);
	else
		text_format(text, sizeof(text), "%s: not yet.  %s",
		    paths[path].steps[step + 1], s->missing[path]);
	canvas_put_text(
	    sheet->canvas, sheet->row, NAME_COLUMN, STYLE_DIM, "next");
	sheet->row += canvas_put_wrapped(sheet->canvas, sheet->row, WORD_COLUMN,
	    sheet->canvas->columns - WORD_COLUMN - 1,
	    s->may[path] ? STYLE_PASS : STYLE_NORMAL, text);
	sheet->row++;
}

static void
view_policies(const void *state, struct canvas *canvas)
{
	const struct policies_screen *s = state;
	struct canvas body = screen_body(canvas);
	struct sheet sheet = { &body, 0 };
	char left[HOST_NAME_SIZE + 64];

	text_format(left, sizeof(left),
	    "%s: policies, made stricter step by step", s->domain.name);
	screen_put_state(canvas, left, NULL);
	put_path(&sheet, s, PATH_DMARC);
	put_check(&sheet, "spf", &s->dmarc.spf, DMARC_DAYS);
	put_check(&sheet, "dkim", &s->dmarc.dkim, DMARC_DAYS);
	put_evidence(&sheet, "senders", s->dmarc.senders_at != 0,
	    s->dmarc.senders_at != 0
		? "A person ticked that all senders are known."
		: "Nobody has ticked that all are known: Go live.");
	put_reports(&sheet, "messages", s->dmarc.passed, s->dmarc.failed,
	    DMARC_DAYS, DMARC_FAILED_PART);
	put_next(&sheet, s, PATH_DMARC);
	put_path(&sheet, s, PATH_STS);
	for (size_t i = 0; i < STS_CHECKS && s->sts.mode != STS_NONE; i++)
		put_check(&sheet, sts_checks[i], &s->sts.checks[i], STS_DAYS);
	put_reports(&sheet, "sessions", s->sts.passed, s->sts.failed, STS_DAYS,
	    STS_FAILED_PART);
	put_next(&sheet, s, PATH_STS);
	screen_put_help(canvas, paths[s->rows.cursor].about);
}

static const char *
copy_policies(const void *state)
{
	const struct policies_screen *s = state;

	return s->missing[s->rows.cursor];
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, POLICIES_KEY_STEP, "next step", "Fill in the next step of the policy under the cursor.", NULL, "domain edit" },
	{ 'r', POLICIES_KEY_REPORTS, "reports", "What receivers reported, by source.", NULL, "report list" },
	{ '1', POLICIES_KEY_CHECKS, "DNS checks", "The checklist, live.", NULL, "dns check" },
	{ 0 }
};
/* clang-format on */

const struct screen screen_policies = {
	.title = "Policies",
	.state_size = sizeof(struct policies_screen),
	.keys = keys,
	.widget_keys = rows_keys,
	.open = open_policies,
	.update = update_policies,
	.view = view_policies,
	.copy = copy_policies,
};
