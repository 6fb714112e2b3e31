#include "dns/tlsa.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "dns/key.h"
#include "dns/lint_words.h"

#define SHA256_LENGTH DIGEST_SHA256_SIZE
#define SHA512_LENGTH DIGEST_SHA512_SIZE

bool
tlsa_from_wire(struct tlsa *tlsa, const uint8_t *octets, size_t length)
{
	if (length < 4)
		return false;
	*tlsa = (struct tlsa){ .usage = octets[0],
		.selector = octets[1],
		.matching = octets[2],
		.data = octets + 3,
		.length = length - 3 };
	return true;
}

enum part { USAGE, SELECTOR, MATCHING, DATA };

static const char *
place(const struct tlsa *tlsa, const struct lint *lint, enum part part)
{
	return tlsa->places[part] != NULL ? tlsa->places[part] : lint->text;
}

/* ---- the data ---- */

static void
judge_whole(const struct tlsa *tlsa, struct lint *lint)
{
	int bits = 0;
	const enum key_form form = key_read(tlsa->data, tlsa->length, &bits);
	const bool is_certificate = form == KEY_CERTIFICATE;

	if (form == KEY_BROKEN || form == KEY_RSA_BARE ||
	    is_certificate != (tlsa->selector == 0))
		lint_fail(lint, place(tlsa, lint, DATA),
		    "The data is no whole %s (DER), as \"%u %u 0\" says.",
		    tlsa->selector == 0 ? "certificate" : "public key",
		    tlsa->usage, tlsa->selector);
	else
		lint_warn(lint, place(tlsa, lint, DATA),
		    "A whole %s makes the answer long; a hash is usual (3 1 "
		    "1).",
		    is_certificate ? "certificate" : "key");
}

/* The length is that of the matching type. */
static bool
is_hash_of_nothing(const struct tlsa *tlsa)
{
	uint8_t nothing[SHA512_LENGTH];

	if (tlsa->matching == 1)
		digest_sha256(nothing, "", 0);
	else
		digest_sha512(nothing, "", 0);
	return memcmp(tlsa->data, nothing, tlsa->length) == 0;
}

static void
judge_data(const struct tlsa *tlsa, struct lint *lint)
{
	const size_t wanted =
	    tlsa->matching == 1 ? SHA256_LENGTH : SHA512_LENGTH;

	if (tlsa->matching == 0)
		judge_whole(tlsa, lint);
	else if (tlsa->length != wanted)
		lint_fail(lint, place(tlsa, lint, DATA),
		    "A SHA-%s hash has %zu octets; here are %zu.",
		    tlsa->matching == 1 ? "256" : "512", wanted, tlsa->length);
	else if (is_hash_of_nothing(tlsa))
		lint_fail(lint, place(tlsa, lint, DATA),
		    "This is the hash of nothing: the tool that made it found "
		    "no certificate.");
}

void
tlsa_judge(const struct tlsa *tlsa, struct lint *lint)
{
	if (tlsa->usage > 3 || tlsa->selector > 1 || tlsa->matching > 2) {
		lint_fail(lint,
		    place(tlsa, lint,
			tlsa->usage > 3          ? USAGE
			    : tlsa->selector > 1 ? SELECTOR
						 : MATCHING),
		    "\"%u %u %u\" is nothing that senders know: usage 0 to 3, "
		    "selector 0 or 1, matching 0 to 2.",
		    tlsa->usage, tlsa->selector, tlsa->matching);
		return;
	}
	if (tlsa->usage < 2)
		lint_warn(lint, place(tlsa, lint, USAGE),
		    "Usage %u is not used by mail servers (RFC 7672): take 3 "
		    "or 2.",
		    tlsa->usage);
	else if (tlsa->usage == 3 && tlsa->selector == 0)
		lint_warn(lint, place(tlsa, lint, SELECTOR),
		    "Selector 0 changes with every renewal of the certificate; "
		    "3 1 1 stays while the key stays.");
	judge_data(tlsa, lint);
}

/* ---- as text ---- */

/* The rest of the words, two digits an octet; false was said already. */
static bool
take_data(struct lint *lint, const char *at, uint8_t to[TLSA_DATA_MAX],
    size_t *length)
{
	const char *from = at;
	size_t digits = 0;
	struct word word;

	memset(to, 0, TLSA_DATA_MAX);
	while (word_next(lint, &at, &word))
		for (size_t i = 0; i < word.length; i++, digits++) {
			const int value = text_hex_value(word.text[i]);

			if (value < 0 || digits / 2 == TLSA_DATA_MAX) {
				lint_fail(lint, word.text + i, "%s",
				    value < 0 ? "This is no hexadecimal digit."
					      : "The data is too long.");
				return false;
			}
			to[digits / 2] = (uint8_t)(to[digits / 2] << 4);
			to[digits / 2] |= (uint8_t)value;
		}
	*length = digits / 2;
	if (digits % 2 == 0 && digits > 0)
		return true;
	lint_fail(lint, digits == 0 ? at : from, "%s",
	    digits == 0 ? "The data is missing."
			: "The data has an odd number of digits: was it cut?");
	return false;
}

void
lint_tlsa(struct lint *lint)
{
	static const char *const names[] = { "usage", "selector",
		"matching type" };
	const char *at = lint->text;
	uint8_t data[TLSA_DATA_MAX];
	struct tlsa tlsa = { .data = data };
	unsigned *const numbers[3] = { &tlsa.usage, &tlsa.selector,
		&tlsa.matching };
	struct word word;

	for (size_t i = 0; i < 3; i++) {
		if (!word_next(lint, &at, &word)) {
			lint_fail(lint, at, "The %s is missing.", names[i]);
			return;
		}
		if (i == 0 && !word_is_number(&word)) {
			lint_skip(lint,
			    "It is no TLSA: three numbers and data, such as 3 "
			    "1 1 and 64 digits.");
			return;
		}
		if (!word_number(lint, &word, names[i], 255, numbers[i]))
			return;
		tlsa.places[i] = word.text;
	}
	if (!take_data(lint, at, data, &tlsa.length))
		return;
	if (word_next(lint, &at, &word))
		tlsa.places[DATA] = word.text;
	tlsa_judge(&tlsa, lint);
}
