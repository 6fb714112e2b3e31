#include "dns/packet.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "dns/packet_take.h"

#define HEADER_SIZE  12
#define RECORDS_MAX  2048 /* of a message; more is a flood */
#define TYPE_TSIG    250
#define TYPE_OPT     41
#define EDNS_DO      0x8000 /* RFC 3225 */
#define FLAG_RD      0x0100
#define FLAG_CD      0x0010 /* RFC 4035 section 3.2.2 */
#define POINTERS_MAX 64

/* ---- writing ---- */

static size_t
put_u16(unsigned char *to, size_t at, unsigned value)
{
	to[at] = (unsigned char)(value >> 8);
	to[at + 1] = (unsigned char)value;
	return at + 2;
}

/* A name that dns_name_normalize() has let through; "" is the root. */
static size_t
put_name(unsigned char *to, size_t at, const char *name)
{
	while (*name != '\0') {
		const size_t length = strcspn(name, ".");

		to[at++] = (unsigned char)length;
		memcpy(to + at, name, length);
		at += length;
		name += length + (name[length] == '.');
	}
	to[at++] = 0;
	return at;
}

/* RFC 6891 section 6.1.2: the size we take and DO, no options. */
static size_t
put_edns(unsigned char *to, size_t at)
{
	to[at++] = 0;
	at = put_u16(to, at, TYPE_OPT);
	at = put_u16(to, at, PACKET_EDNS_SIZE);
	at = put_u16(to, at, 0);
	at = put_u16(to, at, EDNS_DO);
	return put_u16(to, at, 0);
}

/* By hand: ldns takes longer for it than the question takes on loopback. */
size_t
packet_write(unsigned char to[PACKET_QUERY_MAX],
    const struct dns_question *question, const struct packet_query *query)
{
	char name[DNS_NAME_SIZE];
	size_t at = 0;

	if (!dns_name_normalize(
		name, question->name[0] == '\0' ? "." : question->name))
		return 0;
	at = put_u16(to, at, query->id);
	at = put_u16(to, at,
	    (query->wants_recursion ? FLAG_RD : 0u) |
		(question->is_unchecked ? FLAG_CD : 0u));
	at = put_u16(to, at, 1); /* questions */
	at = put_u16(to, at, 0);
	at = put_u16(to, at, 0);
	at = put_u16(to, at, query->has_edns);
	at = put_name(to, at, name);
	at = put_u16(to, at, question_wire_type(question->type));
	at = put_u16(to, at, LDNS_RR_CLASS_IN);
	return query->has_edns ? put_edns(to, at) : at;
}

/* ---- a walk over the octets before ldns sees them ---- */

/* The place behind a name, 0 when it leaves the message. */
static size_t
skip_name(const unsigned char *octets, size_t length, size_t at)
{
	while (at < length) {
		if (octets[at] >= 0xC0)
			return at + 2 <= length ? at + 2 : 0;
		if (octets[at] > 63)
			return 0;
		if (octets[at] == 0)
			return at + 1;
		at += (size_t)octets[at] + 1;
	}
	return 0;
}

bool
packet_name_text(char to[DNS_NAME_SIZE], const unsigned char *octets,
    size_t length, size_t at)
{
	size_t used = 0;
	int pointers = 0;

	for (;;) {
		if (at >= length)
			return false;
		if (octets[at] >= 0xC0) {
			if (at + 1 >= length || ++pointers > POINTERS_MAX)
				return false;
			at = (size_t)(octets[at] & 0x3F) << 8 | octets[at + 1];
			continue;
		}
		if (octets[at] > 63 || at + 1 + octets[at] > length)
			return false;
		if (octets[at] == 0)
			break;
		if (used > 0)
			to[used++] = '.';
		for (size_t i = 0; i < octets[at]; i++) {
			const unsigned char c = octets[at + 1 + i];

			if (used + 6 > DNS_NAME_SIZE)
				return false;
			if (c <= ' ' || c >= 0x7F || c == '.' || c == '\\')
				used +=
				    (size_t)snprintf(to + used, 5, "\\%03u", c);
			else
				to[used++] = (char)tolower(c);
		}
		at += (size_t)octets[at] + 1;
	}
	to[used] = '\0';
	return true;
}

/* True when every record lies inside of the message and nothing odd is
 * among them. */
static bool
is_well_formed(const unsigned char *octets, size_t length)
{
	size_t at = HEADER_SIZE, opts = 0;
	const size_t questions = packet_u16(octets + 4);
	const size_t records = (size_t)packet_u16(octets + 6) +
	    packet_u16(octets + 8) + packet_u16(octets + 10);

	if (questions != 1 || records > RECORDS_MAX)
		return false;
	at = skip_name(octets, length, at);
	if (at == 0 || at + 4 > length)
		return false;
	at += 4;
	for (size_t i = 0; i < records; i++) {
		at = skip_name(octets, length, at);
		if (at == 0 || at + 10 > length)
			return false;
		if (packet_u16(octets + at) == TYPE_TSIG)
			return false;
		if (packet_u16(octets + at) == TYPE_OPT && ++opts > 1)
			return false;
		at += 10 + (size_t)packet_u16(octets + at + 8);
		if (at > length)
			return false;
	}
	return true;
}

/* Id, QR, opcode, class and question are those of what we sent. */
static bool
is_ours(const unsigned char *octets, size_t length,
    const struct dns_question *question, const struct packet_query *query)
{
	char name[DNS_NAME_SIZE];
	size_t at;

	if (length < HEADER_SIZE || packet_u16(octets) != query->id ||
	    (octets[2] & 0xF8) != 0x80)
		return false;
	/* A server that can't read the question may leave it out. */
	if (packet_u16(octets + 4) == 0)
		return (octets[3] & 0x0F) != 0 && packet_u16(octets + 6) == 0;
	at = skip_name(octets, length, HEADER_SIZE);
	return packet_u16(octets + 4) == 1 && at != 0 && at + 4 <= length &&
	    packet_name_text(name, octets, length, HEADER_SIZE) &&
	    text_is_same_fold(name, question->name) &&
	    packet_u16(octets + at) == question_wire_type(question->type) &&
	    packet_u16(octets + at + 2) == LDNS_RR_CLASS_IN;
}
/* ---- reading ---- */

enum packet_result
packet_read(const unsigned char *octets, size_t length,
    const struct dns_question *question, const struct packet_query *query,
    struct dns_answer *answer)
{
	ldns_pkt *pkt = NULL;
	unsigned rcode;

	if (!is_ours(octets, length, question, query))
		return PACKET_FOREIGN;
	rcode = octets[3] & 0x0F;
	if (query->has_edns &&
	    (rcode == LDNS_RCODE_FORMERR || rcode == LDNS_RCODE_NOTIMPL))
		return PACKET_NO_EDNS;
	if ((octets[2] & 0x02) != 0)
		return PACKET_TRUNCATED;
	answer->ede_code = -1;
	answer->rcode = rcode;
	if (packet_u16(octets + 4) == 0) { /* an error without question */
		answer->state = packet_state(answer, query->wants_recursion);
		return PACKET_ANSWER;
	}
	answer->state = ANSWER_BROKEN;
	if (!is_well_formed(octets, length) ||
	    ldns_wire2pkt(&pkt, octets, length) != LDNS_STATUS_OK)
		return PACKET_ANSWER;
	packet_take(pkt, question, query, answer);
	ldns_pkt_free(pkt);
	if (query->has_edns && answer->rcode == 16) /* BADVERS, RFC 6891 */
		return PACKET_NO_EDNS;
	return PACKET_ANSWER;
}
