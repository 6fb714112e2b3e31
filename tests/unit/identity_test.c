/* identity_test.c - certificates and keys of many shapes, read and judged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "smime/look.h"
#include "tests/lib/certificates.h"

#define NINA "nina@acme.example"

static void
look_at_files(struct look *look, const char *certificate, const char *key,
    const char *address)
{
	struct identity identity;

	certificates_identity(&identity, certificate, "middle.pem", key);
	look_at(look, &identity, address, clock_now());
	identity_close(&identity);
}

static const struct look_row *
row(const struct look *look, const char *name)
{
	for (size_t i = 0; i < look->count; i++)
		if (text_is_same(look->rows[i].name, name))
			return &look->rows[i];
	fail_msg("no rule %s", name);
	return NULL;
}

/* Exactly this rule says so; all others, but for the unknown root, pass. */
static void
expect(const char *certificate, const char *key, const char *rule,
    enum look_verdict verdict)
{
	struct look look;

	look_at_files(&look, certificate, key, NINA);
	for (size_t i = 0; i < look.count; i++) {
		const struct look_row *at = &look.rows[i];
		const bool is_meant = text_is_same(at->name, rule);

		if (text_is_same(at->name, "chain"))
			continue;
		if (at->verdict != (is_meant ? verdict : LOOK_PASS))
			fail_msg("%s: %s says %s: %s", certificate, at->name,
			    look_words[at->verdict], at->text);
	}
	assert_int_equal(
	    look_refusal(&look, NULL), verdict == LOOK_FAIL ? ERR_INVALID : OK);
}

static void
test_a_good_identity_passes(void **state)
{
	struct look look;

	(void)state;
	expect("nina.pem", "nina.key", "key", LOOK_PASS);
	expect("nina.pem", "nina.pkcs1", "key", LOOK_PASS);
	look_at_files(&look, "ec.pem", "ec.key", NINA);
	assert_int_equal(look_refusal(&look, NULL), OK);
	assert_string_equal(look.facts.addresses[0], NINA);
	assert_string_equal(
	    look.facts.algorithm, "EC prime256v1, SHA256 signature");
	assert_string_equal(look.facts.issuer, "CN = Test Authority");
	assert_int_equal(
	    look.facts.ends_at - look.facts.starts_at, 365 * 24 * 60 * 60);
}

