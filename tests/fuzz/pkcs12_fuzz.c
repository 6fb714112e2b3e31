/* PKCS#12 files, of the passphrase "secret" and of none. */
#include <stdint.h>

#include "smime/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_with(const uint8_t *data, size_t size, const char *passphrase)
{
	struct identity identity;
	struct err err;

	if (identity_read_pkcs12(&identity, data, size, passphrase, &err) == OK)
		identity_close(&identity);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_with(data, size, "secret");
	read_with(data, size, "");
	return 0;
}
