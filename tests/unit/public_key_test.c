#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/public_key.h"

/* Made with ssh-keygen; the fingerprints are those that it prints. */
/* clang-format off */
static const struct {
	const char *type, *base64, *fingerprint;
	int64_t bits;
} made[] = {
	{ "ssh-ed25519",
	  "AAAAC3NzaC1lZDI1NTE5AAAAIKm3MlWAtypL7pGuY4/2ey/FUKbP57Hy3YTS8BWg"
	  "KZDx",
	  "SHA256:8bb+oJx11r31FZr0cJL419sa1iT+znG39ZYpjmhoRmg", 256 },
	{ "ssh-rsa",
	  "AAAAB3NzaC1yc2EAAAADAQABAAABAQD0W8cEh+BKXavypgBW9y+oKxjNB3VJEIxD"
	  "WMjNR36WnDBKyiJ6YRCCmBS0LXf5RpqOQ7Odex1P5vS2ZohdoeTvmsl8fbBi/fM7"
	  "80DmJjuqf1pbpryr4rItsvC9O+FHTio0cVfp9pp1zNHL/jY3TOwtfJukmcnqtxIU"
	  "+jfGkoqlJie+0CFh0cTyXwzfQCd7g80icMkAoepT/B1vZH06HOFnsCyUCeL4MI3/"
	  "Qwb5/8erIB40x2E3oxSf40jxby3JFfEokLw1fpvIHU2nEjDL4fR7x4KW4VWR01Al"
	  "ALoVAMEszSfQugwBf8DWVT+r8iX/2FdV7hf51S1wRQfQS3zXqn05",
	  "SHA256:VUgvhoOxz5Z/vTPbzTTvl4FSo4W7MQlh0jGzKx8Bvuc", 2048 },
	{ "ecdsa-sha2-nistp256",
	  "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNUsnV9O1Tqp"
	  "gZUXjJSYxTjLr2V5s1QvoTcZLaXWmJ94PGN0YmuAZHamRw9Os/433YLde/4rzUyn"
	  "QUX3Z2Xb2kM=",
	  "SHA256:8DOTk8JuQMdJiJ2Q4Zr5ABUlROtgjR9wVhtGhZRSLeI", 256 },
	{ "ecdsa-sha2-nistp384",
	  "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBGyr2tWxl6KM"
	  "51mNqpJwgasHsxiBwBetyC9c52vDvjKdrtSZCvNm07arf7In81Lb8tv90opbtfJG"
	  "Og76E+5fgtjVvBqQa+NAHk8N7w1pcI1Zg943X0ZfNK7+b51KxEZl8Q==",
	  "SHA256:M7frGP926br4XO77dxo55A/8xS/493tziJMiDC6f5Gk", 384 },
	{ "ecdsa-sha2-nistp521",
	  "AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAERdhVBZiAm"
	  "psc64iTJasyW2MFwknGx1MQ/YCEFYN5uNUkQpinpzsDCghcC2OmHQS8VGPnAby3v"
	  "cER81dI9QTtGMAGioPlkL8XiQX5H5Yhy/rEPY/xRfFpsj6fMNicsQrdRKjF7Tylx"
	  "q54/FhQAMpcVgn53F8k2pfy4TO/aDlPXiqkBJA==",
	  "SHA256:JBm1F7osvyUG2BJs4kVEMuj0JJtLwRMtOJ9pZQC+N8s", 521 },
};

#define RSA_1024 \
	"ssh-rsa " \
	"AAAAB3NzaC1yc2EAAAADAQABAAAAgQCz1jgPbrD5/wThjxzD0FLB1+cPzL8SdmyS" \
	"iYRryYBox9ZTlZ/uuwIlgwZEKDQZf7uehtrMorox2Z73BoBvTjCKSMNgPuaiuLot" \
	"su7LAJ/qnpIHmxS+x6RLVDak509SjMaVKRdFUh/f9gisIYbSl2GLcrKb5e7fVGEp" \
	"GvtnSVqYxQ=="
/* clang-format on */

#define ED25519 0

static void
line_of(char *to, size_t size, size_t which)
{
	text_format(to, size, "%s %s root@laptop", made[which].type,
	    made[which].base64);
}

