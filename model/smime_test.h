/*
 * smime_test.h - can mail of this person be signed now?  Configured, running,
 * able to sign for this person, or exactly why not.
 */
#ifndef MODEL_SMIME_TEST_H
#define MODEL_SMIME_TEST_H

#include <stdbool.h>

#include "base/address.h"
#include "mail/config.h"
#include "model/context.h"
#include "smime/look.h"

#define SMIME_TEST_ROWS 6

struct smime_test {
	struct look_row rows[SMIME_TEST_ROWS];
	size_t count;
};

/*
 * One row per question, in the order in which one depends on the other: an
 * identity is stored; its dates; it is sealed to the vault of this server;
 * the milter runs; and the milter signs a message of this person, whose
 * signature is then verified.  Where the socket is closed to this user, the
 * last says so as a warning.
 */
enum err_code smime_test(struct context *, const char *address,
    struct smime_test *, struct err *) MUST_USE;

/* The same in two parts.  The first reads the database; where asks_milter is
 * set, the second adds the milter's answer, takes up to five seconds
 * and needs no database: smime_test_job() writes the whole test. */
struct smime_test_request {
	struct smime_test test;
	char address[ADDRESS_SIZE];
	char socket[CONFIG_PATH_SIZE]; /* of the milter */
	bool asks_milter, passes_unsigned;
};
enum err_code smime_test_prepare(struct context *, const char *address,
    struct smime_test_request *, struct err *) MUST_USE;
void smime_test_job(int out, void *request);

#endif
