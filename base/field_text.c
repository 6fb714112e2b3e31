#include "base/field_text.h"

#include <string.h>

#include "base/address.h"
#include "base/host_name.h"
#include "base/ip.h"
#include "base/text.h"

static enum err_code
fit(char *to, size_t size, const char *text, struct err *err)
{
	if (!text_copy(to, size, text))
		return err_set(err, ERR_INVALID, NULL,
		    "Too long: at most %zu characters.", size - 1);
	return OK;
}

enum err_code
field_parse_text(char *to, size_t size, const char *text, struct err *err)
{
	char typed[FIELD_TEXT_SIZE];

	if (!text_is_clean(text, strlen(text)))
		return err_set(err, ERR_INVALID, NULL,
		    "There are control characters in the text: type it "
		    "again.");
	if (!text_copy(typed, sizeof(typed), text))
		return fit(to, size, text, err);
	text_trim(typed);
	return fit(to, size, typed, err);
}

enum err_code
field_parse_block(char *to, size_t size, const char *text, struct err *err)
{
	const char *end = text + strlen(text);
	uint32_t c;

	for (const char *at = text; (c = text_next(&at, end)) != 0;) {
		if (text_is_control(c) && c != '\n' && c != '\r' && c != '\t')
			return err_set(err, ERR_INVALID, NULL,
			    "There are control characters in the text: copy "
			    "it again from the file.");
	}
	return fit(to, size, text, err);
}

enum err_code
field_parse_secret(char *to, size_t size, const char *text, struct err *err)
{
	return fit(to, size, text, err);
}

enum err_code
field_parse_address(char *to, size_t size, const char *text, struct err *err)
{
	struct address address;
	char stored[ADDRESS_SIZE];

	if (address_parse(&address, text, err) != OK)
		return ERR_INVALID;
	address_format(stored, &address);
	return fit(to, size, stored, err);
}

enum err_code
field_parse_alias(char *to, size_t size, const char *text, struct err *err)
{
	struct address address;
	char stored[ADDRESS_SIZE];

	if (address_parse_alias(&address, text, err) != OK)
		return ERR_INVALID;
	address_format(stored, &address);
	return fit(to, size, stored, err);
}

enum err_code
field_parse_host(char *to, size_t size, const char *text, struct err *err)
{
	struct host_name host;

	if (host_name_parse(&host, text, err) != OK)
		return ERR_INVALID;
	return fit(to, size, host.text, err);
}

static enum err_code
parse_ip_family(
    char *to, size_t size, const char *text, int family, struct err *err)
{
	struct ip ip;
	char stored[IP_TEXT_SIZE];

	if (ip_parse(&ip, text, err) != OK)
		return ERR_INVALID;
	if (family != AF_UNSPEC && ip.family != family)
		return err_set(err, ERR_INVALID, NULL,
		    family == AF_INET
			? "This is no IPv4 address: write it like 192.0.2.10."
			: "This is no IPv6 address: write it like "
			  "2001:db8::10.");
	ip_format(stored, &ip);
	return fit(to, size, stored, err);
}

enum err_code
field_parse_ip(char *to, size_t size, const char *text, struct err *err)
{
	return parse_ip_family(to, size, text, AF_UNSPEC, err);
}

enum err_code
field_parse_ip4(char *to, size_t size, const char *text, struct err *err)
{
	return parse_ip_family(to, size, text, AF_INET, err);
}

enum err_code
field_parse_ip6(char *to, size_t size, const char *text, struct err *err)
{
	return parse_ip_family(to, size, text, AF_INET6, err);
}

static enum err_code
parse_ip_port(char *to, size_t size, const char *text, struct err *err)
{
	struct ip_port address;
	char ip[IP_TEXT_SIZE], stored[IP_TEXT_SIZE + 8];

	if (ip_port_parse(&address, text, 53, err) != OK)
		return ERR_INVALID;
	ip_format(ip, &address.ip);
	if (address.port == 53)
		text_copy(stored, sizeof(stored), ip);
	else
		text_format(stored, sizeof(stored),
		    address.ip.family == AF_INET ? "%s:%u" : "[%s]:%u", ip,
		    address.port);
	return fit(to, size, stored, err);
}

enum err_code
field_parse_label(char *to, size_t size, const char *text, struct err *err)
{
	char label[64];
	size_t length;

	if (!text_copy(label, sizeof(label), text))
		return err_set(
		    err, ERR_INVALID, NULL, "At most 63 characters.");
	text_trim(label);
	text_lower(label);
	length = strlen(label);
	if (label[strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-")] !=
		'\0' ||
	    label[0] == '-' || label[length - 1] == '-')
		return err_set(err, ERR_INVALID, NULL,
		    "\"%s\": use letters, digits and hyphens, such as "
		    "default or 2026b.",
		    label);
	return fit(to, size, label, err);
}

/* Several values, parted by commas, blanks or line ends. */
static enum err_code
parse_several(text_parser *parse_one, char *to, size_t size, const char *text,
    struct err *err)
{
	char one[ADDRESS_SIZE + HOST_DISPLAY_SIZE], stored[ADDRESS_SIZE];

	to[0] = '\0';
	for (;;) {
		size_t length;

		text += strspn(text, ", ;\t\r\n");
		length = strcspn(text, ", ;\t\r\n");
		if (length == 0)
			return OK;
		if (!text_format(one, sizeof(one), "%.*s", (int)length, text))
			return err_set(err, ERR_INVALID, NULL,
			    "\"%.40s...\" is too long.", text);
		if (parse_one(stored, sizeof(stored), one, err) != OK)
			return ERR_INVALID;
		if ((to[0] != '\0' && !text_append(to, size, ", ")) ||
		    !text_append(to, size, stored))
			return err_set(err, ERR_INVALID, NULL,
			    "Too many: at most %zu characters in all.",
			    size - 1);
		text += length;
	}
}

enum err_code
field_parse_addresses(char *to, size_t size, const char *text, struct err *err)
{
	return parse_several(field_parse_address, to, size, text, err);
}

enum err_code
field_parse_hosts(char *to, size_t size, const char *text, struct err *err)
{
	return parse_several(field_parse_host, to, size, text, err);
}

enum err_code
field_parse_ip_ports(char *to, size_t size, const char *text, struct err *err)
{
	return parse_several(parse_ip_port, to, size, text, err);
}