static void
test_every_kind_gives_the_fingerprint_of_openssh(void **state)
{
	char line[4096];
	struct public_key key;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		line_of(line, sizeof(line), i);
		assert_int_equal(public_key_parse(&key, line, &err), OK);
		assert_string_equal(key.type, made[i].type);
		assert_string_equal(key.base64, made[i].base64);
		assert_string_equal(key.comment, "root@laptop");
		assert_string_equal(key.fingerprint, made[i].fingerprint);
		assert_int_equal(key.bits, made[i].bits);
	}
}

static void
test_blanks_around_and_no_comment_are_fine(void **state)
{
	char line[4096];
	struct public_key key;
	struct err err;

	(void)state;
	text_format(line, sizeof(line), "  \n%s\t%s\r\n\n", made[0].type,
	    made[0].base64);
	assert_int_equal(public_key_parse(&key, line, &err), OK);
	assert_string_equal(key.comment, "");
}

static void
refused(const char *pasted, const char *part)
{
	struct public_key key;
	struct err err = { 0 };

	assert_int_equal(public_key_parse(&key, pasted, &err), ERR_INVALID);
	if (strstr(err.text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, part);
	assert_true(strlen(err.text) < ERR_TEXT_SIZE - 1);
}

static void
test_what_people_paste_instead_is_named(void **state)
{
	static const struct {
		const char *pasted, *part;
	} rows[] = {
		{ "", "no SSH public key" },
		{ "hello", "no SSH public key" },
		{ "ssh-ed25519", "cut" },
		{ "-----BEGIN OPENSSH PRIVATE KEY-----\nb3B\n", "private key" },
		{ "-----BEGIN RSA PRIVATE KEY-----\nb3B\n", "private key" },
		{ "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
		    "puttygen" },
		{ "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END",
		    "ssh-keygen -i" },
		{ "-----BEGIN CERTIFICATE-----\nMII", "X.509" },
		{ "ssh-ed25519-cert-v01@openssh.com AAAA x", "certificates" },
		{ "ssh-dss AAAAB3NzaC1kc3MAAACBAP x", "DSA" },
		{ "256 SHA256:8bb+oJx11r31FZr0cJL419sa1iT x", "fingerprint" },
		{ "from=\"10.0.0.1\" ssh-ed25519 AAAA", "options" },
		{ RSA_1024, "1024 bits" },
		{ "ssh-ed25519 AAAAC3Nz\nAAAA", "line break" },
		{ "ssh-ed25519 \x1b[31m x", "no SSH public key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refused(rows[i].pasted, rows[i].part);
}

static void
test_two_keys_are_refused(void **state)
{
	char line[4096], two[8192];

	(void)state;
	line_of(line, sizeof(line), ED25519);
	text_format(two, sizeof(two), "%s\n%s", line, line);
	refused(two, "two keys");
	text_format(two, sizeof(two), "%s %s", line, line);
	refused(two, "two keys");
}

/* Whatever byte of the line is lost, nothing else is taken for the key. */
static void
test_a_key_that_lost_its_end_is_refused(void **state)
{
	char line[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		text_format(
		    line, sizeof(line), "%s %s", made[i].type, made[i].base64);
		for (size_t length = strlen(line) - 1;
		     length > strlen(made[i].type) + 1; length--) {
			line[length] = '\0';
			refused(line, "cut");
		}
	}
}

static void
test_the_type_inside_must_be_the_type_outside(void **state)
{
	char line[4096];

	(void)state;
	text_format(line, sizeof(line), "ssh-rsa %s", made[0].base64);
	refused(line, "changed");
}

static void
test_a_long_comment_is_refused_not_cut(void **state)
{
	char line[4096], comment[PUBLIC_KEY_COMMENT_SIZE + 1];

	(void)state;
	memset(comment, 'x', sizeof(comment) - 1);
	comment[sizeof(comment) - 1] = '\0';
	text_format(line, sizeof(line), "%s %s %s", made[0].type,
	    made[0].base64, comment);
	refused(line, "comment");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_every_kind_gives_the_fingerprint_of_openssh),
		cmocka_unit_test(test_blanks_around_and_no_comment_are_fine),
		cmocka_unit_test(test_what_people_paste_instead_is_named),
		cmocka_unit_test(test_two_keys_are_refused),
		cmocka_unit_test(test_a_key_that_lost_its_end_is_refused),
		cmocka_unit_test(test_the_type_inside_must_be_the_type_outside),
		cmocka_unit_test(test_a_long_comment_is_refused_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
