/*
 * checklist_run.h - what the files of the running checklist share: its state,
 * how it asks, and who says what.  For dns/checklist*.c alone.
 */
#ifndef DNS_CHECKLIST_RUN_H
#define DNS_CHECKLIST_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "dns/answers.h"
#include "dns/check.h"
#include "dns/delegation.h"
#include "dns/engine.h"
#include "dns/subject.h"
#include "dns/visit.h"

/* One question and what became of it. */
struct item {
	struct dns_question question;
	const struct dns_zone *zone;
	enum dns_route route;
	bool is_asked, are_resolvers_asked;
};

struct row {
	bool is_wanted;
	struct dns_finding *shown; /* with a sink: there */
	bool has_shown;
	int64_t asked_ms;
	struct dns_questions questions;
	size_t progress; /* when it was asked; 0: ask it in any case */
};

/* Where everything goes at once, when nobody looks on. */
struct sink {
	struct dns_finding *findings; /* dns_check_count */
	char *note;
};

struct run {
	int out;
	const struct sink *sink; /* or NULL */
	bool is_owner_gone;
	bool is_watched, is_paused;
	struct dns_subject subject;
	struct arena arena;
	struct dns_answers *answers;
	struct engine *engine;
	struct delegation *delegation;
	struct visitor *visitor;
	struct row *rows; /* dns_check_count */
	size_t item_count;
	int64_t pulse_ms; /* when the zone's serial was last asked for */
	bool has_moved;   /* the zone or a row is another: ask everything */
	int focus;        /* -1: none */
	int64_t focus_ms, touched_ms;
	bool has_changed, has_told_round, has_told_resolvers;
	/* More came than what resolvers have of answers that are known: it may
	 * lead to other questions and verdicts. */
	bool has_news;
	int64_t settled_ms;
	struct socket_pool *sockets; /* or NULL */

	/* At the end: only the first item_count mean something. */
	struct item items[DNS_ENTRIES_MAX];
};

/* ---- asking, in dns/checklist_ask.c ---- */

/* NULL when there are too many. */
struct item *run_item(struct run *, const struct dns_question *);

/* Whether it is asked that way; false when there is no room for it. */
bool run_is_by(struct run *, const struct dns_question *, enum dns_route);

/* All resolvers, once a round. */
void run_ask_resolvers(struct run *, struct item *);

/* What the row's check wants to know by now, as far as it wasn't asked. */
void run_ask_row(struct run *, size_t index, bool is_first);

/* The same for all rows, but for those about whose questions nothing is known
 * that wasn't when they were asked. */
void run_ask_rows(struct run *);

/* Something came that no count of answers tells. */
void run_forget_progress(struct run *);

/* The same once more, answered or not. */
void run_ask_row_again(struct run *, size_t index);
void run_ask_all_again(struct run *);

/* The zone's serial grows when anything in it is edited: one small question
 * tells for all rows. */
void run_ask_serial(struct run *, int64_t now_ms);

/* ---- who says what, in dns/checklist_who.c ---- */

/* Counts of the servers of a row's first question. */
struct poll_of_servers {
	size_t asked, silent, right;
	const struct dns_server *first, *lagging;
	const struct dns_answer *failed;
	struct dns_finding worst; /* of `lagging`, when there is one */
};

/* The row's verdict by what one server says, or by all: NULL. */
void run_judge_through(struct run *, size_t index, const struct dns_server *,
    struct dns_finding *);

/* Asks each name server of the question for its own verdict; puts their words
 * into `whole`. */
void run_poll_servers(struct run *, size_t index, const struct dns_question *,
    struct dns_finding *whole, struct poll_of_servers *);

/* "ns1.example.com (192.0.2.1) and 2 others", who is silent, who lags. */
void run_say_who(const struct poll_of_servers *, char *to, size_t size);

/* Resolvers are asked for what is there for sure, and compared; what an
 * earlier look said of them is forgotten. */
void run_look_at_resolvers(struct run *, size_t index, struct dns_finding *);

/* The resolver's answer only tells how far a name server's has spread. */
bool run_is_spreading(
    const struct run *, const struct dns_question *, const struct dns_answer *);

#endif
