#include "dns/starttls_session.h"

#include <ctype.h>
#include <errno.h>
#include <openssl/err.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/starttls_certificate.h"

#define QUIT_MS 1000 /* to say goodbye */

/* ---- its end ---- */

void
session_close(struct session *session)
{
	if (session->all == NULL)
		return;
	session->all->busy--;
	session->all = NULL;
	SSL_free(session->ssl);
	session->ssl = NULL;
	close(session->fd);
}

static void
finish(struct session *session)
{
	struct starttls *all = session->all;

	all->done(session->context, &session->reply);
	session_close(session);
}

static void
set_result(struct session *session, enum starttls_result result,
    const char *detail, size_t length)
{
	session->reply.result = result;
	text_visible(session->reply.detail, sizeof(session->reply.detail),
	    detail, length);
}

static void
end_with(
    struct session *session, enum starttls_result result, const char *detail)
{
	set_result(session, result, detail, strlen(detail));
	finish(session);
}

static void
watch(struct session *session, uint32_t events, int operation)
{
	struct epoll_event event = { .events = events, .data.ptr = session };

	epoll_ctl(session->all->epoll_fd, operation, session->fd, &event);
}

/* ---- the session, step by step ---- */

/* A command fits into the buffer of a fresh socket. */
static bool
say(struct session *session, const char *command)
{
	const size_t length = strlen(command);

	session->length = 0;
	if (session->is_tls)
		return SSL_write(session->ssl, command, (int)length) ==
		    (int)length;
	return send(session->fd, command, length, MSG_NOSIGNAL) ==
	    (ssize_t)length;
}

/* The verdict stands; the answer to QUIT is awaited for a moment. */
static void
say_goodbye(struct session *session)
{
	const int64_t most_ms = clock_monotonic_ms() + QUIT_MS;

	session->step = QUIT;
	if (session->end_ms > most_ms)
		session->end_ms = most_ms;
	if (!say(session, "QUIT\r\n"))
		finish(session);
}

static bool
begin_tls(struct session *session, SSL_CTX *context)
{
	session->ssl = SSL_new(context);
	if (session->ssl == NULL)
		return false;
	SSL_set_app_data(session->ssl, &session->chain_error);
	return SSL_set_fd(session->ssl, session->fd) == 1 &&
	    SSL_set_tlsext_host_name(session->ssl, session->host) == 1;
}

static void
take_certificate(struct session *session)
{
	session->reply.result = STARTTLS_TLS;
	if (certificate_take(&session->reply, session->ssl, session->host,
		session->chain_error))
		say_goodbye(session);
	else
		end_with(session, STARTTLS_BROKEN, "it has no certificate");
}

/* A connection that ends may be whole the next time. */
static void
end_handshake(struct session *session, unsigned long error)
{
	char reason[STARTTLS_TEXT_SIZE];

	if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
		end_with(session, STARTTLS_NOT_NOW, "it ends the handshake");
		return;
	}
	ERR_error_string_n(error, reason, sizeof(reason));
	end_with(session, STARTTLS_BROKEN, reason);
}

static void
shake_hands(struct session *session)
{
	int result;

	ERR_clear_error();
	result = SSL_connect(session->ssl);
	if (result == 1) {
		session->is_tls = true;
		watch(session, EPOLLIN, EPOLL_CTL_MOD);
		take_certificate(session);
		return;
	}
	switch (SSL_get_error(session->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		watch(session, EPOLLIN, EPOLL_CTL_MOD);
		return;
	case SSL_ERROR_WANT_WRITE:
		watch(session, EPOLLOUT, EPOLL_CTL_MOD);
		return;
	case SSL_ERROR_SYSCALL:
		end_with(session, STARTTLS_NOT_NOW, "it ends the handshake");
		return;
	default:
		end_handshake(session, ERR_peek_last_error());
		ERR_clear_error();
	}
}

/* Does one line of the reply to EHLO offer STARTTLS? */
static bool
offers_starttls(const char *reply)
{
	for (const char *line = reply; line != NULL;
	     line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strlen(line) >= 12 &&
		    strncasecmp(line + 4, "STARTTLS", 8) == 0 &&
		    !isalnum((unsigned char)line[12]))
			return true;
	}
	return false;
}

/* The whole reply is in session->in; its last line begins at `last`, and
 * `rest` octets stand behind it. */
