#include "smime/milter_client.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define PACKET_MAX (1024 * 1024) /* bytes of one answer */
#define CHUNK_MAX  65535
#define BODY_MAX   (128 * 1024 * 1024)

/* Steps of the protocol that a milter may do without: SMFIP_NOEOH, and no
 * answer to a recipient, a field, a piece of the body (SMFIP_NR_...). */
enum {
	STEP_NO_FIELDS_END = 0x40,
	STEP_SILENT_FIELD = 0x80,
	STEP_SILENT_RECIPIENT = 0x8000,
	STEP_SILENT_BODY = 0x80000,
};

struct client {
	int fd;
	int64_t deadline_ms;
	struct arena *arena;
	struct milter_answer *answer;
	struct text_builder body;
	unsigned long steps; /* which are left out or not answered */
	struct err *err;
};

/* ---- packets: length, command, data ---- */

static enum err_code
wait_for(struct client *client, short event)
{
	const int64_t left = client->deadline_ms - clock_monotonic_ms();
	struct pollfd entry = { client->fd, event, 0 };

	if (left > 0 && poll(&entry, 1, (int)left) == 1)
		return OK;
	return err_set(client->err, ERR_TIMEOUT, NULL,
	    "The milter does not answer in time.");
}

static enum err_code
move(struct client *client, void *bytes, size_t length, bool is_write)
{
	char *at = bytes;

	while (length > 0) {
		ssize_t count;

		count = is_write
		    ? send(client->fd, at, length, MSG_NOSIGNAL | MSG_DONTWAIT)
		    : recv(client->fd, at, length, MSG_DONTWAIT);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN) {
			if (wait_for(client, is_write ? POLLOUT : POLLIN) != OK)
				return ERR_TIMEOUT;
			continue;
		}
		if (count <= 0)
			return err_set(client->err, ERR_SYSTEM, NULL,
			    "The milter ended the connection.");
		at += count;
		length -= (size_t)count;
	}
	return OK;
}

static enum err_code
put_packet(struct client *client, char command, const void *data, size_t length)
{
	const size_t total = length + 1;
	unsigned char *packet = arena_bytes(client->arena, 4 + total);

	for (int i = 0; i < 4; i++)
		packet[i] = (unsigned char)(total >> (24 - 8 * i));
	packet[4] = (unsigned char)command;
	if (length > 0)
		memcpy(packet + 5, data, length);
	return move(client, packet, 4 + total, true);
}

static enum err_code
get_packet(struct client *client, char *command, struct mime_span *data)
{
	unsigned char head[4];
	size_t length = 0;
	char *bytes;

	if (move(client, head, 4, false) != OK)
		return client->err->code;
	for (int i = 0; i < 4; i++)
		length = length << 8 | head[i];
	if (length == 0 || length > PACKET_MAX)
		return err_set(client->err, ERR_SYSTEM, NULL,
		    "What listens there is no milter.");
	bytes = arena_bytes(client->arena, length + 1);
	bytes[length] = '\0';
	if (move(client, bytes, length, false) != OK)
		return client->err->code;
	*command = bytes[0];
	*data = (struct mime_span){ bytes + 1, length - 1 };
	return OK;
}

/* ---- answers ---- */

/* The index-th text of those that end in NUL each. */
static const char *
text_at(struct mime_span data, size_t index)
{
	const char *at = data.bytes, *end = data.bytes + data.length;

	while (index-- > 0 && at < end)
		at += strnlen(at, (size_t)(end - at)) + 1;
	return at < end ? at : "";
}

/* True when it decides; false when it only changes something. */
static bool
take_answer(struct client *client, char command, struct mime_span data)
{
	struct milter_answer *answer = client->answer;

	switch (command) {
	case 'm': /* change field: number, name, value */
		data.bytes += 4;
		data.length -= data.length < 4 ? data.length : 4;
		/* fall through */
	case 'h':
		if (strcasecmp(text_at(data, 0), "Content-Type") == 0 &&
		    text_at(data, 1)[0] != '\0')
			answer->content_type = text_at(data, 1);
		answer->removed_fields += text_at(data, 1)[0] == '\0';
		return false;
	case 'b':
		answer->is_changed = true;
		text_add_n(&client->body, data.bytes, data.length);
		return false;
	case 'p': /* still at work */
		return false;
	case 'y':
		text_copy(
		    answer->reply, sizeof(answer->reply), text_at(data, 0));
		answer->verdict =
		    answer->reply[0] == '5' ? MILTER_REFUSED : MILTER_DEFERRED;
		return true;
	case 'r':
		answer->verdict = MILTER_REFUSED;
		return true;
	case 't':
		answer->verdict = MILTER_DEFERRED;
		return true;
	default: /* a: accept, c: continue */
		return true;
	}
}

static bool
is_silent(const struct client *client, char command)
{
	return (command == 'R' && (client->steps & STEP_SILENT_RECIPIENT)) ||
	    (command == 'L' && (client->steps & STEP_SILENT_FIELD)) ||
	    (command == 'B' && (client->steps & STEP_SILENT_BODY));
}

