/*
 * trouble.h - six usual complaints, each with the facts that answer it, ending
 * in one sentence and the record or setting to change.
 *
 * The facts come from the rows, from the last DNS findings and from a look at
 * the servers (trouble_prepare()); the rules that join them (trouble_judge())
 * look at nothing but the facts.  A fact that nobody could find out is
 * unknown, never a failure and never a pass.
 */
#ifndef MODEL_TROUBLE_H
#define MODEL_TROUBLE_H

#include "base/job.h"
#include "mail/health.h"
#include "mail/verdict.h"
#include "model/client.h"
#include "model/context.h"
#include "model/db.h"

enum trouble_symptom {
	TROUBLE_HOST,    /* a tenant can't be made with the wanted host */
	TROUBLE_NO_MAIL, /* mail does not arrive */
	TROUBLE_SPAM,    /* mail we send lands in spam */
	TROUBLE_DKIM,
	TROUBLE_SIGN_IN, /* a mail program can't sign in */
	TROUBLE_SMIME,   /* signing is off */
	TROUBLE_COUNT,
};

#define TROUBLE_FACTS_MAX 32
#define TROUBLE_TEXT_SIZE 400

struct trouble_fact {
	char name[24]; /* "mx": stable */
	enum mail_verdict verdict;
	char text[TROUBLE_TEXT_SIZE];   /* one sentence: what was seen */
	char change[TROUBLE_TEXT_SIZE]; /* the record or setting, or "" */
};

struct trouble {
	enum trouble_symptom symptom;
	char about[ADDRESS_SIZE]; /* a host, a domain or an address */
	char domain[HOST_NAME_SIZE];
	struct trouble_fact facts[TROUBLE_FACTS_MAX];
	size_t count;
	bool is_unseen; /* how the servers are is not the actor's to see */
	enum mail_verdict verdict;
	char answer[TROUBLE_TEXT_SIZE]; /* one sentence */
	char change[TROUBLE_TEXT_SIZE];
};

struct trouble_kind {
	const char *name;  /* "no-mail": stable */
	const char *title; /* "Mail does not arrive" */
	const char *facts; /* in the order of asking: "tenant mx host" */
	const char *other; /* what to do when every fact is well */
	/* The same for who may not see how the servers are, or NULL where
	 * nothing of that is asked. */
	const char *unseen;
};

extern const struct trouble_kind trouble_kinds[TROUBLE_COUNT];
extern const char *const trouble_names[TROUBLE_COUNT + 1]; /* NULL ends */

/* ---- the rules: pure ---- */

/* Adds a fact; `change` may be NULL.  One of that name is replaced unless the
 * new one is better: of several addresses the worst counts. */
void trouble_note(struct trouble *, const char *name, enum mail_verdict,
    const char *change, const char *format, ...) PRINTF(5, 6);

/* Fills verdict, answer and change: the first of the symptom's facts that
 * fails, else the first that is unknown, else the first that warns.  All well
 * is unknown while the servers are unseen. */
void trouble_judge(struct trouble *);

/* ---- the facts ---- */

/*
 * What the rows tell about `about`, judged.  ERR_NOT_FOUND in the same words
 * for what is not here and what the actor may not check; ERR_INVALID, field
 * "about", where the symptom needs an address.
 */
enum err_code trouble_read(struct context *, enum trouble_symptom,
    const char *about, struct trouble *, struct err *) MUST_USE;

/* A look at the servers: a job and its argument; job NULL: nothing to look
 * at, or not for this actor. */
struct trouble_look {
	job_function *job;
	struct client_probe_request probe;
	struct health_subject health;
};
void trouble_prepare(
    struct context *, const struct trouble *, struct trouble_look *);
void *trouble_look_argument(struct trouble_look *);

/* A record of that job; judged anew. */
void trouble_take(struct trouble *, const void *record, size_t length);

extern const struct db_statements trouble_statements;

#endif
