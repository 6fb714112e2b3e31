/*
 * Who owns a domain: the proof to publish, watched while it is not there yet,
 * what waits for it, and how it was confirmed.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/db.h"
#include "model/ownership.h"
#include "screens/form_screen.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tui/app.h"

#define AGAIN_MS     5000
#define WATCH_S      600 /* after the last key */
#define LABEL_COLUMN 1
#define VALUE_COLUMN 12

struct ownership_screen {
	int64_t domain_id, data_version;
	struct arena arena; /* of `row` */
	struct list_row row;
	struct ownership_request request;
	struct ownership_progress progress;
	int job; /* 0: none runs */
	bool is_asked, is_lost;
	int64_t again_at_ms;
	const char *off; /* why this person can't have it asked, or NULL */
	char note[ERR_TEXT_SIZE];
};

enum { OWNERSHIP_KEY_ASK = 1, OWNERSHIP_KEY_CONFIRM };

/* ---- reading ---- */

static const char *
value(const struct ownership_screen *s, const char *column)
{
	return list_value_of(&domain_list, &s->row, column)->text;
}

static bool
is_verified(const struct ownership_screen *s)
{
	return text_is_same(value(s, "ownership"), "verified");
}

static enum err_code
read_row(struct app *app, struct ownership_screen *s, struct err *err)
{
	struct context *context = session_context(app);
	struct arena fresh = { 0 };
	struct list_row row;

	s->data_version = db_data_version(context->db);
	if (list_row_by_id(
		context, &domain_list, s->domain_id, &fresh, &row, err) != OK ||
	    ownership_request_of(context, s->domain_id, &s->request, err) !=
		OK) {
		arena_free(&fresh);
		return err->code;
	}
	arena_free(&s->arena);
	s->arena = fresh;
	s->row = row;
	return OK;
}

/* ---- asking ---- */

static void
stop(struct app *app, struct ownership_screen *s)
{
	app_job_stop(app, s->job);
	s->job = 0;
}

static void
ask(struct app *app, struct ownership_screen *s)
{
	struct err err = { 0 };

	stop(app, s);
	s->again_at_ms = 0;
	if (is_verified(s))
		return;
	if (s->off != NULL) {
		text_copy(s->note, sizeof(s->note), s->off);
		return;
	}
	s->is_lost = false;
	s->progress.asked = s->progress.answered = 0;
	s->job = app_job_start(app, ownership_job, &s->request, &err);
	if (s->job == 0)
		app_error(app, &err);
}

/* The proof is there: that is written down at once. */
static void
confirm(struct app *app, struct ownership_screen *s)
{
	struct operation_result result = { 0 };
	struct err err = { 0 };

	if (ownership_confirm(session_context(app), &s->request,
		&s->progress.found, &result, &err) != OK) {
		app_error(app, &err);
		return;
	}
	app_message(app, "%s", result.note);
	if (read_row(app, s, &err) != OK)
		app_error(app, &err);
}

static void
take_progress(
    struct app *app, struct ownership_screen *s, const struct msg *msg)
{
	if (msg->job != s->job || msg->length != sizeof(s->progress))
		return;
	memcpy(&s->progress, msg->data, msg->length);
	s->is_asked = true;
	text_copy(s->note, sizeof(s->note), s->progress.found.sentence);
	if (s->progress.found.state == OWNERSHIP_BY_TXT ||
	    s->progress.found.state == OWNERSHIP_BY_MX)
		confirm(app, s);
}

static void
take_end(struct ownership_screen *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	s->job = 0;
	s->is_lost = msg->action != 0;
	if (s->is_lost)
		text_copy(s->note, sizeof(s->note),
		    "The look at the DNS broke off: it is tried again.");
	s->again_at_ms = clock_monotonic_ms() + AGAIN_MS;
}

static bool
is_watched(const struct app *app)
{
	return app_idle_seconds(app) < WATCH_S;
}

static void
tick(struct app *app, struct ownership_screen *s)
{
	struct err err = { 0 };

	if (db_data_version(session_context(app)->db) != s->data_version &&
	    read_row(app, s, &err) != OK)
		app_error(app, &err);
	if (s->job == 0 && s->again_at_ms != 0 && !is_verified(s) &&
	    is_watched(app) && clock_monotonic_ms() >= s->again_at_ms)
		ask(app, s);
}

/* ---- keys and messages ---- */

