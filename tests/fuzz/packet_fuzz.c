/*
 * What a name server may send to our question: two bytes choose the type and
 * the flags, then come the counts and the sections behind the question.
 */
#include <stdint.h>
#include <string.h>

#include "dns/packet.h"

#define HEAD 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t types[] = { DNS_A, DNS_NS, DNS_CNAME, DNS_SOA,
		DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_SRV, DNS_DS, DNS_DNSKEY,
		DNS_TLSA, DNS_CAA, DNS_DELEGATION, DNS_APEX };
	static unsigned char octets[PACKET_MAX];
	const struct packet_query query = { .id = 1, .has_edns = true };
	struct dns_question question = { .name = "example.com" };
	static struct dns_server server;
	struct dns_answer answer = { .server = &server };
	size_t length;

	if (size < 10 || size > PACKET_MAX - PACKET_QUERY_MAX)
		return 0;
	question.type = types[data[0] % (sizeof(types) / sizeof(types[0]))];
	length = packet_write(octets, &question, &query);
	if (length < HEAD + 17)
		return 0;
	length = HEAD + 17; /* without the EDNS that we send */
	octets[2] = (unsigned char)(data[1] | 0x80);
	octets[3] = data[2];
	memcpy(octets + 6, data + 3, 6);
	memcpy(octets + length, data + 9, size - 9);
	(void)packet_read(
	    octets, length + size - 9, &question, &query, &answer);
	arena_free(&answer.memory);
	return 0;
}
