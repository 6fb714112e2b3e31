/*
 * record.h - the records a mail domain should publish, in one table.
 *
 * The records screen, "dns records", "dns zone", the dynamic update and the
 * `wanted` line of each check all come from here.  A record is plain data.
 */
#ifndef DNS_RECORD_H
#define DNS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "dns/question.h"
#include "dns/subject.h"

#define DNS_RECORD_MAX 32

/* Who must have it. */
enum dns_need {
	DNS_REQUIRED,    /* by the guide: mail does not work without it */
	DNS_RECOMMENDED, /* mail works better with it */
};

/* Where it is entered. */
enum dns_place {
	DNS_AT_DNS_HOST,   /* in the domain's zone */
	DNS_AT_OTHER_ZONE, /* a mail host of another domain: whoever runs that */
	DNS_AT_PROVIDER,   /* reverse DNS: at whoever rents out the address */
};

struct dns_record {
	char purpose[16]; /* "mail-host", "mx", "spf", "dkim"...: stable */
	enum dns_need need;
	enum dns_place place;
	char name[DNS_NAME_SIZE];     /* in full, no final dot */
	char relative[DNS_NAME_SIZE]; /* to the zone; "@" is the zone itself */
	enum dns_type type;
	uint32_t ttl_seconds;
	uint16_t priority;          /* MX preference, SRV priority */
	char value[DNS_VALUE_SIZE]; /* one line, without quotes or priority:
	                               * "mail.example.com", "v=spf1 mx -all",
	                               * SRV "1 993 mail.example.com" */
};

/* Rows behind `count` hold nothing. */
struct dns_records {
	struct dns_record list[DNS_RECORD_MAX];
	size_t count;
};

/* What the domain should publish, required ones first.  A record whose value
 * isn't known (no DKIM key yet) is not in it. */
void record_list(const struct dns_subject *, struct dns_records *);

/* Only those of one purpose. */
void record_list_of(
    const struct dns_subject *, const char *purpose, struct dns_records *);

/* The first wanted record of that purpose, or NULL. */
const struct dns_record *record_by_purpose(
    const struct dns_records *, const char *purpose);

/* "Signs outbound mail (RFC 6376)": for the list, by purpose; never NULL. */
const char *record_help(const char *purpose);

/* True for types whose panel has a field of its own for the priority. */
bool record_has_priority(enum dns_type);

/* "A", "TXT": as panels call it. */
const char *record_type_text(const struct dns_record *);

/* ---- forms of the value.  All are written into the arena. ---- */

/* "v=DKIM1; ..." as most panels take it: one line, no quotes.  An MX or SRV
 * has its numbers in front here: "10 mail.example.com". */
const char *record_as_one_line(struct arena *, const struct dns_record *);

/* "\"v=DKIM1; ...\" \"...\"": strings of at most 255 bytes (RFC 1035 3.3.14),
 * for panels that want them; for other types the same as one line. */
const char *record_as_strings(struct arena *, const struct dns_record *);

/* The line of a zone file: name, TTL, class, type, value; names in full with
 * their dots; one blank between, no line end.  TXT text is quoted and escaped. */
const char *record_as_zone_line(struct arena *, const struct dns_record *);

/*
 * A zone file fragment with $ORIGIN and $TTL, one comment per record; records
 * only, no SOA or NS.  Those that go elsewhere come as comments.
 */
const char *record_as_zone(
    struct arena *, const struct dns_subject *, const struct dns_records *);

/* `name` as seen from `zone`: "@", "mail", or in full with a final dot when
 * it isn't below it. */
void record_relative_name(
    char to[DNS_NAME_SIZE], const char *name, const char *zone);

#endif
