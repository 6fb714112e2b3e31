/* Octets of CAA, TLSA, DS and DNSKEY records, and of keys. */
#include <stdint.h>

#include "dns/caa.h"
#include "dns/dnssec.h"
#include "dns/key.h"
#include "dns/tlsa.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lint lint = { .text = "" };
	const struct dns_rr ds = { .data = (const char *)data,
		.length = size / 2 };
	const struct dns_rr key = { .data = (const char *)data + size / 2,
		.length = size - size / 2 };
	struct tlsa tlsa;
	struct caa caa;
	char issuer[256];
	int bits;

	if (caa_from_wire(&caa, data, size)) {
		caa_judge(&caa, &lint);
		(void)caa_issuer(issuer, &caa);
	}
	if (tlsa_from_wire(&tlsa, data, size))
		tlsa_judge(&tlsa, &lint);
	(void)dnssec_ds_fits("example.com", &ds, &key);
	(void)key_read(data, size, &bits);
	return 0;
}
