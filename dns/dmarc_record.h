/*
 * dmarc_record.h - one DMARC record as receivers read it (RFC 9989 sections
 * 4.7 and 4.10.1).
 */
#ifndef DNS_DMARC_RECORD_H
#define DNS_DMARC_RECORD_H

#include <stdbool.h>
#include <stddef.h>

#include "dns/dmarc_walk.h"
#include "dns/subject.h"
#include "dns/tag_list.h"

extern const char *const dmarc_policy_names[]; /* NULL ends */

/* DMARC_NONE for what is no policy. */
enum dmarc_policy dmarc_policy_by_name(const char *);

/* The policy of a tag (p, sp, np); -1 for none of them, or a NULL tag. */
int dmarc_policy_of_tag(const struct tag *);

struct dmarc_record {
	struct tag_list list; /* points into the text that was read */
	/* False: receivers act as if there were no record: a tag is there
	 * twice, or a policy does not exist and nobody wants reports. */
	bool is_usable;
	enum dmarc_policy p;  /* as published; "none" for one that isn't */
	enum dmarc_policy sp; /* of domains below that exist; or p */
	bool is_testing;      /* t=y: taken one step weaker */
	enum dmarc_psd psd;
};

void dmarc_record_read(struct dmarc_record *, const char *bytes, size_t length);

/* What receivers do by it with the mail of the record's own domain, or of one
 * below it that has none. */
enum dmarc_policy dmarc_record_effect(const struct dmarc_record *);
enum dmarc_policy dmarc_record_effect_below(const struct dmarc_record *);

#endif
