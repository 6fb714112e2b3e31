#include "dns/packet.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <ldns/ldns.h>
#include <string.h>

#include "base/text.h"

#define HEADER_SIZE  12
#define RECORDS_MAX  2048 /* of a message; more is a flood */
#define TYPE_TSIG    250
#define TYPE_OPT     41
#define EDNS_EDE     15
#define EDNS_DO      0x8000 /* RFC 3225 */
#define FLAG_RD      0x0100
#define FLAG_CD      0x0010 /* RFC 4035 section 3.2.2 */
#define POINTERS_MAX 64
#define CNAME_MAX    16

static uint16_t
u16(const unsigned char *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

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

/*
 * The name at `at` as text: lower case, no final dot, odd bytes as \DDD.
 * False when it is malformed or too long as text.
 */
static bool
name_text(char to[DNS_NAME_SIZE], const unsigned char *octets, size_t length,
    size_t at)
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
	const size_t questions = u16(octets + 4);
	const size_t records =
	    (size_t)u16(octets + 6) + u16(octets + 8) + u16(octets + 10);

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
		if (u16(octets + at) == TYPE_TSIG)
			return false;
		if (u16(octets + at) == TYPE_OPT && ++opts > 1)
			return false;
		at += 10 + (size_t)u16(octets + at + 8);
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

	if (length < HEADER_SIZE || u16(octets) != query->id ||
	    (octets[2] & 0xF8) != 0x80)
		return false;
	/* A server that can't read the question may leave it out. */
	if (u16(octets + 4) == 0)
		return (octets[3] & 0x0F) != 0 && u16(octets + 6) == 0;
	at = skip_name(octets, length, HEADER_SIZE);
	return u16(octets + 4) == 1 && at != 0 && at + 4 <= length &&
	    name_text(name, octets, length, HEADER_SIZE) &&
	    text_is_same_fold(name, question->name) &&
	    u16(octets + at) == question_wire_type(question->type) &&
	    u16(octets + at + 2) == LDNS_RR_CLASS_IN;
}

/* ---- reading ---- */

/* The text form of a name that ldns has unpacked. */
static const char *
rdf_name(struct arena *arena, const ldns_rdf *rdf)
{
	char name[DNS_NAME_SIZE];

	if (rdf == NULL || ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME ||
	    !name_text(name, ldns_rdf_data(rdf), ldns_rdf_size(rdf), 0))
		return "";
	return arena_text(arena, name);
}

static uint32_t
rdf_number(const ldns_rr *rr, size_t index)
{
	const ldns_rdf *rdf = ldns_rr_rdf(rr, index);

	if (rdf == NULL)
		return 0;
	if (ldns_rdf_size(rdf) == 4)
		return ldns_rdf2native_int32(rdf);
	return ldns_rdf_size(rdf) == 2 ? ldns_rdf2native_int16(rdf) : 0;
}

static void
take_txt(struct arena *arena, const ldns_rr *from, struct dns_rr *rr)
{
	const size_t count = ldns_rr_rd_count(from);
	char *data = arena_alloc(arena, count * 255 + 1);
	uint8_t *lengths = arena_alloc(arena, count + 1);

	for (size_t i = 0; i < count; i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(from, i);
		const unsigned char *octets = ldns_rdf_data(rdf);
		const size_t size = ldns_rdf_size(rdf);

		if (size == 0 || (size_t)octets[0] + 1 > size ||
		    rr->length + octets[0] > DNS_TEXT_MAX)
			break;
		memcpy(data + rr->length, octets + 1, octets[0]);
		rr->length += octets[0];
		lengths[rr->string_count++] = octets[0];
	}
	rr->data = data;
	rr->string_lengths = lengths;
}

