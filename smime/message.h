/*
 * message.h - one submitted message, and what becomes of it.
 *
 * First the rule of senders, for every message of a log-in: exactly one From
 * address, and one that this log-in may send as; else it is refused for good.
 * Then, where the person has an identity of that address, the message is
 * signed, and encrypted where that was asked.  What is signed or encrypted
 * already, bounces, and senders without an identity are left alone.  What
 * fails because of ourselves is deferred, or passed unsigned where the tenant
 * wants that; a message that was asked to be encrypted never leaves weaker.
 *
 * Knows no socket and no database: the milter feeds it, a struct
 * sign_directory answers it.
 */
#ifndef SMIME_MESSAGE_H
#define SMIME_MESSAGE_H

#include "base/address.h"
#include "base/text.h"
#include "smime/keyring.h"
#include "smime/sign.h"

#define MESSAGE_MAX            (64 * 1024 * 1024) /* bytes of a body */
#define MESSAGE_ALL_MAX        (2 * MESSAGE_MAX)  /* of all bodies at a time */
#define MESSAGE_FIELDS_MAX     (256 * 1024)       /* of its Content-* fields */
#define MESSAGE_RECIPIENTS_MAX 100 /* more can't be encrypted to */
#define MESSAGE_LABEL_SIZE     64

enum encrypt_wish { ENCRYPT_NO, ENCRYPT_POSSIBLE, ENCRYPT_REQUIRED };

/* What the directory knows of a log-in. */
struct sign_person {
	bool may_send;            /* as the From address */
	bool passes_unsigned;     /* policy of the tenant */
	const char *certificates; /* NULL: no identity */
	const void *sealed;
	size_t sealed_length;
	char label[MESSAGE_LABEL_SIZE]; /* of what is sealed */
	enum encrypt_wish encrypt;
};

struct sign_directory {
	void *self;

	/* Texts live in the arena.  An unknown log-in may send as nobody. */
	enum err_code (*person)(void *self, const char *login, const char *from,
	    struct arena *, struct sign_person *, struct err *);

	/* PEM of somebody in the log-in's tenant; NULL: not known. */
	enum err_code (*certificate)(void *self, const char *login,
	    const char *recipient, struct arena *, const char **pem,
	    struct err *);
};

struct message {
	struct arena arena;
	char login[ADDRESS_SIZE];
	bool is_bounce, has_mime_version, is_too_large;
	bool is_crowded; /* others have taken all the room */
	size_t counted;  /* bytes of that room that are its own */
	size_t from_count;
	struct mime_span from, content_type;
	struct text_builder fields;  /* Content-*, whole */
	struct text_builder visible; /* To and Cc */
	char recipients[MESSAGE_RECIPIENTS_MAX][ADDRESS_SIZE];
	size_t recipient_count;
	struct text_builder body;
};

enum message_verdict {
	MESSAGE_PASS,    /* as it is */
	MESSAGE_REPLACE, /* by outcome.result */
	MESSAGE_REFUSE,  /* for good: outcome.text says why */
	MESSAGE_DEFER,   /* the client tries again */
};

struct message_outcome {
	enum message_verdict verdict;
	char text[200];
	struct sign_result result; /* in the message's arena */
};

/* One of its own arena; closing frees it. */
struct message *message_open(const char *login, const char *envelope_sender);
void message_close(struct message **);

void message_recipient(struct message *, const char *recipient);
void message_field(struct message *, const char *name, const char *value);
/* What is over a limit is not kept, and the message is not signed then. */
void message_body(struct message *, const void *bytes, size_t length);

/* At its end. */
void message_decide(struct message *, const struct sign_directory *,
    struct keyring *, struct message_outcome *);

#endif
