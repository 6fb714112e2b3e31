/*
 * A DKIM key (RFC 6376 section 3.6.1, RFC 8301, RFC 8463).
 */
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "dns/judge.h"
#include "dns/key.h"
#include "dns/lint.h"
#include "dns/tag_list.h"

#define BITS_MIN     1024 /* RFC 8301 section 3.2 */
#define BITS_GOOD    2048
#define BITS_MAX     4096
#define KEY_MAX      4096 /* bytes of base64 */
#define ED25519_SIZE 32

static const char tags[] = "v k p t s h n g";

static bool
is_known(const struct tag *tag)
{
	return tag->name_length == 1 && tag->name[0] != ' ' &&
	    strchr(tags, tag->name[0]) != NULL;
}

/* Is that word in the colon-separated list? */
static bool
list_has(const struct tag *tag, const char *word)
{
	const char *part;
	size_t length, at = 0;

	while (tag_part(tag, ':', &at, &part, &length))
		if (length == strlen(word) && memcmp(part, word, length) == 0)
			return true;
	return false;
}

/* ---- one function a tag ---- */

static void
look_at_version(struct lint *lint, const struct tag_list *list)
{
	const struct tag *v = tag_find(list, "v");

	if (v == NULL)
		return;
	if (!tag_is(v, "DKIM1"))
		lint_fail(lint, v->value,
		    "The version must be \"DKIM1\" to the letter; receivers "
		    "drop the record.");
	else if (v != list->tags)
		lint_fail(lint, v->name, "\"v=DKIM1\" must stand first.");
}

static void
look_at_hash(struct lint *lint, const struct tag *h)
{
	if (h == NULL)
		return;
	if (!list_has(h, "sha256"))
		lint_fail(lint, h->value,
		    "\"h\" does not allow sha256, the only hash that "
		    "receivers still take.");
	else if (list_has(h, "sha1"))
		lint_warn(lint, h->value,
		    "\"h\" allows sha1, which no receiver takes any more.");
}

static bool
is_for_mail(const struct tag *s)
{
	return s == NULL || list_has(s, "email") || list_has(s, "*");
}

bool
lint_dkim_is_for_mail(const char *text, size_t length)
{
	struct tag_list list;

	tag_list_parse(&list, text, length);
	return is_for_mail(tag_find(&list, "s"));
}

static void
look_at_service(struct lint *lint, const struct tag *s)
{
	if (is_for_mail(s))
		return;
	/* RFC 8460 section 3: such a key signs reports on TLS. */
	if (list_has(s, "tlsrpt"))
		lint_warn(lint, s->value,
		    "The key is for TLS reports (s=tlsrpt), not for e-mail.");
	else
		lint_fail(
		    lint, s->value, "\"s\" does not allow the key for e-mail.");
}

static void
look_at_flags(struct lint *lint, const struct tag *t)
{
	const char *part;
	size_t length, at = 0;

	if (t == NULL)
		return;
	if (list_has(t, "y"))
		lint_warn(lint, t->value,
		    "The test flag t=y is set: receivers may ignore the "
		    "signature.");
	while (tag_part(t, ':', &at, &part, &length))
		if (length != 1 || (*part != 'y' && *part != 's'))
			lint_warn(lint, part, "\"%.*s\" is no flag of \"t\".",
			    lint_shown(length), part);
}

static void
look_at_others(struct lint *lint, const struct tag_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct tag *tag = &list->tags[i];

		if (!is_known(tag))
			lint_warn(lint, tag->name,
			    "The tag \"%.*s\" is unknown; receivers ignore it.",
			    lint_shown(tag->name_length), tag->name);
		else if (tag->name[0] == 'g')
			lint_warn(lint, tag->name,
			    "The tag \"g\" is obsolete since RFC 6376.");
	}
}

/* ---- the key ---- */

/* Without the blanks that may stand in it; false when it is too long. */
static bool
unfold(char to[KEY_MAX + 1], const struct tag *p)
{
	size_t used = 0;

	for (size_t i = 0; i < p->value_length; i++) {
		if (strchr(" \t\r\n", p->value[i]) != NULL)
			continue;
		if (used == KEY_MAX)
			return false;
		to[used++] = p->value[i];
	}
	to[used] = '\0';
	return true;
}

static void
look_at_rsa(
    struct lint *lint, const struct tag *p, const uint8_t *der, size_t length)
{
	int bits = 0;
	const enum key_form form = key_read(der, length, &bits);

