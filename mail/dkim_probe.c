#include "mail/dkim_probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "mail/dkim_message.h"
#include "mail/milter_probe.h"

#define ANSWER_MS  5000
#define PACKET_MAX 8192

struct talk {
	int fd;
	int64_t deadline_ms;
	char *signature;  /* DKIM_SIGNATURE_SIZE bytes */
	bool is_accepted; /* as it is: the milter hears no more of it */
};

/* ---- packets: a length of four bytes, a letter, what belongs to it ---- */

struct packet {
	unsigned char bytes[PACKET_MAX];
	size_t length; /* letter included */
};

static void
packet_open(struct packet *packet, char letter)
{
	packet->bytes[4] = (unsigned char)letter;
	packet->length = 1;
}

static void
add_bytes(struct packet *packet, const void *bytes, size_t length)
{
	if (length > PACKET_MAX - 4 - packet->length)
		return;
	memcpy(packet->bytes + 4 + packet->length, bytes, length);
	packet->length += length;
}

static void
add_text(struct packet *packet, const char *text)
{
	add_bytes(packet, text, strlen(text) + 1);
}

static void
add_number(struct packet *packet, uint32_t number)
{
	const uint32_t wire = htonl(number);

	add_bytes(packet, &wire, sizeof(wire));
}

static bool
send_packet(const struct talk *talk, struct packet *packet)
{
	const uint32_t length = htonl((uint32_t)packet->length);
	const size_t whole = 4 + packet->length;

	memcpy(packet->bytes, &length, 4);
	return send(talk->fd, packet->bytes, whole, MSG_NOSIGNAL) ==
	    (ssize_t)whole;
}

static bool
receive(const struct talk *talk, void *to, size_t length)
{
	char *at = to;

	while (length > 0) {
		struct pollfd wait = { .fd = talk->fd, .events = POLLIN };
		const int64_t left = talk->deadline_ms - clock_monotonic_ms();
		ssize_t n;

		if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
			return false;
		n = recv(talk->fd, at, length, 0);
		if (n <= 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

static bool
receive_packet(const struct talk *talk, struct packet *packet)
{
	uint32_t length;

	if (!receive(talk, &length, sizeof(length)))
		return false;
	packet->length = ntohl(length);
	if (packet->length == 0 || packet->length >= PACKET_MAX - 4 ||
	    !receive(talk, packet->bytes + 4, packet->length))
		return false;
	packet->bytes[4 + packet->length] = '\0';
	return true;
}

/* ---- the conversation ---- */

/* 'i' has a position before the name, 'h' has none. */
static void
take_header(struct talk *talk, const struct packet *packet, size_t skip)
{
	const char *name = (const char *)packet->bytes + 5 + skip;
	const size_t left = packet->length - 1 - skip;
	const size_t length = strnlen(name, left);

	if (packet->length > 1 + skip && length + 1 < left &&
	    text_is_same_fold(name, "DKIM-Signature"))
		text_copy(
		    talk->signature, DKIM_SIGNATURE_SIZE, name + length + 1);
}

/* Until the milter lets go on ('c', 'a'; 'O' for the options). */
static enum err_code
wait_answer(struct talk *talk, struct err *err)
{
	struct packet packet;

	for (;;) {
		if (!receive_packet(talk, &packet))
			return err_set(err, ERR_TIMEOUT, NULL,
			    "OpenDKIM did not answer in time.");
		switch (packet.bytes[4]) {
		case 'i':
			take_header(talk, &packet, 4);
			break;
		case 'h':
			take_header(talk, &packet, 0);
			break;
		case 't':
		case 'r':
		case 'y':
			return err_set(err, ERR_SYSTEM, NULL,
			    "OpenDKIM refuses mail of this domain: it can't "
			    "read the key that its tables name.");
		case 'a':
			talk->is_accepted = true;
			return OK;
		case 'c':
		case 'O':
			return OK;
		default:
			break;
		}
	}
}

static enum err_code
say(struct talk *talk, struct packet *packet, struct err *err)
{
	if (talk->is_accepted)
		return OK;
	if (!send_packet(talk, packet))
		return err_set(err, ERR_SYSTEM, NULL, "OpenDKIM hung up.");
	return wait_answer(talk, err);
}

/* Options (every step, every change of headers), and who connects: this
 * machine, whose mail is signed. */
static enum err_code
open_session(struct talk *talk, struct err *err)
{
	const uint16_t port = htons(25);
	struct packet packet;
	enum err_code code;

	packet_open(&packet, 'O');
	add_number(&packet, 6);
	add_number(&packet, 0x1ff);
	add_number(&packet, 0);
	code = say(talk, &packet, err);
	if (code != OK)
		return code;
	packet_open(&packet, 'C');
	add_text(&packet, "localhost");
	add_bytes(&packet, "4", 1);
	add_bytes(&packet, &port, sizeof(port));
	add_text(&packet, "127.0.0.1");
	return say(talk, &packet, err);
}

static enum err_code
say_text(struct talk *talk, char letter, const char *text, struct err *err)
{
	struct packet packet;

	packet_open(&packet, letter);
	if (text != NULL)
		add_text(&packet, text);
	return say(talk, &packet, err);
}

static enum err_code
send_envelope(struct talk *talk, const char *sender, struct err *err)
{
	char path[400];
	enum err_code code = say_text(talk, 'H', "localhost", err);

	text_format(path, sizeof(path), "<%s>", sender);
	if (code == OK)
		code = say_text(talk, 'M', path, err);
	if (code == OK)
		code = say_text(talk, 'R', "<probe@probe.invalid>", err);
	return code == OK ? say_text(talk, 'T', NULL, err) : code;
}

static enum err_code
send_message(struct talk *talk, const char *sender, struct err *err)
{
	struct dkim_message message;
	struct packet packet;
	enum err_code code = OK;

	dkim_message_fill(&message, sender);
	for (size_t i = 0; code == OK && i < DKIM_MESSAGE_HEADERS; i++) {
		packet_open(&packet, 'L');
		add_text(&packet, message.headers[i].name);
		add_text(&packet, message.headers[i].value);
		code = say(talk, &packet, err);
	}
	if (code == OK)
		code = say_text(talk, 'N', NULL, err);
	packet_open(&packet, 'B');
	add_bytes(&packet, message.body, strlen(message.body));
	if (code == OK)
		code = say(talk, &packet, err);
	return code == OK ? say_text(talk, 'E', NULL, err) : code;
}

enum err_code
dkim_probe_sign(const char *socket_path, const char *sender,
    char signature[DKIM_SIGNATURE_SIZE], struct err *err)
{
	struct err ignored;
	struct talk talk = { .signature = signature,
		.deadline_ms = clock_monotonic_ms() + ANSWER_MS };
	enum err_code code;

	err = err != NULL ? err : &ignored;
	signature[0] = '\0';
	talk.fd = unix_connect(socket_path, err);
	if (talk.fd < 0)
		return err->code;
	code = open_session(&talk, err);
	if (code == OK)
		code = send_envelope(&talk, sender, err);
	if (code == OK)
		code = send_message(&talk, sender, err);
	close(talk.fd);
	return code;
}
