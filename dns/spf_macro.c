/*
 * Macros of SPF (RFC 7208 section 7).
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dns/spf.h"
#include "dns/spf_syntax.h"

#define PART_MAX   128
#define VALUE_SIZE 1024 /* a long value, every sign as %XX */
#define WHOLE_SIZE (8 * DNS_NAME_SIZE)

/* "1.2.3.4", or 32 nibbles with dots. */
static void
ip_with_dots(char to[IP_REVERSE_SIZE], const struct ip *ip)
{
	static const char digits[] = "0123456789abcdef";
	size_t used = 0;

	if (ip->family == AF_INET) {
		ip_format(to, ip);
		return;
	}
	for (size_t i = 0; i < 16; i++) {
		to[used++] = digits[ip->bytes[i] >> 4];
		to[used++] = '.';
		to[used++] = digits[ip->bytes[i] & 15];
		to[used++] = '.';
	}
	to[used - 1] = '\0';
}

/* What macros stand for, and which letters may be used. */
struct macros {
	const struct spf_sender *sender;
	const char *domain, *validated;
	bool is_explanation; /* c, r and t, too */
};

/* c, r, t: only in explanations (section 7.2). */
static bool
explanation_value(
    char *to, size_t size, char letter, const struct spf_sender *sender)
{
	char ip[IP_TEXT_SIZE];

	switch (letter) {
	case 'c':
		ip_format(ip, &sender->ip);
		return text_copy(to, size, ip);
	case 'r':
		return text_copy(to, size,
		    sender->receiver != NULL ? sender->receiver : "unknown");
	case 't':
		return text_format(to, size, "%lld", (long long)sender->now_at);
	default:
		return false;
	}
}

static bool
value_of(char *to, size_t size, char letter, const struct macros *macros)
{
	const struct spf_sender *sender = macros->sender;
	char ip[IP_REVERSE_SIZE];

	letter = (char)tolower((unsigned char)letter);
	switch (letter) {
	case 's':
		return text_format(
		    to, size, "%s@%s", sender->local, sender->domain);
	case 'l':
		return text_copy(to, size, sender->local);
	case 'o':
		return text_copy(to, size, sender->domain);
	case 'd':
		return text_copy(to, size, macros->domain);
	case 'i':
		ip_with_dots(ip, &sender->ip);
		return text_copy(to, size, ip);
	case 'p':
		return text_copy(to, size, macros->validated);
	case 'v':
		return text_copy(
		    to, size, sender->ip.family == AF_INET ? "in-addr" : "ip6");
	case 'h':
		return text_copy(to, size, sender->helo);
	default:
		return macros->is_explanation &&
		    explanation_value(to, size, letter, sender);
	}
}

/* A letter in upper case: as in a URL, all but unreserved signs as %XX. */
static void
escape(char *value, size_t size)
{
	char copy[VALUE_SIZE];
	size_t used = 0;

	text_copy(copy, sizeof(copy), value);
	for (const char *c = copy; *c != '\0' && used + 4 < size; c++)
		if (isalnum((unsigned char)*c) || strchr("-._~", *c) != NULL)
			value[used++] = *c;
		else
			used += (size_t)snprintf(value + used, size - used,
			    "%%%02X", (unsigned char)*c);
	value[used] = '\0';
}

/* Splits at any of the delimiters, reverses, keeps the last `keep` parts and
 * joins them with dots. */
static void
transform(char *value, size_t size, const char *delimiters, bool is_reversed,
    unsigned keep)
{
	char copy[VALUE_SIZE];
	char *parts[PART_MAX], *at = copy;
	size_t count = 0;

	text_copy(copy, sizeof(copy), value);
	while (count < PART_MAX) {
		const size_t length = strcspn(at, delimiters);
		const bool is_last = at[length] == '\0';

		parts[count++] = at;
		at[length] = '\0';
		if (is_last)
			break;
		at += length + 1;
	}
	if (is_reversed)
		for (size_t i = 0; i < count / 2; i++) {
			char *swap = parts[i];

			parts[i] = parts[count - 1 - i];
			parts[count - 1 - i] = swap;
		}
	value[0] = '\0';
	for (size_t i = keep > 0 && keep < count ? count - keep : 0; i < count;
	     i++) {
		text_append(value, size, parts[i]);
		if (i + 1 < count)
			text_append(value, size, ".");
	}
}

/* One "%{...}" at *at, which moves behind it. */
static bool
expand_one(char *value, size_t size, const char **at, const char *end,
    const struct macros *macros)
{
	char delimiters[16];
	size_t used = 0;
	unsigned keep = 0;
	bool is_reversed = false, is_upper;
	const char *p = *at + 2;

	if (p >= end)
		return false;
	is_upper = isupper((unsigned char)*p) != 0;
	if (!value_of(value, size, *p++, macros))
		return false;
	while (p < end && isdigit((unsigned char)*p) && keep < 1000)
		keep = keep * 10 + (unsigned)(*p++ - '0');
	while (p < end && isdigit((unsigned char)*p))
		p++;
	if (p < end && (*p == 'r' || *p == 'R')) {
		is_reversed = true;
		p++;
	}
	while (p < end && *p != '}' && used + 1 < sizeof(delimiters))
		delimiters[used++] = *p++;
	while (p < end && *p != '}')
		p++;
	delimiters[used] = '\0';
	if (p >= end)
		return false;
	*at = p + 1;
	if (is_reversed || keep > 0 || used > 0)
		transform(value, size, used > 0 ? delimiters : ".", is_reversed,
		    keep);
	if (is_upper)
		escape(value, size);
	return true;
}

/* All of the text; what does not fit is cut. */
static bool
expand(char *whole, size_t size, const char *at, const char *end,
    const struct macros *macros)
{
	char value[VALUE_SIZE];
	size_t used;

	whole[0] = '\0';
	while (at < end) {
		used = strlen(whole);
		if (used + 4 >= size)
			return true;
		if (*at != '%') {
			whole[used] = *at++;
			whole[used + 1] = '\0';
			continue;
		}
		if (at + 1 >= end)
			return false;
		if (at[1] == '{') {
			if (!expand_one(value, sizeof(value), &at, end, macros))
				return false;
			text_append(whole, size, value);
			continue;
		}
		text_append(whole, size,
		    at[1] == '%'       ? "%"
			: at[1] == '_' ? " "
				       : "%20");
		at += 2;
	}
	return true;
}

bool
spf_expand(char to[DNS_NAME_SIZE], const char *spec, size_t length,
    const struct spf_sender *sender, const char *domain, const char *validated)
{
	const struct macros macros = { sender, domain, validated, false };
	char whole[WHOLE_SIZE];
	const char *from = whole;
	size_t used;

	if (!expand(whole, sizeof(whole), spec, spec + length, &macros))
		return false;
	used = strlen(whole);
	if (used > 0 && whole[used - 1] == '.')
		whole[--used] = '\0';
	while (strlen(from) > DNS_NAME_SIZE - 3) {
		from = strchr(from, '.');
		if (from == NULL)
			return false;
		from++;
	}
	return text_copy(to, DNS_NAME_SIZE, from);
}

bool
spf_explain(char to[SPF_TEXT_SIZE], const char *text, size_t length,
    const struct spf_sender *sender, const char *domain, const char *validated)
{
	const struct macros macros = { sender, domain, validated, true };

	return spf_is_macro_string(text, length) &&
	    expand(to, SPF_TEXT_SIZE, text, text + length, &macros);
}