	if (form != KEY_RSA && form != KEY_RSA_BARE)
		lint_fail(lint, p->value, "%s",
		    form == KEY_CERTIFICATE
			? "\"p\" holds a certificate instead of a public key."
			: form == KEY_BROKEN
			? "\"p\" holds no whole RSA key: was it cut?"
			: "\"p\" holds a key that is not RSA.");
	else if (bits < BITS_MIN)
		lint_fail(lint, p->value,
		    "An RSA key of %d bits is refused; 2048 are usual.", bits);
	else if (bits < BITS_GOOD)
		lint_warn(lint, p->value,
		    "An RSA key of %d bits is short; 2048 are usual.", bits);
	else if (bits > BITS_MAX)
		lint_warn(lint, p->value,
		    "An RSA key of %d bits is more than some receivers take.",
		    bits);
	if (form == KEY_RSA_BARE)
		lint_warn(lint, p->value,
		    "The key stands alone, without the frame "
		    "(SubjectPublicKeyInfo) that most receivers want.");
}

static void
look_at_ed25519(
    struct lint *lint, const struct tag *p, const uint8_t *der, size_t length)
{
	int bits;

	if (length == ED25519_SIZE)
		return;
	lint_fail(lint, p->value,
	    key_read(der, length, &bits) == KEY_ED25519
		? "An Ed25519 key stands in \"p\" as its 32 octets alone, "
		  "without a frame: take the last 32 of these %zu."
		: "An Ed25519 key has 32 octets; here are %zu.",
	    length);
}

static const char key_signs[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"abcdefghijklmnopqrstuvwxyz0123456789+/= \t";

/* Quotes or the lines of a file in the key, or a letter that is lost. */
static void
say_no_base64(struct lint *lint, const struct tag *p)
{
	const char *pem = memmem(p->value, p->value_length, "-----", 5);
	char damage[DNS_SENTENCE_SIZE];
	size_t at = 0;

	while (at < p->value_length && p->value[at] != '\0' &&
	    strchr(key_signs, p->value[at]) != NULL)
		at++;
	if (at == p->value_length)
		at = 0;
	if (pem != NULL)
		lint_fail(lint, pem,
		    "\"p\" holds the first and last line of a PEM file "
		    "(\"-----BEGIN PUBLIC KEY-----\"): leave them out.");
	else if (judge_damage(damage, p->value, p->value_length))
		lint_fail(lint, p->value + at, "\"p\": %s", damage);
	else
		lint_fail(lint, p->value + at,
		    "\"p\" is no base64: was it cut, or is a letter lost?");
}

static void
look_at_key(struct lint *lint, const struct tag *k, const struct tag *p)
{
	char text[KEY_MAX + 1];
	uint8_t der[KEY_MAX];
	size_t length;

	if (!unfold(text, p))
		lint_fail(lint, p->value, "The key is longer than any.");
	else if (text[0] == '\0')
		lint_fail(lint, p->name,
		    "The key is empty, which revokes it: receivers refuse its "
		    "signatures.");
	else if (!base64_decode(der, sizeof(der), &length, text))
		say_no_base64(lint, p);
	else if (key_is_private(der, length))
		lint_fail(lint, p->value,
		    "\"p\" holds a PRIVATE key: who has read it can sign in "
		    "your name.  Revoke it, make a new pair, publish the "
		    "public half.");
	else if (k == NULL || tag_is(k, "rsa"))
		look_at_rsa(lint, p, der, length);
	else
		look_at_ed25519(lint, p, der, length);
	explicit_bzero(text, sizeof(text));
	explicit_bzero(der, sizeof(der));
}

/* ---- the record ---- */

/* Meant as a DKIM key: its version, or tags of one and no other version. */
static bool
is_key_record(const struct lint *lint, const struct tag_list *list)
{
	const struct tag *v = list->count > 0 ? &list->tags[0] : NULL;

	if (v != NULL && v->name_length == 1 &&
	    strncasecmp(v->name, "v", 1) == 0)
		return v->value_length >= 4 &&
		    strncasecmp(v->value, "DKIM", 4) == 0;
	return tag_find(list, "p") != NULL || tag_find(list, "k") != NULL ||
	    memmem(lint->text, lint->length, "v=DKIM1", 7) != NULL;
}

void
lint_dkim(struct lint *lint)
{
	struct tag_list list;
	const struct tag *k, *p;
	const bool is_list = tag_list_parse(&list, lint->text, lint->length);

	if (!is_key_record(lint, &list)) {
		lint_skip(lint, "It is no DKIM key: it holds no \"p=\".");
		return;
	}
	if (!is_list) {
		lint_fail(lint, lint->text + list.error_at, "%s", list.error);
		return;
	}
	k = tag_find(&list, "k");
	p = tag_find(&list, "p");
	look_at_version(lint, &list);
	look_at_hash(lint, tag_find(&list, "h"));
	look_at_service(lint, tag_find(&list, "s"));
	look_at_flags(lint, tag_find(&list, "t"));
	look_at_others(lint, &list);
	if (k != NULL && !tag_is(k, "rsa") && !tag_is(k, "ed25519"))
		lint_fail(lint, k->value,
		    "\"k=%.*s\" is no sort of key that receivers know: rsa or "
		    "ed25519.",
		    lint_shown(k->value_length), k->value);
	else if (p == NULL)
		lint_fail(lint, lint->text, "The key is missing: \"p=\".");
	else
		look_at_key(lint, k, p);
}
