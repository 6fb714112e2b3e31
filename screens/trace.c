#include "screens/trace.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/mail_trace.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/app.h"
#include "tui/confirm.h"
#include "tui/pager.h"

#define TEXT_MAX       (256 * 1024)
#define LABEL_WIDTH    24 /* bytes */
#define SENTENCE_WIDTH 54

struct trace_screen {
	struct mail_trace trace;
	int job; /* 0: none runs */
	size_t count;
	bool is_lost;
	struct err err; /* the job's */
	struct arena arena;
	struct text_builder builder;
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct trace_screen)

enum { TRACE_KEY_AGAIN = 1, TRACE_KEY_OTHER };

static char wanted[ADDRESS_SIZE];

struct next
trace_next(const char *address)
{
	text_copy(wanted, sizeof(wanted), address);
	return (struct next){ .kind = NEXT_OPEN, .screen = &screen_trace };
}

const char *
trace_off(const struct app *app, const void *state)
{
	(void)state;
	return session_off(app, ACTION_MAIL_TRACE, "mail trace", false);
}

/* ---- the text ---- */

static void
add_message(struct trace_screen *s, const struct trace_message *message)
{
	char at[32];

	clock_format_short(at, sizeof(at), message->at);
	text_addf(&s->builder, "%s%s  %s  from %s\n", s->count > 0 ? "\n" : "",
	    at, message->id,
	    message->sender[0] != '\0' ? message->sender : "(bounce)");
	s->count++;
}

static void
add_step(struct trace_screen *s, const struct trace_step *step)
{
	char label[48], at[32], text[2 * ADDRESS_SIZE + TRACE_TEXT_SIZE + 16];

	clock_format_short(at, sizeof(at), step->at);
	text_format(label, sizeof(label), "  %-12s %s", at, step->status);
	text_format(text, sizeof(text), "%s%s%s%s%s", step->recipient,
	    step->delivered_to[0] != '\0' ? " -> " : "", step->delivered_to,
	    step->recipient[0] != '\0' ? ": " : "", step->text);
	text_add_wrapped(&s->builder, label, LABEL_WIDTH, SENTENCE_WIDTH, text);
}

static void
show(struct trace_screen *s)
{
	pager_set_text(&s->pager, s->builder.data);
}

/* ---- the look ---- */

static void
start(struct app *app, struct trace_screen *s, const char *about)
{
	char address[ADDRESS_SIZE];
	struct err err = { 0 };

	text_copy(address, sizeof(address), about);
	text_lower(address);
	app_job_stop(app, s->job);
	s->job = 0;
	s->count = 0;
	s->is_lost = false;
	s->err = (struct err){ 0 };
	arena_free(&s->arena);
	text_builder_open(&s->builder, &s->arena, TEXT_MAX);
	show(s);
	if (mail_trace_prepare(
		session_context(app), address, &s->trace, &err) != OK ||
	    (s->job = app_job_start(app, mail_trace_job, &s->trace, &err)) == 0)
		app_error(app, &err);
}

static struct next
ask_address(void)
{
	static const struct prompt prompt = { .tag = 1,
		.question = "Whose mail?  Address:" };

	return prompt_open(&prompt);
}

static void
open_trace(struct app *app, void *state, int64_t id)
{
	struct trace_screen *s = state;

	(void)id;
	text_builder_open(&s->builder, &s->arena, TEXT_MAX);
	pager_open(&s->pager, s->builder.data);
	if (wanted[0] != '\0')
		start(app, s, wanted);
	else
		app_message(app, "Enter asks whose mail to follow.");
}

static void
take_record(struct trace_screen *s, const struct msg *msg)
{
	const struct mail_trace_record *record = msg->data;

	if (msg->job != s->job || msg->length != sizeof(*record))
		return;
	if (record->part == TRACE_MESSAGE)
		add_message(s, &record->message);
	else if (record->part == TRACE_STEP)
		add_step(s, &record->step);
	else
		s->err = record->err;
	show(s);
}

static void
take_end(struct app *app, struct trace_screen *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	s->job = 0;
	s->is_lost = msg->action != 0;
	if (s->err.text[0] != '\0')
		app_error(app, &s->err);
	else if (s->is_lost)
		app_message(app, "The look broke off: press v to try again.");
	else if (s->count == 0)
		app_message(app, "The log knows no message from or to %s.",
		    s->trace.address);
}

static struct next
update_trace(struct app *app, void *state, const struct msg *msg)
{
	struct trace_screen *s = state;

	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	switch (msg->kind) {
	case MSG_JOB:
		take_record(s, msg);
		break;
	case MSG_JOB_END:
		take_end(app, s, msg);
		break;
	case MSG_RETURN:
		if (msg->data != NULL)
			start(app, s, msg->data);
		break;
	case MSG_REFRESH:
		start(app, s, s->trace.address);
		break;
	case MSG_KEY:
		if (msg->action == TRACE_KEY_OTHER)
			return ask_address();
		if (msg->action == TRACE_KEY_AGAIN)
			start(app, s, s->trace.address);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

static void
view_trace(const void *state, struct canvas *canvas)
{
	const struct trace_screen *s = state;
	struct canvas body = screen_body(canvas);
	char left[ADDRESS_SIZE + 64], right[32];

	text_format(left, sizeof(left), "%s%s",
	    s->trace.address[0] != '\0' ? "Mail from or to " : "",
	    s->trace.address[0] != '\0' ? s->trace.address
					: "Whose mail is to be followed?");
	text_format(right, sizeof(right), "%zu message%s", s->count,
	    s->count == 1 ? "" : "s");
	pager_put_state(&s->pager, canvas, left,
	    s->job != 0 ? "reading the log..." : right);
	pager_view(&s->pager, &body);
	screen_put_help(canvas,
	    "The newest messages first, with what each server on the way "
	    "said.");
}

static void
close_trace(void *state)
{
	arena_free(&((struct trace_screen *)state)->arena);
}

static const char *
copy_trace(const void *state)
{
	return ((const struct trace_screen *)state)->builder.data;
}

static void
print_trace(const void *state, struct text_builder *to)
{
	text_add(to, ((const struct trace_screen *)state)->builder.data);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ PRESS_ENTER, TRACE_KEY_OTHER, "address", "Follow the mail of an address.", NULL, "mail trace" },
	{ 'v', TRACE_KEY_AGAIN, "look again", "Read the log again.", NULL, "mail trace" },
	{ 'o', APP_KEY_PRINT, "print", "Leave full screen and print it, lines whole." },
	{ 0 }
};
/* clang-format on */

const struct screen screen_trace = {
	.title = "Mail trace",
	.state_size = sizeof(struct trace_screen),
	.keys = keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_trace,
	.update = update_trace,
	.view = view_trace,
	.close = close_trace,
	.copy = copy_trace,
	.print = print_trace,
};
