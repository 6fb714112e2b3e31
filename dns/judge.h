/*
 * judge.h - what the judges of dns/check_*.c have in common.
 *
 * A judge goes through what can be wrong, worst first, and says the first
 * thing it finds; judge_warn() is kept while it goes on looking for worse.
 */
#ifndef DNS_JUDGE_H
#define DNS_JUDGE_H

#include "dns/answers.h"
#include "dns/check.h"

/* False when there is nothing to judge yet: then the finding is waiting, or
 * unknown with the reason. */
bool judge_ready(const struct dns_view *, struct dns_finding *);

/* All name servers were asked, and each says that the zone is not its own.
 * One that refuses may refuse us alone. */
bool judge_are_all_lame(
    const struct dns_answers *, const char *name, uint16_t type);

/* Each sets the verdict and `problem`.  A warning doesn't replace another
 * one, and nothing replaces a failure; advice, record and consequence of what
 * was not taken replace none that is there. */
void judge_pass(struct dns_finding *, const char *format, ...) PRINTF(2, 3);
void judge_warn(struct dns_finding *, const char *format, ...) PRINTF(2, 3);
void judge_fail(struct dns_finding *, const char *format, ...) PRINTF(2, 3);
void judge_skip(struct dns_finding *, const char *format, ...) PRINTF(2, 3);
void judge_unknown(struct dns_finding *, const char *format, ...) PRINTF(2, 3);

/* Fills `wanted`: one line, the priority of an MX or SRV in front. */
void judge_want(struct dns_finding *, const struct dns_record *);

/* The record to publish, with what the person does about it; fills `wanted`,
 * and `advice` with words that fit the act and the record. */
void judge_record(
    struct dns_finding *, enum dns_act, const struct dns_record *);

/* Where a record of the customer's own is there and no better one is advised:
 * the plain wanted value would take something of it away. */
void judge_want_nothing(struct dns_finding *);

/* Replaces the words of judge_record(), or stands alone. */
void judge_advise(struct dns_finding *, const char *format, ...) PRINTF(2, 3);
void judge_add_advice(struct dns_finding *, const char *format, ...)
    PRINTF(2, 3);
/* Words that go with a pass: there is nothing to do. */
void judge_inform(struct dns_finding *, const char *format, ...) PRINTF(2, 3);
void judge_consequence(struct dns_finding *, const char *sentence);

/* Adds to `found`, ", " between. */
void judge_found(struct dns_finding *, const char *bytes, size_t length);
void judge_found_text(struct dns_finding *, const char *text);

/* The value of a record that should go. */
void judge_remove(struct dns_finding *, const char *bytes, size_t length);

/* ---- TXT records of one kind ---- */

#define JUDGE_TXT_MAX 8

struct judge_txt {
	const struct dns_rr *list[JUDGE_TXT_MAX];
	size_t count;
	/* One that was meant to be of this kind and isn't: quotes, blanks or
	 * wrong letters around its version; or NULL. */
	const struct dns_rr *lookalike;
};

/* `version` is "v=DMARC1"; the sort of match is that of each standard. */
enum judge_version {
	JUDGE_BLANK,     /* SPF: any letter case, then a blank or the end */
	JUDGE_SEMICOLON, /* MTA-STS, TLS-RPT: exactly, then ";" or the end */
	JUDGE_TAG,       /* DMARC: blanks round "=" and ";" are fine */
};
void judge_collect(struct judge_txt *, const struct dns_answer *,
    const char *version, enum judge_version);

/*
 * For a record that isn't at `name`: was it put at the doubled name
 * ("_dmarc.example.com.example.com") or at another likely one?  The questions
 * are for check.questions(), the look for the judge, which then says it.
 */
void judge_ask_elsewhere(const struct dns_subject *, const struct dns_answers *,
    struct dns_questions *, const char *name, enum dns_type, const char *also);
bool judge_found_elsewhere(const struct dns_subject *,
    const struct dns_answers *, struct dns_finding *, const char *name,
    enum dns_type, const char *also, const char *version);

/*
 * A name below the same parent that nobody publishes: what answers there is a
 * wildcard (RFC 4592).  False where none can reach the name.
 */
bool judge_nobodys_name(
    char to[DNS_NAME_SIZE], const struct dns_subject *, const char *name);

/* The wanted record of that purpose; false when there is none. */
bool judge_wanted(
    const struct dns_subject *, const char *purpose, struct dns_record *);

/*
 * What a DNS panel or editor did to a text: quotes or blanks in front, curly
 * quotes, backslashes, a line end.  Writes a sentence; false when nothing.
 */
bool judge_damage(char to[DNS_SENTENCE_SIZE], const char *bytes, size_t);

#endif