/* `is_done` when the milter has decided before the end. */
static enum err_code
step(struct client *client, char command, const void *data, size_t length,
    bool *is_done)
{
	struct mime_span answer;
	char kind = 'c';
	enum err_code code = put_packet(client, command, data, length);

	if (code == OK && is_silent(client, command))
		return OK;
	while (code == OK) {
		code = get_packet(client, &kind, &answer);
		if (code == OK && take_answer(client, kind, answer))
			break;
	}
	*is_done = code != OK || kind != 'c' || command == 'E';
	return code;
}

static enum err_code
negotiate(struct client *client)
{
	/* Version 6, every change; every step may be skipped, and silent. */
	static const unsigned char offer[] = { 0, 0, 0, 6, 0, 0, 1, 255, 0, 8,
		0x83, 255 };
	struct mime_span answer;
	char kind;
	enum err_code code = put_packet(client, 'O', offer, sizeof(offer));

	if (code == OK)
		code = get_packet(client, &kind, &answer);
	if (code != OK)
		return code;
	if (kind != 'O' || answer.length < 12)
		return err_set(client->err, ERR_SYSTEM, NULL,
		    "What listens there is no milter.");
	for (int i = 8; i < 12; i++)
		client->steps =
		    client->steps << 8 | (unsigned char)answer.bytes[i];
	return OK;
}

/* Texts with their NULs. */
static struct mime_span
texts(struct client *client, const char *first, const char *second)
{
	const size_t a = strlen(first) + 1;
	const size_t b = second == NULL ? 0 : strlen(second) + 1;
	char *bytes = arena_alloc(client->arena, a + b);

	memcpy(bytes, first, a);
	if (b > 0)
		memcpy(bytes + a, second, b);
	return (struct mime_span){ bytes, a + b };
}

static enum err_code
put_login(struct client *client, const char *login)
{
	char macro[512];
	size_t length;

	if (login[0] == '\0')
		return OK;
	text_format(macro, sizeof(macro), "M{auth_authen}");
	length = strlen(macro) + 1;
	text_copy(macro + length, sizeof(macro) - length, login);
	return put_packet(
	    client, 'D', macro, length + strlen(macro + length) + 1);
}

static enum err_code
put_envelope(
    struct client *client, const struct milter_message *message, bool *is_done)
{
	enum err_code code = put_login(client, message->login);
	struct mime_span data = texts(
	    client, arena_format(client->arena, "<%s>", message->sender), NULL);

	if (code == OK)
		code = step(client, 'M', data.bytes, data.length, is_done);
	for (const char *const *to = message->recipients;
	     code == OK && !*is_done && *to != NULL; to++) {
		data = texts(
		    client, arena_format(client->arena, "<%s>", *to), NULL);
		code = step(client, 'R', data.bytes, data.length, is_done);
	}
	return code;
}

static enum err_code
put_content(
    struct client *client, const struct milter_message *message, bool *is_done)
{
	enum err_code code = OK;

	for (const char *const *field = message->fields;
	     code == OK && !*is_done && *field != NULL; field += 2) {
		const struct mime_span data = texts(client, field[0], field[1]);

		code = step(client, 'L', data.bytes, data.length, is_done);
	}
	if (code == OK && !*is_done &&
	    (client->steps & STEP_NO_FIELDS_END) == 0)
		code = step(client, 'N', NULL, 0, is_done);
	for (size_t at = 0;
	     code == OK && !*is_done && at < message->body.length;
	     at += CHUNK_MAX) {
		const size_t left = message->body.length - at;

		code = step(client, 'B', message->body.bytes + at,
		    left < CHUNK_MAX ? left : CHUNK_MAX, is_done);
	}
	if (code == OK && !*is_done)
		code = step(client, 'E', NULL, 0, is_done);
	return code;
}

static enum err_code
open_socket(struct client *client, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (!text_copy(address.sun_path, sizeof(address.sun_path), path))
		return err_set(client->err, ERR_INVALID, NULL,
		    "The path of the socket is too long.");
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0)
		return err_set_errno(client->err, "Can't make a socket");
	if (connect(client->fd, (struct sockaddr *)&address, sizeof(address)) ==
	    0)
		return OK;
	if (errno == EACCES)
		return err_set(client->err, ERR_DENIED, NULL,
		    "This user may not ask the milter.");
	return err_set(client->err, ERR_NOT_FOUND, NULL,
	    "The milter does not run: nobody listens on %.100s.", path);
}

enum err_code
milter_ask(const char *socket_path, int64_t deadline_ms,
    const struct milter_message *message, struct arena *arena,
    struct milter_answer *answer, struct err *err)
{
	struct err own = { 0 };
	struct client client = { .fd = -1,
		.deadline_ms = deadline_ms,
		.arena = arena,
		.answer = answer,
		.err = &own };
	bool is_done = false;
	enum err_code code;

	*answer = (struct milter_answer){ 0 };
	text_builder_open(&client.body, arena, BODY_MAX);
	code = open_socket(&client, socket_path);
	if (code == OK)
		code = negotiate(&client);
	if (code == OK)
		code = put_envelope(&client, message, &is_done);
	if (code == OK && !is_done)
		code = put_content(&client, message, &is_done);
	answer->body =
	    (struct mime_span){ client.body.data, client.body.length };
	if (client.fd >= 0)
		close(client.fd);
	if (code != OK && err != NULL)
		*err = own;
	return code;
}
