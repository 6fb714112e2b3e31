/*
 * smime.c - signs a message COUNT times, and says how many that were in a
 * second: through a running milter, or by CMS_sign() alone.
 *	smime milter SOCKET ADDRESS COUNT SIZE
 *	smime library CERTIFICATE KEY COUNT SIZE
 */
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/pem.h>

#include "base/clock.h"
#include "base/text.h"
#include "smime/milter_client.h"

#define SIZE_MAX_BYTES (16 * 1024 * 1024)
#define ANSWER_MS      30000

static char body[SIZE_MAX_BYTES];

static size_t
fill(size_t size)
{
	static const char line[] =
	    "A line of a letter, neither long nor short, and so on.\r\n";
	size_t used = 0;

	while (used + sizeof(line) - 1 <= size) {
		memcpy(body + used, line, sizeof(line) - 1);
		used += sizeof(line) - 1;
	}
	return used;
}

static int
fail(const char *what)
{
	fprintf(stderr, "smime: %s\n", what);
	return 1;
}

/* ---- through the milter, a connection for each as Postfix has ---- */

static int
ask_once(const char *socket_path, const char *address, size_t length)
{
	const char *const recipients[] = { address, NULL };
	const char *const fields[] = { "From", address, "To", address,
		"Subject", "bench", NULL };
	const struct milter_message message = { .login = address,
		.sender = address,
		.recipients = recipients,
		.fields = fields,
		.body = { body, length } };
	struct milter_answer answer;
	struct arena arena = { 0 };
	struct err err = { 0 };
	const enum err_code code = milter_ask(socket_path,
	    clock_monotonic_ms() + ANSWER_MS, &message, &arena, &answer, &err);
	const bool is_signed = code == OK &&
	    answer.verdict == MILTER_ACCEPTED && answer.is_changed;

	if (!is_signed)
		fail(code != OK ? err.text : answer.reply);
	arena_free(&arena);
	return is_signed ? 0 : 1;
}

/* ---- by the library ---- */

struct signer {
	X509 *certificate;
	EVP_PKEY *key;
};

static int
open_signer(
    struct signer *signer, const char *certificate, const char *key_path)
{
	BIO *first = BIO_new_file(certificate, "r");
	BIO *second = BIO_new_file(key_path, "r");

	signer->certificate =
	    first == NULL ? NULL : PEM_read_bio_X509(first, NULL, NULL, NULL);
	signer->key = second == NULL
	    ? NULL
	    : PEM_read_bio_PrivateKey(second, NULL, NULL, NULL);
	BIO_free(first);
	BIO_free(second);
	return signer->certificate != NULL && signer->key != NULL
	    ? 0
	    : fail("no certificate or no key");
}

static int
sign_once(const struct signer *signer, size_t length)
{
	BIO *in = BIO_new_mem_buf(body, (int)length), *out = NULL;
	CMS_ContentInfo *cms = CMS_sign(signer->certificate, signer->key, NULL,
	    in, CMS_DETACHED | CMS_BINARY);
	bool is_done = false;

	if (cms != NULL) {
		out = BIO_new(BIO_s_mem());
		is_done = out != NULL && i2d_CMS_bio(out, cms) == 1;
	}
	BIO_free(out);
	BIO_free(in);
	CMS_ContentInfo_free(cms);
	return is_done ? 0 : fail("CMS_sign failed");
}

int
main(int count, char **words)
{
	struct signer signer = { 0 };
	bool is_milter;
	size_t length;
	int64_t from, times;

	if (count != 6)
		return fail("usage: milter|library FIRST SECOND COUNT SIZE");
	/* The peer takes no memory for each message either. */
	mallopt(M_MMAP_THRESHOLD, 2 * SIZE_MAX_BYTES);
	mallopt(M_TRIM_THRESHOLD, 8 * SIZE_MAX_BYTES);
	is_milter = text_is_same(words[1], "milter");
	times = strtoll(words[4], NULL, 10);
	length = fill(strtoul(words[5], NULL, 10));
	if (!is_milter && open_signer(&signer, words[2], words[3]) != 0)
		return 1;
	from = clock_monotonic_ms();
	for (int64_t i = 0; i < times; i++)
		if ((is_milter ? ask_once(words[2], words[3], length)
			       : sign_once(&signer, length)) != 0)
			return 1;
	printf(
	    "%" PRId64 "\n", times * 1000 / (clock_monotonic_ms() - from + 1));
	X509_free(signer.certificate);
	EVP_PKEY_free(signer.key);
	return 0;
}