/* The RDATA as it was on the wire. */
static void
take_raw(struct arena *arena, const ldns_rr *from, struct dns_rr *rr)
{
	char *data = arena_alloc(arena, DNS_DATA_MAX + 1);

	for (size_t i = 0; i < ldns_rr_rd_count(from); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(from, i);
		const size_t size = ldns_rdf_size(rdf);

		if (rr->length + size > DNS_DATA_MAX)
			break;
		memcpy(data + rr->length, ldns_rdf_data(rdf), size);
		rr->length += size;
	}
	rr->data = data;
}

static bool
take_ip(const ldns_rr *from, struct dns_rr *rr)
{
	const ldns_rdf *rdf = ldns_rr_rdf(from, 0);
	const size_t size = rr->type == DNS_A ? 4 : 16;

	if (rdf == NULL || ldns_rdf_size(rdf) != size)
		return false;
	rr->ip.family = rr->type == DNS_A ? AF_INET : AF_INET6;
	memcpy(rr->ip.bytes, ldns_rdf_data(rdf), size);
	return true;
}

static bool
take_rr(struct arena *arena, const ldns_rr *from, struct dns_rr *rr)
{
	*rr = (struct dns_rr){
		.owner = rdf_name(arena, ldns_rr_owner(from)),
		.type = (uint16_t)ldns_rr_get_type(from),
		.ttl = ldns_rr_ttl(from),
		.name = "",
		.data = "",
	};
	if (rr->ttl > INT32_MAX) /* RFC 2181 section 8 */
		rr->ttl = 0;
	switch (rr->type) {
	case DNS_A:
	case DNS_AAAA:
		return take_ip(from, rr);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		rr->name = rdf_name(arena, ldns_rr_rdf(from, 0));
		return ldns_rr_rd_count(from) == 1;
	case DNS_MX:
		rr->preference = (uint16_t)rdf_number(from, 0);
		rr->name = rdf_name(arena, ldns_rr_rdf(from, 1));
		return ldns_rr_rd_count(from) == 2;
	case DNS_SRV:
		rr->preference = (uint16_t)rdf_number(from, 0);
		rr->weight = (uint16_t)rdf_number(from, 1);
		rr->port = (uint16_t)rdf_number(from, 2);
		rr->name = rdf_name(arena, ldns_rr_rdf(from, 3));
		return ldns_rr_rd_count(from) == 4;
	case DNS_SOA:
		rr->name = rdf_name(arena, ldns_rr_rdf(from, 0));
		rr->serial = rdf_number(from, 2);
		rr->minimum = rdf_number(from, 6);
		return ldns_rr_rd_count(from) == 7;
	case DNS_TXT:
		take_txt(arena, from, rr);
		return true;
	default:
		take_raw(arena, from, rr);
		return true;
	}
}

/* When the signature ends; its validity is the resolver's business. */
static void
take_signature(const ldns_rr *rr, struct dns_answer *answer)
{
	const ldns_rdf *end = ldns_rr_rrsig_expiration(rr);
	int64_t at;

	if (end == NULL || ldns_rdf_size(end) != 4)
		return;
	at = ldns_rdf2native_int32(end);
	if (answer->signed_until == 0 || at < answer->signed_until)
		answer->signed_until = at;
}

/* False when there are more than an answer may hold: part of a set is none. */
static bool
take_answers(const ldns_pkt *pkt, uint16_t type, struct dns_answer *answer)
{
	const ldns_rr_list *list = ldns_pkt_answer(pkt);
	struct dns_rr *rrs;
	const size_t count = ldns_rr_list_rr_count(list);

	if (count > DNS_RRS_MAX)
		return false;
	rrs = arena_array(&answer->memory, count + 1, sizeof(*rrs));
	for (size_t i = 0; i < count; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const uint16_t is = (uint16_t)ldns_rr_get_type(rr);

		if (is == DNS_RRSIG)
			take_signature(rr, answer);

		if ((is == type || is == DNS_CNAME) &&
		    take_rr(&answer->memory, rr, &rrs[answer->rr_count]))
			answer->rr_count++;
	}
	answer->rrs = rrs;
	return true;
}

