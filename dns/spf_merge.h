/*
 * spf_merge.h - one SPF record out of those that are there, which loses none
 * of the senders (RFC 7208 section 3.2 allows one record only).
 */
#ifndef DNS_SPF_MERGE_H
#define DNS_SPF_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ip.h"
#include "dns/subject.h"

struct spf_text {
	const char *text; /* begins with "v=spf1" */
	size_t length;
};

/*
 * `own` come first, as ip4: and ip6: terms, unless such a term is there; then
 * the terms of all records, each once; the strictest "all" at the end, "~all"
 * when none has any.  "+all" is taken for none.  Beside other records a
 * redirect becomes an include.  Of a record that is broken, what can't be read
 * is left out, and what stands behind it is kept.  False, with `to` empty, when all of it does not fit.
 * Pure.
 */
bool spf_merge(char to[DNS_VALUE_SIZE], const struct spf_text *, size_t count,
    const struct ip *own, size_t own_count);

/*
 * The same, where `own` come in only when `wanted`, the record that would let
 * them send, has a term that is nowhere.  One good record that needs
 * nothing comes out as it is, to the byte.
 */
bool spf_merge_wanted(char to[DNS_VALUE_SIZE], const struct spf_text *,
    size_t count, const char *wanted, const struct ip *own, size_t own_count);

#endif