static void
test_what_is_wrong_fails(void **state)
{
	static const struct {
		const char *certificate, *key, *rule;
	} wrong[] = {
		{ "nina.pem", "other.key", "key" },
		{ "bob.pem", "nina.key", "address" },
		{ "nobody.pem", "nina.key", "address" },
		{ "expired.pem", "nina.key", "dates" },
		{ "future.pem", "nina.key", "dates" },
		{ "encrypts.pem", "nina.key", "usage" },
		{ "server.pem", "nina.key", "purpose" },
		{ "weak.pem", "weak.key", "algorithm" },
		{ "brainpool.pem", "brainpool.key", "algorithm" },
		{ "ed25519.pem", "ed25519.key", "algorithm" },
		{ "md5.pem", "nina.key", "digest" },
		{ "authority.pem", "nina.key", "person" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		expect(wrong[i].certificate, wrong[i].key, wrong[i].rule,
		    LOOK_FAIL);
}

static void
test_what_is_odd_warns(void **state)
{
	static const struct {
		const char *certificate, *key, *rule;
	} odd[] = {
		{ "subject.pem", "nina.key", "address" },
		{ "signs.pem", "nina.key", "usage" },
		{ "purposeless.pem", "nina.key", "purpose" },
		{ "big.pem", "big.key", "algorithm" },
		{ "sha1.pem", "nina.key", "digest" },
		{ "norevoke.pem", "nina.key", "revocation" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		expect(odd[i].certificate, odd[i].key, odd[i].rule, LOOK_WARN);
}

static void
test_dates_are_looked_at(void **state)
{
	struct identity identity;
	struct look look;
	const int64_t day = 24 * 60 * 60, now = clock_now();

	(void)state;
	certificates_identity(&identity, "nina.pem", "middle.pem", "nina.key");
	look_at(&look, &identity, NINA, now - 2 * day);
	assert_int_equal(row(&look, "dates")->verdict, LOOK_FAIL);
	look_at(&look, &identity, NINA, now + 336 * day);
	assert_int_equal(row(&look, "dates")->verdict, LOOK_WARN);
	look_at(&look, &identity, NINA, now + 400 * day);
	assert_int_equal(row(&look, "dates")->verdict, LOOK_FAIL);
	identity_close(&identity);
}

static void
test_the_chain_is_followed_to_a_trusted_root(void **state)
{
	char root[128];
	struct look look;

	(void)state;
	look_at_files(&look, "nina.pem", "nina.key", NINA);
	assert_int_equal(row(&look, "chain")->verdict, LOOK_WARN);
	text_format(
	    root, sizeof(root), "%s/root.pem", certificates_directory());
	setenv("SSL_CERT_FILE", root, 1);
	look_at_files(&look, "nina.pem", "nina.key", NINA);
	unsetenv("SSL_CERT_FILE");
	assert_int_equal(row(&look, "chain")->verdict, LOOK_PASS);
	look_at_files(&look, "self.pem", "nina.key", NINA);
	assert_int_equal(row(&look, "chain")->verdict, LOOK_WARN);
	assert_non_null(strstr(row(&look, "chain")->text, "self-signed"));
}

static void
test_an_internationalised_address_is_found(void **state)
{
	struct look look;

	(void)state;
	look_at_files(
	    &look, "utf8.pem", "nina.key", "nina@xn--bcher-kva.example");
	assert_int_equal(row(&look, "address")->verdict, LOOK_PASS);
}

static void
test_escape_sequences_in_a_subject_are_harmless(void **state)
{
	struct look look;

	(void)state;
	look_at_files(&look, "escape.pem", "nina.key", NINA);
	assert_true(
	    text_is_clean(look.facts.subject, strlen(look.facts.subject)));
	assert_non_null(strstr(look.facts.subject, "evil"));
	assert_int_equal(look_refusal(&look, NULL), OK);
}

/* ---- reading ---- */

static enum err_code
read_files(struct identity *identity, const char *passphrase, struct err *err,
    const char *first, const char *second)
{
	size_t length;
	const char *text = certificates_file(&length, first, second, NULL);

	return identity_read_pem(identity, text, length, passphrase, err);
}

static void
test_locked_keys_need_their_passphrase(void **state)
{
	static const char *const locked[] = { "nina.pkcs1.locked",
		"nina.pkcs8.locked", "nina.pkcs8.old" };
	struct identity identity;
	struct err err;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(read_files(&identity, "secret", &err,
				     "nina.pem", locked[i]),
		    OK);
		assert_non_null(identity.key);
		identity_close(&identity);
		assert_int_equal(
		    read_files(&identity, "wrong", &err, "nina.pem", locked[i]),
		    ERR_INVALID);
		assert_string_equal(err.field, "passphrase");
		assert_non_null(strstr(err.text, "does not open"));
		assert_int_equal(
		    read_files(&identity, NULL, &err, "nina.pem", locked[i]),
		    ERR_INVALID);
		assert_non_null(strstr(err.text, "enter its passphrase"));
		assert_null(identity.certificate);
	}
}

static void
test_order_line_ends_and_words_around_do_not_matter(void **state)
{
	struct identity identity;
	struct text_builder text;
	struct arena arena = { 0 };
	struct err err = { 0 };
	size_t length;
	const char *plain = certificates_file(
	    &length, "root.pem", "middle.pem", "nina.key", "nina.pem", NULL);

	(void)state;
	text_builder_open(&text, &arena, IDENTITY_INPUT_MAX);
	text_add(&text, "Dear Nina,\r\n\there it is: - --\r\n");
	for (const char *at = plain; *at != '\0'; at++) {
		if (*at == '\n')
			text_add(&text, "\r");
		text_add_n(&text, at, 1);
	}
	text_add(&text, "Kind regards\r\n");
	assert_int_equal(
	    identity_read_pem(&identity, text.data, text.length, NULL, &err),
	    OK);
	assert_int_equal(identity.issuer_count, 2);
	assert_non_null(identity.key);
	identity_close(&identity);
	arena_free(&arena);
	assert_int_equal(
	    read_files(&identity, NULL, &err, "ec.parameters", "ec.sec1"),
	    ERR_INVALID);
	assert_non_null(strstr(err.text, "no certificate"));
}

static void
test_other_things_are_called_by_their_name(void **state)
{
	static const struct {
		const char *file, *word;
	} others[] = {
		{ "nina.csr", "request" },
		{ "ssh.key", "SSH key" },
		{ "nina.ext", "no certificate" },
		{ "nina.key", "no certificate" },
	};
	struct identity identity;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(
		    read_files(&identity, NULL, &err, others[i].file, NULL),
		    ERR_INVALID);
		if (strstr(err.text, others[i].word) == NULL)
			fail_msg("%s: %s", others[i].file, err.text);
	}
	assert_int_equal(
	    read_files(&identity, NULL, &err, "nina.key", "other.key"),
	    ERR_INVALID);
	assert_non_null(strstr(err.text, "two private keys"));
}

static void
test_cut_pem_and_noise_are_refused(void **state)
{
	struct arena arena = { 0 };
	struct identity identity;
	struct err err;
	size_t length;
	char *text = certificates_file(&length, "nina.pem", NULL);
	const size_t noise_length = 1024 * 1024;
	char *noise = arena_alloc(&arena, noise_length);

	(void)state;
	for (size_t cut = 30; cut < length - 5; cut += 97) {
		assert_int_equal(
		    identity_read_pem(&identity, text, cut, NULL, &err),
		    ERR_INVALID);
		assert_non_null(strstr(err.text, "cut or damaged"));
	}
	text[200] = text[200] == 'A' ? 'B' : 'A';
	text[201] = text[201] == 'A' ? 'B' : 'A';
	(void)!identity_read_pem(&identity, text, length, NULL, &err);
	identity_close(&identity);
	for (size_t i = 0; i < noise_length; i++)
		noise[i] = (char)(i * 2654435761U >> 13);
	assert_int_equal(
	    identity_read_pem(&identity, noise, noise_length, NULL, &err),
	    ERR_INVALID);
	assert_non_null(strstr(err.text, "too long"));
	assert_int_equal(identity_read_pem(&identity, noise, 60000, NULL, &err),
	    ERR_INVALID);
	arena_free(&arena);
}

static void
test_pkcs12_of_both_ages_is_read(void **state)
{
	static const char *const files[] = { "new.p12", "old.p12" };
	struct identity identity;
	struct err err;
	size_t length;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *bytes = certificates_file(&length, files[i], NULL);

		assert_int_equal(identity_read_pkcs12(
				     &identity, bytes, length, "secret", &err),
		    OK);
		assert_non_null(identity.key);
		assert_int_equal(identity.issuer_count, 1);
		identity_close(&identity);
		assert_int_equal(identity_read_pkcs12(
				     &identity, bytes, length, "wrong", &err),
		    ERR_INVALID);
		assert_string_equal(err.field, "passphrase");
		assert_int_equal(
		    identity_read_pkcs12(&identity, bytes, length, "", &err),
		    ERR_INVALID);
		assert_non_null(strstr(err.text, "enter its passphrase"));
		assert_int_equal(identity_read_pkcs12(&identity, bytes,
				     length / 2, "secret", &err),
		    ERR_INVALID);
		assert_string_equal(err.field, "file");
	}
}

static void
test_pkcs12_without_passphrase_or_key_is_read(void **state)
{
	struct identity identity;
	struct look look;
	size_t length;
	const char *bytes = certificates_file(&length, "open.p12", NULL);

	(void)state;
	assert_int_equal(
	    identity_read_pkcs12(&identity, bytes, length, NULL, NULL), OK);
	assert_non_null(identity.key);
	identity_close(&identity);
	bytes = certificates_file(&length, "keyless.p12", NULL);
	assert_int_equal(
	    identity_read_pkcs12(&identity, bytes, length, "secret", NULL), OK);
	look_at(&look, &identity, NINA, clock_now());
	assert_non_null(strstr(row(&look, "key")->text, "missing"));
	identity_close(&identity);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_identity_passes),
		cmocka_unit_test(test_what_is_wrong_fails),
		cmocka_unit_test(test_what_is_odd_warns),
		cmocka_unit_test(test_dates_are_looked_at),
		cmocka_unit_test(test_the_chain_is_followed_to_a_trusted_root),
		cmocka_unit_test(test_an_internationalised_address_is_found),
		cmocka_unit_test(
		    test_escape_sequences_in_a_subject_are_harmless),
		cmocka_unit_test(test_locked_keys_need_their_passphrase),
		cmocka_unit_test(
		    test_order_line_ends_and_words_around_do_not_matter),
		cmocka_unit_test(test_other_things_are_called_by_their_name),
		cmocka_unit_test(test_cut_pem_and_noise_are_refused),
		cmocka_unit_test(test_pkcs12_of_both_ages_is_read),
		cmocka_unit_test(test_pkcs12_without_passphrase_or_key_is_read),
	};

	return cmocka_run_group_tests_name(
	    "identity", tests, certificates_make, certificates_remove);
}
