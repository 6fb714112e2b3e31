#include "model/password.h"

#include <crypt.h>
#include <ctype.h>
#include <stddef.h> /* crack.h needs it */

#include <crack.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/text.h"

#define SCHEME   "{CRYPT}"
#define CORE_MIN 6 /* letters from which a word is looked up by itself */

/* A hash of nothing anybody knows, for accounts without a password. */
static const char nobody[] = "$y$j9T$UTFS3e8MCQGjNUXKjtdE50$"
			     "YhiKJ9Jxymv719X1U732DW.3KYxEAflNWDGXk2jTQ9.";

static unsigned long cost; /* 0: what libxcrypt thinks is right */

void
password_make_cheap(void)
{
	cost = 1;
}

enum err_code
password_hash(
    char to[PASSWORD_HASH_SIZE], const char *password, struct err *err)
{
	struct crypt_data data = { 0 };
	/* An output: crypt gathers the salt's random bytes itself. */
	char *setting = crypt_gensalt_ra("$y$", cost, NULL, 0);
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

/* ---- what a hash of another server may cost ---- */

/* Up to 2^15 blocks of 4 KB: "j9T" is what Debian makes, "jCT" eight times
 * as dear. */
static bool
is_cheap_yescrypt(const char *setting)
{
	return setting[0] == 'j' && setting[1] != '\0' &&
	    strchr("./0123456789ABC", setting[1]) != NULL &&
	    setting[2] != '\0' &&
	    strchr("./0123456789ABCDEFGHIJKLMNOPQRST", setting[2]) != NULL &&
	    setting[3] == '$';
}

/* "2b$12$..." */
static bool
is_cheap_bcrypt(const char *setting)
{
	return setting[0] != '\0' && setting[1] == '$' &&
	    isdigit((unsigned char)setting[2]) &&
	    isdigit((unsigned char)setting[3]) && setting[4] == '$' &&
	    10 * (setting[2] - '0') + setting[3] - '0' <= PASSWORD_BCRYPT_MAX;
}

/* "rounds=5000$..." or nothing of the kind. */
static bool
is_cheap_sha(const char *setting)
{
	char number[8]; /* seven digits are enough for what may be */
	int64_t rounds;

	if (!text_starts_with(setting, "rounds="))
		return true;
	setting += strlen("rounds=");
	return text_format(number, sizeof(number), "%.*s",
		   (int)strcspn(setting, "$"), setting) &&
	    text_to_int64(number, &rounds) && rounds <= PASSWORD_ROUNDS_MAX;
}

bool
password_hash_is_cheap(const char *hash)
{
	if (text_starts_with(hash, "$y$"))
		return is_cheap_yescrypt(hash + 3);
	if (text_starts_with(hash, "$2"))
		return is_cheap_bcrypt(hash + 2);
	return (text_starts_with(hash, "$5$") ||
		   text_starts_with(hash, "$6$")) &&
	    is_cheap_sha(hash + 3);
}

bool
password_is_right(const char *hash, const char *password)
{
	struct crypt_data data = { 0 };
	const bool is_usable = text_starts_with(hash, SCHEME "$") &&
	    password_hash_is_cheap(hash + strlen(SCHEME));
	const char *wanted = is_usable ? hash + strlen(SCHEME) : nobody;
	const char *given = crypt_r(password, wanted, &data);
	const bool is_right =
	    given != NULL && is_usable && is_same_hash(given, wanted);

	explicit_bzero(&data, sizeof(data));
	return is_right;
}

/* ---- what a person chose ---- */

/* The library ends the process where its word list is missing: look first. */
static bool
has_word_list(void)
{
	char path[256];

	return text_format(
		   path, sizeof(path), "%s.pwd", GetDefaultCracklibDict()) &&
	    access(path, R_OK) == 0;
}

/* "Sunshine" of "...Sunshine2026!": what is left without the digits and
 * signs that people put around a word. */
static void
take_core(char to[PASSWORD_SIZE], const char *password)
{
	const char *start = password, *end = password + strlen(password);

	while (start < end && !isalpha((unsigned char)*start) &&
	    (unsigned char)*start < 0x80)
		start++;
	while (end > start && !isalpha((unsigned char)end[-1]) &&
	    (unsigned char)end[-1] < 0x80)
		end--;
	text_format(to, PASSWORD_SIZE, "%.*s", (int)(end - start), start);
}

/* In the word list, near to a word of it, or too regular. */
static bool
is_common(const char *password, const char *user)
{
	char core[PASSWORD_SIZE];
	bool is_bad;

	take_core(core, password);
	is_bad = FascistCheckUser(
		     password, GetDefaultCracklibDict(), user, "") != NULL ||
	    (strlen(core) >= CORE_MIN && strlen(core) < strlen(password) &&
		FascistCheckUser(core, GetDefaultCracklibDict(), user, "") !=
		    NULL);
	explicit_bzero(core, sizeof(core));
	return is_bad;
}

static enum err_code
check_common(const char *password, const char *address, struct err *err)
{
	char user[ADDRESS_LOCAL_SIZE];

	if (!has_word_list())
		return err_set(err, ERR_SYSTEM, "password",
		    "The list of common passwords is missing on this server: "
		    "the operator installs cracklib-runtime.");
	text_format(
	    user, sizeof(user), "%.*s", (int)strcspn(address, "@"), address);
	if (!is_common(password, user))
		return OK;
	return err_set(err, ERR_INVALID, "password",
	    "This password is too easy to guess: take four words that have "
	    "nothing to do with each other, or let a program make one.");
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
	return check_common(password, address, err);
}