static void
take_reply(struct session *session, const char *last, size_t rest)
{
	const int class = session->in[0] - '0';
	const size_t length = strcspn(last, "\r\n");
	char command[HOST_NAME_SIZE + 16];

	switch (session->step) {
	case GREETING:
		text_format(
		    command, sizeof(command), "EHLO %s\r\n", session->helo);
		session->step = EHLO;
		if (class == 2 && say(session, command))
			return;
		end_with(session, STARTTLS_NOT_NOW, last);
		return;
	case EHLO:
		session->step = STARTTLS;
		if (class == 2 && offers_starttls(session->in)) {
			if (!say(session, "STARTTLS\r\n"))
				end_with(session, STARTTLS_TIMEOUT, "");
			return;
		}
		set_result(session,
		    class == 2 ? STARTTLS_MISSING : STARTTLS_NOT_NOW,
		    class == 2 ? "" : last, class == 2 ? 0 : length);
		say_goodbye(session);
		return;
	case STARTTLS:
		if (class != 2) {
			/* 454: a temporary reason (RFC 3207 section 4). */
			set_result(session,
			    class == 4 ? STARTTLS_NOT_NOW : STARTTLS_BROKEN,
			    last, length);
			say_goodbye(session);
		} else if (rest > 0) {
			/* Somebody on the way may have put it there. */
			end_with(session, STARTTLS_BROKEN,
			    "plain text follows the answer to STARTTLS");
		} else {
			session->step = HANDSHAKE;
			shake_hands(session);
		}
		return;
	default:
		finish(session);
	}
}

/* True when a reply (RFC 5321 section 4.2.1) is complete: *last is its last
 * line, *rest counts what stands behind it. */
static bool
is_complete(struct session *session, const char **last, size_t *rest)
{
	const char *line = session->in, *end;

	session->in[session->length] = '\0';
	while ((end = strchr(line, '\n')) != NULL) {
		if (end - line < 4 || line[3] != '-') {
			*last = line;
			*rest =
			    session->length - (size_t)(end + 1 - session->in);
			return true;
		}
		line = end + 1;
	}
	return false;
}

static ssize_t
receive(struct session *session)
{
	char *to = session->in + session->length;
	const size_t room = REPLY_MAX - session->length;
	int n;

	if (!session->is_tls)
		return recv(session->fd, to, room, 0);
	ERR_clear_error();
	n = SSL_read(session->ssl, to, (int)room);
	if (n <= 0 && SSL_get_error(session->ssl, n) == SSL_ERROR_WANT_READ)
		errno = EAGAIN;
	else if (n <= 0)
		return 0;
	return n;
}

static void
hear(struct session *session)
{
	const ssize_t n = receive(session);
	const char *last;
	size_t rest;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 && session->step == QUIT) {
		finish(session);
		return;
	}
	if (n <= 0) {
		end_with(session, STARTTLS_NOT_NOW, "it ends the connection");
		return;
	}
	session->length += (size_t)n;
	if (is_complete(session, &last, &rest))
		take_reply(session, last, rest);
	else if (session->length == REPLY_MAX && session->step == QUIT)
		finish(session);
	else if (session->length == REPLY_MAX)
		end_with(session, STARTTLS_NOT_NOW, "its reply has no end");
}

static void
take_connection(struct session *session)
{
	int error = 0;
	socklen_t size = sizeof(error);

	getsockopt(session->fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error != 0) {
		/* No route there says nothing about the host. */
		end_with(session,
		    error == ECONNREFUSED ? STARTTLS_REFUSED : STARTTLS_TIMEOUT,
		    "");
		return;
	}
	session->step = GREETING;
	watch(session, EPOLLIN, EPOLL_CTL_MOD);
}

/* ---- its beginning ---- */

/* The TLS side is made first: what can't be begun shouldn't be asked for. */
static bool
prepare(struct session *session, const struct starttls_request *request)
{
	SSL_CTX *context = certificate_context(request->authorities);
	const int family = request->at.ip.family;
	bool is_ready;

	session->fd =
	    socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	is_ready = context != NULL && session->fd >= 0 &&
	    text_copy(session->host, sizeof(session->host), request->host) &&
	    text_copy(session->helo, sizeof(session->helo), request->helo) &&
	    begin_tls(session, context);
	SSL_CTX_free(context); /* the SSL object keeps its own hold */
	return is_ready;
}

bool
session_begin(struct session *session, const struct starttls_request *request)
{
	struct sockaddr_storage to;
	const socklen_t size = ip_to_sockaddr(&request->at, &to);

	if (!prepare(session, request)) {
		session_close(session);
		return false;
	}
	watch(session, EPOLLOUT, EPOLL_CTL_ADD);
	if (connect(session->fd, (struct sockaddr *)&to, size) != 0 &&
	    errno != EINPROGRESS) {
		end_with(session,
		    errno == ECONNREFUSED ? STARTTLS_REFUSED : STARTTLS_TIMEOUT,
		    "");
	}
	return true;
}

void
session_step(struct session *session)
{
	if (session->step == CONNECT)
		take_connection(session);
	else if (session->step == HANDSHAKE)
		shake_hands(session);
	else
		hear(session);
}

void
session_expire(struct session *session)
{
	if (session->step == QUIT)
		finish(session);
	else
		end_with(session, STARTTLS_TIMEOUT, "");
}
