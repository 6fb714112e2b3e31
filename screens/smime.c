/*
 * The S/MIME identity of one person: whether mail can be signed with it now,
 * what the certificate says, and the ways to store, publish and remove it.
 * The id is the account's.
 */
#include <string.h>

#include "base/text.h"
#include "model/smime.h"
#include "model/smime_test.h"
#include "model/user.h"
#include "screens/form_screen.h"
#include "screens/run.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"
#include "tui/pager.h"

#define TEXT_MAX       (16 * 1024)
#define LABEL_WIDTH    14 /* bytes */
#define SENTENCE_WIDTH 62

struct smime_screen {
	char address[ADDRESS_SIZE];
	struct smime_test_request request;
	int job; /* 0: none runs */
	bool is_lost, has_identity;
	struct run run;
	char text[TEXT_MAX];
	struct pager pager;
};

PAGER_HINTS(hint_keys, struct smime_screen)

enum {
	SMIME_KEY_STORE = 1,
	SMIME_KEY_EDIT,
	SMIME_KEY_REMOVE,
	SMIME_KEY_AGAIN,
	SMIME_KEY_EXPORT,
	SMIME_KEY_RECORD
};

/* ---- the text ---- */

/* clang-format off */
static const struct {
	const char *label, *column; /* of smime_list */
} facts[] = {
	{ "Subject", "subject" },
	{ "Issuer", "issuer" },
	{ "Addresses", "addresses" },
	{ "Valid from", "starts_at" },
	{ "Ends", "ends_at" },
	{ "Key", "algorithm" },
	{ "Serial", "serial" },
	{ "SHA-256", "fingerprint" },
	{ "Encrypt", "encrypt" },
	{ "Stored", "stored_at" },
	{ NULL, NULL },
};
/* clang-format on */

static void
add_facts(struct text_builder *text, const struct list_row *row)
{
	text_add(text, "\nCERTIFICATE\n");
	for (size_t i = 0; facts[i].label != NULL; i++)
		text_add_wrapped(text, facts[i].label, LABEL_WIDTH,
		    SENTENCE_WIDTH,
		    list_value_of(&smime_list, row, facts[i].column)->text);
}

static void
add_test(struct text_builder *text, const struct smime_screen *s)
{
	const struct smime_test *test = &s->request.test;

	for (size_t i = 0; i < test->count; i++)
		text_add_wrapped(text, look_words[test->rows[i].verdict],
		    LABEL_WIDTH, SENTENCE_WIDTH, test->rows[i].text);
	if (s->job != 0)
		text_add(text, "...           The milter is asked to sign.\n");
	if (s->is_lost)
		text_add(text,
		    "The question to the milter broke off: press v "
		    "to ask again.\n");
}

static void
write_text(struct smime_screen *s, struct app *app)
{
	struct arena arena = { 0 };
	struct text_builder text;
	struct list_row row;
	struct err err = { 0 };

	text_builder_open(&text, &arena, TEXT_MAX - 1);
	add_test(&text, s);
	s->has_identity = list_row_by_key(session_context(app), &smime_list,
			      s->address, &arena, &row, &err) == OK;
	if (s->has_identity)
		add_facts(&text, &row);
	else
		text_addf(&text,
		    "\n%s\n\nn stores one: have the certificate "
		    "and its private key at hand, in PEM.\n",
		    smime_list.empty);
	text_copy(s->text, sizeof(s->text), text.data);
	arena_free(&arena);
	pager_set_text(&s->pager, s->text);
}

/* ---- the test ---- */

static void
start(struct app *app, struct smime_screen *s)
{
	struct err err = { 0 };

	if (s->job != 0)
		app_job_stop(app, s->job);
	s->job = 0;
	s->is_lost = false;
	if (smime_test_prepare(
		session_context(app), s->address, &s->request, &err) != OK)
		app_error(app, &err);
	else if (s->request.asks_milter &&
	    (s->job = app_job_start(app, smime_test_job, &s->request, &err)) ==
		0)
		app_error(app, &err);
	write_text(s, app);
}

static void
take_job(struct app *app, struct smime_screen *s, const struct msg *msg)
{
	if (msg->job != s->job)
		return;
	if (msg->kind == MSG_JOB && msg->length == sizeof(s->request.test))
		memcpy(&s->request.test, msg->data, msg->length);
	if (msg->kind == MSG_JOB_END) {
		s->job = 0;
		s->is_lost = msg->action != 0;
	}
	write_text(s, app);
}

/* ---- the screen ---- */

/* A user that the actor may see, or the actor. */
static enum err_code
find_address(
    struct app *app, int64_t id, char to[ADDRESS_SIZE], struct err *err)
{
	struct context *context = session_context(app);
	struct list_row row;

	if (id != 0 && id == context->actor.account_id)
		text_copy(to, ADDRESS_SIZE, context->actor.address);
	else if (list_row_by_id(
		     context, &user_list, id, app_arena(app), &row, err) == OK)
		text_copy(to, ADDRESS_SIZE, row.key);
	return err->code;
}

