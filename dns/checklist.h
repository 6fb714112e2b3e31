/*
 * checklist.h - runs all checks of one subject at once, live.
 *
 * The owner (a screen) starts checklist_job() as a base/job.h job with a
 * struct checklist_request and gets a struct checklist_record for each row
 * that changed, the first time for every row.  It tells the running job with
 * job_tell() and a struct checklist_order which row has the focus.  When the
 * job crashed, checklist_lost() makes unknown what still waits.
 *
 * The name servers of the domain are asked first; resolvers only once those
 * are right, so that no negative answer is planted: a finding that passes and
 * whose `spreading` is not empty is right at the name servers, and the
 * sentence says until when resolvers may keep the old value.
 */
#ifndef DNS_CHECKLIST_H
#define DNS_CHECKLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/check.h"
#include "dns/subject.h"

#define CHECKLIST_ROWS_MAX 64 /* at least dns_check_count */

struct checklist_request {
	struct dns_subject subject; /* resolvers, server_ports included */
	/* Ask again and again until nobody touched a key for 10 minutes.  Else
	 * the job ends when every row has its verdict. */
	bool is_watched;
	/* Bit per row of dns_checks[]: only these are asked and told, the
	 * others stay waiting.  0: all. */
	uint64_t only;
	/* How often servers are asked, counted over several jobs; or NULL. */
	struct pace_table *pace;
};

struct pace_table;

enum checklist_record_kind {
	CHECKLIST_ROW,   /* `finding` is new; finding.check says the row */
	CHECKLIST_NOTE,  /* about the whole list: `note`, or "" */
	CHECKLIST_ROUND, /* every row has a verdict for the first time */
	CHECKLIST_PAUSE, /* watched: idle; any order goes on */
};

/* What the job writes. */
struct checklist_record {
	enum checklist_record_kind kind;
	struct dns_finding finding;
	char note[DNS_SENTENCE_SIZE]; /* "Port 53 seems blocked..." */
};

/* What the owner tells a watched job with job_tell().  Each is also a sign of
 * life that starts the 10 minutes anew. */
enum checklist_order_kind {
	CHECKLIST_ALIVE, /* somebody touched a key */
	CHECKLIST_FOCUS, /* row `check` is under the cursor: ask it often */
	CHECKLIST_AGAIN, /* ask row `check` again at once */
	CHECKLIST_ALL,   /* ask every row again at once */
};
struct checklist_order {
	enum checklist_order_kind kind;
	int check; /* index in dns_checks[] */
};

/* A job_function; the argument is a struct checklist_request. */
void checklist_job(int out, void *request);

/*
 * The same once, in this process, until every row has its verdict:
 * findings[0] to findings[dns_check_count - 1], none waiting but rows that the
 * request does not want.  `note` holds DNS_SENTENCE_SIZE bytes or is NULL.
 */
void checklist_run(
    const struct checklist_request *, struct dns_finding *findings, char *note);

/*
 * The same once, for the command line: runs the job, waits for its end and
 * fills findings[0] to findings[dns_check_count - 1].  A crash makes the rows
 * that wait unknown.  `note` holds DNS_SENTENCE_SIZE bytes or is NULL.
 */
enum err_code dns_checklist_once(const struct checklist_request *,
    struct dns_finding findings[CHECKLIST_ROWS_MAX], char *note,
    struct err *) MUST_USE;

/* Whether the request asks for that row. */
bool checklist_wants(const struct checklist_request *, size_t check);

/* A row before the first record: waiting. */
void checklist_waiting(struct dns_finding *, int check);

/* The job is gone: a row that waits becomes unknown, others stay. */
void checklist_lost(struct dns_finding *);

#endif
