#include "dns/https.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/text.h"

#define CONNECT_MS 6000
#define EVENTS_MAX 16

struct transfer {
	struct https *https;
	CURL *easy; /* NULL: free */
	struct curl_slist *connect_to;
	void *context;
	char error[CURL_ERROR_SIZE];
	char *body; /* HTTPS_MAX bytes, made when first needed */
	size_t length;
	bool is_too_large;
};

struct https {
	struct arena *arena;
	void (*done)(void *context, const struct https_reply *);
	CURLM *multi;
	int epoll_fd;
	size_t busy;
	struct transfer transfers[HTTPS_AT_ONCE];
};

/* ---- sockets ---- */

/* libcurl says which sockets it waits for. */
static int
watch_socket(CURL *easy, curl_socket_t fd, int what, void *self, void *extra)
{
	struct https *https = self;
	struct epoll_event event = { .data.fd = fd };

	(void)easy;
	(void)extra;
	if (what == CURL_POLL_REMOVE) {
		epoll_ctl(https->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
		return 0;
	}
	if ((what & CURL_POLL_IN) != 0)
		event.events |= EPOLLIN;
	if ((what & CURL_POLL_OUT) != 0)
		event.events |= EPOLLOUT;
	if (epoll_ctl(https->epoll_fd, EPOLL_CTL_MOD, fd, &event) != 0)
		epoll_ctl(https->epoll_fd, EPOLL_CTL_ADD, fd, &event);
	return 0;
}

struct https *
https_open(
    struct arena *arena, void (*done)(void *, const struct https_reply *))
{
	struct https *https = arena_alloc(arena, sizeof(*https));

	https->arena = arena;
	https->done = done;
	https->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	https->multi = curl_multi_init();
	if (https->multi != NULL) {
		curl_multi_setopt(
		    https->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
		curl_multi_setopt(https->multi, CURLMOPT_SOCKETDATA, https);
	}
	return https;
}

static void
transfer_close(struct transfer *transfer)
{
	if (transfer->easy == NULL)
		return;
	curl_multi_remove_handle(transfer->https->multi, transfer->easy);
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->connect_to);
	transfer->easy = NULL;
	transfer->connect_to = NULL;
	transfer->https->busy--;
}

void
https_close(struct https **https)
{
	if (*https == NULL)
		return;
	for (size_t i = 0; i < HTTPS_AT_ONCE; i++)
		transfer_close(&(*https)->transfers[i]);
	curl_multi_cleanup((*https)->multi);
	close((*https)->epoll_fd);
	*https = NULL;
}

/* ---- one transfer ---- */

static size_t
take_body(char *bytes, size_t size, size_t count, void *self)
{
	struct transfer *transfer = self;
	const size_t length = size * count;

	if (length > HTTPS_MAX - transfer->length) {
		transfer->is_too_large = true;
		return 0;
	}
	memcpy(transfer->body + transfer->length, bytes, length);
	transfer->length += length;
	return length;
}

static void
set_request(struct transfer *transfer, const struct https_request *request,
    const char *url)
{
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_CONNECT_TO, transfer->connect_to);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
	    (long)(request->limit_ms != 0 ? request->limit_ms : HTTPS_MS));
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, (long)HTTPS_MAX);
	curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	if (request->authorities != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, request->authorities);
}

static struct transfer *
free_transfer(struct https *https)
{
	for (size_t i = 0; i < HTTPS_AT_ONCE; i++)
		if (https->transfers[i].easy == NULL)
			return &https->transfers[i];
	return NULL;
}

bool
https_get(struct https *https, const struct https_request *request)
{
	struct transfer *transfer = free_transfer(https);
	char url[512], to[512], ip[IP_TEXT_SIZE];
	const bool is_ip6 = request->at.ip.family == AF_INET6;

	ip_format(ip, &request->at.ip);
	if (transfer == NULL || https->multi == NULL ||
	    !text_format(url, sizeof(url), "https://%s%s", request->host,
		request->path) ||
	    !text_format(to, sizeof(to), "%s:443:%s%s%s:%u", request->host,
		is_ip6 ? "[" : "", ip, is_ip6 ? "]" : "", request->at.port))
		return false;
	if (transfer->body == NULL)
		transfer->body = arena_alloc(https->arena, HTTPS_MAX);
	transfer->https = https;
	transfer->context = request->context;
	transfer->length = 0;
	transfer->is_too_large = false;
	transfer->error[0] = '\0';
	transfer->easy = curl_easy_init();
	if (transfer->easy == NULL)
		return false;
	https->busy++;
	transfer->connect_to = curl_slist_append(NULL, to);
	set_request(transfer, request, url);
	curl_multi_add_handle(https->multi, transfer->easy);
	return true;
}

/* ---- its end ---- */

/* No route there says nothing about the host. */
static enum https_result
connect_result(CURL *easy)
{
	long number = 0;

	curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
	return number == ECONNREFUSED ? HTTPS_REFUSED : HTTPS_TIMEOUT;
}

static enum https_result
result_of(const struct transfer *transfer, CURLcode code)
{
	if (transfer->is_too_large)
		return HTTPS_TOO_LARGE;
	switch (code) {
	case CURLE_OK:
		return HTTPS_OK;
	case CURLE_FILESIZE_EXCEEDED:
		return HTTPS_TOO_LARGE;
	case CURLE_OPERATION_TIMEDOUT:
		return HTTPS_TIMEOUT;
	case CURLE_SSL_CACERT_BADFILE: /* this machine's, not the host's */
		return HTTPS_TIMEOUT;
	case CURLE_COULDNT_CONNECT:
		return connect_result(transfer->easy);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
		return HTTPS_CERTIFICATE;
	default:
		return HTTPS_BROKEN;
	}
}

static void
finish(struct transfer *transfer, CURLcode code)
{
	struct https_reply reply = { .result = result_of(transfer, code),
		.body = transfer->body,
		.length = transfer->length,
		.media_type = "",
		.problem = transfer->error[0] != '\0'
		    ? transfer->error
		    : curl_easy_strerror(code) };
	char *media_type = NULL;
	long status = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &media_type);
	reply.status = (unsigned)status;
	if (media_type != NULL)
		reply.media_type = media_type;
	transfer->https->done(transfer->context, &reply);
	transfer_close(transfer);
}

void
https_step(struct https *https)
{
	struct epoll_event events[EVENTS_MAX];
	int count = epoll_wait(https->epoll_fd, events, EVENTS_MAX, 0);
	int running = 0;
	CURLMsg *message;

	if (https->multi == NULL)
		return;
	for (int i = 0; i < count; i++)
		curl_multi_socket_action(
		    https->multi, events[i].data.fd, 0, &running);
	curl_multi_socket_action(
	    https->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	while (
	    (message = curl_multi_info_read(https->multi, &running)) != NULL) {
		char *self = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(
		    message->easy_handle, CURLINFO_PRIVATE, &self);
		finish((struct transfer *)(void *)self, message->data.result);
	}
}

bool
https_has_room(const struct https *https)
{
	return https->busy < HTTPS_AT_ONCE;
}

bool
https_is_busy(const struct https *https)
{
	return https->busy > 0;
}

int
https_fd(const struct https *https)
{
	return https->epoll_fd;
}

bool
https_add_fd(struct https *https, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(https->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}