static const struct dns_rr *
cname_of(const struct dns_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DNS_CNAME &&
		    text_is_same(answer->rrs[i].owner, name))
			return &answer->rrs[i];
	return NULL;
}

static void
follow_cnames(const struct dns_question *question, struct dns_answer *answer)
{
	const struct dns_rr *rr;

	text_copy(answer->target, sizeof(answer->target), question->name);
	if (question->type == DNS_CNAME)
		return;
	for (int i = 0; (rr = cname_of(answer, answer->target)) != NULL; i++) {
		if (i == CNAME_MAX) {
			answer->state = ANSWER_BROKEN;
			text_copy(
			    answer->note, sizeof(answer->note), "CNAME loop");
			return;
		}
		text_copy(answer->target, sizeof(answer->target), rr->name);
	}
}

static const ldns_rr *
authority_soa(const ldns_pkt *pkt)
{
	const ldns_rr_list *list = ldns_pkt_authority(pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(list, i)) ==
		    LDNS_RR_TYPE_SOA)
			return ldns_rr_list_rr(list, i);
	return NULL;
}

static void
take_soa(const ldns_pkt *pkt, struct dns_answer *answer)
{
	const ldns_rr *from = authority_soa(pkt);
	struct dns_rr rr;

	if (from == NULL || !take_rr(&answer->memory, from, &rr))
		return;
	answer->has_soa = true;
	answer->negative_ttl = rr.minimum < rr.ttl ? rr.minimum : rr.ttl;
	text_copy(answer->soa_owner, sizeof(answer->soa_owner), rr.owner);
}

/* True when `name` is `zone` or below it. */
static bool
is_below(const char *name, const char *zone)
{
	const size_t length = strlen(name), tail = strlen(zone);

	return tail <= length && text_is_same(name + length - tail, zone) &&
	    (tail == 0 || tail == length || name[length - tail - 1] == '.');
}

/* The zone cut may lie below, as at _domainkey: NS records name it. */
static void
take_referral(const ldns_pkt *pkt, const struct dns_question *question,
    struct dns_answer *answer)
{
	const ldns_rr_list *list = ldns_pkt_authority(pkt);

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const char *owner;

		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_NS)
			continue;
		owner = rdf_name(&answer->memory, ldns_rr_owner(rr));
		if (is_below(question->name, owner))
			text_copy(
			    answer->referral, sizeof(answer->referral), owner);
		return;
	}
}

/* Is the owner one of the servers that were named? */
static bool
is_named(const struct dns_answer *answer, const char *owner)
{
	for (size_t i = 0; i < answer->rr_count; i++)
		if (answer->rrs[i].type == DNS_NS &&
		    text_is_same(answer->rrs[i].name, owner))
			return true;
	return false;
}

/*
 * What the parent's servers are asked for is a referral (RFC 1034 section
 * 4.2.1): NS records of the zone itself, and addresses of those beside it.
 */
static void
take_delegation(const ldns_pkt *pkt, const struct dns_question *question,
    struct dns_answer *answer)
{
	const ldns_rr_list *lists[] = { ldns_pkt_authority(pkt),
		ldns_pkt_additional(pkt) };
	const size_t counts[] = { ldns_rr_list_rr_count(lists[0]),
		ldns_rr_list_rr_count(lists[1]) };
	struct dns_rr *rrs;

	if (answer->rr_count > 0 || counts[0] + counts[1] > DNS_RRS_MAX)
		return;
	rrs = arena_array(
	    &answer->memory, counts[0] + counts[1] + 1, sizeof(*rrs));
	answer->rrs = rrs;
	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < counts[l]; i++) {
			struct dns_rr *rr = &rrs[answer->rr_count];
			const ldns_rr *from = ldns_rr_list_rr(lists[l], i);

			if (!take_rr(&answer->memory, from, rr))
				continue;
			if (l == 0
				? rr->type == DNS_NS &&
				    text_is_same(rr->owner, question->name)
				: (rr->type == DNS_A || rr->type == DNS_AAAA) &&
				    is_named(answer, rr->owner))
				answer->rr_count++;
		}
	if (answer->rr_count > 0)
		answer->state = ANSWER_GOOD;
}

