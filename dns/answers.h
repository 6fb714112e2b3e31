/*
 * answers.h - what the DNS said: per question, per server, as small structs.
 *
 * The engine (or a replay file) fills the table; the checks read it.  A check
 * is a pure function of this table, the subject and the clock.  Names are in
 * lower case, without a final dot ("" is the root), bytes outside of printable
 * ASCII as \DDD.  All data is foreign text: show it through text_visible().
 *
 * A check asks for a view and looks at its state first:
 *
 *	struct dns_view view = answers_view(answers, "example.com", DNS_MX);
 *
 *	if (view.state == VIEW_WAITING) ... no verdict yet
 *	if (view.state == VIEW_NONE)    ... unknown, view.reason says why
 *	for (i = 0; (rr = answer_rr(view.answer, DNS_MX, i)) != NULL; i++)
 *		... rr->preference, rr->name
 */
#ifndef DNS_ANSWERS_H
#define DNS_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/ip.h"
#include "dns/question.h"

#define DNS_SERVERS_MAX  96    /* of all zones and views of one table */
#define DNS_PER_VIEW_MAX 16    /* servers asked for one question in a view */
#define DNS_ENTRIES_MAX  512   /* questions of one table */
#define DNS_RRS_MAX      1024  /* of one answer; one with more is broken */
#define DNS_DATA_MAX     16384 /* bytes of data of one record */
#define DNS_TEXT_MAX     65535 /* of a TXT record: it may fill a message */
#define DNS_REASON_SIZE  160

/* False when the name is no DNS name (label over 63, empty label, over 253):
 * such a name is never asked.  `to` gets the stored form. */
bool dns_name_normalize(char to[DNS_NAME_SIZE], const char *name);

struct dns_rr {
	const char *owner; /* differs from the question behind a CNAME */
	uint16_t type;
	uint32_t ttl;
	uint16_t preference; /* MX; priority of SRV */
	uint16_t weight, port;
	const char *name; /* target of MX NS CNAME PTR SRV; SOA's first; "" */
	struct ip ip;     /* A, AAAA */
	uint32_t serial, minimum; /* SOA */
	/* TXT: the strings joined without separator, and the length of
	 * each.  Other types: the wire data.  A NUL stands behind. */
	const char *data;
	size_t length;
	const uint8_t *string_lengths;
	size_t string_count;
};

enum answer_state {
	ANSWER_WAITING,     /* nothing yet */
	ANSWER_GOOD,        /* NOERROR or NXDOMAIN by one who may say so */
	ANSWER_TIMEOUT,     /* silent for 6 s */
	ANSWER_UNREACHABLE, /* connection refused, no route */
	ANSWER_SERVFAIL,
	ANSWER_REFUSED, /* REFUSED, or another rcode without data */
	ANSWER_BROKEN,  /* not to be parsed, FORMERR, cut without TCP */
	ANSWER_LAME,    /* a name server that isn't one for this zone */
};

#define DNS_NXDOMAIN 3 /* rcode */

struct dns_server {
	char name[DNS_NAME_SIZE]; /* "ns1.example.com", "" for a resolver */
	struct ip_port at;
	bool is_resolver;
	unsigned rtt_ms; /* smoothed; 0 before the first answer */
};

/* Owned by the table; valid until the next answer of the same server to the
 * same question. */
struct dns_answer {
	enum answer_state state;
	unsigned rcode;
	bool is_authoritative; /* AA */
	bool is_validated;     /* AD, worth as much as the resolver is */
	bool has_soa;          /* a negative answer that may be believed */
	char soa_owner[DNS_NAME_SIZE]; /* apex of the zone that said no */
	char referral[DNS_NAME_SIZE];  /* ANSWER_LAME: the zone is there; "" */
	uint32_t negative_ttl; /* min(SOA TTL, minimum), RFC 2308 section 5 */
	int ede_code;          /* RFC 8914, -1 for none */
	char ede_text[80];
	char note[80]; /* "TCP refused", "CNAME loop"; "" when all is well */
	/* Earliest end of a signature over the answer, in seconds; 0: none. */
	int64_t signed_until;
	int64_t asked_at, answered_at; /* seconds */
	unsigned rtt_ms;
	size_t rr_count; /* of the answer section, CNAMEs in order first */
	const struct dns_rr *rrs;
	char target[DNS_NAME_SIZE]; /* the owner at the end of the CNAMEs */
	bool is_late; /* waiting, but others needn't wait for it any more */
	const struct dns_server *server;
	struct arena memory;
};

/* The index-th record of that type at the end of the CNAMEs, or NULL; NULL
 * answer gives NULL. */
const struct dns_rr *answer_rr(
    const struct dns_answer *, uint16_t type, size_t index);
size_t answer_count(const struct dns_answer *, uint16_t type);

