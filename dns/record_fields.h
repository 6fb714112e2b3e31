/*
 * record_fields.h - "v=NAMEv1; name=value; ..." as MTA-STS (RFC 8461 section
 * 3.1) and TLS-RPT (RFC 8460 section 3) write it: the version to the letter
 * and first, blanks only beside semicolons, never beside "=".
 */
#ifndef DNS_RECORD_FIELDS_H
#define DNS_RECORD_FIELDS_H

#include "dns/lint.h"
#include "dns/tag_list.h"

/*
 * The fields behind the version into `list`; breaches are findings.  False
 * when it is no record with that version at all, which is then said as well.
 * `may_have` are signs beside those of an extension value that the field
 * named `name` may hold ("=" in a URI).
 */
bool record_fields_parse(struct lint *, struct tag_list *, const char *version,
    const char *name, const char *may_have);

/* Letters and digits, and behind the first also "_-."; of a policy file (RFC
 * 8461 section 3.2), too. */
bool record_is_field_name(const char *, size_t length);

#endif
