#include "dns/update.h"

#include <errno.h>
#include <ldns/ldns.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/random.h"
#include "base/text.h"
#include "dns/packet.h"

#define FUDGE_SECONDS 300

/* ---- the key ---- */

static const char *const algorithms[] = { "hmac-sha256", "hmac-sha512",
	"hmac-sha1", NULL };

enum err_code
update_key_parse(struct update_key *key, const char *line, struct err *err)
{
	const size_t first = strcspn(line, ":");
	const char *name = line + first + (line[first] == ':');
	const size_t second = strcspn(name, ":");
	const char *secret = name + second + (name[second] == ':');
	uint8_t bytes[192];
	size_t length = 0;
	bool is_known = false;

	memset(key, 0, sizeof(*key));
	for (size_t i = 0; algorithms[i] != NULL; i++)
		if (strlen(algorithms[i]) == first &&
		    strncmp(line, algorithms[i], first) == 0)
			is_known = text_format(key->algorithm,
			    sizeof(key->algorithm), "%s.", algorithms[i]);
	if (is_known && second > 0 &&
	    text_format(
		key->name, sizeof(key->name), "%.*s", (int)second, name) &&
	    text_copy(key->secret, sizeof(key->secret), secret)) {
		text_trim(key->secret);
		if (base64_decode(bytes, sizeof(bytes), &length, key->secret)) {
			explicit_bzero(bytes, sizeof(bytes));
			return OK;
		}
	}
	explicit_bzero(bytes, sizeof(bytes));
	explicit_bzero(key, sizeof(*key));
	return err_set(err, ERR_INVALID, "key",
	    "The key is one line, ALGORITHM:NAME:SECRET, such as "
	    "hmac-sha256:mykey:c2VjcmV0.");
}

/* ---- the message ---- */

/* A change as an update has it: class NONE takes exactly that value away. */
static ldns_rr *
change_rr(struct arena *arena, const struct update_change *change)
{
	ldns_rr *rr = NULL;

	if (ldns_rr_new_frm_str(&rr,
		record_as_zone_line(arena, &change->record), 0, NULL,
		NULL) != LDNS_STATUS_OK)
		return NULL;
	if (change->is_delete) {
		ldns_rr_set_class(rr, LDNS_RR_CLASS_NONE);
		ldns_rr_set_ttl(rr, 0);
	}
	return rr;
}

static bool
fill_changes(
    ldns_rr_list *list, const struct update_change *changes, size_t count)
{
	struct arena arena = { 0 };
	bool is_good = true;

	for (size_t i = 0; is_good && i < count; i++) {
		ldns_rr *rr = change_rr(&arena, &changes[i]);

		is_good = rr != NULL && ldns_rr_list_push_rr(list, rr);
	}
	arena_free(&arena);
	return is_good;
}

/* The signed message in octets, which the caller frees with LDNS_FREE; *mac
 * is needed to check the answer. */
static uint8_t *
make_message(const char *zone, const struct update_change *changes,
    size_t count, const struct update_key *key, size_t *length, ldns_rdf **mac)
{
	ldns_rr_list *list = ldns_rr_list_new();
	ldns_rdf *name = ldns_dname_new_frm_str(zone);
	ldns_pkt *pkt = NULL;
	uint8_t *octets = NULL;
	uint16_t id;

	if (name != NULL && fill_changes(list, changes, count))
		pkt = ldns_update_pkt_new(
		    name, LDNS_RR_CLASS_IN, NULL, list, NULL);
	else
		ldns_rdf_deep_free(name);
	ldns_rr_list_deep_free(list);
	if (pkt == NULL)
		return NULL;
	random_bytes(&id, sizeof(id));
	ldns_pkt_set_id(pkt, id);
	if (ldns_pkt_tsig_sign(pkt, key->name, key->secret, FUDGE_SECONDS,
		key->algorithm, NULL) == LDNS_STATUS_OK &&
	    ldns_pkt2wire(&octets, pkt, length) == LDNS_STATUS_OK)
		*mac = ldns_rdf_clone(ldns_rr_rdf(ldns_pkt_tsig(pkt), 3));
	ldns_pkt_free(pkt);
	return octets;
}

/* ---- the way there and back, by TCP ---- */

static bool
wait_for(int fd, short what, int64_t end_ms)
{
	struct pollfd wait = { .fd = fd, .events = what };
	const int64_t left = end_ms - clock_monotonic_ms();

	return left > 0 && poll(&wait, 1, (int)left) > 0;
}

