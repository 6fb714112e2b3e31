#include "model/public_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"

#define PASTED_SIZE 16384

/* A cursor over the decoded bytes; once too short, always too short. */
struct blob {
	const uint8_t *at;
	size_t left;
	bool is_short;
};

struct key_kind {
	const char *type;
	const char *curve;  /* the string behind the type, or NULL */
	size_t point_bytes; /* length of the key string; 0: RSA's numbers */
	int64_t bits;
	bool has_application; /* security keys: "ssh:" behind the key */
};

/* clang-format off */
static const struct key_kind kinds[] = {
	/* type                                curve      bytes bits  application */
	{ "ssh-ed25519",                        NULL,        32, 256, false },
	{ "sk-ssh-ed25519@openssh.com",         NULL,        32, 256, true },
	{ "ecdsa-sha2-nistp256",                "nistp256",  65, 256, false },
	{ "ecdsa-sha2-nistp384",                "nistp384",  97, 384, false },
	{ "ecdsa-sha2-nistp521",                "nistp521", 133, 521, false },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", "nistp256",  65, 256, true },
	{ "ssh-rsa",                            NULL,         0,   0, false },
};

/* What people paste that is no such line: a sign of it, and what to do. */
static const struct {
	const char *sign, *sentence;
} mistakes[] = {
	{ "PuTTY-User-Key-File", "This is a PuTTY private key.  Load it in "
	  "PuTTYgen and paste the box \"Public key for pasting\", or run: "
	  "puttygen key.ppk -O public-openssh" },
	{ "PRIVATE KEY-----", "This is the private key, which must not leave "
	  "your machine: make a new pair now if others can see this screen.  "
	  "Paste the .pub file instead." },
	{ "BEGIN SSH2 PUBLIC KEY", "This is a key in the RFC 4716 form.  Convert "
	  "it with: ssh-keygen -i -f FILE, and paste the line that comes out." },
	{ "BEGIN PUBLIC KEY", "This is a PEM public key.  Convert it with: "
	  "ssh-keygen -i -m PKCS8 -f FILE, and paste the line that comes out." },
	{ "BEGIN RSA PUBLIC KEY", "This is a PEM public key.  Convert it with: "
	  "ssh-keygen -i -m PEM -f FILE, and paste the line that comes out." },
	{ "BEGIN CERTIFICATE", "This is an X.509 certificate, not an SSH key.  "
	  "Paste the one line of a file such as ~/.ssh/id_ed25519.pub." },
	{ "-cert-v01@openssh.com", "SSH certificates are not taken.  Paste the "
	  "plain public key: the .pub file without \"-cert\" in its name." },
	{ "SHA256:", "This is the fingerprint of a key, not the key.  Paste the "
	  "one line of a file such as ~/.ssh/id_ed25519.pub." },
};
/* clang-format on */

static const char no_key[] =
    "This is no SSH public key.  Paste the one line of a file such as "
    "~/.ssh/id_ed25519.pub: a type, the key, a comment.";
static const char cut_key[] =
    "The key is cut or was changed on the way: copy the whole line of the "
    ".pub file again.";

static uint32_t
take_length(struct blob *blob)
{
	uint32_t length;

	if (blob->left < 4) {
		blob->is_short = true;
		return 0;
	}
	length = (uint32_t)blob->at[0] << 24 | (uint32_t)blob->at[1] << 16 |
	    (uint32_t)blob->at[2] << 8 | blob->at[3];
	blob->at += 4;
	blob->left -= 4;
	if (length > blob->left) {
		blob->is_short = true;
		return 0;
	}
	return length;
}

/* The next string (RFC 4251 5) as a cursor of its own. */
static struct blob
take_string(struct blob *blob)
{
	const uint32_t length = take_length(blob);
	const struct blob string = { blob->at, length, blob->is_short };

	if (!blob->is_short) {
		blob->at += length;
		blob->left -= length;
	}
	return string;
}

static bool
blob_is_text(const struct blob *blob, const char *text)
{
	return !blob->is_short && blob->left == strlen(text) &&
	    memcmp(blob->at, text, blob->left) == 0;
}

/* Bits of a positive mpint (RFC 4251 5) in its shortest form, else 0. */
static int64_t
mpint_bits(const struct blob *number)
{
	const uint8_t *at = number->at;
	size_t left = number->left;
	int64_t bits;

	if (number->is_short || left == 0 || (at[0] & 0x80) != 0)
		return 0;
	if (at[0] == 0) {
		if (left == 1 || (at[1] & 0x80) == 0)
			return 0;
		at++;
		left--;
	}
	bits = (int64_t)left * 8;
	for (unsigned first = at[0]; (first & 0x80) == 0; first <<= 1)
		bits--;
	return bits;
}

static enum err_code
check_rsa(struct public_key *key, struct blob *blob, struct err *err)
{
	const struct blob exponent = take_string(blob);
	const struct blob modulus = take_string(blob);

	key->bits = mpint_bits(&modulus);
	if (key->bits == 0 || mpint_bits(&exponent) == 0)
		return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	if (key->bits < PUBLIC_KEY_RSA_MIN_BITS)
		return err_set(err, ERR_INVALID, NULL,
		    "This RSA key has %lld bits and at least %d are needed.  "
		    "Make a new one with: ssh-keygen -t ed25519",
		    (long long)key->bits, PUBLIC_KEY_RSA_MIN_BITS);
	return OK;
}

