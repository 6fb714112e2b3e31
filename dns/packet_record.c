/*
 * A record that ldns has unpacked becomes one of an answer.
 */
#include "dns/packet_take.h"

#include <string.h>
#include <sys/socket.h>

const char *
packet_rdf_name(struct arena *arena, const ldns_rdf *rdf)
{
	char name[DNS_NAME_SIZE];

	if (rdf == NULL || ldns_rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME ||
	    !packet_name_text(name, ldns_rdf_data(rdf), ldns_rdf_size(rdf), 0))
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

bool
packet_take_rr(struct arena *arena, const ldns_rr *from, struct dns_rr *rr)
{
	*rr = (struct dns_rr){
		.owner = packet_rdf_name(arena, ldns_rr_owner(from)),
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
		rr->name = packet_rdf_name(arena, ldns_rr_rdf(from, 0));
		return ldns_rr_rd_count(from) == 1;
	case DNS_MX:
		rr->preference = (uint16_t)rdf_number(from, 0);
		rr->name = packet_rdf_name(arena, ldns_rr_rdf(from, 1));
		return ldns_rr_rd_count(from) == 2;
	case DNS_SRV:
		rr->preference = (uint16_t)rdf_number(from, 0);
		rr->weight = (uint16_t)rdf_number(from, 1);
		rr->port = (uint16_t)rdf_number(from, 2);
		rr->name = packet_rdf_name(arena, ldns_rr_rdf(from, 3));
		return ldns_rr_rd_count(from) == 4;
	case DNS_SOA:
		rr->name = packet_rdf_name(arena, ldns_rr_rdf(from, 0));
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