/* A good answer that has no record of the type: NXDOMAIN or no data. */
bool answer_is_missing(const struct dns_answer *, uint16_t type);

/* How many CNAMEs were followed. */
size_t answer_cnames(const struct dns_answer *);

/* Same records, TTL, order and letter case of names aside. */
bool answer_is_same(const struct dns_answer *, const struct dns_answer *);

/* Same records of the type at the end of the CNAMEs, wherever those are. */
bool answer_is_same_data(
    const struct dns_answer *, const struct dns_answer *, uint16_t type);

/* Seconds until a resolver forgets this answer, at `now`; 0 when it has. */
uint32_t answer_ttl_left(const struct dns_answer *, int64_t now);

/* "silent for 6 s", "SERVFAIL (signature expired)", "refuses to answer"... */
void answer_describe(char to[DNS_REASON_SIZE], const struct dns_answer *);

/* "good", "timeout": the one word of a recording (dns/replay.h). */
const char *answer_state_word(enum answer_state);

/* ---- the table ---- */

struct dns_answers;

enum view_state {
	VIEW_WAITING,  /* too few answers yet: no verdict */
	VIEW_ANSWERED, /* all that answered say the same */
	VIEW_DIFFERS,  /* servers contradict each other */
	VIEW_NONE,     /* nobody gave a usable answer: unknown */
};

struct dns_view {
	enum view_state state;
	/* What to judge: what most servers say; NULL unless answered or
	 * differs. */
	const struct dns_answer *answer;
	const struct dns_answer *other; /* VIEW_DIFFERS: a contradicting one */
	bool is_alias;                  /* behind at least one CNAME */
	bool is_resolvers; /* resolvers only: name servers can't be reached */
	size_t asked, answered, agreeing; /* servers; agreeing with `answer` */
	char reason[DNS_REASON_SIZE];     /* VIEW_NONE: one sentence */
};

/* For judges: the authoritative view, CNAMEs followed also into other zones,
 * or that of the resolvers where name servers can't be reached from here.  A
 * question nobody asked is VIEW_WAITING. */
struct dns_view answers_view(
    const struct dns_answers *, const char *name, uint16_t type);

struct dns_view answers_authoritative(
    const struct dns_answers *, const char *name, uint16_t type);

/* Every name server that was asked gave the same answer, TTLs included: the
 * view of each is the view of all. */
bool answers_are_one_voice(
    const struct dns_answers *, const char *name, uint16_t type);

/* How many servers and resolvers have answered; false when one of them leads
 * to another name, where others are asked. */
bool answers_heard(
    const struct dns_answers *, const struct dns_question *, size_t *count);

/* The zone that holds the name, as delegation found it; "" when not known. */
const char *answers_zone(const struct dns_answers *, const char *name);

/* One server's answer in a view, or NULL behind the last. */
const struct dns_answer *answers_at(const struct dns_answers *,
    const char *name, uint16_t type, bool is_resolvers, size_t index);

/*
 * While set, answers_view() shows what that one server says, for questions
 * it was asked; NULL shows all.  The checklist judges so, server by server,
 * to tell who lags.
 */
void answers_look_through(struct dns_answers *, const struct dns_server *);

/* ---- filling it ---- */

/* The table lives in `arena`, but answers_close() must be called, too. */
struct dns_answers *answers_open(struct arena *);
void answers_close(struct dns_answers **);

/* The server with that name, address and role, made if new; NULL when full. */
struct dns_server *answers_server(struct dns_answers *, const char *name,
    const struct ip_port *, bool is_resolver);

/* Expects an answer of that server: it is ANSWER_WAITING from here on, unless
 * there is one.  False when the table is full. */
bool answers_expect(struct dns_answers *, const struct dns_question *,
    const struct dns_server *);

/* Takes `answer` over with its memory (and leaves it empty).  `server` in it
 * must be from answers_server(). */
void answers_put(struct dns_answers *, const struct dns_question *,
    struct dns_answer *answer);

/* Nobody can be asked for this question: VIEW_NONE with that reason, or ""
 * to forget it. */
void answers_give_up(
    struct dns_answers *, const struct dns_question *, const char *reason);

/* Drops what name servers said: others are in charge of the question. */
void answers_forget(struct dns_answers *, const struct dns_question *);

void answers_set_zone(
    struct dns_answers *, const struct dns_question *, const char *zone);

/* That server takes its time: views don't wait for it. */
void answers_mark_late(struct dns_answers *, const struct dns_question *,
    const struct dns_server *);

/* True when the name servers answered with a CNAME into another zone: `next`
 * is the question to ask there. */
bool answers_continue(const struct dns_answers *, const struct dns_question *,
    struct dns_question *next);

/* All questions in the order they were first mentioned; NULL at the end. */
const struct dns_question *answers_question(
    const struct dns_answers *, size_t index);

#endif
