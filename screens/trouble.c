/*
 * Troubleshooting a domain: six usual complaints, the facts that answer the
 * one under the cursor, and the record or setting to change.
 */
#include "model/trouble.h"

#include <string.h>

#include "base/text.h"
#include "model/domain.h"
#include "screens/pick.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "screens/trace.h"
#include "tui/app.h"
#include "tui/pager.h"
#include "tui/rows.h"

#define TEXT_MAX       (32 * 1024)
#define LABEL_WIDTH    22 /* bytes */
#define SENTENCE_WIDTH 56

/* ---- one symptom ---- */

/* What it is about; read while the screen opens only. */
struct trouble_about {
	enum trouble_symptom symptom;
	int64_t domain_id; /* of the domain that is in trouble */
	char about[ADDRESS_SIZE];
};

struct answer_screen {
	struct trouble trouble;
	struct trouble_look look;
	int64_t domain_id;
	int job; /* 0: none runs */
	bool is_lost;
	char text[TEXT_MAX];
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct answer_screen)

enum { ANSWER_KEY_AGAIN = 1, ANSWER_KEY_CHECKS, ANSWER_KEY_TRACE };

static void
write_text(struct answer_screen *s)
{
	const struct trouble *trouble = &s->trouble;
	struct arena arena = { 0 };
	struct text_builder text;

	text_builder_open(&text, &arena, TEXT_MAX);
	text_add_wrapped(&text, "Answer", 10, LABEL_WIDTH + SENTENCE_WIDTH - 10,
	    trouble->answer);
	text_add_wrapped(&text, "Change", 10, LABEL_WIDTH + SENTENCE_WIDTH - 10,
	    trouble->change[0] != '\0' ? trouble->change
				       : "Nothing that is seen here.");
	text_add(&text, "\n");
	for (size_t i = 0; i < trouble->count; i++) {
		const struct trouble_fact *fact = &trouble->facts[i];
		char label[64];

		text_format(label, sizeof(label), "%-9s%s",
		    mail_verdict_word(fact->verdict), fact->name);
		text_add_wrapped(
		    &text, label, LABEL_WIDTH, SENTENCE_WIDTH, fact->text);
	}
	if (s->is_lost)
		text_add(&text,
		    "\nThe look at the servers broke off: press v to try "
		    "again.\n");
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
}

static enum err_code
start(struct app *app, struct answer_screen *s,
    const struct trouble_about *about, struct err *err)
{
	struct context *context = session_context(app);

	if (s->job != 0)
		app_job_stop(app, s->job);
	s->job = 0;
	s->is_lost = false;
	if (trouble_read(
		context, about->symptom, about->about, &s->trouble, err) != OK)
		return err->code;
	trouble_prepare(context, &s->trouble, &s->look);
	if (s->look.job != NULL) {
		s->job = app_job_start(
		    app, s->look.job, trouble_look_argument(&s->look), err);
		if (s->job == 0)
			app_error(app, err);
	}
	write_text(s);
	return OK;
}

static void
open_answer(struct app *app, void *state, int64_t id)
{
	struct answer_screen *s = state;
	struct err err = { 0 };

	(void)id;
	pager_open(&s->pager, s->text);
	s->domain_id =
	    ((const struct trouble_about *)app_argument(app))->domain_id;
	if (start(app, s, app_argument(app), &err) != OK)
		app_refuse(app, &err);
	else
		app_title(app, "%s", trouble_names[s->trouble.symptom]);
}

static void
start_again(struct app *app, struct answer_screen *s)
{
	struct trouble_about about = { .symptom = s->trouble.symptom };
	struct err err = { 0 };

	text_copy(about.about, sizeof(about.about), s->trouble.about);
	if (start(app, s, &about, &err) != OK)
		app_error(app, &err);
}

/* Where the answer is acted on, or looked into. */
static struct next
lead_on(struct app *app, const struct answer_screen *s, int action)
{
	if (action == ANSWER_KEY_CHECKS)
		return (struct next){ .kind = NEXT_OPEN,
			.screen = &screen_checklist,
			.id = s->domain_id };
	if (strchr(s->trouble.about, '@') != NULL)
		return trace_next(s->trouble.about);
	app_message(app, "p on the list of complaints asks whose mail.");
	return NEXT_STAYS;
}

static struct next
update_answer(struct app *app, void *state, const struct msg *msg)
{
	struct answer_screen *s = state;

	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	if (msg->kind == MSG_JOB && msg->job == s->job) {
		trouble_take(&s->trouble, msg->data, msg->length);
		write_text(s);
	} else if (msg->kind == MSG_JOB_END && msg->job == s->job) {
		s->job = 0;
		s->is_lost = msg->action != 0;
		write_text(s);
	} else if (msg->kind == MSG_REFRESH || msg->kind == MSG_RETURN ||
	    (msg->kind == MSG_KEY && msg->action == ANSWER_KEY_AGAIN))
		start_again(app, s);
	else if (msg->kind == MSG_KEY &&
	    (msg->action == ANSWER_KEY_CHECKS ||
		msg->action == ANSWER_KEY_TRACE))
		return lead_on(app, s, msg->action);
	return NEXT_STAYS;
}