/* Extended errors (RFC 8914): option 15, two octets of code, then text. */
static void
take_ede(const ldns_pkt *pkt, struct dns_answer *answer)
{
	const ldns_rdf *rdf = ldns_pkt_edns_data(pkt);
	const unsigned char *at;
	size_t left;

	if (rdf == NULL)
		return;
	at = ldns_rdf_data(rdf);
	left = ldns_rdf_size(rdf);
	while (left >= 4) {
		const size_t size = u16(at + 2);

		if (size + 4 > left)
			return;
		if (u16(at) == EDNS_EDE && size >= 2) {
			answer->ede_code = u16(at + 4);
			text_visible(answer->ede_text, sizeof(answer->ede_text),
			    (const char *)at + 6, size - 2);
			return;
		}
		at += size + 4;
		left -= size + 4;
	}
}

/* What kind of answer is it?  Only NOERROR and NXDOMAIN by one who may say so
 * count as such; everything else is unknown, never missing. */
static enum answer_state
state_of(const struct dns_answer *answer, bool is_recursive)
{
	switch (answer->rcode) {
	case LDNS_RCODE_NOERROR:
	case LDNS_RCODE_NXDOMAIN:
		break;
	case LDNS_RCODE_SERVFAIL:
		return ANSWER_SERVFAIL;
	case LDNS_RCODE_FORMERR:
		return ANSWER_BROKEN;
	default:
		return ANSWER_REFUSED;
	}
	if (!is_recursive && !answer->is_authoritative)
		return ANSWER_LAME;
	/* RFC 2308 section 2: without SOA a resolver's "nothing there" may be
	 * anything, a referral too. */
	if (is_recursive && answer->rr_count == 0 && !answer->has_soa &&
	    !answer->is_authoritative)
		return ANSWER_LAME;
	return ANSWER_GOOD;
}

static void
take(const ldns_pkt *pkt, const struct dns_question *question,
    const struct packet_query *query, struct dns_answer *answer)
{
	answer->is_authoritative = ldns_pkt_aa(pkt);
	answer->is_validated = ldns_pkt_ad(pkt);
	answer->rcode = (unsigned)ldns_pkt_get_rcode(pkt) |
	    (unsigned)ldns_pkt_edns_extended_rcode(pkt) << 4;
	if (!take_answers(pkt, question_wire_type(question->type), answer)) {
		text_format(answer->note, sizeof(answer->note),
		    "more than %d records", DNS_RRS_MAX);
		return;
	}
	take_soa(pkt, answer);
	take_ede(pkt, answer);
	answer->state = state_of(answer, query->wants_recursion);
	if (answer->state == ANSWER_LAME && question->type == DNS_DELEGATION)
		take_delegation(pkt, question, answer);
	if (answer->state == ANSWER_LAME)
		take_referral(pkt, question, answer);
	follow_cnames(question, answer);
}

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
	if (u16(octets + 4) == 0) { /* an error without question */
		answer->state = state_of(answer, query->wants_recursion);
		return PACKET_ANSWER;
	}
	answer->state = ANSWER_BROKEN;
	if (!is_well_formed(octets, length) ||
	    ldns_wire2pkt(&pkt, octets, length) != LDNS_STATUS_OK)
		return PACKET_ANSWER;
	take(pkt, question, query, answer);
	ldns_pkt_free(pkt);
	if (query->has_edns && answer->rcode == 16) /* BADVERS, RFC 6891 */
		return PACKET_NO_EDNS;
	return PACKET_ANSWER;
}
