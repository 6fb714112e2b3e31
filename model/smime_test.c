#include "model/smime_test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/job.h"
#include "base/text.h"
#include "model/mail_setup.h"
#include "model/smime.h"
#include "smime/milter_client.h"
#include "smime/sign.h"

#define ANSWER_MS 5000

static void say(struct smime_test *test, const char *name,
    enum look_verdict verdict, const char *format, ...) PRINTF(4, 5);

static void
say(struct smime_test *test, const char *name, enum look_verdict verdict,
    const char *format, ...)
{
	struct look_row *row = &test->rows[test->count++];
	va_list arguments;

	row->name = name;
	row->verdict = verdict;
	va_start(arguments, format);
	vsnprintf(row->text, sizeof(row->text), format, arguments);
	va_end(arguments);
}

static bool
look_stored(struct smime_test *test, const struct smime_state *state,
    const char *address)
{
	const int64_t now = clock_now();
	char when[32];

	if (!state->has_identity) {
		say(test, "identity", LOOK_FAIL,
		    "%.80s has no S/MIME identity: store one first.", address);
		return false;
	}
	clock_format_short(when, sizeof(when), state->ends_at);
	say(test, "identity", LOOK_PASS, "An identity is stored, for %.100s.",
	    state->addresses);
	if (now < state->starts_at || now > state->ends_at) {
		say(test, "dates", LOOK_FAIL,
		    "The certificate is not valid now: it ends %s.", when);
		return false;
	}
	say(test, "dates", LOOK_PASS, "The certificate is valid until %s.",
	    when);
	say(test, "vault", state->is_of_this_vault ? LOOK_PASS : LOOK_FAIL,
	    state->is_of_this_vault
		? "The key is sealed to the vault of this server."
		: "The key is sealed to another vault: store it again.");
	return state->is_of_this_vault;
}

/* A message of this person to itself, that is never sent. */
static void
look_signing(struct smime_test_request *request)
{
	struct smime_test *test = &request->test;
	const char *address = request->address;
	const char *const recipients[] = { address, NULL };
	const char *const fields[] = { "From", address, "To", address,
		"Subject", "test", "MIME-Version", "1.0", NULL };
	static const char body[] = "This is a test.\r\n";
	const struct milter_message message = { .login = address,
		.sender = address,
		.recipients = recipients,
		.fields = fields,
		.body = { body, sizeof(body) - 1 } };
	struct milter_answer answer;
	struct arena arena = { 0 };
	struct err err = { 0 };
	const enum err_code code = milter_ask(request->socket,
	    clock_monotonic_ms() + ANSWER_MS, &message, &arena, &answer, &err);

	if (code == ERR_DENIED)
		say(test, "running", LOOK_WARN,
		    "Whether the milter signs can't be asked from here: user "
		    "postern must be in group postfix, that of its socket.");
	else if (code != OK)
		say(test, "running", LOOK_FAIL,
		    "%s  Ask the operator of the server to start it.",
		    err.text);
	else {
		say(test, "running", LOOK_PASS, "The milter runs.");
		if (answer.verdict != MILTER_ACCEPTED)
			say(test, "signing", LOOK_FAIL, "It says: %.120s",
			    answer.reply);
		else if (!answer.is_changed || answer.content_type == NULL)
			say(test, "signing", LOOK_FAIL, "It does not sign%s.",
			    request->passes_unsigned
				? ", and mail goes unsigned: see its log"
				: "");
		else if (strstr(answer.content_type, "pkcs7-mime") != NULL)
			say(test, "signing", LOOK_PASS,
			    "It signs and encrypts.");
		else if (sign_verify((struct mime_span){ answer.content_type,
					 strlen(answer.content_type) },
			     answer.body, address, &err) != OK)
			say(test, "signing", LOOK_FAIL, "%s", err.text);
		else
			say(test, "signing", LOOK_PASS,
			    "It signs, and the signature verifies.");
	}
	arena_free(&arena);
}

enum err_code
smime_test_prepare(struct context *context, const char *address,
    struct smime_test_request *request, struct err *err)
{
	struct smime_state state;

	*request = (struct smime_test_request){ 0 };
	text_copy(request->address, sizeof(request->address),
	    address[0] != '\0' ? address : context->actor.address);
	if (smime_state(context, address, &state, err) != OK ||
	    mail_setup_path(
		context->db, MAIL_MILTER_SOCKET, request->socket, err) != OK)
		return err->code;
	request->passes_unsigned = state.passes_unsigned;
	request->asks_milter =
	    look_stored(&request->test, &state, request->address);
	return OK;
}

void
smime_test_job(int out, void *argument)
{
	struct smime_test_request *request = argument;

	look_signing(request);
	job_write(out, &request->test, sizeof(request->test));
}

enum err_code
smime_test(struct context *context, const char *address,
    struct smime_test *test, struct err *err)
{
	struct smime_test_request request;
	const enum err_code code =
	    smime_test_prepare(context, address, &request, err);

	if (code == OK && request.asks_milter)
		look_signing(&request);
	*test = request.test;
	return code;
}
