#include "tests/dns/odd_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MESSAGE_MAX 65535
#define TYPE_A      1
#define TYPE_NS     2
#define TYPE_CNAME  5
#define TYPE_SOA    6
#define TYPE_TXT    16
#define TYPE_TSIG   250

/* An answer that is being written; octets over the end are lost. */
struct answer {
	unsigned char octets[MESSAGE_MAX];
	size_t length;
	bool has_tc;
};

struct query {
	const unsigned char *octets;
	size_t length;
	size_t question_end;
	bool has_edns, is_tcp;
	int number; /* of askings of this name by UDP */
	int udp;
	struct sockaddr_in from;
};

static void
put(struct answer *answer, const void *octets, size_t length)
{
	if (answer->length + length > MESSAGE_MAX)
		return;
	memcpy(answer->octets + answer->length, octets, length);
	answer->length += length;
}

static void
put16(struct answer *answer, unsigned value)
{
	const unsigned char octets[2] = { (unsigned char)(value >> 8),
		(unsigned char)value };

	put(answer, octets, 2);
}

static void
rcode(struct answer *answer, unsigned value)
{
	answer->octets[3] = (unsigned char)((answer->octets[3] & 0xF0) | value);
}

static void
count(struct answer *answer, int section)
{
	unsigned char *at = answer->octets + 4 + 2 * section;
	const unsigned value = (unsigned)(at[0] << 8 | at[1]) + 1;

	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

/* A record of the question's name (a pointer to octet 12). */
static void
rr(struct answer *answer, int section, unsigned type, const void *data,
    size_t length)
{
	put16(answer, 0xC00C);
	put16(answer, type);
	put16(answer, 1);
	put16(answer, 0);
	put16(answer, 300);
	put16(answer, (unsigned)length);
	put(answer, data, length);
	count(answer, section);
}

static void
rr_a(struct answer *answer)
{
	rr(answer, 1, TYPE_A, "\xC0\x00\x02\x01", 4);
}

/* ---- the modes ---- */

static bool
good(const struct query *query, struct answer *answer)
{
	(void)query;
	rr_a(answer);
	return true;
}

static bool
drop(const struct query *query, struct answer *answer)
{
	(void)query;
	(void)answer;
	return false;
}

static bool
drop_first(const struct query *query, struct answer *answer)
{
	rr_a(answer);
	return query->number > 1;
}

static bool
wrong_id(const struct query *query, struct answer *answer)
{
	(void)query;
	answer->octets[0] ^= 0x55;
	rr_a(answer);
	return true;
}

/* A forged answer comes before the right one. */
static bool
forged(const struct query *query, struct answer *answer)
{
	struct answer *lie = calloc(1, sizeof(*lie));

	*lie = *answer;
	lie->octets[0] ^= 0x55;
	rr(lie, 1, TYPE_A, "\xCB\x00\x71\x06", 4);
	sendto(query->udp, lie->octets, lie->length, 0,
	    (const struct sockaddr *)&query->from, sizeof(query->from));
	free(lie);
	rr_a(answer);
	return true;
}

static bool
wrong_name(const struct query *query, struct answer *answer)
{
	(void)query;
	answer->octets[13] ^= 0x01;
	rr_a(answer);
	return true;
}

static bool
wrong_type(const struct query *query, struct answer *answer)
{
	answer->octets[query->question_end - 3] ^= 0x1E;
	rr_a(answer);
	return true;
}

static bool
other_port(const struct query *query, struct answer *answer)
{
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);

	rr_a(answer);
	sendto(fd, answer->octets, answer->length, 0,
	    (const struct sockaddr *)&query->from, sizeof(query->from));
	close(fd);
	return false;
}

static bool
cut(const struct query *query, struct answer *answer)
{
	if (query->is_tcp)
		rr_a(answer);
	else
		answer->octets[2] |= 0x02;
	return true;
}

static bool
cut_always(const struct query *query, struct answer *answer)
{
	(void)query;
	answer->octets[2] |= 0x02;
	return true;
}

/* By TCP: closed without an answer, the first time. */
static bool
cut_then_closed(const struct query *query, struct answer *answer)
{
	if (query->is_tcp && query->number == 2)
		return false;
	return cut(query, answer);
}

static bool
cut_then_always_closed(const struct query *query, struct answer *answer)
{
	return !query->is_tcp && cut(query, answer);
}

/* By TCP: a length, one octet, and then nothing more. */
static bool
cut_then_silent(const struct query *query, struct answer *answer)
{
	if (query->is_tcp)
		answer->length = 1;
	else
		answer->octets[2] |= 0x02;
	return true;
}

