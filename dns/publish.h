/*
 * publish.h - what a name server of our own has to change, so that it says
 * what a domain should publish: asked, compared, and never more than that.
 */
#ifndef DNS_PUBLISH_H
#define DNS_PUBLISH_H

#include "dns/answers.h"
#include "dns/check.h"
#include "dns/subject.h"
#include "dns/update.h"

struct publish_plan {
	char zone[DNS_NAME_SIZE];
	struct update_change changes[UPDATE_MAX];
	size_t count;
	size_t right; /* wanted records that are there already */
	/* Why the DMARC record isn't made what the domain's step says; "" when
	 * it is. */
	char note[DNS_SENTENCE_SIZE];
};

/* What may be done to a published DMARC policy that is stricter than the
 * domain's step. */
enum publish_policy { PUBLISH_KEEPS_POLICY, PUBLISH_WEAKENS_POLICY };

/*
 * Asks the server for every wanted record of the domain's zone and says what
 * differs.  A TXT record of another kind beside a wanted one (a site's
 * verification beside SPF) stays, and so do the customer's own senders in the
 * SPF record and an MX of lower priority; other values at that name go.  A
 * DMARC record keeps its tags and addresses, and a stricter policy unless it
 * may be weakened; several of them, or one behind an alias, stay as they are,
 * with a note.  ERR_TIMEOUT when the server is silent, ERR_INVALID when it does
 * not serve the zone or there is more to change than fits.
 */
enum err_code publish_compare(struct publish_plan *,
    const struct ip_port *server, const struct dns_subject *,
    enum publish_policy, struct err *) MUST_USE;

/* The comparison alone, of answers that are there. */
enum err_code publish_difference(struct publish_plan *,
    const struct dns_answers *, const struct dns_subject *, enum publish_policy,
    struct err *) MUST_USE;

#endif
