/*
 * The mail stack as it runs: a row for each part, what is wrong and what
 * mends it, filled in as the look goes on; and the queue.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/queue.h"
#include "model/health.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "screens/trace.h"
#include "tui/app.h"
#include "tui/pager.h"

#define ROWS_MAX       32
#define TEXT_MAX       (64 * 1024)
#define LABEL_WIDTH    22 /* bytes */
#define SENTENCE_WIDTH 55
#define QUEUE_SHOWN    200 /* recipients */

struct stack_state {
	struct health_subject subject;
	struct health_row rows[ROWS_MAX];
	size_t count;
	int job; /* 0: none runs */
	bool is_lost;
	char text[TEXT_MAX];
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct stack_state)

enum { STACK_KEY_AGAIN = 1, STACK_KEY_QUEUE, STACK_KEY_TRACE };

/* ---- the text ---- */

static void
add_row(struct text_builder *text, const struct health_row *row)
{
	char label[64];

	text_format(label, sizeof(label), "%-9s%s",
	    mail_verdict_word(row->verdict), row->name);
	text_add_wrapped(text, label, LABEL_WIDTH, SENTENCE_WIDTH, row->text);
	if (row->verdict != MAIL_PASS)
		text_add_wrapped(text, "         mend it with", LABEL_WIDTH,
		    SENTENCE_WIDTH, row->mend);
}

static void
write_text(struct stack_state *s)
{
	struct arena arena = { 0 };
	struct text_builder text;

	text_builder_open(&text, &arena, TEXT_MAX);
	for (size_t i = 0; i < s->count; i++)
		add_row(&text, &s->rows[i]);
	if (s->is_lost)
		text_add(
		    &text, "\nThe look broke off: press v to try again.\n");
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
}

/* ---- the look ---- */

static void
start(struct app *app, struct stack_state *s)
{
	const struct health_ports ports = { 0 };
	struct context *context = session_context(app);
	struct err err = { 0 };

	if (s->job != 0)
		app_job_stop(app, s->job);
	s->job = 0;
	s->count = 0;
	s->is_lost = false;
	if (health_prepare(context, "mail health", &ports, &s->subject, &err) !=
		OK ||
	    health_own_rows(context, s->rows, &err) != OK) {
		app_error(app, &err);
		return;
	}
	s->count = HEALTH_OWN_ROWS;
	s->job = app_job_start(app, health_job, &s->subject, &err);
	if (s->job == 0)
		app_error(app, &err);
	write_text(s);
}

static void
take_row(struct stack_state *s, const struct msg *msg)
{
	if (msg->job != s->job || s->count == ROWS_MAX ||
	    msg->length != sizeof(struct health_row))
		return;
	memcpy(&s->rows[s->count++], msg->data, msg->length);
	write_text(s);
}

static void
take_end(struct stack_state *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	s->job = 0;
	s->is_lost = msg->action != 0;
	write_text(s);
}

/* ---- the queue ---- */

static void
add_entry(struct text_builder *text, const struct queue_entry *entry)
{
	char age[32];

	clock_format_age(age, sizeof(age), clock_now() - entry->arrived_at);
	text_addf(text, "%s, %s, for %s: %s to %s\n", entry->id, entry->queue,
	    age, entry->sender[0] != '\0' ? entry->sender : "(bounce)",
	    entry->recipient);
	text_add_wrapped(text, "", 2, 76, entry->reason);
}

/* Asks Postfix at once: that takes some hundredths of a second. */
static struct next
open_queue(struct app *app, const struct stack_state *s)
{
	const char *directory = s->subject.postfix_directory;
	struct arena arena = { 0 };
	struct text_builder text;
	struct queue queue;
	struct err err = { 0 };
	struct next next = NEXT_STAYS;

	text_builder_open(&text, &arena, TEXT_MAX);
	if (queue_read(&queue, &arena, directory[0] != '\0' ? directory : NULL,
		QUEUE_SHOWN, &err) != OK) {
		app_error(app, &err);
	} else {
		text_addf(&text,
		    "%zu messages wait, %zu of them for another try.\n\n",
		    queue.messages, queue.deferred);
		for (size_t i = 0; i < queue.count; i++)
			add_entry(&text, &queue.entries[i]);
		next = pager_next(&(struct pager_text){ "Queue", text.data });
	}
	arena_free(&arena);
	return next;
}

/* ---- the screen ---- */

static void
open_stack(struct app *app, void *state, int64_t id)
{
	struct stack_state *s = state;

	(void)id;
	pager_open(&s->pager, s->text);
	start(app, s);
}

static struct next
update_stack(struct app *app, void *state, const struct msg *msg)
{
	struct stack_state *s = state;

	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	if (msg->kind == MSG_JOB)
		take_row(s, msg);
	else if (msg->kind == MSG_JOB_END)
		take_end(s, msg);
	else if (msg->kind == MSG_REFRESH ||
	    (msg->kind == MSG_KEY && msg->action == STACK_KEY_AGAIN))
		start(app, s);
	else if (msg->kind == MSG_KEY && msg->action == STACK_KEY_QUEUE)
		return open_queue(app, s);
	else if (msg->kind == MSG_KEY && msg->action == STACK_KEY_TRACE)
		return trace_next("");
	return NEXT_STAYS;
}

static enum mail_verdict
worst(const struct stack_state *s)
{
	enum mail_verdict verdict = MAIL_SKIPPED;

	for (size_t i = 0; i < s->count; i++)
		verdict = mail_worse(verdict, s->rows[i].verdict);
	return verdict;
}

static void
view_stack(const void *state, struct canvas *canvas)
{
	const struct stack_state *s = state;
	struct canvas body = screen_body(canvas);

	pager_put_state(&s->pager, canvas,
	    s->job != 0 ? "Looking at each part of the mail stack..."
			: "Each part of the mail stack was looked at.",
	    s->job != 0 ? NULL : mail_verdict_word(worst(s)));
	pager_view(&s->pager, &body);
	screen_put_help(
	    canvas, "What mends a part is a command for the server operator.");
}

static const char *
copy_stack(const void *state)
{
	return ((const struct stack_state *)state)->text;
}

static void
print_stack(const void *state, struct text_builder *text)
{
	text_add(text, ((const struct stack_state *)state)->text);
}

static const char *
queue_off(const struct app *app, const void *state)
{
	(void)state;
	return session_off(app, ACTION_MAIL_CONFIG, "mail queue", false);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'v', STACK_KEY_AGAIN, "look again", "Look at every part again.", NULL, "mail health" },
	{ 'u', STACK_KEY_QUEUE, "queue", "The messages that wait, and why.", queue_off },
	{ 't', STACK_KEY_TRACE, "trace", "What became of the mail from and to an address.", trace_off },
	{ 0 }
};
/* clang-format on */

const struct screen screen_mail_stack = {
	.title = "Mail stack",
	.state_size = sizeof(struct stack_state),
	.keys = keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_stack,
	.update = update_stack,
	.view = view_stack,
	.copy = copy_stack,
	.print = print_stack,
};
