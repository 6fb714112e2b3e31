/*
 * A message that ldns has unpacked becomes an answer.
 */
#include "dns/packet_take.h"

#include <string.h>

#include "base/text.h"

#define EDNS_EDE  15
#define CNAME_MAX 16

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
		    packet_take_rr(&answer->memory, rr, &rrs[answer->rr_count]))
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

	if (from == NULL || !packet_take_rr(&answer->memory, from, &rr))
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
		owner = packet_rdf_name(&answer->memory, ldns_rr_owner(rr));
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

			if (!packet_take_rr(&answer->memory, from, rr))
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
		const size_t size = packet_u16(at + 2);

		if (size + 4 > left)
			return;
		if (packet_u16(at) == EDNS_EDE && size >= 2) {
			answer->ede_code = packet_u16(at + 4);
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
enum answer_state
packet_state(const struct dns_answer *answer, bool is_recursive)
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

void
packet_take(const ldns_pkt *pkt, const struct dns_question *question,
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
	answer->state = packet_state(answer, query->wants_recursion);
	if (answer->state == ANSWER_LAME && question->type == DNS_DELEGATION)
		take_delegation(pkt, question, answer);
	if (answer->state == ANSWER_LAME)
		take_referral(pkt, question, answer);
	follow_cnames(question, answer);
}