static enum err_code
check_point(struct public_key *key, const struct key_kind *kind,
    struct blob *blob, struct err *err)
{
	struct blob point;

	if (kind->curve != NULL) {
		const struct blob curve = take_string(blob);

		if (!blob_is_text(&curve, kind->curve))
			return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	}
	point = take_string(blob);
	if (point.is_short || point.left != kind->point_bytes ||
	    (kind->curve != NULL && point.at[0] != 4))
		return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	if (kind->has_application && take_string(blob).left == 0)
		return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	key->bits = kind->bits;
	return OK;
}

static enum err_code
check_blob(struct public_key *key, const struct key_kind *kind, struct err *err)
{
	uint8_t bytes[PUBLIC_KEY_BASE64_SIZE];
	uint8_t digest[DIGEST_SHA256_SIZE];
	char digest_text[BASE64_SIZE(DIGEST_SHA256_SIZE)];
	size_t length;
	struct blob blob, type;
	enum err_code code;

	if (!base64_decode(bytes, sizeof(bytes), &length, key->base64))
		return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	blob = (struct blob){ bytes, length, false };
	type = take_string(&blob);
	if (!blob_is_text(&type, kind->type))
		return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	code = kind->point_bytes == 0 ? check_rsa(key, &blob, err)
				      : check_point(key, kind, &blob, err);
	if (code != OK)
		return code;
	if (blob.is_short || blob.left != 0)
		return err_set(err, ERR_INVALID, NULL, "%s", cut_key);
	digest_sha256(digest, bytes, length);
	base64_encode(digest_text, sizeof(digest_text), digest, sizeof(digest));
	/* OpenSSH prints it without the padding. */
	digest_text[strcspn(digest_text, "=")] = '\0';
	text_format(key->fingerprint, sizeof(key->fingerprint), "SHA256:%s",
	    digest_text);
	return OK;
}

static const struct key_kind *
kind_by_type(const char *type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_is_same(kinds[i].type, type))
			return &kinds[i];
	return NULL;
}

/* The next word of the line, ended by a NUL; *line moves behind it. */
static char *
take_word(char **line)
{
	char *word = *line + strspn(*line, " ");
	char *end = word + strcspn(word, " ");

	*line = *end == '\0' ? end : end + 1;
	*end = '\0';
	return word;
}

/* Whether there is a second key: each starts with its type's length. */
static bool
has_second_key(const char *typed)
{
	const char *first = strstr(typed, " AAAA");

	return first != NULL && strstr(first + 1, " AAAA") != NULL;
}

static enum err_code
refuse_mistakes(const char *typed, struct err *err)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
		if (strstr(typed, mistakes[i].sign) != NULL)
			return err_set(
			    err, ERR_INVALID, NULL, "%s", mistakes[i].sentence);
	if (strpbrk(typed, "\r\n") == NULL)
		return OK;
	return err_set(err, ERR_INVALID, NULL,
	    has_second_key(typed)
		? "These are two keys.  Add them one after the other."
		: "The key has a line break inside: copy it as one line, "
		  "without the breaks of a narrow window.");
}

static enum err_code
refuse_type(const char *type, struct err *err)
{
	if (text_is_same(type, "ssh-dss"))
		return err_set(err, ERR_INVALID, NULL,
		    "DSA keys are too weak and no longer taken.  Make a new "
		    "one with: ssh-keygen -t ed25519");
	if (strchr(type, '=') != NULL || strchr(type, ',') != NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "Write restrictions (options) before the key with commas "
		    "between "
		    "and no blanks, then the key's type, such as "
		    "ssh-ed25519.");
	return err_set(err, ERR_INVALID, NULL, "%s", no_key);
}

enum err_code
public_key_parse(struct public_key *key, const char *pasted, struct err *err)
{
	char typed[PASTED_SIZE];
	char *line = typed, *type, *base64;
	const struct key_kind *kind;
	enum err_code code;

	*key = (struct public_key){ 0 };
	if (!text_copy(typed, sizeof(typed), pasted))
		return err_set(err, ERR_INVALID, NULL, "%s", no_key);
	text_trim(typed);
	for (char *tab = typed; (tab = strchr(tab, '\t')) != NULL;)
		*tab = ' ';
	code = refuse_mistakes(typed, err);
	if (code != OK)
		return code;
	if (!text_is_clean(typed, strlen(typed)))
		return err_set(err, ERR_INVALID, NULL, "%s", no_key);
	type = take_word(&line);
	kind = kind_by_type(type);
	if (kind == NULL)
		return refuse_type(type, err);
	base64 = take_word(&line);
	text_copy(key->type, sizeof(key->type), type);
	if (!text_copy(key->base64, sizeof(key->base64), base64))
		return err_set(err, ERR_INVALID, NULL,
		    "This key is longer than any that is taken.  Make a new "
		    "one with: ssh-keygen -t ed25519");
	text_trim(line);
	if (strstr(line, " AAAA") != NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "These are two keys.  Add them one after the other.");
	if (!text_copy(key->comment, sizeof(key->comment), line))
		return err_set(err, ERR_INVALID, NULL,
		    "The comment behind the key is too long: at most %d "
		    "characters.",
		    PUBLIC_KEY_COMMENT_SIZE - 1);
	return check_blob(key, kind, err);
}
