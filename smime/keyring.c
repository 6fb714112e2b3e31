#include "smime/keyring.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "smime/store.h"

void
keyring_open(struct keyring *keyring, const char *state_directory)
{
	*keyring = (struct keyring){ .lock = PTHREAD_MUTEX_INITIALIZER,
		.state_directory = state_directory };
	identity_protect_memory(KEYRING_ROOM);
}

void
keyring_close(struct keyring *keyring)
{
	for (size_t i = 0; i < keyring->count; i++)
		identity_close(&keyring->entries[i].identity);
	vault_close(&keyring->vault);
	pthread_mutex_destroy(&keyring->lock);
}

static void
share(struct identity *to, const struct identity *from)
{
	*to = *from;
	X509_up_ref(to->certificate);
	for (size_t i = 0; i < to->issuer_count; i++)
		X509_up_ref(to->issuers[i]);
	EVP_PKEY_up_ref(to->key);
}

static struct keyring_entry *
find(struct keyring *keyring, const uint8_t digest[DIGEST_SHA256_SIZE])
{
	for (size_t i = 0; i < keyring->count; i++)
		if (memcmp(keyring->entries[i].digest, digest,
			DIGEST_SHA256_SIZE) == 0)
			return &keyring->entries[i];
	return NULL;
}

/* The vault may have been rotated since: then its keys are read again. */
static enum err_code
unseal(struct keyring *keyring, struct identity *identity, const char *label,
    const char *certificates, const void *sealed, size_t length,
    struct err *err)
{
	enum err_code code = ERR_INVALID;

	if (keyring->vault.count > 0)
		code = store_open(identity, &keyring->vault, label,
		    certificates, sealed, length, err);
	if (code == OK)
		return OK;
	vault_close(&keyring->vault);
	code = vault_open(&keyring->vault, keyring->state_directory, err);
	if (code == OK)
		code = store_open(identity, &keyring->vault, label,
		    certificates, sealed, length, err);
	return code;
}

static struct keyring_entry *
add(struct keyring *keyring, const uint8_t digest[DIGEST_SHA256_SIZE],
    const struct identity *identity)
{
	struct keyring_entry *entry = &keyring->entries[keyring->next];

	identity_close(&entry->identity);
	memcpy(entry->digest, digest, DIGEST_SHA256_SIZE);
	entry->identity = *identity;
	keyring->next = (keyring->next + 1) % KEYRING_MAX;
	if (keyring->count < KEYRING_MAX)
		keyring->count++;
	return entry;
}

static void
digest_of(uint8_t to[DIGEST_SHA256_SIZE], const char *label,
    const char *certificates, const void *sealed, size_t length)
{
	uint8_t parts[3][DIGEST_SHA256_SIZE];

	digest_sha256(parts[0], label, strlen(label));
	digest_sha256(parts[1], certificates, strlen(certificates));
	digest_sha256(parts[2], sealed, length);
	digest_sha256(to, parts, sizeof(parts));
}

enum err_code
keyring_get(struct keyring *keyring, const char *label,
    const char *certificates, const void *sealed, size_t sealed_length,
    struct identity *identity, struct err *err)
{
	uint8_t digest[DIGEST_SHA256_SIZE];
	struct keyring_entry *entry;
	enum err_code code = OK;

	digest_of(digest, label, certificates, sealed, sealed_length);
	*identity = (struct identity){ 0 };
	pthread_mutex_lock(&keyring->lock);
	entry = find(keyring, digest);
	if (entry == NULL) {
		struct identity fresh;

		code = unseal(keyring, &fresh, label, certificates, sealed,
		    sealed_length, err);
		if (code == OK)
			entry = add(keyring, digest, &fresh);
	}
	if (entry != NULL)
		share(identity, &entry->identity);
	pthread_mutex_unlock(&keyring->lock);
	return code;
}