static void
open_smime(struct app *app, void *state, int64_t id)
{
	struct smime_screen *s = state;
	struct err err = { 0 };

	pager_open(&s->pager, s->text);
	if (find_address(app, id, s->address, &err) != OK) {
		app_refuse(app, &err);
		return;
	}
	start(app, s);
}

static void
close_smime(void *state)
{
	struct smime_screen *s = state;

	run_close(&s->run);
}

/* What can be given to others: the certificate, or its record. */
static struct next
show_public(struct app *app, struct smime_screen *s, int action)
{
	static struct pager_text page;
	struct context *context = session_context(app);
	struct err err = { 0 };
	char *text = NULL;

	if (action == SMIME_KEY_EXPORT)
		(void)!smime_certificates(
		    context, s->address, app_arena(app), &text, &err);
	else
		(void)!smime_record(
		    context, s->address, app_arena(app), &text, &err);
	if (err.code != OK) {
		app_error(app, &err);
		return NEXT_STAYS;
	}
	if (action == SMIME_KEY_RECORD)
		text = arena_format(app_arena(app),
		    "One line of the zone, as RFC 8162 wants it; the zone "
		    "should be signed.\no prints it whole.\n\n%s\n",
		    text);
	page = (struct pager_text){ .title = action == SMIME_KEY_EXPORT
		    ? "Certificate"
		    : "SMIMEA record",
		.text = text };
	return pager_next(&page);
}

static struct next
press(struct app *app, struct smime_screen *s, int action)
{
	const struct operation *removal = operation_by_name("smime remove");
	const char *const name = s->address;

	switch (action) {
	case SMIME_KEY_STORE:
		return (struct next){ .kind = NEXT_OPEN,
			.screen = &screen_smime_wizard,
			.data = s->address };
	case SMIME_KEY_EDIT:
		return form_screen_for(
		    operation_by_name("smime edit"), s->address);
	case SMIME_KEY_REMOVE:
		return run_rows(&s->run, app, removal, &name, 1);
	case SMIME_KEY_EXPORT:
	case SMIME_KEY_RECORD:
		return show_public(app, s, action);
	case SMIME_KEY_AGAIN:
		start(app, s);
		break;
	default:
		break;
	}
	return NEXT_STAYS;
}

static struct next
update_smime(struct app *app, void *state, const struct msg *msg)
{
	struct smime_screen *s = state;
	struct next next;

	if (run_answer(&s->run, app, msg, &next)) {
		start(app, s);
		return next;
	}
	if (pager_update(&s->pager, msg))
		return NEXT_STAYS;
	switch (msg->kind) {
	case MSG_JOB:
	case MSG_JOB_END:
		take_job(app, s, msg);
		break;
	case MSG_RETURN:
	case MSG_REFRESH:
		start(app, s);
		break;
	case MSG_KEY:
		return press(app, s, msg->action);
	default:
		break;
	}
	return NEXT_STAYS;
}

static enum look_verdict
worst(const struct smime_screen *s)
{
	const struct smime_test *test = &s->request.test;
	enum look_verdict verdict = LOOK_PASS;

	for (size_t i = 0; i < test->count; i++)
		if (test->rows[i].verdict > verdict)
			verdict = test->rows[i].verdict;
	return verdict;
}

static void
view_smime(const void *state, struct canvas *canvas)
{
	const struct smime_screen *s = state;
	struct canvas body = screen_body(canvas);

	pager_put_state(&s->pager, canvas, s->address,
	    s->job != 0 ? NULL : look_words[worst(s)]);
	pager_view(&s->pager, &body);
	screen_put_help(canvas,
	    s->has_identity
		? "The private key is sealed: only the milter signs with it."
		: "A PKCS#12 file can't be pasted: ssh HOST smime import "
		  "ADDRESS < file.p12");
}

static const char *
copy_smime(const void *state)
{
	return ((const struct smime_screen *)state)->text;
}

static void
print_smime(const void *state, struct text_builder *text)
{
	text_add(text, ((const struct smime_screen *)state)->text);
}

/* clang-format off */
static const struct key_binding keys[] = {
	{ 'n', SMIME_KEY_STORE, "store", "Store a certificate and its key, in place of what is there.", NULL, "smime set" },
	{ 'v', SMIME_KEY_AGAIN, "test again", "Ask again whether mail can be signed." },
	{ 'e', SMIME_KEY_EDIT, "encrypt", "Say whether mail is encrypted, too.", NULL, "smime edit" },
	{ 'X', SMIME_KEY_EXPORT, "certificate", "The public certificate in PEM, to give to others.", NULL, "smime export" },
	{ 'm', SMIME_KEY_RECORD, "SMIMEA", "The DNS record that publishes the certificate.", NULL, "smime record" },
	{ 'd', SMIME_KEY_REMOVE, "remove", "Remove it: mail is no longer signed.", NULL, "smime remove" },
	{ 0 }
};
/* clang-format on */

const struct screen screen_smime = {
	.title = "S/MIME",
	.state_size = sizeof(struct smime_screen),
	.keys = keys,
	.widget_keys = pager_keys,
	.hint_keys = hint_keys,
	.open = open_smime,
	.update = update_smime,
	.view = view_smime,
	.close = close_smime,
	.copy = copy_smime,
	.print = print_smime,
};
