#include "dns/dnssec.h"

#include <string.h>

#include "base/host_name.h"
#include "dns/key.h"

#define DS_HEAD 4 /* key tag, algorithm, digest type */

unsigned
dnssec_key_tag(const unsigned char *dnskey, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i++)
		sum += i % 2 == 0 ? (uint32_t)dnskey[i] << 8 : dnskey[i];
	sum += sum >> 16;
	return sum & 0xFFFF;
}

/* The name as on the wire; 0 when it can't be. */
static size_t
wire_name(unsigned char to[DNS_NAME_SIZE], const char *name)
{
	size_t used = 0;

	while (*name != '\0') {
		const size_t length = strcspn(name, ".");

		if (length == 0 || length > 63 ||
		    used + length + 2 > DNS_NAME_SIZE)
			return 0;
		to[used++] = (unsigned char)length;
		memcpy(to + used, name, length);
		used += length;
		name += length;
		name += *name == '.';
	}
	to[used++] = 0;
	return used;
}

enum dnssec_fit
dnssec_ds_fits(
    const char *zone, const struct dns_rr *ds, const struct dns_rr *dnskey)
{
	const unsigned char *head = (const unsigned char *)ds->data;
	const unsigned char *key = (const unsigned char *)dnskey->data;
	unsigned char bytes[DNS_NAME_SIZE + DNS_DATA_MAX];
	unsigned char digest[KEY_DIGEST_MAX];
	size_t length = wire_name(bytes, zone), size;

	if (ds->length <= DS_HEAD || dnskey->length < 4 || length == 0 ||
	    dnskey->length > DNS_DATA_MAX)
		return DNSSEC_UNKNOWN;
	if ((unsigned)head[0] * 256 + head[1] !=
		dnssec_key_tag(key, dnskey->length) ||
	    head[2] != key[3])
		return DNSSEC_DIFFERS;
	memcpy(bytes + length, key, dnskey->length);
	size = key_ds_digest(digest, head[3], bytes, length + dnskey->length);
	if (size == 0)
		return DNSSEC_UNKNOWN;
	return size == ds->length - DS_HEAD &&
		memcmp(digest, head + DS_HEAD, size) == 0
	    ? DNSSEC_FITS
	    : DNSSEC_DIFFERS;
}

bool
dnssec_is_bogus(int ede_code)
{
	return ede_code >= 6 && ede_code <= 12;
}

const struct dns_answer *
dnssec_bogus_answer(
    const struct dns_answers *answers, const char *name, uint16_t type)
{
	const struct dns_answer *answer;

	for (int view = 0; view < 2; view++)
		for (size_t i = 0; (answer = answers_at(answers, name, type,
					view == 1, i)) != NULL;
		     i++)
			if (answer->state == ANSWER_SERVFAIL &&
			    dnssec_is_bogus(answer->ede_code))
				return answer;
	return NULL;
}

const struct dns_answer *
dnssec_bogus_below(const struct dns_answers *answers, const char *zone,
    const struct dns_question **question)
{
	const struct dns_answer *answer;

	for (size_t i = 0; (*question = answers_question(answers, i)) != NULL;
	     i++) {
		if (!host_name_is_below((*question)->name, zone))
			continue;
		answer = dnssec_bogus_answer(
		    answers, (*question)->name, (*question)->type);
		if (answer != NULL)
			return answer;
	}
	return NULL;
}
