/*
 * checklist.h - runs all checks of one subject at once, live.
 *
 * The owner (a screen) starts checklist_job() as a base/job.h job with a
 * struct checklist_request and gets a struct checklist_record for each row
 * that changed.  It tells the running job with job_tell() and a struct
 * checklist_order which row has the focus.  A job that crashed or ended leaves
 * the rows as they are; the owner shows those that wait as unknown.
 *
 * The domain's own name servers are asked first; resolvers only once those are
 * right, so that no negative answer is planted.
 */
#ifndef DNS_CHECKLIST_H
#define DNS_CHECKLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/access.h"
#include "dns/check.h"
#include "dns/subject.h"

#define CHECKLIST_ROWS_MAX 64
#define CHECKLIST_TEXT     200

struct checklist_request {
	struct dns_subject subject;
	struct dns_access access; /* resolvers none = those of the system */
	/* Watch: ask again until nobody touched a key for 10 minutes.  Else the
	 * job ends when every row has its verdict. */
	bool is_watched;
};

enum checklist_state {
	CHECKLIST_ASKING,    /* no verdict yet: finding is empty */
	CHECKLIST_DONE,      /* finding is the verdict */
	CHECKLIST_SPREADING, /* right at the name servers; see `resolvers` */
};

/* One row of dns_checks[], as it is now. */
struct checklist_row {
	enum checklist_state state;
	struct dns_finding finding; /* verdict DNS_UNKNOWN while asking */
	int64_t changed_at;         /* when it last became another */
	int64_t passed_at;          /* last time it passed, 0 for never */
	/* For people: "published on 2 of 3 name servers; ns3.example.com
	 * still has the old value". */
	char servers[CHECKLIST_TEXT];
	/* "resolvers may keep the old value until 14:20 (TTL 3540 s left)". */
	char resolvers[CHECKLIST_TEXT];
	int64_t spread_at; /* CHECKLIST_SPREADING: right everywhere by then */
};

enum checklist_record_kind {
	CHECKLIST_ROW,   /* row `index` is now `row` */
	CHECKLIST_NOTE,  /* about the whole list: `note` */
	CHECKLIST_ROUND, /* every row has a verdict for the first time */
	CHECKLIST_PAUSE, /* watch: idle for 10 minutes, any order wakes it */
};

/* What the job writes. */
struct checklist_record {
	enum checklist_record_kind kind;
	size_t index; /* in dns_checks[] */
	struct checklist_row row;
	char note[CHECKLIST_TEXT]; /* "Port 53 is blocked: resolvers only." */
};

/* What the owner tells a watched job.  Each counts as a sign of life. */
enum checklist_order_kind {
	CHECKLIST_ALIVE, /* somebody touched a key */
	CHECKLIST_FOCUS, /* row `index` is under the cursor: ask it often */
	CHECKLIST_AGAIN, /* ask row `index` again at once */
	CHECKLIST_ALL,   /* ask every row again at once */
};
struct checklist_order {
	enum checklist_order_kind kind;
	size_t index;
};

/* A job_function; the argument is a struct checklist_request. */
void checklist_job(int out, void *request);

/*
 * The same once, for the command line: forks, waits and fills rows[0] to
 * rows[checklist_count() - 1].  A crash makes the rows that wait unknown.
 * `note` may be NULL.
 */
enum err_code dns_checklist_once(const struct checklist_request *,
    struct checklist_row rows[CHECKLIST_ROWS_MAX], char note[CHECKLIST_TEXT],
    struct err *) MUST_USE;

/* Rows of dns_checks[]. */
size_t checklist_count(void);

/* Makes the rows that still wait unknown with that reason: the job ended. */
void checklist_rows_lost(struct checklist_row *rows, const char *reason);

#endif
