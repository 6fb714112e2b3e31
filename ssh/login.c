#include "ssh/login.h"

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "ssh/link.h"
#include "ssh/serve.h"

static struct {
	const struct serve_limits *limits;
	int link;
	int probes, failures;
	bool is_done, is_over;
	bool has_methods, takes_passwords;
	char asked[ADDRESS_SIZE]; /* user of the open password question */
} login;

/* Shown by the client above its own "Permission denied". */
static void
tell(ssh_session session, const char *why)
{
	char line[ERR_TEXT_SIZE + 2];
	ssh_string banner;

	if (why[0] == '\0' || !text_format(line, sizeof(line), "%s\n", why))
		return;
	banner = ssh_string_from_char(line);
	if (banner == NULL)
		return;
	ssh_send_issue_banner(session, banner);
	ssh_string_free(banner);
}

static bool
ask_broker(ssh_session session, const struct link_message *message)
{
	struct link_message answer;

	if (!link_send(login.link, message, NULL, 0) ||
	    !link_receive(login.link, &answer, NULL, NULL) ||
	    answer.kind != LINK_ANSWER) {
		login.is_over = true;
		return false;
	}
	/* The broker fills it for a verified key alone. */
	if (message->kind == LINK_VERIFIED && !answer.is_yes)
		tell(session, answer.text);
	return answer.is_yes;
}

/* Before the first answer, which lists the methods. */
static void
set_methods(ssh_session session)
{
	const struct link_message message = { .kind = LINK_METHODS };

	if (login.has_methods)
		return;
	login.has_methods = true;
	login.takes_passwords = ask_broker(session, &message);
	if (login.takes_passwords)
		ssh_set_auth_methods(session,
		    SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD |
			SSH_AUTH_METHOD_INTERACTIVE);
}

static void
count_failure(void)
{
	if (++login.failures >= login.limits->failures)
		login.is_over = true;
}

static int
on_none(ssh_session session, const char *user, void *unused)
{
	(void)user, (void)unused;
	set_methods(session);
	return SSH_AUTH_DENIED;
}

/* ---- keys ---- */

static bool
fill_request(
    struct link_message *message, const char *user, struct ssh_key_struct *key)
{
	const enum ssh_keytypes_e type = ssh_key_type(key);
	const char *name = ssh_key_type_to_char(type);
	char *base64;
	bool fits;

	if (name == NULL || strstr(name, "-cert-") != NULL ||
	    ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
		return false;
	fits = text_copy(message->user, sizeof(message->user), user) &&
	    text_copy(message->key_type, sizeof(message->key_type), name) &&
	    text_copy(message->text, sizeof(message->text), base64);
	ssh_string_free_char(base64);
	return fits;
}

static int
on_public_key(ssh_session session, const char *user, struct ssh_key_struct *key,
    char state, void *unused)
{
	const bool is_probe = state == SSH_PUBLICKEY_STATE_NONE;
	const bool is_verified = state == SSH_PUBLICKEY_STATE_VALID;
	struct link_message message = { .kind = is_probe ? LINK_ASK
							 : LINK_VERIFIED };

	(void)unused;
	if (login.is_over || login.is_done)
		return SSH_AUTH_DENIED;
	set_methods(session);
	if ((is_probe || is_verified) && fill_request(&message, user, key) &&
	    ask_broker(session, &message)) {
		login.is_done = is_verified;
		return SSH_AUTH_SUCCESS;
	}
	/* Offers are free up to a number: agents hold many keys. */
	if (is_probe && login.probes < login.limits->probes)
		login.probes++;
	else
		count_failure();
	return SSH_AUTH_DENIED;
}

/* ---- passwords ---- */

static bool
is_right_password(ssh_session session, const char *user, const char *password)
{
	struct link_message message = { .kind = LINK_PASSWORD };

	if (login.is_over || login.is_done)
		return false;
	set_methods(session);
	if (login.takes_passwords &&
	    text_copy(message.user, sizeof(message.user), user) &&
	    text_copy(message.text, sizeof(message.text), password))
		login.is_done = ask_broker(session, &message);
	explicit_bzero(message.text, sizeof(message.text));
	if (!login.is_done)
		count_failure();
	return login.is_done;
}

static int
on_password(
    ssh_session session, const char *user, const char *password, void *unused)
{
	(void)unused;
	return is_right_password(session, user, password) ? SSH_AUTH_SUCCESS
							  : SSH_AUTH_DENIED;
}

static bool
ask_for_password(ssh_session session, ssh_message message)
{
	const char *prompts[] = { "Password: " };
	char echo[] = { 0 };

	set_methods(session);
	if (!login.takes_passwords || login.is_over || login.is_done ||
	    !text_copy(login.asked, sizeof(login.asked),
		ssh_message_auth_user(message)))
		return false;
	return ssh_message_auth_interactive_request(
		   message, "", "", 1, prompts, echo) == SSH_OK;
}

static bool
take_answer(ssh_session session, ssh_message message)
{
	char user[ADDRESS_SIZE];
	const char *password;

	/* One answer per question. */
	text_copy(user, sizeof(user), login.asked);
	login.asked[0] = '\0';
	if (user[0] == '\0' || ssh_userauth_kbdint_getnanswers(session) != 1)
		return false;
	password = ssh_userauth_kbdint_getanswer(session, 0);
	if (password == NULL || !is_right_password(session, user, password))
		return false;
	return ssh_message_auth_reply_success(message, 0) == SSH_OK;
}

/* What has no callback of its own: 0 when it is answered, else 1, and the
 * library refuses. */
static int
on_message(ssh_session session, ssh_message message, void *unused)
{
	bool is_answered;

	(void)unused;
	if (ssh_message_type(message) != SSH_REQUEST_AUTH ||
	    ssh_message_subtype(message) != SSH_AUTH_METHOD_INTERACTIVE)
		return 1;
	is_answered = ssh_message_auth_kbdint_is_response(message)
	    ? take_answer(session, message)
	    : ask_for_password(session, message);
	return is_answered ? 0 : 1;
}

/* ---- for the transport ---- */

void
login_open(ssh_session session, struct ssh_server_callbacks_struct *callbacks,
    int link, const struct serve_limits *limits)
{
	login.link = link;
	login.limits = limits;
	/* Unset would mean: password as well. */
	ssh_set_auth_methods(session, SSH_AUTH_METHOD_PUBLICKEY);
	callbacks->auth_none_function = on_none;
	callbacks->auth_pubkey_function = on_public_key;
	callbacks->auth_password_function = on_password;
	ssh_set_message_callback(session, on_message, NULL);
}

bool
login_is_done(void)
{
	return login.is_done;
}

bool
login_is_over(void)
{
	return login.is_over;
}
