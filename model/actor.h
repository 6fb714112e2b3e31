/*
 * actor.h - who is acting now: account, role, tenant, key and its
 * restrictions, where from.
 *
 * The actor is fixed once, by the log-in (ssh/) or by the console, and every
 * right is asked of it.  All zero is nobody: an account without id may do
 * nothing, except the operator on the box (actor_console()).
 */
#ifndef MODEL_ACTOR_H
#define MODEL_ACTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/err.h"
#include "base/ip.h"

enum role {
	ROLE_USER,
	ROLE_OPERATOR,
	ROLE_TENANT_ADMIN,
	ROLE_SUPER_ADMIN,
	ROLE_COUNT,
};

#define ACTOR_NAME_SIZE     80
#define ACTOR_COMMANDS_SIZE 512
#define FINGERPRINT_SIZE    64 /* "SHA256:" and 43 signs of base64, NUL */

/* The operation that somebody with a temporary password may run. */
#define ACTOR_PASSWORD_CHANGE "password change"

struct actor {
	int64_t account_id; /* 0: nobody, or the operator on the box */
	int64_t tenant_id;  /* 0: of no tenant */
	int64_t key_id;     /* 0: signed in without an SSH key */
	enum role role;
	bool is_console;            /* the operator on the box */
	char address[ADDRESS_SIZE]; /* "console" on the box */
	char name[ACTOR_NAME_SIZE];
	char fingerprint[FINGERPRINT_SIZE]; /* of the key, or "" */
	char from[IP_TEXT_SIZE];            /* "" on the box */

	/* Signed in with a password: a number of this log-in, and when the
	 * password was set.  Another one ends the session. */
	int64_t login_number; /* 0: not by password */
	int64_t password_at;

	/* Signed in with a temporary password: may do one thing, choose an own
	 * one.  Cleared once that is done. */
	bool is_password_temporary;

	/* Restrictions of the key in use. */
	bool is_read_only;
	int64_t only_tenant_id;             /* 0: no narrower than the role */
	char commands[ACTOR_COMMANDS_SIZE]; /* patterns; "": all */
};

/* "user", "operator", "tenant_admin", "super_admin": SQL, JSON. */
extern const char *const role_names[ROLE_COUNT + 1]; /* ends with NULL */

/* "tenant admin": what people read. */
extern const char *const role_titles[ROLE_COUNT];

bool role_by_name(enum role *, const char *name);

/* Higher ranks act on lower ones: user 1, tenant admin 2, super admin 3,
 * operator 4. */
int role_rank(enum role);

/* The operator on the box, signed in by Unix. */
void actor_console(struct actor *);

/*
 * The tenant that all this actor sees is in, or 0 for "all of them".  A key
 * with tenant= narrows a super admin here.
 */
int64_t actor_tenant(const struct actor *);

/* Whether "user list" is one of the patterns in "user list, dns *, * show"; a
 * noun alone stands for all its commands. */
bool actor_command_is_listed(const char *commands, const char *command);

/* Whether the log-in lets the operation or list of this name through: the
 * key's restrictions, a temporary password.  ERR_DENIED with the sentence. */
enum err_code actor_key_allows(const struct actor *, const char *command,
    bool is_change, struct err *) MUST_USE;

#endif
