/* The value of a From field: what is accepted is an address in stored form,
 * and the field names it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "smime/sender.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A domain outside ASCII is stored otherwise than it is written. */
static bool
is_ascii(struct mime_span value)
{
	for (size_t i = 0; i < value.length; i++)
		if ((unsigned char)value.bytes[i] > 127)
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mime_span value = { (const char *)data, size };
	struct address address;
	char from[ADDRESS_SIZE], again[ADDRESS_SIZE];
	struct err err;

	if (sender_read(value, from, &err) != OK)
		return 0;
	if (address_parse(&address, from, &err) != OK)
		abort();
	address_format(again, &address);
	if (strcmp(from, again) != 0)
		abort();
	if (is_ascii(value) && !sender_is_named(value, from))
		abort();
	return 0;
}
