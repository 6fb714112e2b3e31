#include "mail/doveadm.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define ANSWER_MS     2000
#define REQUEST_SIZE  1024
#define HANDSHAKE_MAX 256
#define CHANNEL_DATA  0 /* of a frame; any other is a line for the log */

/*
 * The protocol: a line of version each way, "+" when no password is needed;
 * then one line of flags, user, command and arguments with tabs between.  The
 * answer comes in frames of one byte (channel) and four (length, most
 * significant first); its data ends with a line "+", or "-" and a word.
 */
struct talk {
	int fd;
	int64_t deadline_ms;
};

static bool
receive(const struct talk *talk, void *to, size_t length)
{
	char *at = to;

	while (length > 0) {
		struct pollfd wait = { .fd = talk->fd, .events = POLLIN };
		const int64_t left = talk->deadline_ms - clock_monotonic_ms();
		ssize_t n;

		if (left <= 0 || poll(&wait, 1, (int)left) == 0) {
			errno = ETIMEDOUT;
			return false;
		}
		n = recv(talk->fd, at, length, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

static bool
send_all(const struct talk *talk, const char *text)
{
	const size_t length = strlen(text);

	/* Shorter than the buffer of the socket. */
	return send(talk->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/* Up to the line "+". */
static bool
shake_hands(const struct talk *talk)
{
	char line[HANDSHAKE_MAX];
	size_t length = 0;

	if (!send_all(talk, "VERSION\tdoveadm-server\t1\t2\n"))
		return false;
	while (length < sizeof(line) - 1 && receive(talk, &line[length], 1)) {
		if (line[length++] != '\n')
			continue;
		if (length == 2)
			return line[0] == '+';
		length = 0;
	}
	return false;
}

static enum err_code
connect_to(const char *path, struct talk *talk, struct err *err)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	talk->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	talk->deadline_ms = clock_monotonic_ms() + ANSWER_MS;
	if (talk->fd < 0)
		return err_set_errno(err, "Can't ask Dovecot");
	if (!text_copy(name.sun_path, sizeof(name.sun_path), path))
		return err_set(err, ERR_INVALID, NULL,
		    "%s is too long for a socket.", path);
	if (connect(talk->fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return OK;
	if (errno == ENOENT || errno == ECONNREFUSED)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "Dovecot does not run: nothing listens at %s.", path);
	return err_set_errno(err, "Can't ask Dovecot at %s", path);
}

/* What stands in a request must not end it. */
static bool
add_word(char request[REQUEST_SIZE], const char *word)
{
	return text_is_clean(word, strlen(word)) &&
	    text_append(request, REQUEST_SIZE, "\t") &&
	    text_append(request, REQUEST_SIZE, word);
}

static enum err_code
fill_request(char request[REQUEST_SIZE], const char *user,
    const char *const *words, struct err *err)
{
	bool is_good;

	request[0] = '\0';
	is_good = add_word(request, user);
	for (; is_good && *words != NULL; words++)
		is_good = add_word(request, *words);
	if (!is_good || !text_append(request, REQUEST_SIZE, "\n"))
		return err_set(err, ERR_INVALID, NULL,
		    "Dovecot can't be asked about \"%.100s\".", user);
	return OK;
}

/* "-NOTFOUND" and the like, at the end of the data. */
static enum err_code
outcome(const char *answer, size_t length, const char *log, bool *is_over,
    struct err *err)
{
	const char *line;

	*is_over = length >= 2 && answer[length - 1] == '\n';
	if (!*is_over)
		return OK;
	line = answer + length - 1;
	while (line > answer && line[-1] != '\n')
		line--;
	*is_over = line[0] == '+' || line[0] == '-';
	if (!*is_over || line[0] == '+')
		return OK;
	return err_set(err, ERR_INVALID, NULL, "Dovecot says %.40s%s%.120s",
	    line + 1, log[0] == '\0' ? "" : ": ", log);
}

/* One frame; data goes behind `answer`, a line for the log to `log`. */
static bool
receive_frame(const struct talk *talk, char answer[DOVEADM_ANSWER_SIZE],
    size_t *length, char log[ERR_TEXT_SIZE])
{
	unsigned char head[5];
	size_t size;

	if (!receive(talk, head, sizeof(head)))
		return false;
	size = (size_t)head[1] << 24 | (size_t)head[2] << 16 |
	    (size_t)head[3] << 8 | head[4];
	if (head[0] == CHANNEL_DATA) {
		if (size >= DOVEADM_ANSWER_SIZE - *length ||
		    !receive(talk, answer + *length, size))
			return false;
		*length += size;
		answer[*length] = '\0';
		return true;
	}
	if (size >= ERR_TEXT_SIZE || !receive(talk, log, size))
		return false;
	log[size] = '\0';
	return true;
}

static enum err_code
receive_answer(
    const struct talk *talk, char answer[DOVEADM_ANSWER_SIZE], struct err *err)
{
	char log[ERR_TEXT_SIZE] = "";
	size_t length = 0;
	bool is_over = false;
	enum err_code code = OK;

	answer[0] = '\0';
	errno = 0;
	while (code == OK && !is_over) {
		if (receive_frame(talk, answer, &length, log))
			code = outcome(answer, length, log, &is_over, err);
		else if (strstr(log, "allowed") != NULL)
			code = err_set(err, ERR_DENIED, NULL,
			    "Dovecot does not allow this command.");
		else if (errno == ETIMEDOUT)
			code = err_set(err, ERR_TIMEOUT, NULL,
			    "Dovecot did not answer in time.");
		else
			code = err_set(err, ERR_SYSTEM, NULL,
			    "Dovecot ended the connection.");
	}
	return code;
}

enum err_code
doveadm_ask(const char *socket_path, const char *user, const char *const *words,
    char answer[DOVEADM_ANSWER_SIZE], struct err *err)
{
	struct err ignored;
	struct talk talk;
	char request[REQUEST_SIZE];
	enum err_code code;

	err = err != NULL ? err : &ignored;
	answer[0] = '\0';
	if (fill_request(request, user, words, err) != OK)
		return err->code;
	code = connect_to(socket_path, &talk, err);
	if (code == OK && (!shake_hands(&talk) || !send_all(&talk, request)))
		code = err_set(err, ERR_SYSTEM, NULL,
		    "Dovecot does not answer at %s as expected.", socket_path);
	if (code == OK)
		code = receive_answer(&talk, answer, err);
	if (talk.fd >= 0)
		close(talk.fd);
	return code;
}

enum err_code
doveadm_kick(const char *socket_path, const char *user, struct err *err)
{
	const char *const words[] = { "kick", user, NULL };
	char answer[DOVEADM_ANSWER_SIZE];
	const enum err_code code =
	    doveadm_ask(socket_path, user, words, answer, err);

	if (code == ERR_NOT_FOUND || strstr(answer, "-NOTFOUND") != NULL)
		return OK;
	return code;
}

/* "User quota<TAB>STORAGE<TAB>KIB<TAB>..." */
enum err_code
doveadm_used(const char *socket_path, const char *user, int64_t *used_bytes,
    struct err *err)
{
	static const char *const words[] = { "quota get", NULL };
	char answer[DOVEADM_ANSWER_SIZE];
	const char *at;
	char number[24];
	const enum err_code code =
	    doveadm_ask(socket_path, user, words, answer, err);

	*used_bytes = 0;
	if (code != OK)
		return code;
	at = strstr(answer, "\tSTORAGE\t");
	if (at == NULL)
		return err_set(err, ERR_SYSTEM, NULL,
		    "Dovecot tells no quota of %.100s.", user);
	at += strlen("\tSTORAGE\t");
	text_format(number, sizeof(number), "%.*s", (int)strcspn(at, "\t"), at);
	if (!text_to_int64(number, used_bytes))
		return err_set(err, ERR_SYSTEM, NULL,
		    "Dovecot tells no quota of %.100s.", user);
	*used_bytes *= 1024;
	return OK;
}
