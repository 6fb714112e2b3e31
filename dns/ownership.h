/*
 * ownership.h - does the DNS show that this domain is the customer's?
 *
 * Either its zone has the TXT record _postern-proof.DOMAIN with the text we
 * gave, or it has an MX whose host has one of this server's addresses: only
 * who may edit the zone can do either.
 */
#ifndef DNS_OWNERSHIP_H
#define DNS_OWNERSHIP_H

#include "base/err.h"
#include "dns/check.h"

enum ownership_state {
	OWNERSHIP_WAITING, /* answers are missing yet */
	OWNERSHIP_BY_TXT,
	OWNERSHIP_BY_MX,
	OWNERSHIP_NOT,     /* answered: neither is there */
	OWNERSHIP_UNKNOWN, /* no usable answer */
};

/* What one of the two proofs looks like by now. */
enum ownership_way { WAY_WAITING, WAY_SEEN, WAY_MISSING, WAY_UNKNOWN };

struct ownership {
	enum ownership_state state;
	enum ownership_way txt, mx;
	char sentence[DNS_SENTENCE_SIZE]; /* clean: what is there instead */
};

/* What must be asked, as a check's questions(). */
void ownership_questions(const struct dns_subject *, const struct dns_answers *,
    struct dns_questions *);

/* A pure function of the answers; `proof` is the wanted text. */
void ownership_judge(const struct dns_subject *, const char *proof,
    const struct dns_answers *, struct ownership *);

/* Asks the name servers of the domain and judges; waits for the network, at
 * most 8 s. */
void ownership_ask(
    const struct dns_subject *, const char *proof, struct ownership *);

/* ---- the same as a job (base/job.h) ---- */

#define OWNERSHIP_PROOF_SIZE 80

struct ownership_request {
	struct dns_subject subject;
	char proof[OWNERSHIP_PROOF_SIZE]; /* the wanted text */
};

/* One record after each answer; the last one's state is not WAITING. */
struct ownership_progress {
	unsigned asked, answered; /* questions to servers */
	struct ownership found;
};

void ownership_job(int out, void *request);

#endif
