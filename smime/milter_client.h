/*
 * milter_client.h - asks a milter about one message, as an MTA would: for
 * "smime test" and the tests.
 */
#ifndef SMIME_MILTER_CLIENT_H
#define SMIME_MILTER_CLIENT_H

#include <stdint.h>

#include "base/arena.h"
#include "smime/mime.h"

struct milter_message {
	const char *login, *sender;    /* "": not logged in; "": a bounce */
	const char *const *recipients; /* NULL ends */
	const char *const *fields;     /* name, value, name... NULL ends */
	struct mime_span body;
};

enum milter_verdict {
	MILTER_ACCEPTED,
	MILTER_REFUSED,  /* 5xx */
	MILTER_DEFERRED, /* 4xx */
};

struct milter_answer {
	enum milter_verdict verdict;
	char reply[256];          /* "550 5.7.1 ..." or "" */
	const char *content_type; /* NULL: unchanged; in the arena */
	size_t removed_fields;
	bool is_changed;
	struct mime_span body; /* when changed */
};

/* ERR_NOT_FOUND when nobody listens, ERR_DENIED when this user may not
 * connect, ERR_TIMEOUT; ERR_SYSTEM for an answer that is none. */
enum err_code milter_ask(const char *socket_path, int64_t deadline_ms,
    const struct milter_message *, struct arena *, struct milter_answer *,
    struct err *) MUST_USE;

#endif
