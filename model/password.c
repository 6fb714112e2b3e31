#include "model/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SCHEME "{CRYPT}"

/* A hash of nothing anybody knows, for accounts without a password. */
static const char nobody[] = "$y$j9T$UTFS3e8MCQGjNUXKjtdE50$"
			     "YhiKJ9Jxymv719X1U732DW.3KYxEAflNWDGXk2jTQ9.";

enum err_code
password_hash(
    char to[PASSWORD_HASH_SIZE], const char *password, struct err *err)
{
	struct crypt_data data = { 0 };
	/* An output: crypt gathers the salt's random bytes itself. */
	char *setting = crypt_gensalt_ra("$y$", 0, NULL, 0);
	const char *hash;
	bool is_done;

	to[0] = '\0';
	if (setting == NULL)
		return err_set_errno(err, "The password can't be stored");
	hash = crypt_r(password, setting, &data);
	free(setting);
	is_done = hash != NULL && hash[0] == '$' &&
	    text_format(to, PASSWORD_HASH_SIZE, SCHEME "%s", hash);
	explicit_bzero(&data, sizeof(data));
	if (!is_done)
		return err_set(err, ERR_SYSTEM, "password",
		    "The password can't be stored: this machine's crypt(3) "
		    "has no yescrypt.");
	return OK;
}

/* Compares all bytes whatever they are: both are as long. */
static bool
is_same_hash(const char *a, const char *b)
{
	const size_t length = strlen(a);
	unsigned char differs = 0;

	if (length != strlen(b))
		return false;
	for (size_t i = 0; i < length; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

bool
password_is_right(const char *hash, const char *password)
{
	struct crypt_data data = { 0 };
	const bool is_usable = text_starts_with(hash, SCHEME "$");
	const char *wanted = is_usable ? hash + strlen(SCHEME) : nobody;
	const char *given = crypt_r(password, wanted, &data);
	const bool is_right =
	    given != NULL && is_usable && is_same_hash(given, wanted);

	explicit_bzero(&data, sizeof(data));
	return is_right;
}

enum err_code
password_check(const char *password, const char *address, struct err *err)
{
	size_t characters = 0;

	for (const char *at = password; *at != '\0'; at++)
		if (((unsigned char)*at & 0xC0) != 0x80)
			characters++;
	if (characters < PASSWORD_MIN)
		return err_set(err, ERR_INVALID, "password",
		    "The password has %zu characters and needs at least %d.",
		    characters, PASSWORD_MIN);
	if (strlen(password) >= PASSWORD_SIZE)
		return err_set(err, ERR_INVALID, "password",
		    "The password is too long: at most %d bytes.",
		    PASSWORD_SIZE - 1);
	if (!text_is_clean(password, strlen(password)))
		return err_set(err, ERR_INVALID, "password",
		    "The password must be one line without control "
		    "characters.");
	if (text_is_same_fold(password, address))
		return err_set(err, ERR_INVALID, "password",
		    "The password must not be the address.");
	return OK;
}