static bool
formerr(const struct query *query, struct answer *answer)
{
	if (query->has_edns)
		rcode(answer, 1);
	else
		rr_a(answer);
	return true;
}

/* An old server that doesn't even repeat the question. */
static bool
formerr_bare(const struct query *query, struct answer *answer)
{
	if (query->has_edns) {
		rcode(answer, 1);
		answer->length = 12;
		answer->octets[5] = 0;
	} else {
		rr_a(answer);
	}
	return true;
}

static bool
notimp(const struct query *query, struct answer *answer)
{
	if (query->has_edns)
		rcode(answer, 4);
	else
		rr_a(answer);
	return true;
}

static bool
badvers(const struct query *query, struct answer *answer)
{
	static const unsigned char opt[] = { 0, 0, 41, 4, 0xD0, 1, 0, 0, 0, 0,
		0 };

	if (query->has_edns) {
		put(answer, opt, sizeof(opt));
		count(answer, 3);
	} else {
		rr_a(answer);
	}
	return true;
}

static bool
servfail(const struct query *query, struct answer *answer)
{
	static const unsigned char opt[] = { 0, 0, 41, 4, 0xD0, 0, 0, 0, 0, 0,
		12, 0, 15, 0, 8, 0, 7, 'e', 'x', 'p', 'i', 0x1B, 'd' };

	(void)query;
	rcode(answer, 2);
	put(answer, opt, sizeof(opt));
	count(answer, 3);
	return true;
}

static bool
refused(const struct query *query, struct answer *answer)
{
	(void)query;
	rcode(answer, 5);
	return true;
}

static bool
lame(const struct query *query, struct answer *answer)
{
	(void)query;
	answer->octets[2] &= 0xFB;
	rr(answer, 2, TYPE_NS, "\2ns\0", 4);
	return true;
}

static bool
cname_loop(const struct query *query, struct answer *answer)
{
	(void)query;
	rr(answer, 1, TYPE_CNAME, "\xC0\x0C", 2);
	return true;
}

static bool
junk(const struct query *query, struct answer *answer)
{
	answer->octets[7] = 40;
	for (int i = 0; i < 400; i++)
		put16(answer, (unsigned)i * 2654435761u >> 7);
	(void)query;
	return true;
}

static bool
half(const struct query *query, struct answer *answer)
{
	(void)query;
	rr_a(answer);
	answer->length -= 3;
	return true;
}