static void
view_answer(const void *state, struct canvas *canvas)
{
	const struct answer_screen *s = state;
	struct canvas body = screen_body(canvas);
	char left[ADDRESS_SIZE + 64];

	text_format(left, sizeof(left), "%s: %s%s", s->trouble.about,
	    trouble_kinds[s->trouble.symptom].title,
	    s->job != 0 ? " (looking...)" : "");
	pager_put_state(
	    &s->pager, canvas, left, mail_verdict_word(s->trouble.verdict));
	pager_view(&s->pager, &body);
	screen_put_help(canvas,
	    "DNS findings are the last ones: 1 leads to the checklist, which "
	    "asks again.");
}

static const char *
copy_answer(const void *state)
{
	return ((const struct answer_screen *)state)->trouble.change;
}

static void
print_answer(const void *state, struct text_builder *text)
{
	text_add(text, ((const struct answer_screen *)state)->text);
}

/* clang-format off */
static const struct key_binding answer_keys[] = {
	{ 'v', ANSWER_KEY_AGAIN, "look again", "Read and look again." },
	{ '1', ANSWER_KEY_CHECKS, "DNS checks", "The checklist of the domain, live." },
	{ 't', ANSWER_KEY_TRACE, "trace", "What became of the mail of the address.", trace_off },
	{ 0 }
};
/* clang-format on */

static const struct screen screen_answer = {
	.title = "Answer",
	.state_size = sizeof(struct answer_screen),
	.keys = answer_keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_answer,
	.update = update_answer,
	.view = view_answer,
	.copy = copy_answer,
	.print = print_answer,
};

/* ---- the six symptoms ---- */

struct trouble_screen {
	struct domain domain;
	struct rows rows;
	struct trouble_about about; /* of what was opened last */
};

enum { TROUBLE_KEY_OPEN = 1, TROUBLE_KEY_PERSON };

/* From whom a symptom wants to know more than the domain: what to pick. */
static const struct screen *
picker_of(enum trouble_symptom symptom)
{
	if (symptom == TROUBLE_SIGN_IN || symptom == TROUBLE_SMIME)
		return &screen_pick_user;
	return symptom == TROUBLE_HOST ? &screen_pick_host : NULL;
}

static void
open_trouble(struct app *app, void *state, int64_t id)
{
	struct trouble_screen *s = state;
	struct context *context = session_context(app);
	struct list_row row;
	struct err err = { 0 };

	if (list_row_by_id(
		context, &domain_list, id, app_arena(app), &row, &err) != OK ||
	    domain_find(context->db, row.key, &s->domain, &err) != OK)
		app_refuse(app, &err);
}

static struct next
answer(struct trouble_screen *s, const char *about)
{
	s->about.domain_id = s->domain.id;
	s->about.symptom = (enum trouble_symptom)s->rows.cursor;
	text_copy(s->about.about, sizeof(s->about.about), about);
	return (struct next){
		.kind = NEXT_OPEN, .screen = &screen_answer, .data = &s->about
	};
}

static struct next
press(struct trouble_screen *s, int action)
{
	const struct screen *picker =
	    picker_of((enum trouble_symptom)s->rows.cursor);

	if (action == TROUBLE_KEY_PERSON && picker == NULL)
		picker = &screen_pick_user;
	if (action != TROUBLE_KEY_OPEN && action != TROUBLE_KEY_PERSON)
		return NEXT_STAYS;
	if (picker == NULL)
		return answer(s, s->domain.name);
	return pick_next(
	    picker, picker == &screen_pick_host ? 0 : s->domain.tenant_id);
}

static struct next
update_trouble(struct app *app, void *state, const struct msg *msg)
{
	struct trouble_screen *s = state;

	(void)app;
	switch (msg->kind) {
	case MSG_RESIZE:
		rows_fit(&s->rows, TROUBLE_COUNT, TROUBLE_COUNT);
		break;
	case MSG_RETURN:
		if (msg->id != 0 && msg->data != NULL)
			return answer(s, msg->data);
		break;
	case MSG_KEY:
		if (!rows_update(&s->rows, msg))
			return press(s, msg->action);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

static const char *
help_of(enum trouble_symptom symptom)
{
	const struct screen *picker = picker_of(symptom);

	if (picker == &screen_pick_host)
		return "Enter asks which host; one that is not listed has to "
		       "be requested first.";
	return picker != NULL ? "Enter asks whose."
			      : "Enter looks at the domain, p at the mail of "
				"one person.";
}

static void
view_trouble(const void *state, struct canvas *canvas)
{
	const struct trouble_screen *s = state;
	struct canvas body = screen_body(canvas);
	char left[HOST_NAME_SIZE + 40];

	text_format(
	    left, sizeof(left), "What is wrong with %s?", s->domain.name);
	screen_put_state(canvas, left, NULL);
	for (int i = 0; i < TROUBLE_COUNT; i++)
		canvas_put_text(
		    &body, i, 3, STYLE_NORMAL, trouble_kinds[i].title);
	rows_put_cursor(&s->rows, &body);
	screen_put_help(canvas, help_of((enum trouble_symptom)s->rows.cursor));
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, TROUBLE_KEY_OPEN, "answer", "What answers the complaint under the cursor.", NULL, "trouble" },
	{ 'p', TROUBLE_KEY_PERSON, "of a person", "The same for the mail of one person.", NULL, "trouble" },
	{ 0 }
};
/* clang-format on */

const struct screen screen_trouble = {
	.title = "Troubleshooting",
	.state_size = sizeof(struct trouble_screen),
	.keys = keys,
	.widget_keys = rows_keys,
	.open = open_trouble,
	.update = update_trouble,
	.view = view_trouble,
};