static bool
receive(int fd, uint8_t *to, size_t size, int64_t end_ms)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n;

		if (!wait_for(fd, POLLIN, end_ms))
			return false;
		n = read(fd, to + have, size - have);
		if (n <= 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (n == 0)
			return false;
		if (n > 0)
			have += (size_t)n;
	}
	return true;
}

static int
connect_to(const struct ip_port *server, int64_t end_ms)
{
	struct sockaddr_storage to;
	const socklen_t size = ip_to_sockaddr(server, &to);
	const int fd =
	    socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int problem = 0;
	socklen_t problem_size = sizeof(problem);

	if (fd < 0)
		return -1;
	if ((connect(fd, (struct sockaddr *)&to, size) == 0 ||
		errno == EINPROGRESS) &&
	    wait_for(fd, POLLOUT, end_ms) &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &problem_size) ==
		0 &&
	    problem == 0)
		return fd;
	close(fd);
	return -1;
}

/* An update is small: it fits the socket's buffer at once. */
static size_t
exchange(const struct ip_port *server, const uint8_t *octets, size_t length,
    uint8_t answer[PACKET_MAX])
{
	const int64_t end_ms = clock_monotonic_ms() + UPDATE_MS;
	uint8_t size[2] = { (uint8_t)(length >> 8), (uint8_t)length };
	const int fd = connect_to(server, end_ms);
	size_t have = 0;

	if (fd < 0)
		return 0;
	if (send(fd, size, 2, MSG_NOSIGNAL | MSG_MORE) == 2 &&
	    send(fd, octets, length, MSG_NOSIGNAL) == (ssize_t)length &&
	    receive(fd, size, 2, end_ms)) {
		have = (size_t)size[0] * 256 + size[1];
		if (!receive(fd, answer, have, end_ms))
			have = 0;
	}
	close(fd);
	return have;
}

/* ---- the answer ---- */

static enum err_code
judge_rcode(unsigned rcode, struct err *err)
{
	char *name = NULL;
	ldns_lookup_table *row = ldns_lookup_by_id(ldns_rcodes, (int)rcode);

	(void)name;
	if (rcode == LDNS_RCODE_NOERROR)
		return OK;
	return err_set(err, ERR_DENIED, NULL,
	    "The name server refuses the change: %s.  Look at its key and its "
	    "access rules for the zone.",
	    row != NULL ? row->name : "an unknown error");
}

/* Only what the key has signed is believed. */
static enum err_code
judge_answer(uint8_t *octets, size_t length, const struct update_key *key,
    const ldns_rdf *mac, struct err *err)
{
	ldns_pkt *pkt = NULL;
	enum err_code code;

	if (ldns_wire2pkt(&pkt, octets, length) != LDNS_STATUS_OK)
		return err_set(err, ERR_SYSTEM, NULL,
		    "The name server's answer can't be read.");
	if (ldns_pkt_tsig(pkt) == NULL ||
	    !ldns_pkt_tsig_verify(
		pkt, octets, length, key->name, key->secret, mac))
		code = err_set(err, ERR_DENIED, NULL,
		    "The name server's answer (%s) is not signed with the "
		    "key: it does not know the key, or another machine "
		    "answers.",
		    ldns_pkt_get_rcode(pkt) == LDNS_RCODE_NOTAUTH ? "NOTAUTH"
								  : "unsigned");
	else
		code = judge_rcode(ldns_pkt_get_rcode(pkt), err);
	ldns_pkt_free(pkt);
	return code;
}

enum err_code
update_send(const struct ip_port *server, const char *zone,
    const struct update_change *changes, size_t count,
    const struct update_key *key, struct err *err)
{
	static uint8_t answer[PACKET_MAX];
	ldns_rdf *mac = NULL;
	size_t length = 0, have;
	uint8_t *octets =
	    make_message(zone, changes, count, key, &length, &mac);
	enum err_code code;

	if (octets == NULL || mac == NULL || length > PACKET_MAX)
		code = err_set(err, ERR_INVALID, NULL,
		    "The change can't be written as a DNS message.");
	else {
		have = exchange(server, octets, length, answer);
		code = have == 0
		    ? err_set(err, ERR_TIMEOUT, NULL,
			  "The name server does not answer by TCP.")
		    : judge_answer(answer, have, key, mac, err);
	}
	ldns_rdf_deep_free(mac);
	LDNS_FREE(octets);
	return code;
}
