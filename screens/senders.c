/*
 * Who may send for a domain: the SPF record with all that it includes, what
 * our addresses get of it, and the record to publish.
 */
#include <string.h>

#include "base/text.h"
#include "dns/spf_look.h"
#include "model/subject.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/app.h"
#include "tui/pager.h"

#define TEXT_MAX (32 * 1024)

struct senders_screen {
	struct dns_subject subject;
	int64_t domain_id;
	int job; /* 0: none runs */
	bool is_lost, is_there;
	struct spf_look look;
	char text[TEXT_MAX];
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct senders_screen)

enum { SENDERS_KEY_AGAIN = 1 };

static void
write_text(struct senders_screen *s)
{
	struct arena arena = { 0 };
	struct text_builder text;

	text_builder_open(&text, &arena, TEXT_MAX);
	if (s->is_there)
		spf_look_text(&text, &s->look);
	if (s->is_lost)
		text_add(&text, "The look broke off: press v to try again.\n");
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
}

static enum err_code
start(struct app *app, struct senders_screen *s, struct err *err)
{
	app_job_stop(app, s->job);
	s->job = 0;
	s->is_lost = false;
	if (subject_of_domain_id(session_context(app), "dns senders",
		s->domain_id, &s->subject, err) != OK)
		return err->code;
	s->job = app_job_start(app, spf_look_job, &s->subject, err);
	return s->job == 0 ? err->code : OK;
}

static void
open_senders(struct app *app, void *state, int64_t id)
{
	struct senders_screen *s = state;
	struct err err = { 0 };

	s->domain_id = id;
	pager_open(&s->pager, s->text);
	if (start(app, s, &err) != OK)
		app_refuse(app, &err);
}

static void
take_look(struct senders_screen *s, const struct msg *msg)
{
	if (msg->job != s->job || msg->length != sizeof(s->look))
		return;
	memcpy(&s->look, msg->data, msg->length);
	s->is_there = true;
	write_text(s);
}

static void
take_end(struct senders_screen *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	s->job = 0;
	s->is_lost = msg->action != 0;
	write_text(s);
}

static struct next
update_senders(struct app *app, void *state, const struct msg *msg)
{
	struct senders_screen *s = state;
	struct err err = { 0 };

	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	if (msg->kind == MSG_JOB)
		take_look(s, msg);
	else if (msg->kind == MSG_JOB_END)
		take_end(s, msg);
	else if ((msg->kind == MSG_REFRESH ||
		     (msg->kind == MSG_KEY &&
			 msg->action == SENDERS_KEY_AGAIN)) &&
	    start(app, s, &err) != OK)
		app_error(app, &err);
	return NEXT_STAYS;
}

static const char *
word_of(const struct senders_screen *s)
{
	if (!s->is_there || s->job != 0)
		return NULL;
	if (s->look.reason[0] != '\0')
		return "unknown";
	return s->look.is_good ? "pass" : "FAIL";
}

static void
view_senders(const void *state, struct canvas *canvas)
{
	const struct senders_screen *s = state;
	struct canvas body = screen_body(canvas);
	char left[HOST_NAME_SIZE + 64];

	text_format(left, sizeof(left), "%s %s",
	    s->job != 0 ? "Asking the resolvers who may send for"
			: "Who may send for",
	    s->subject.domain);
	pager_put_state(&s->pager, canvas, left, word_of(s));
	pager_view(&s->pager, &body);
	screen_put_help(canvas,
	    "Receivers give up after 10 look-ups: each include, a, mx and "
	    "exists is one.");
}

static const char *
copy_senders(const void *state)
{
	return ((const struct senders_screen *)state)->look.publish;
}

static void
print_senders(const void *state, struct text_builder *to)
{
	text_add(to, ((const struct senders_screen *)state)->text);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'c', APP_KEY_COPY, "copy record", "Copy the record to publish." },
	{ 'v', SENDERS_KEY_AGAIN, "look again", "Ask the resolvers again.", NULL, "dns senders" },
	{ 'o', APP_KEY_PRINT, "print", "Leave full screen and print it, lines whole." },
	{ 0 }
};
/* clang-format on */

const struct screen screen_senders = {
	.title = "Senders",
	.state_size = sizeof(struct senders_screen),
	.keys = keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_senders,
	.update = update_senders,
	.view = view_senders,
	.copy = copy_senders,
	.print = print_senders,
};
