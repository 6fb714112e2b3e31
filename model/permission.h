/*
 * permission.h - who may do what: one table, action by role.
 *
 * A cell says how far the right reaches.  REACH_NONE is 0, so a forgotten
 * cell refuses.  The target's tenant, owner and rank come from database rows,
 * never from what somebody typed; an unknown target is always "no".
 */
#ifndef MODEL_PERMISSION_H
#define MODEL_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/actor.h"

enum reach {
	REACH_NONE,
	REACH_REQUEST, /* no, but may ask the one who can */
	REACH_SELF,    /* things of the own account */
	REACH_BELOW,   /* own tenant, people of a rank below the own */
	REACH_TENANT,  /* everything of the own tenant */
	REACH_ALL,
};

enum action {
	ACTION_NONE, /* nobody may: the value of a forgotten row */
	ACTION_INTAKE_EDIT,
	ACTION_DOMAIN_VIEW,
	ACTION_DOMAIN_PROVE,  /* start the proof of ownership */
	ACTION_DOMAIN_VERIFY, /* confirm or override it */
	ACTION_DOMAIN_EDIT,
	ACTION_TENANT_VIEW,
	ACTION_TENANT_EDIT, /* create, edit, suspend, close; limits */
	ACTION_HOST_VIEW,
	ACTION_HOST_REQUEST,
	ACTION_HOST_APPROVE, /* approve, refuse, remove */
	ACTION_REQUEST_VIEW,
	ACTION_REQUEST_DECIDE,
	ACTION_USER_VIEW,
	ACTION_USER_EDIT,
	ACTION_ADMIN_EDIT, /* appoint, change and remove admins */
	ACTION_ALIAS_VIEW,
	ACTION_ALIAS_EDIT,
	ACTION_PASSWORD_OWN,
	ACTION_PASSWORD_RESET, /* temporary password for another */
	ACTION_KEY_VIEW,
	ACTION_KEY_EDIT,
	ACTION_DKIM_VIEW,
	ACTION_DKIM_REQUEST,
	ACTION_DKIM_EDIT,     /* make, install, rotate, retire */
	ACTION_DKIM_HANDOVER, /* provide the TXT to the tenant */
	ACTION_RECORD_VIEW,
	ACTION_RECORD_PUBLISH,
	ACTION_CHECK_RUN,
	ACTION_FINDING_ACCEPT, /* accept with a reason, sign off go-live */
	ACTION_SMIME_OWN,
	ACTION_SMIME_OTHER,
	ACTION_SERVER_VIEW,
	ACTION_SERVER_EDIT,
	ACTION_CLIENT_VIEW, /* mail client settings */
	ACTION_MAIL_HEALTH,
	ACTION_MAIL_CONFIG, /* configuration, queue */
	ACTION_MAIL_TRACE,
	ACTION_AUDIT_VIEW,
	ACTION_AUDIT_VERIFY,
	ACTION_BACKUP,
	ACTION_COUNT,
};

#define TARGET_NAME_SIZE 320

/* What an action is about.  All zero is "unknown": may() says no. */
struct target {
	bool is_known;      /* set by find_target() when the rows say so */
	int64_t id;         /* of the row, 0 for one that is to be made */
	int64_t tenant_id;  /* 0: of the server, not of a tenant */
	int64_t account_id; /* the person who owns it, or 0 */
	enum role role;     /* that person's role; ROLE_USER where none */
	int64_t version;    /* of the row; 0: rows of this kind have none */
	char name[TARGET_NAME_SIZE]; /* for the audit log and danger level 3 */
};

/* The one question about rights. */
bool may(const struct actor *, enum action, const struct target *);

/*
 * Whether the role reaches this action at all, for some target.  On false,
 * *why (when not NULL) is a sentence that says who can do it; it is constant
 * text or a buffer that lives until the next call.
 */
bool may_ever(const struct actor *, enum action, const char **why);

/* may() for the server itself, which is in no tenant; else ERR_DENIED with the
 * sentence.  For what is read of the whole server. */
enum err_code may_on_server(
    const struct actor *, enum action, struct err *) MUST_USE;

enum reach permission_reach(enum role, enum action);

/* "user_edit", and "create and change users" as a part of a sentence. */
const char *action_name(enum action);
const char *action_title(enum action);

/* Nobody grants what they do not have: a super admin makes every role but
 * the operator's, a tenant admin only users. */
bool may_grant(const struct actor *, enum role);

#endif
