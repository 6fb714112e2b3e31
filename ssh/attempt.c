#include "ssh/attempt.h"

#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "ssh/serve.h"

/* "ED25519 SHA256:...", as sshd writes it. */
static void
describe_key(struct attempts *attempts, const struct link_message *message)
{
	uint8_t blob[LINK_TEXT_SIZE], hash[DIGEST_SHA256_SIZE];
	char text[BASE64_SIZE(DIGEST_SHA256_SIZE)] = "";
	size_t length;

	if (base64_decode(blob, sizeof(blob), &length, message->text)) {
		digest_sha256(hash, blob, length);
		base64_encode(text, sizeof(text), hash, sizeof(hash));
		text[strcspn(text, "=")] = '\0';
	}
	text_format(attempts->key, sizeof(attempts->key), ": %s SHA256:%s",
	    message->key_type, text);
}

static void
describe(struct attempts *attempts, const struct link_message *message)
{
	text_copy(attempts->user, sizeof(attempts->user), message->user);
	attempts->key[0] = '\0';
	attempts->method = "password";
	if (message->kind == LINK_PASSWORD)
		return;
	attempts->method = "publickey";
	describe_key(attempts, message);
}

void
attempts_log_refusal(struct attempts *attempts)
{
	if (attempts->refused == 0 || attempts->is_logged)
		return;
	log_info("Failed %s for %s%s from %s port %u ssh2%s", attempts->method,
	    attempts->is_user_known ? "" : "invalid user ", attempts->user,
	    attempts->from, attempts->peer.port, attempts->key);
	attempts->is_logged = true;
}

static enum err_code
log_in(const struct attempts *attempts, const struct link_message *message,
    struct actor *actor, struct err *err)
{
	const struct serve_options *options = attempts->options;

	if (message->kind == LINK_PASSWORD)
		return options->password_login(options->state_directory,
		    message->user, message->text, &attempts->peer.ip, actor,
		    err);
	return options->login(options->state_directory, message->user,
	    message->key_type, message->text, &attempts->peer.ip, actor, err);
}

static bool
is_for_holder(const struct link_message *message, const struct err *err)
{
	return message->kind != LINK_PASSWORD && err->code == ERR_DENIED &&
	    text_is_same(err->field, SERVE_TELL_HOLDER);
}

/* Once per connection for keys: they are asked about twice. */
static void
log_why(struct attempts *attempts, const struct err *err)
{
	if (!attempts->is_told)
		log_info("Why not %s: %s", attempts->user, err->text);
	attempts->is_told = true;
}

static void
refuse(struct attempts *attempts, const struct link_message *message,
    const struct err *err)
{
	if (err->code == ERR_SYSTEM || err->code == ERR_BUSY)
		log_warn("Nobody can log in: %s", err->text);
	attempts->refused++;
	attempts->is_user_known = err->code != ERR_NOT_FOUND;
	if (is_for_holder(message, err))
		log_why(attempts, err);
	if (message->kind == LINK_ASK)
		return; /* offers are told of once, at the end */
	attempts->is_logged = false;
	attempts_log_refusal(attempts);
	if (message->kind == LINK_PASSWORD)
		log_info("Why not %s: %s", attempts->user, err->text);
}

static bool
takes_passwords(const struct serve_options *options)
{
	return options->takes_passwords != NULL &&
	    options->password_login != NULL &&
	    options->takes_passwords(options->state_directory);
}

bool
attempt_answer(struct attempts *attempts, const struct link_message *message,
    struct actor *actor, char *why, size_t why_size)
{
	struct err err = { 0 };

	text_copy(why, why_size, "");
	if (message->kind == LINK_METHODS)
		return takes_passwords(attempts->options);
	if (message->kind == LINK_PASSWORD &&
	    !takes_passwords(attempts->options))
		return false;
	describe(attempts, message);
	if (log_in(attempts, message, actor, &err) != OK) {
		refuse(attempts, message, &err);
		if (!is_for_holder(message, &err))
			return false;
		if (message->kind == LINK_VERIFIED)
			text_copy(why, why_size, err.text);
		return message->kind == LINK_ASK;
	}
	attempts->is_user_known = true;
	if (message->kind == LINK_ASK)
		return true;
	text_copy(actor->from, sizeof(actor->from), attempts->from);
	log_info("Accepted %s for %s from %s port %u ssh2%s", attempts->method,
	    attempts->user, attempts->from, attempts->peer.port, attempts->key);
	return true;
}
