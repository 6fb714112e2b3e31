#include "smime/message.h"

#include <stdatomic.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/log.h"
#include "smime/certificate.h"
#include "smime/sender.h"

/* Of the bodies of all messages that are open, in every thread. */
static atomic_size_t gathered;

/* ---- gathering ---- */

/* "<nina@acme.example>" without its brackets, in stored form where it is an
 * address that we could know. */
static void
plain_address(char to[ADDRESS_SIZE], const char *path)
{
	char text[2 * ADDRESS_SIZE];
	struct address address;

	text_copy(text, sizeof(text), path[0] == '<' ? path + 1 : path);
	text[strcspn(text, ">")] = '\0';
	if (address_parse(&address, text, NULL) == OK)
		address_format(to, &address);
	else
		text_copy(to, ADDRESS_SIZE, text);
}

struct message *
message_open(const char *login, const char *envelope_sender)
{
	struct arena arena = { 0 };
	struct message *message = arena_alloc(&arena, sizeof(*message));
	char sender[ADDRESS_SIZE];

	message->arena = arena;
	text_copy(message->login, sizeof(message->login), login);
	text_lower(message->login);
	plain_address(sender, envelope_sender);
	message->is_bounce = sender[0] == '\0';
	text_builder_open(
	    &message->fields, &message->arena, MESSAGE_FIELDS_MAX);
	text_builder_open(
	    &message->visible, &message->arena, MESSAGE_FIELDS_MAX);
	text_builder_open(&message->body, &message->arena, MESSAGE_MAX);
	return message;
}

void
message_close(struct message **message)
{
	struct arena arena;

	if (*message == NULL)
		return;
	atomic_fetch_sub(&gathered, (*message)->counted);
	arena = (*message)->arena;
	arena_free(&arena);
	*message = NULL;
}

void
message_recipient(struct message *message, const char *recipient)
{
	if (message->recipient_count < MESSAGE_RECIPIENTS_MAX)
		plain_address(
		    message->recipients[message->recipient_count], recipient);
	message->recipient_count++;
}

/* Blanks before the colon belong to the obsolete form of a name. */
static bool
is_named(const char *name, const char *wanted)
{
	const size_t length = strlen(wanted);

	return strncasecmp(name, wanted, length) == 0 &&
	    name[length + strspn(name + length, " \t")] == '\0';
}

static struct mime_span
keep_value(struct message *message, const char *value)
{
	return (struct mime_span){ arena_text(&message->arena, value),
		strlen(value) };
}

void
message_field(struct message *message, const char *name, const char *value)
{
	if (is_named(name, "From") && ++message->from_count == 1)
		message->from = keep_value(message, value);
	if (is_named(name, "To") || is_named(name, "Cc")) {
		text_add(&message->visible, value);
		text_add(&message->visible, "\n");
	}
	if (is_named(name, "MIME-Version"))
		message->has_mime_version = true;
	if (strncasecmp(name, "Content-", 8) != 0)
		return;
	if (is_named(name, "Content-Type") &&
	    message->content_type.bytes == NULL)
		message->content_type = keep_value(message, value);
	text_addf(&message->fields, "%s:%s%s\r\n", name,
	    value[0] == ' ' || value[0] == '\t' ? "" : " ", value);
}

void
message_body(struct message *message, const void *bytes, size_t length)
{
	if (message->is_too_large || message->is_crowded)
		return;
	message->counted += length;
	if (atomic_fetch_add(&gathered, length) + length > MESSAGE_ALL_MAX)
		message->is_crowded = true;
	else
		text_add_n(&message->body, bytes, length);
	message->is_too_large |= message->body.is_cut || message->fields.is_cut;
}

/* ---- deciding ---- */

struct decision {
	struct message *message;
	const struct sign_directory *directory;
	struct keyring *keyring;
	struct message_outcome *outcome;
	struct sign_person person;
	char from[ADDRESS_SIZE];
};

static void
settle(struct decision *d, enum message_verdict verdict, const char *text)
{
	d->outcome->verdict = verdict;
	text_copy(d->outcome->text, sizeof(d->outcome->text), text);
}

/* Ours is the fault: the tenant's policy, but never less than was asked. */
static void
fail(struct decision *d, const char *reason)
{
	const bool passes =
	    d->person.passes_unsigned && d->person.encrypt != ENCRYPT_REQUIRED;

	log_warn("%s: mail can't be signed%s: %s", d->message->login,
	    passes ? ", passed unsigned" : "", reason);
	settle(d, passes ? MESSAGE_PASS : MESSAGE_DEFER, reason);
}

/* The rule of senders; true when the message may go on. */
static bool
check_sender(struct decision *d)
{
	struct message *message = d->message;
	struct err err = { 0 };
	char text[200];

	if (message->from_count != 1) {
		settle(d, MESSAGE_REFUSE,
		    message->from_count == 0
			? "The message has no From field."
			: "The message has several From fields.");
		return false;
	}
	if (sender_read(message->from, d->from, &err) != OK) {
		settle(d, MESSAGE_REFUSE, err.text);
		return false;
	}
	if (d->directory->person(d->directory->self, message->login, d->from,
		&message->arena, &d->person, &err) != OK) {
		log_warn("%s: %s", message->login, err.text);
		settle(d, MESSAGE_DEFER,
		    "Who may send as whom can't be read just now.");
		return false;
	}
	if (d->person.may_send)
		return true;
	text_format(text, sizeof(text),
	    "You may not send as %.100s: choose your own address as From.",
	    d->from);
	settle(d, MESSAGE_REFUSE, text);
	return false;
}

