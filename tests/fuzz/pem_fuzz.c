/* Pasted PEM: the first line is the passphrase, the rest the text. */
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "smime/identity.h"
#include "smime/look.h"
#include "smime/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1795000000 /* seconds */

static void
look(const char *text, size_t length, const char *passphrase)
{
	struct identity identity;
	struct look rows;
	struct err err;

	if (identity_read_pem(&identity, text, length, passphrase, &err) != OK)
		return;
	look_at(&rows, &identity, "nina@acme.example", NOW);
	identity_close(&identity);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *end = memchr(data, '\n', size);
	const size_t skip = end == NULL ? 0 : (size_t)(end - text) + 1;
	char passphrase[IDENTITY_PASS_SIZE] = "";
	struct pem pem;
	struct err err;

	if (skip > 0 && skip < sizeof(passphrase))
		memcpy(passphrase, text, skip - 1);
	if (pem_read(&pem, text + skip, size - skip, passphrase, &err) == OK)
		pem_close(&pem);
	look(text + skip, size - skip, passphrase);
	return 0;
}