static void
open_ownership(struct app *app, void *state, int64_t id)
{
	struct ownership_screen *s = state;
	struct err err = { 0 };

	s->domain_id = id;
	if (read_row(app, s, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	s->off = session_command_off(app, "domain verify");
	if (s->off != NULL)
		s->off = arena_text(app_arena(app), s->off);
	ask(app, s);
	app_tick(app, true);
}

static struct next
confirm_with_reason(struct ownership_screen *s)
{
	const struct form_spec spec = {
		.operation = operation_by_name("domain verify"),
		.title = "Confirm",
		.presets = { { NULL, s->request.subject.domain, true },
		    { "how", "override", true } },
		.preset_count = 2,
	};

	return form_screen_next(&spec);
}

static struct next
press(struct app *app, struct ownership_screen *s, const struct msg *msg)
{
	if (msg->action == 0)
		return NEXT_STAYS;
	if (is_verified(s)) {
		app_message(app, "The ownership is confirmed already.");
		return NEXT_STAYS;
	}
	if (msg->action == OWNERSHIP_KEY_CONFIRM)
		return confirm_with_reason(s);
	if (msg->action == OWNERSHIP_KEY_ASK)
		ask(app, s);
	return NEXT_STAYS;
}

static struct next
update_ownership(struct app *app, void *state, const struct msg *msg)
{
	struct ownership_screen *s = state;
	struct err err = { 0 };

	switch (msg->kind) {
	case MSG_KEY:
		return press(app, s, msg);
	case MSG_JOB:
		take_progress(app, s, msg);
		break;
	case MSG_JOB_END:
		take_end(s, msg);
		break;
	case MSG_TICK:
		tick(app, s);
		break;
	case MSG_RETURN:
	case MSG_REFRESH:
		if (read_row(app, s, &err) != OK)
			app_error(app, &err);
		ask(app, s);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

/* ---- showing ---- */

static const char *
word_of(const struct ownership_screen *s, enum ownership_way way)
{
	if (!s->is_asked)
		return "...";
	return way == WAY_SEEN   ? "pass"
	    : way == WAY_MISSING ? "not yet"
	    : way == WAY_UNKNOWN ? "unknown"
				 : "...";
}

static void
put_value(struct canvas *body, int row, const char *label, const char *text)
{
	canvas_put_text(body, row, LABEL_COLUMN, STYLE_DIM, label);
	canvas_put_fit(body, row, VALUE_COLUMN,
	    body->columns - VALUE_COLUMN - 1, STYLE_NORMAL, text);
}

static void
put_way(struct canvas *body, int row, const char *word, const char *title)
{
	canvas_put_text(body, row, LABEL_COLUMN, style_of_word(word), word);
	canvas_put_text(body, row, VALUE_COLUMN, STYLE_HEADING, title);
}

/* "postmaster@, hostmaster@ ... and abuse@". */
static void
name_reserved(char *to, size_t size)
{
	text_copy(to, size, "");
	for (size_t i = 0; ownership_reserved[i] != NULL; i++) {
		if (i > 0)
			text_append(to, size,
			    ownership_reserved[i + 1] != NULL ? ", " : " and ");
		text_append(to, size, ownership_reserved[i]);
		text_append(to, size, "@");
	}
}

static void
view_unverified(const struct ownership_screen *s, struct canvas *body)
{
	const struct ownership *found = &s->progress.found;
	char reserved[160], waits[360];
	int row = 0;

	name_reserved(reserved, sizeof(reserved));
	text_format(waits, sizeof(waits),
	    "Until the ownership is confirmed no mail is taken for the domain, "
	    "and %s go to an admin of the tenant only.",
	    reserved);
	row += canvas_put_wrapped(body, row, LABEL_COLUMN, body->columns - 2,
		   STYLE_NORMAL, waits) +
	    1;
	put_way(body, row++, word_of(s, found->txt),
	    "This TXT record in the domain's zone");
	put_value(body, row++, "  Name", value(s, "proof_name"));
	put_value(body, row++, "  Value", value(s, "proof_value"));
	canvas_set_cursor(body, row - 1, VALUE_COLUMN);
	row++;
	put_way(body, row, word_of(s, found->mx),
	    "or an MX whose host has an address of this server");
	row += 2;
	canvas_put_wrapped(
	    body, row, LABEL_COLUMN, body->columns - 2, STYLE_NORMAL, s->note);
}

static void
view_verified(const struct ownership_screen *s, struct canvas *body)
{
	const char *how = value(s, "verified_how");
	int row = 0;

	put_value(body, row++, "How",
	    text_is_same(how, "override") ? "confirmed without its record"
		: text_is_same(how, "mx") ? "an MX at this server"
					  : "the TXT record of the proof");
	put_value(body, row++, "By", value(s, "verified_by"));
	put_value(body, row++, "When", value(s, "verified_at"));
	if (value(s, "verified_reason")[0] != '\0')
		put_value(body, row++, "Reason", value(s, "verified_reason"));
	canvas_set_cursor(body, 0, LABEL_COLUMN);
}

static void
view_ownership(const void *state, struct canvas *canvas)
{
	const struct ownership_screen *s = state;
	struct canvas body = screen_body(canvas);
	char left[HOST_NAME_SIZE + 64];

	if (s->job != 0)
		text_format(left, sizeof(left),
		    "Asking the DNS for %s: %u of %u answered",
		    s->request.subject.domain, s->progress.answered,
		    s->progress.asked);
	else
		text_format(left, sizeof(left), "Who owns %s",
		    s->request.subject.domain);
	screen_put_state(canvas, left, value(s, "ownership"));
	if (is_verified(s))
		view_verified(s, &body);
	else
		view_unverified(s, &body);
	screen_put_help(canvas,
	    is_verified(s) ? "A confirmed ownership stays with the domain."
		: s->off != NULL
		? "c copies the value."
		: "c copies the value; it is asked again every 5 seconds.");
}

static const char *
copy_ownership(const void *state)
{
	return value(state, "proof_value");
}

static void
close_ownership(void *state)
{
	struct ownership_screen *s = state;

	arena_free(&s->arena);
}

static const char *
ask_off(const struct app *app, const void *state)
{
	(void)state;
	return session_command_off(app, "domain verify");
}

static const char *
confirm_off(const struct app *app, const void *state)
{
	(void)state;
	return session_off(app, ACTION_DOMAIN_VERIFY, "domain verify", true);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'v', OWNERSHIP_KEY_ASK, "ask now", "Ask the domain's name servers for the proof.", ask_off },
	{ 'r', OWNERSHIP_KEY_CONFIRM, "confirm with a reason", "Confirm without the record, and say why.", confirm_off },
	{ 0 }
};
/* clang-format on */

const struct screen screen_ownership = {
	.title = "Ownership",
	.state_size = sizeof(struct ownership_screen),
	.keys = keys,
	.open = open_ownership,
	.update = update_ownership,
	.view = view_ownership,
	.close = close_ownership,
	.copy = copy_ownership,
};