static bool
is_encrypted(struct mime_span content_type)
{
	char type[MIME_TYPE_SIZE], kind[MIME_WORD_SIZE] = "";

	mime_type(type, content_type);
	if (text_is_same(type, "multipart/encrypted"))
		return true;
	mime_parameter(kind, sizeof(kind), content_type, "smime-type");
	return text_starts_with(type, "application/") &&
	    strstr(type, "pkcs7-mime") != NULL &&
	    (text_is_same_fold(kind, "enveloped-data") ||
		text_is_same_fold(kind, "authEnveloped-data"));
}

/* Not for us to sign. */
static void
leave_alone(struct decision *d, const char *reason)
{
	char text[200];

	if (d->message->is_bounce || d->person.encrypt != ENCRYPT_REQUIRED ||
	    is_encrypted(d->message->content_type)) {
		settle(d, MESSAGE_PASS, reason);
		return;
	}
	text_format(text, sizeof(text),
	    "Your mail must be encrypted, and this can't be: %s", reason);
	settle(d, MESSAGE_REFUSE, text);
}

/* The certificates of all who get it and of the sender; false when one is
 * not known, and `missing` says whose. */
static bool
find_certificates(struct decision *d, const char **certificates,
    char missing[ADDRESS_SIZE + 80], struct err *err)
{
	struct message *message = d->message;
	const struct mime_span visible = { message->visible.data,
		message->visible.length };

	certificates[0] = d->person.certificates;
	if (message->recipient_count > MESSAGE_RECIPIENTS_MAX) {
		text_copy(missing, ADDRESS_SIZE + 80, "too many recipients");
		return false;
	}
	for (size_t i = 0; i < message->recipient_count; i++) {
		const char *recipient = message->recipients[i], *pem = NULL;

		if (!sender_is_named(visible, recipient)) {
			text_copy(missing, ADDRESS_SIZE + 80,
			    "a hidden recipient would become visible");
			return false;
		}
		if (d->directory->certificate(d->directory->self,
			message->login, recipient, &message->arena, &pem,
			err) != OK)
			return false;
		if (pem == NULL) {
			text_format(missing, ADDRESS_SIZE + 80,
			    "no certificate of %.200s is known", recipient);
			return false;
		}
		certificates[i + 1] = pem;
	}
	return true;
}

static enum err_code
sign_plain(struct decision *d, const struct identity *identity,
    const struct mime_entity *entity, struct err *err)
{
	return sign_message(
	    &d->message->arena, identity, entity, &d->outcome->result, err);
}

static enum err_code
protect(struct decision *d, const struct identity *identity,
    const struct mime_entity *entity, struct err *err)
{
	const char *certificates[MESSAGE_RECIPIENTS_MAX + 1];
	char missing[ADDRESS_SIZE + 80] = "", text[200];

	if (d->person.encrypt == ENCRYPT_NO)
		return sign_plain(d, identity, entity, err);
	if (find_certificates(d, certificates, missing, err))
		return sign_and_encrypt(&d->message->arena, identity, entity,
		    certificates, d->message->recipient_count + 1,
		    &d->outcome->result, err);
	if (missing[0] == '\0')
		return err->code;
	if (d->person.encrypt == ENCRYPT_POSSIBLE)
		return sign_plain(d, identity, entity, err);
	text_format(text, sizeof(text),
	    "Your mail must be encrypted, and this can't be: %.120s.", missing);
	settle(d, MESSAGE_REFUSE, text);
	return OK;
}

static void
sign(struct decision *d, const struct identity *identity)
{
	struct message *message = d->message;
	struct mime_entity entity;
	struct err err = { 0 };

	settle(d, MESSAGE_REPLACE, "");
	if (mime_make_safe(&message->arena,
		(struct mime_span){
		    message->fields.data, message->fields.length },
		(struct mime_span){ message->body.data, message->body.length },
		2 * MESSAGE_MAX, &entity, &err) != OK ||
	    protect(d, identity, &entity, &err) != OK)
		fail(d, err.text);
}

/* Is this identity for this message, and is it in its days? */
static void
sign_as(struct decision *d, const struct identity *identity)
{
	struct certificate_facts facts;
	const int64_t now = clock_now();

	certificate_read(&facts, identity->certificate);
	if (certificate_address(&facts, d->from) < 0)
		leave_alone(d, "the certificate is of another address");
	else if (now < facts.starts_at || now > facts.ends_at)
		fail(d, "The sender's S/MIME certificate is not valid now.");
	else
		sign(d, identity);
}

void
message_decide(struct message *message, const struct sign_directory *directory,
    struct keyring *keyring, struct message_outcome *outcome)
{
	struct decision d = { .message = message,
		.directory = directory,
		.keyring = keyring,
		.outcome = outcome };
	struct identity identity;
	struct err err = { 0 };

	*outcome = (struct message_outcome){ 0 };
	if (!check_sender(&d))
		return;
	if (message->is_bounce)
		leave_alone(&d, "it is a bounce");
	else if (d.person.certificates == NULL)
		leave_alone(&d, "there is no identity");
	else if (mime_is_protected(message->content_type))
		leave_alone(&d, "it is signed or encrypted already");
	else if (message->is_too_large)
		fail(&d, "The message is too large to be signed here.");
	else if (message->is_crowded)
		fail(&d, "Too much mail is being signed just now.");
	else if (keyring_get(keyring, d.person.label, d.person.certificates,
		     d.person.sealed, d.person.sealed_length, &identity,
		     &err) != OK)
		fail(&d, err.text);
	else {
		sign_as(&d, &identity);
		identity_close(&identity);
	}
}
