/*
 * Stores an S/MIME identity: paste the certificate, paste the key, the
 * passphrase where the key has one, look, store.  What was pasted is wiped
 * when the screen closes, however it closes.
 */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/smime.h"
#include "screens/session.h"
#include "screens/wizard_screen.h"

#define TRIES        3 /* of the passphrase */
#define VALUE_COLUMN 14

struct smime_wizard {
	struct wizard_screen base;
	struct context *context;
	bool is_locked; /* the key needs a passphrase */
	bool has_look;
	int wrong_tries;
	struct look look;
	struct err refusal; /* why there is no look */
};

enum { STEP_CERTIFICATE, STEP_KEY, STEP_PASSPHRASE, STEP_LOOK };

/* ---- looking ---- */

/* Looks at what was pasted so far; a passphrase is wanted where the key says
 * so. */
static enum err_code
look(struct smime_wizard *s, struct err *err)
{
	const struct form *form = &s->base.form;

	*err = (struct err){ 0 };
	s->has_look =
	    smime_look(s->context, form_text(form, "address"),
		form_text(form, "certificate"), form_text(form, "key"),
		form_text(form, "passphrase"), &s->look, err) == OK;
	if (text_is_same(err->field, "passphrase"))
		s->is_locked = true;
	return err->code;
}

/* The refusal stands below the field it names, where that is shown here. */
static bool
refuse(struct app *app, struct smime_wizard *s, const struct err *err,
    const char *here)
{
	if (text_is_same(err->field, here))
		form_set_error(&s->base.form, here, err->text);
	else
		app_error(app, err);
	return false;
}

static bool
leave_certificate(struct app *app, void *state)
{
	struct smime_wizard *s = state;
	struct err err;

	s->is_locked = false;
	(void)!look(s, &err);
	return !text_is_same(err.field, "certificate") ||
	    refuse(app, s, &err, "certificate");
}

/* Without a locked key, the look says it all. */
static bool
leave_key(struct app *app, void *state)
{
	struct smime_wizard *s = state;
	struct err err;

	s->is_locked = false;
	if (look(s, &err) == OK || s->is_locked)
		return true;
	return refuse(app, s, &err, "key");
}

static bool
is_open(const void *state)
{
	return !((const struct smime_wizard *)state)->is_locked;
}

static bool
leave_passphrase(struct app *app, void *state)
{
	struct smime_wizard *s = state;
	struct err err;

	if (look(s, &err) == OK)
		return true;
	if (text_is_same(err.field, "passphrase") &&
	    form_text(&s->base.form, "passphrase")[0] != '\0')
		s->wrong_tries++;
	form_type(&s->base.form, "passphrase", "");
	return refuse(app, s, &err, "passphrase");
}

/* What fails can't be stored. */
static bool
leave_look(struct app *app, void *state)
{
	const struct smime_wizard *s = state;
	struct err err = { 0 };

	if (s->has_look && look_refusal(&s->look, &err) == OK)
		return true;
	if (s->has_look)
		app_error(app, &err);
	return false;
}

/* ---- views ---- */

static void
put_fact(struct canvas *body, int row, const char *label, const char *text)
{
	canvas_put_fit(body, row, 1, VALUE_COLUMN - 2, STYLE_DIM, label);
	canvas_put_fit(body, row, VALUE_COLUMN,
	    body->columns - VALUE_COLUMN - 1, STYLE_NORMAL, text);
}

static int
put_facts(struct canvas *body, const struct certificate_facts *facts)
{
	char from[32], until[32], text[96];

	clock_format_utc(from, sizeof(from), facts->starts_at);
	clock_format_utc(until, sizeof(until), facts->ends_at);
	text_format(text, sizeof(text), "%s to %s", from, until);
	put_fact(body, 0, "Subject", facts->subject);
	put_fact(body, 1, "Issuer", facts->issuer);
	put_fact(body, 2, "Valid", text);
	put_fact(body, 3, "Key", facts->algorithm);
	return 4;
}

static void
view_look(const void *state, struct canvas *body)
{
	const struct smime_wizard *s = state;
	int row;

	if (!s->has_look)
		return;
	row = put_facts(body, &s->look.facts);
	for (size_t i = 0; i < s->look.count; i++) {
		const struct look_row *rule = &s->look.rows[i];
		const char *word = look_words[rule->verdict];

		row++;
		canvas_put_text(body, row, 1, style_of_word(word), word);
		canvas_put_fit(
		    body, row, 8, body->columns - 9, STYLE_NORMAL, rule->text);
	}
}

static void
view_passphrase(const void *state, struct canvas *body)
{
	const struct smime_wizard *s = state;

	canvas_putf(body, 0, 1, STYLE_DIM,
	    "Try %d of %d.  Then everything pasted here is thrown away.",
	    s->wrong_tries + 1, TRIES);
}

/* clang-format off */
static const struct wizard_step steps[] = {
	[STEP_CERTIFICATE] = { .title = "Certificate", .intro = "Paste the certificate in PEM; its issuers may follow.",
	  .first = "certificate", .count = 1, .leave = leave_certificate },
	[STEP_KEY] = { .title = "Private key", .intro = "Paste the private key in PEM: it is sealed, and never shown again.",
	  .first = "key", .count = 1, .leave = leave_key },
	[STEP_PASSPHRASE] = { .title = "Passphrase", .intro = "The key is encrypted: its passphrase is used once and not kept.",
	  .first = "passphrase", .count = 1, .view = view_passphrase, .leave = leave_passphrase, .is_skipped = is_open },
	[STEP_LOOK] = { .title = "Look", .intro = "Nothing has been stored yet.",
	  .view = view_look, .leave = leave_look },
	{ 0 }
};
/* clang-format on */

/* ---- the screen ---- */

static void
open_wizard(struct app *app, void *state, int64_t id)
{
	struct smime_wizard *s = state;
	const char *address = app_argument(app);
	struct err err = { 0 };

	(void)id;
	s->context = session_context(app);
	if (!wizard_screen_open(&s->base, app, "smime set", steps, s))
		return;
	if (operation_may(s->context, s->base.operation, address, &err) != OK)
		app_refuse(app, &err);
	form_set(&s->base.form, "address", address);
}

static struct next
update(struct app *app, void *state, const struct msg *msg)
{
	struct smime_wizard *s = state;
	struct next next;

	wizard_screen_update(&s->base, app, msg, &next);
	if (s->wrong_tries < TRIES)
		return next;
	app_message(app,
	    "%d wrong passphrases: nothing was stored, and what was pasted is "
	    "wiped.",
	    TRIES);
	return NEXT_CLOSES;
}

const struct screen screen_smime_wizard =
    WIZARD_SCREEN("Store", struct smime_wizard, NULL, open_wizard, update);
