/*
 * packet_take.h - what dns/packet*.c share: a message that ldns has unpacked
 * becomes an answer.
 */
#ifndef DNS_PACKET_TAKE_H
#define DNS_PACKET_TAKE_H

#include <ldns/ldns.h>

#include "dns/packet.h"

static inline uint16_t
packet_u16(const unsigned char *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

/*
 * The name at `at` as text: lower case, no final dot, odd bytes as \DDD.
 * False when it is malformed or too long as text.
 */
bool packet_name_text(char to[DNS_NAME_SIZE], const unsigned char *octets,
    size_t length, size_t at);

/* The text form of a name that ldns has unpacked; "" when it is none. */
const char *packet_rdf_name(struct arena *, const ldns_rdf *);

/* False when its data is not of its type. */
bool packet_take_rr(struct arena *, const ldns_rr *from, struct dns_rr *);

/* Flags, records and extended errors of the message; answer->state, too. */
void packet_take(const ldns_pkt *, const struct dns_question *,
    const struct packet_query *, struct dns_answer *answer);

/* By the code, the flags and the records that were taken. */
enum answer_state packet_state(const struct dns_answer *, bool is_recursive);

#endif
