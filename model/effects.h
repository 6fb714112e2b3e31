/*
 * effects.h - what the model asks of the world outside the database.
 *
 * main.c fills struct effects with what this process can do (the keeper on
 * the console, nothing in a session over SSH).  A NULL function is not
 * possible here, and effects_*() says so in a sentence.
 *
 * Two ways: asked before the transaction from an operation's prepare()
 * (dkim_make), or queued inside the transaction with effect_queue() and run
 * after COMMIT.  A queued effect is idempotent; one that was cut off or that
 * this process can't do stays in the table `effect`, and effects_repeat() at
 * the start of a process that can do it runs it again.
 */
#ifndef MODEL_EFFECTS_H
#define MODEL_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "mail/config.h"

struct context;
struct db;

/* Queued effects.  The subject is a text that the function understands. */
enum effect_kind {
	EFFECT_DKIM_REMOVE, /* "DOMAIN SELECTOR": the private key file goes */
	EFFECT_DKIM_TABLES, /* "all": OpenDKIM's tables are written */
	EFFECT_MAIL_KICK,   /* "anna@acme.example", "*@acme.example": whose
	                     * sessions end */
	EFFECT_MAIL_RELOAD, /* "postfix", "dovecot", "opendkim" */
	EFFECT_MAIL_REMOVE, /* "TENANT/USER": the mail directory goes for good */
	EFFECT_COUNT,
};

struct effects {
	void *self; /* handed to each function */

	/*
	 * Makes the private key file DIRECTORY/DOMAIN/SELECTOR.private (RSA
	 * 2048) where there is none, and gives the TXT value of its public
	 * half ("v=DKIM1; k=rsa; p=...").  The directory is the server's
	 * setting, or the state directory's dkim/ where that is "".
	 */
	enum err_code (*dkim_make)(void *self, const char *directory,
	    const char *domain, const char *selector, char *public_txt,
	    size_t size, struct err *);

	/* Puts the configuration of a mail server in place, or only shows the
	 * difference; `report` is what happened (mail/install.h). */
	enum err_code (*install)(void *self, const struct config_values *,
	    enum config_daemon, bool is_dry, char *report, size_t size,
	    struct err *);

	/* Each message of a Maildir that came at since_at or later. */
	enum err_code (*read_mailbox)(void *self, const char *directory,
	    int64_t since_at,
	    void (*take)(void *context, const char *bytes, size_t length),
	    void *context, struct err *);

	enum err_code (*run[EFFECT_COUNT])(
	    void *self, const char *subject, struct err *);
};

/* ERR_DENIED with a sentence when this process can't make keys. */
enum err_code effects_dkim_make(struct context *, const char *domain,
    const char *selector, char *public_txt, size_t size, struct err *) MUST_USE;

/* Inside the transaction of an operation. */
enum err_code effect_queue(
    struct db *, enum effect_kind, const char *subject, struct err *) MUST_USE;

/* Exports what was touched (model/export.h), then runs every queued effect
 * that this process can do.  The first failure is reported; the effect stays
 * queued. */
enum err_code effects_repeat(struct context *, struct err *) MUST_USE;

#endif
