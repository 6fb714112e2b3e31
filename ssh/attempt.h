/*
 * attempt.h - in the broker: the tries to log in on one connection, and what
 * the log says of them.
 *
 * The words are sshd's, so that what watches its log understands ours.
 */
#ifndef SSH_ATTEMPT_H
#define SSH_ATTEMPT_H

#include "model/actor.h"
#include "ssh/link.h"

struct serve_options;

struct attempts {
	const struct serve_options *options;
	struct ip_port peer;
	char from[IP_TEXT_SIZE];
	unsigned refused;
	bool is_logged; /* a line tells of a refusal */
	bool is_told;   /* and another why a known key is refused */

	/* The last one. */
	bool is_user_known;
	char user[ADDRESS_SIZE];
	const char *method;                              /* "publickey" */
	char key[LINK_KEY_TYPE_SIZE + FINGERPRINT_SIZE]; /* " ssh2: ..." */
};

/*
 * Answers LINK_METHODS, LINK_ASK, LINK_VERIFIED and LINK_PASSWORD: true is
 * yes.  A yes to the last two has filled *actor.
 *
 * A key that is known but refused (expired, another network) is a yes to
 * LINK_ASK like one that is let in, so that its holder signs; the no to
 * LINK_VERIFIED then has the reason in `why`.  Whoever doesn't sign sees no
 * difference, and nobody else gets a reason.
 *
 * Who acts is fixed by those two alone: user, key and role together, by one
 * verified signature or one right password.  What was merely offered before,
 * for this user or for another, leaves nothing behind.
 */
bool attempt_answer(struct attempts *, const struct link_message *,
    struct actor *, char *why, size_t why_size);

/* The line of a connection that ends without a log-in, if none is there. */
void attempts_log_refusal(struct attempts *);

#endif
