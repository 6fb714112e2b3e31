/*
 * packet.h - DNS messages: a question as octets, octets as an answer.
 *
 * The only place that uses ldns for answers; a question is a few octets by
 * hand.  What comes in is hostile: it is checked before ldns parses it
 * (ldns#317: a second TSIG leaks) and turned into the small structs of
 * answers.h at once.
 */
#ifndef DNS_PACKET_H
#define DNS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/answers.h"

#define PACKET_EDNS_SIZE 1232  /* octets we take by UDP */
#define PACKET_QUERY_MAX 512   /* octets of a question */
#define PACKET_MAX       65535 /* octets, by TCP */

struct packet_query {
	uint16_t id;
	bool wants_recursion; /* RD: for resolvers */
	bool has_edns;        /* with DO, so that AD and EDE come back */
};

/* Octets written to `to`, 0 when the name can't be asked. */
size_t packet_write(unsigned char to[PACKET_QUERY_MAX],
    const struct dns_question *, const struct packet_query *);

enum packet_result {
	PACKET_FOREIGN,   /* not the answer to this question: ignore it */
	PACKET_ANSWER,    /* *answer is filled, whatever it says */
	PACKET_TRUNCATED, /* ask again by TCP */
	PACKET_NO_EDNS,   /* the server wants the question without EDNS */
};

/*
 * Reads a message.  Fills state, rcode, flags, records and EDE of *answer,
 * whose `server` the caller has set; the records go into answer->memory.
 */
enum packet_result packet_read(const unsigned char *octets, size_t length,
    const struct dns_question *, const struct packet_query *,
    struct dns_answer *answer);

#endif
