/*
 * The forms of a record: for panels, for zone files.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dns/record.h"

#define STRING_MAX 255 /* bytes of one TXT string (RFC 1035 3.3.14) */

void
record_relative_name(char to[DNS_NAME_SIZE], const char *name, const char *zone)
{
	const size_t length = strlen(name), zone_length = strlen(zone);

	if (text_is_same(name, zone))
		text_copy(to, DNS_NAME_SIZE, "@");
	else if (zone_length > 0 && length > zone_length + 1 &&
	    name[length - zone_length - 1] == '.' &&
	    text_is_same(name + length - zone_length, zone))
		text_format(to, DNS_NAME_SIZE, "%.*s",
		    (int)(length - zone_length - 1), name);
	else
		text_format(to, DNS_NAME_SIZE, "%s.", name);
}

bool
record_has_priority(enum dns_type type)
{
	return type == DNS_MX || type == DNS_SRV;
}

const char *
record_type_text(const struct dns_record *r)
{
	switch (r->type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_MX:
		return "MX";
	case DNS_TXT:
		return "TXT";
	case DNS_SRV:
		return "SRV";
	case DNS_PTR:
		return "PTR";
	case DNS_TLSA:
		return "TLSA";
	case DNS_CNAME:
		return "CNAME";
	default:
		return "?";
	}
}

const char *
record_as_one_line(struct arena *arena, const struct dns_record *r)
{
	if (record_has_priority(r->type))
		return arena_format(arena, "%u %s", r->priority, r->value);
	return arena_text(arena, r->value);
}

/* One quoted string of a zone file (RFC 1035 5.1). */
static void
add_quoted(struct text_builder *b, const char *bytes, size_t length)
{
	text_add(b, "\"");
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)bytes[i];

		if (c == '"' || c == '\\')
			text_addf(b, "\\%c", c);
		else if (c < ' ' || c > '~')
			text_addf(b, "\\%03u", c);
		else
			text_add_n(b, &bytes[i], 1);
	}
	text_add(b, "\"");
}

const char *
record_as_strings(struct arena *arena, const struct dns_record *r)
{
	struct text_builder b;
	const char *rest = r->value;
	size_t left = strlen(rest);

	if (r->type != DNS_TXT)
		return record_as_one_line(arena, r);
	text_builder_open(&b, arena, 8 * DNS_VALUE_SIZE);
	do {
		const size_t part = left < STRING_MAX ? left : STRING_MAX;

		if (rest != r->value)
			text_add(&b, " ");
		add_quoted(&b, rest, part);
		rest += part;
		left -= part;
	} while (left > 0);
	return b.data;
}

/* Names in a value get their final dot, so that no origin is added. */
static const char *
zone_value(struct arena *arena, const struct dns_record *r)
{
	switch (r->type) {
	case DNS_MX:
	case DNS_SRV:
		return arena_format(arena, "%u %s.", r->priority, r->value);
	case DNS_PTR:
	case DNS_CNAME:
		return arena_format(arena, "%s.", r->value);
	default:
		return record_as_strings(arena, r);
	}
}

const char *
record_as_zone_line(struct arena *arena, const struct dns_record *r)
{
	return arena_format(arena, "%s. %u IN %s %s", r->name, r->ttl_seconds,
	    record_type_text(r), zone_value(arena, r));
}

static const char *
place_comment(enum dns_place place)
{
	switch (place) {
	case DNS_AT_PROVIDER:
		return "; Set at the company that rents out the address: ";
	case DNS_AT_OTHER_ZONE:
		return "; Belongs into another zone: ";
	case DNS_AT_DNS_HOST:
		break;
	}
	return "";
}

const char *
record_as_zone(struct arena *arena, const struct dns_subject *given,
    const struct dns_records *records)
{
	struct dns_subject s = *given;
	struct text_builder b;

	subject_complete(&s);
	text_builder_open(&b, arena, 64 * 1024);
	text_addf(&b, "; Mail records of %s\n$ORIGIN %s.\n$TTL %u\n", s.domain,
	    s.zone, s.ttl_seconds);
	for (size_t i = 0; i < records->count; i++) {
		const struct dns_record *r = &records->list[i];

		text_addf(&b, "\n; %s%s\n", record_help(r->purpose),
		    r->need == DNS_REQUIRED ? "" : "  Recommended.");
		if (r->place != DNS_AT_DNS_HOST)
			text_addf(&b, "%s%s\n", place_comment(r->place),
			    record_as_zone_line(arena, r));
		else
			text_addf(&b, "%s\t%u\tIN\t%s\t%s\n", r->relative,
			    r->ttl_seconds, record_type_text(r),
			    zone_value(arena, r));
	}
	return b.data;
}
