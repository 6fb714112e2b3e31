/*
 * lookup.h - a few plain questions to resolvers: does this name have that
 * address, does that resolver answer at all?
 *
 * No verdicts and no name servers: that is the checklist.
 */
#ifndef DNS_LOOKUP_H
#define DNS_LOOKUP_H

#include "dns/answers.h"
#include "dns/resolvers.h"

#define LOOKUP_RESOLVERS_MAX 8
#define LOOKUP_QUESTIONS_MAX 8
#define LOOKUP_IPS_MAX       8

struct lookup_request {
	struct ip_port resolvers[LOOKUP_RESOLVERS_MAX];
	size_t resolver_count;
	struct dns_question questions[LOOKUP_QUESTIONS_MAX];
	size_t question_count;
};

/* What the job writes: one for each question at each resolver. */
struct lookup_record {
	struct dns_question question;
	struct ip_port resolver;
	bool is_answered;              /* whatever it says, NXDOMAIN too */
	struct ip ips[LOOKUP_IPS_MAX]; /* of A and AAAA */
	size_t ip_count;
	char reason[DNS_REASON_SIZE]; /* not answered: "silent for 6 s" */
};

/* A job_function; the argument is a struct lookup_request. */
void lookup_job(int out, void *request);

/*
 * The addresses of one host, at most `max`, IPv4 first.  `name` may be an
 * address itself.  No resolvers: those of /etc/resolv.conf.  Waits for the
 * network: for jobs and the command line only.  ERR_NOT_FOUND when the name
 * has no address, ERR_TIMEOUT when no resolver could tell.
 */
enum err_code lookup_addresses(const char *name,
    const struct ip_port *resolvers, size_t resolver_count, struct ip *to,
    size_t max, size_t *count, struct err *) MUST_USE;

#endif
