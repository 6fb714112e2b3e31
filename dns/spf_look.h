/*
 * spf_look.h - who may send for a domain: its SPF record with all that it
 * includes, what our addresses get of it, and the one record to publish.
 *
 * Resolvers are asked, as receivers do.  The record to publish keeps every
 * sender of those that are there and lets our addresses send; it is evaluated
 * like the published one, so that its look-ups are known before anybody
 * publishes it.
 */
#ifndef DNS_SPF_LOOK_H
#define DNS_SPF_LOOK_H

#include "base/text.h"
#include "dns/spf.h"
#include "dns/subject.h"

#define SPF_LOOK_MS      20000 /* then it is as if nobody answered */
#define SPF_LOOK_SENDERS 2     /* our IPv4 and IPv6 address */
#define SPF_LOOK_RECORDS 4     /* that are told of; more are left out */

/* What one of our addresses gets. */
struct spf_look_sender {
	struct ip ip;
	enum spf_result result;
	char why[SPF_WHY_SIZE];
	/* SPF_PASS: "include:_spf.example.net, ip4:192.0.2.0/24". */
	char by[SPF_WHY_SIZE];
};

/* One record as receivers evaluate it. */
struct spf_walk {
	struct spf_look_sender senders[SPF_LOOK_SENDERS];
	size_t sender_count;
	unsigned lookups, voids;  /* in the worst case over all senders */
	char error[SPF_WHY_SIZE]; /* why some receivers give up, or "" */
};

/* Plain data, at most JOB_RECORD_MAX bytes. */
struct spf_look {
	char domain[HOST_NAME_SIZE];
	char reason[DNS_REASON_SIZE]; /* nobody could tell, and why; or "" */
	char records[SPF_LOOK_RECORDS][DNS_VALUE_SIZE];
	size_t record_count; /* that there are, perhaps more */

	char publish[DNS_VALUE_SIZE]; /* the one record that should be there */
	bool is_good;         /* it is there, alone, and in no receiver's way */
	struct spf_walk now;  /* when record_count is 1 */
	struct spf_walk then; /* of `publish` */

	/* The terms of `publish` with all that they include, in order. */
	struct spf_step terms[SPF_STEPS_MAX];
	size_t term_count;
	/* Bit per sender: it passes by this term. */
	unsigned char senders_of_term[SPF_STEPS_MAX];
};

/* Waits for at most SPF_LOOK_MS. */
void spf_look(const struct dns_subject *, struct spf_look *);

/* A job_function: the argument is a struct dns_subject, its only record the
 * struct spf_look. */
void spf_look_job(int out, void *subject);

/* All of it as lines of at most 78 columns, addresses and records whole. */
void spf_look_text(struct text_builder *, const struct spf_look *);

#endif