static bool
two_tsig(const struct query *query, struct answer *answer)
{
	(void)query;
	rr_a(answer);
	for (int i = 0; i < 2; i++)
		rr(answer, 3, TYPE_TSIG, "\1a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		    18);
	return true;
}

static bool
tiny(const struct query *query, struct answer *answer)
{
	(void)query;
	answer->length = 5;
	return true;
}

static bool
nxdomain(const struct query *query, struct answer *answer)
{
	static const unsigned char soa[] = { 1, 'a', 0, 1, 'b', 0, 0, 0, 0, 9,
		0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 60 };

	(void)query;
	rcode(answer, 3);
	rr(answer, 2, TYPE_SOA, soa, sizeof(soa));
	return true;
}

/* 60 kB of TXT by TCP, with NUL and ESC in it. */
static bool
huge(const struct query *query, struct answer *answer)
{
	unsigned char data[256] = { 255, 'v', 0, 0x1B, '[' };

	if (!query->is_tcp)
		return cut_always(query, answer);
	for (int i = 0; i < 220; i++)
		rr(answer, 1, TYPE_TXT, data, sizeof(data));
	return true;
}

/* More records than an answer may hold, by TCP. */
static bool
many(const struct query *query, struct answer *answer)
{
	if (!query->is_tcp)
		return cut_always(query, answer);
	for (int i = 0; i < 1100; i++)
		rr(answer, 1, TYPE_TXT, "\1x", 2);
	return true;
}

static bool
ttl_wild(const struct query *query, struct answer *answer)
{
	(void)query;
	rr_a(answer);
	answer->octets[answer->length - 10] = 0x80;
	return true;
}

static const struct {
	const char *label;
	bool (*answer)(const struct query *, struct answer *);
} modes[] = {
	{ "good", good },
	{ "drop", drop },
	{ "drop-first", drop_first },
	{ "wrong-id", wrong_id },
	{ "forged", forged },
	{ "wrong-name", wrong_name },
	{ "wrong-type", wrong_type },
	{ "other-port", other_port },
	{ "cut", cut },
	{ "cut-always", cut_always },
	{ "cut-then-silent", cut_then_silent },
	{ "cut-then-closed", cut_then_closed },
	{ "cut-then-always-closed", cut_then_always_closed },
	{ "formerr", formerr },
	{ "formerr-bare", formerr_bare },
	{ "notimp", notimp },
	{ "badvers", badvers },
	{ "servfail", servfail },
	{ "refused", refused },
	{ "lame", lame },
	{ "cname-loop", cname_loop },
	{ "junk", junk },
	{ "half", half },
	{ "two-tsig", two_tsig },
	{ "tiny", tiny },
	{ "nxdomain", nxdomain },
	{ "huge", huge },
	{ "many", many },
	{ "ttl-wild", ttl_wild },
};
#define MODE_COUNT (sizeof(modes) / sizeof(modes[0]))

/* ---- serving ---- */

/* The place behind the question; 0 for what is no question. */
static size_t
question_end(const unsigned char *octets, size_t length)
{
	size_t at = 12;

	while (at < length && octets[at] != 0)
		at += (size_t)octets[at] + 1;
	return at + 5 <= length ? at + 5 : 0;
}

static bool
make_answer(struct query *query, struct answer *answer)
{
	static int asked[MODE_COUNT];
	const size_t label = query->length > 12 ? query->octets[12] : 0;

	query->question_end = question_end(query->octets, query->length);
	if (query->question_end == 0)
		return false;
	query->has_edns = query->octets[11] > 0;
	answer->length = 0;
	put(answer, query->octets, query->question_end);
	answer->octets[2] = 0x84; /* QR, AA */
	answer->octets[3] = 0;
	memset(answer->octets + 6, 0, 6);
	for (size_t i = 0; i < MODE_COUNT; i++) {
		if (strlen(modes[i].label) != label ||
		    memcmp(modes[i].label, query->octets + 13, label) != 0)
			continue;
		query->number = ++asked[i];
		return modes[i].answer(query, answer);
	}
	return refused(query, answer);
}

static void
serve_udp(int fd, struct answer *answer)
{
	unsigned char octets[2048];
	struct query query = { .octets = octets, .udp = fd };
	socklen_t size = sizeof(query.from);
	const ssize_t n = recvfrom(fd, octets, sizeof(octets), 0,
	    (struct sockaddr *)&query.from, &size);

	if (n < 12)
		return;
	query.length = (size_t)n;
	if (make_answer(&query, answer))
		sendto(fd, answer->octets, answer->length, 0,
		    (struct sockaddr *)&query.from, size);
}

/* One question per connection; the connection stays open, silent. */
static void
serve_tcp(int listener, struct answer *answer)
{
	unsigned char octets[2048];
	struct query query = { .octets = octets + 2, .is_tcp = true };
	const int fd = accept(listener, NULL, NULL);
	unsigned char size[2];
	ssize_t n;

	if (fd < 0)
		return;
	n = recv(fd, octets, sizeof(octets), 0);
	if (n < 14)
		return;
	query.length = (size_t)n - 2;
	if (!make_answer(&query, answer)) {
		close(fd);
		return;
	}
	size[0] =
	    (unsigned char)((answer->length > 1 ? answer->length : 100) >> 8);
	size[1] = (unsigned char)(answer->length > 1 ? answer->length : 100);
	if (send(fd, size, 2, MSG_NOSIGNAL) == 2)
		(void)!send(fd, answer->octets, answer->length, MSG_NOSIGNAL);
}

static _Noreturn void
serve(int udp, int tcp)
{
	static struct answer answer;

	for (;;) {
		struct pollfd fds[2] = { { .fd = udp, .events = POLLIN },
			{ .fd = tcp, .events = POLLIN } };

		if (poll(fds, 2, -1) < 0)
			_exit(1);
		if (fds[0].revents != 0)
			serve_udp(udp, &answer);
		if (fds[1].revents != 0)
			serve_tcp(tcp, &answer);
	}
}

void
odd_server_open(struct odd_server *server, bool has_tcp)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t size = sizeof(at);
	int udp, tcp;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (;;) {
		at.sin_port = 0;
		udp = socket(AF_INET, SOCK_DGRAM, 0);
		tcp = socket(AF_INET, SOCK_STREAM, 0);
		if (udp < 0 || tcp < 0 ||
		    bind(udp, (struct sockaddr *)&at, sizeof(at)) != 0 ||
		    getsockname(udp, (struct sockaddr *)&at, &size) != 0)
			abort();
		if (bind(tcp, (struct sockaddr *)&at, sizeof(at)) == 0)
			break;
		close(udp);
		close(tcp);
	}
	server->port = ntohs(at.sin_port);
	if (has_tcp && listen(tcp, 16) != 0)
		abort();
	server->pid = fork();
	if (server->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(udp, has_tcp ? tcp : -1);
	}
	close(udp);
	close(tcp);
}

void
odd_server_close(struct odd_server *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
}
