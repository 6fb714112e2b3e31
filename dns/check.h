/*
 * check.h - the DNS checklist: one row of dns_checks[] per check.
 *
 * This folder knows nothing of tenants, SQL or terminals.  A check says what
 * must be asked, and judges what was answered: both are pure functions of
 * the facts (dns/subject.h) and of one view of the answers (dns/answers.h):
 * what one name server said, or what all of them agree on.  No check does
 * input or output, allocates, or looks at the clock, so that a recording can
 * be judged again.  dns/checklist.h asks, calls the judge for each view and
 * joins the results.
 */
#ifndef DNS_CHECK_H
#define DNS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dns/record.h"

struct dns_answers;

enum dns_verdict {
	DNS_WAITING, /* not asked, or not answered yet */
	DNS_PASS,
	DNS_WARN,    /* mail flows, but this should be improved */
	DNS_FAIL,    /* mail is lost, refused or forged because of this */
	DNS_UNKNOWN, /* no usable answer; never shown as FAIL */
	DNS_SKIPPED, /* does not apply to this domain; `problem` says why */
};

/* What the person has to do at the DNS host. */
enum dns_act {
	DNS_ACT_NONE,
	DNS_ACT_ADD,    /* a record like `record` */
	DNS_ACT_CHANGE, /* the record named so to the value of `record` */
	DNS_ACT_DELETE, /* the record whose value is in `remove` */
	DNS_ACT_OTHER,  /* `advice` says what */
};

#define DNS_SENTENCE_SIZE 400 /* bytes, with the final NUL */

/* What one server says of a row. */
#define DNS_SAID_MAX 12 /* servers that are told of; more are left out */

struct dns_said {
	char server[120]; /* "ns1.example.com (192.0.2.1)" */
	bool is_resolver;
	enum dns_verdict verdict; /* judged by its answers alone */
	char words[160];          /* "has it right", "silent for 6 s", ... */
	int64_t until_at; /* a resolver that keeps an old value: till then */
};

/*
 * Texts are clean (text_visible) and may be shown anywhere.  A screen shows:
 * problem, found, wanted with a mark at differs_at, advice, the record as
 * panel fields and zone line (dns/record.h), consequence, who_says, spreading.
 */
struct dns_finding {
	int check; /* index in dns_checks[] */
	enum dns_verdict verdict;

	char problem[DNS_SENTENCE_SIZE]; /* one sentence; also for a pass */
	char found[DNS_VALUE_SIZE];      /* what the DNS says; "" is nothing */
	char wanted[DNS_VALUE_SIZE];     /* the value to publish, or "" */
	int differs_at; /* byte of `found` where it leaves `wanted`, or -1 */

	char advice[DNS_SENTENCE_SIZE]; /* what to do, "" when nothing */
	enum dns_act act;
	bool has_record;
	struct dns_record record;    /* what to add or change to */
	char remove[DNS_VALUE_SIZE]; /* value of the record to delete, or "" */
	char consequence[DNS_SENTENCE_SIZE]; /* who suffers until then */

	/* Under MTA-STS "enforce" senders keep mail back for what was found,
	 * whatever the verdict is now. */
	bool stops_enforce;

	/* What was said last weighed less than what is there: advice that
	 * goes with it does not replace what there is. */
	bool is_deaf;

	/* Filled by the checklist, not by a judge. */
	bool is_everywhere; /* every name server of the zone says so */
	char who_says[DNS_SENTENCE_SIZE];   /* "ns1.dns.example and 2 others" */
	char spreading[DNS_SENTENCE_SIZE];  /* "9.9.9.9 changes by 14:32" */
	struct dns_said said[DNS_SAID_MAX]; /* name servers, then resolvers */
	size_t said_count;
	int64_t changed_at;   /* when verdict last changed; 0: never */
	int64_t last_pass_at; /* 0: never seen passing */
};

struct dns_check {
	const char *name;  /* "spf": stable, for command line and tests */
	const char *title; /* "SPF lets this server send", at most 40 columns */
	const char *source; /* "RFC 7208" */
	enum dns_need need;
	bool is_reverse; /* its names are not in the domain's zone (PTR) */

	/*
	 * Adds what must be asked.  Called again whenever answers came in, and
	 * may then add more (the addresses of an MX); `answers` is NULL the
	 * first time.  Nothing to ask means the judge needs no answers.
	 */
	void (*questions)(const struct dns_subject *,
	    const struct dns_answers *, struct dns_questions *);

	/* Fills a zeroed finding.  An answer that it needs and that isn't
	 * there yet gives DNS_WAITING. */
	void (*judge)(const struct dns_subject *, const struct dns_answers *,
	    struct dns_finding *);

	/* Which large receivers ask for it, a sentence; NULL: none does. */
	const char *receivers;
};

/*
 * Who is asked: name servers first, but for the DNS the resolvers alone for
 * what stands at the parent's servers (DS), for what they validate (DNSKEY),
 * and for block lists, and web hosts and mail servers for what they show.
 * Where the zone is, the parent's servers say, and those that they name.
 */
enum dns_route {
	DNS_BY_SERVERS,
	DNS_BY_RESOLVERS,
	DNS_BY_VISIT,
	DNS_BY_PARENT,
	DNS_BY_NAMED,
};
enum dns_route check_route(
    const struct dns_check *, const struct dns_question *);

extern const struct dns_check dns_checks[]; /* ends with .name == NULL */
extern const size_t dns_check_count;

/* The row of that name, or NULL. */
const struct dns_check *check_by_name(const char *);

/* "pass", "WARN", "FAIL", "...", "unknown", "skip": for the list. */
const char *check_verdict_word(enum dns_verdict);

/* "pass", "warn", "fail", "waiting", "unknown", "skipped": JSON. */
const char *check_verdict_name(enum dns_verdict);

/*
 * What a row asks: the check's own questions, and for its TXT records whether
 * a wildcard gives the same answer.
 */
void check_questions(const struct dns_check *, const struct dns_subject *,
    const struct dns_answers *, struct dns_questions *);

/* The finding as a judge gives it, with .check, texts cleaned. */
void check_judge(const struct dns_check *, const struct dns_subject *,
    const struct dns_answers *, struct dns_finding *);

/* The worse of two for a summary: fail, unknown, warn, waiting, pass,
 * skipped, in that order. */
enum dns_verdict check_worse(enum dns_verdict, enum dns_verdict);

#endif
