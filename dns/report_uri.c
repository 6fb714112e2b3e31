#include "dns/report_uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* ---- URI, RFC 3986 ---- */

static bool
is_uri_sign(char c)
{
	return isalnum((unsigned char)c) ||
	    (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=", c) != NULL);
}

/* The byte at *at, "%2C" decoded; -1 for what may not stand in a URI. */
static int
take_sign(const char **at, const char *end)
{
	const char *from = (*at)++;

	if (*from != '%')
		return is_uri_sign(*from) ? (unsigned char)*from : -1;
	if (end - from < 3 || text_hex_value(from[1]) < 0 ||
	    text_hex_value(from[2]) < 0)
		return -1;
	*at = from + 3;
	return text_hex_value(from[1]) * 16 + text_hex_value(from[2]);
}

static bool
is_uri(const char *from, const char *end)
{
	const char *at = from;

	if (at == end || !isalpha((unsigned char)*at))
		return false;
	while (at < end &&
	    (isalnum((unsigned char)*at) ||
		(*at != '\0' && strchr("+-.", *at) != NULL)))
		at++;
	if (at == end || *at++ != ':')
		return false;
	while (at < end)
		if (take_sign(&at, end) < 0)
			return false;
	return true;
}

/* "!10m" at the end, as RFC 7489 had it; *end moves in front of it. */
static bool
cut_size(const char *from, const char **end)
{
	const char *at = *end;

	if (at > from && strchr("kmgtKMGT", at[-1]) != NULL)
		at--;
	while (at > from && isdigit((unsigned char)at[-1]))
		at--;
	if (at == *end || !isdigit((unsigned char)*at) || at == from ||
	    at[-1] != '!')
		return false;
	*end = at - 1;
	return true;
}

static bool
is_host(const char *name)
{
	struct host_name host;

	return host_name_parse(&host, name, NULL) == OK;
}

/* The one address of a mailto: URI, header fields behind it dropped. */
static bool
read_address(char to[ADDRESS_SIZE], const char *from, const char *end)
{
	size_t used = 0;
	char *at;

	while (from < end && *from != '?') {
		const int sign = take_sign(&from, end);

		if (sign <= ' ' || sign > '~' || used + 1 == ADDRESS_SIZE)
			return false;
		to[used++] = (char)sign;
	}
	to[used] = '\0';
	text_lower(to);
	at = strrchr(to, '@');
	return at != NULL && at > to && is_host(at + 1);
}

static bool
starts_with(const char *from, const char *end, const char *scheme)
{
	const size_t length = strlen(scheme);

	return (size_t)(end - from) > length &&
	    strncasecmp(from, scheme, length) == 0;
}

static enum report_uri_kind
kind_of(struct report_uri *uri, const char *from, const char *end)
{
	if (!is_uri(from, end))
		return REPORT_NO_URI;
	if (starts_with(from, end, "mailto:"))
		return read_address(uri->address, from + 7, end)
		    ? REPORT_MAIL
		    : REPORT_NO_URI;
	if (starts_with(from, end, "https://") &&
	    strchr("/?#:", from[8]) == NULL)
		return REPORT_HTTPS;
	return REPORT_OTHER;
}

bool
report_uri_next(const struct tag *tag, size_t *at, struct report_uri *uri)
{
	const char *end;

	*uri = (struct report_uri){ 0 };
	if (!tag_part(tag, ',', at, &uri->text, &uri->length))
		return false;
	end = uri->text + uri->length;
	uri->has_size = cut_size(uri->text, &end);
	uri->bare_length = (size_t)(end - uri->text);
	uri->has_slashes = starts_with(uri->text, end, "mailto://");
	uri->kind =
	    uri->length == 0 ? REPORT_EMPTY : kind_of(uri, uri->text, end);
	return true;
}

/* ---- the whole list ---- */

void
report_uris_parse(struct report_uris *uris, const struct tag *tag)
{
	struct report_uri uri;
	size_t at = 0;

	memset(uris, 0, sizeof(*uris));
	while (report_uri_next(tag, &at, &uri)) {
		uris->has_size |= uri.has_size;
		if (uri.kind == REPORT_HTTPS)
			uris->good++;
		else if (uri.kind == REPORT_MAIL) {
			uris->good++;
			if (uris->mail_count < REPORT_URI_MAX)
				text_copy(uris->mail[uris->mail_count++],
				    ADDRESS_SIZE, uri.address);
		} else if (uri.kind != REPORT_EMPTY && uris->bad++ == 0)
			text_visible(uris->first_bad, sizeof(uris->first_bad),
			    uri.text, uri.length);
	}
}

bool
report_uris_have(const struct report_uris *uris, const char *address)
{
	for (size_t i = 0; i < uris->mail_count; i++)
		if (text_is_same_fold(uris->mail[i], address))
			return true;
	return false;
}

/* ---- writing one ---- */

#define MAIL_URI_SIZE (8 + 3 * ADDRESS_SIZE)

static bool
has_uri(const char *list, const char *uri, size_t length)
{
	const struct tag tag = { .value = list, .value_length = strlen(list) };
	const char *part;
	size_t at = 0, part_length;

	while (tag_part(&tag, ',', &at, &part, &part_length))
		if (part_length == length &&
		    strncasecmp(part, uri, length) == 0)
			return true;
	return false;
}

static bool
add_uri(char *to, size_t size, const char *uri, size_t length)
{
	const size_t used = strlen(to);

	if (length == 0 || has_uri(to, uri, length))
		return true;
	if (text_format(to + used, size - used, "%s%.*s", used > 0 ? "," : "",
		(int)length, uri))
		return true;
	to[used] = '\0';
	return false;
}

/* RFC 6068 section 2: what means something in a URI, or in the list, is
 * written as %XX. */
static void
mail_uri(char to[MAIL_URI_SIZE], const char *address)
{
	char sign[4];

	text_copy(to, MAIL_URI_SIZE, "mailto:");
	for (const char *at = address; *at != '\0'; at++) {
		const unsigned char c = (unsigned char)*at;
		const bool is_plain =
		    isalnum(c) || strchr("@.-_~+'*$", c) != NULL;

		text_format(sign, sizeof(sign), is_plain ? "%c" : "%%%02X", c);
		text_append(to, MAIL_URI_SIZE, sign);
	}
}

bool
report_uris_add_mail(char *to, size_t size, const char *address)
{
	char uri[MAIL_URI_SIZE];

	if (address[0] == '\0')
		return true;
	mail_uri(uri, address);
	return add_uri(to, size, uri, strlen(uri));
}

/* Where the address begins in what lacks "mailto:", or has too much of it. */
static const char *
bare_address(const struct report_uri *uri)
{
	return uri->text + (uri->has_slashes ? strlen("mailto://") : 0);
}

bool
report_uris_add(char *to, size_t size, const struct tag *tag)
{
	struct report_uri uri;
	char address[ADDRESS_SIZE];
	bool fits = true;
	size_t at = 0;

	while (report_uri_next(tag, &at, &uri))
		if (uri.kind == REPORT_NO_URI || uri.has_slashes) {
			if (read_address(address, bare_address(&uri),
				uri.text + uri.bare_length))
				fits &= report_uris_add_mail(to, size, address);
		} else if (uri.kind != REPORT_OTHER)
			fits &= add_uri(to, size, uri.text, uri.bare_length);
	return fits;
}
