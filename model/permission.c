#include "model/permission.h"

#include "base/text.h"

#define NO    REACH_NONE
#define ASK   REACH_REQUEST
#define SELF  REACH_SELF
#define BELOW REACH_BELOW
#define OWN   REACH_TENANT
#define ALL   REACH_ALL

/*
 * The table of who may do what.  The title completes "Only X can ...".
 * Columns of `reach` stand in the order of enum role.
 */
static const struct {
	const char *name, *title;
	enum reach reach[ROLE_COUNT];
} permissions[ACTION_COUNT] = {
	/* clang-format off */
	/*                          name               title                              user   operator  tenant admin  super admin */
	[ACTION_NONE]           = { "none",            "do this",                         { NO,   NO,       NO,           NO } },
	[ACTION_INTAKE_EDIT]    = { "intake_edit",     "fill in the intake sheet",        { NO,   NO,       OWN,          ALL } },
	[ACTION_DOMAIN_VIEW]    = { "domain_view",     "see domains",                     { NO,   ALL,      OWN,          ALL } },
	[ACTION_DOMAIN_PROVE]   = { "domain_prove",    "start the proof of ownership",    { NO,   NO,       OWN,          ALL } },
	[ACTION_DOMAIN_VERIFY]  = { "domain_verify",   "confirm who owns a domain",       { NO,   NO,       NO,           ALL } },
	[ACTION_DOMAIN_EDIT]    = { "domain_edit",     "add and change domains",          { NO,   NO,       NO,           ALL } },
	[ACTION_TENANT_VIEW]    = { "tenant_view",     "see tenants",                     { NO,   ALL,      OWN,          ALL } },
	[ACTION_TENANT_EDIT]    = { "tenant_edit",     "create and change tenants",       { NO,   NO,       NO,           ALL } },
	[ACTION_HOST_VIEW]      = { "host_view",       "see the approved hosts",          { NO,   ALL,      NO,           ALL } },
	[ACTION_HOST_REQUEST]   = { "host_request",    "request a host",                  { NO,   NO,       NO,           ALL } },
	[ACTION_HOST_APPROVE]   = { "host_approve",    "approve hosts",                   { NO,   ALL,      NO,           ASK } },
	[ACTION_REQUEST_VIEW]   = { "request_view",    "see requests",                    { NO,   ALL,      NO,           ALL } },
	[ACTION_REQUEST_DECIDE] = { "request_decide",  "decide requests",                 { NO,   ALL,      NO,           NO } },
	[ACTION_USER_VIEW]      = { "user_view",       "see users",                       { SELF, NO,       OWN,          ALL } },
	[ACTION_USER_EDIT]      = { "user_edit",       "create and change users",         { NO,   NO,       BELOW,        ALL } },
	[ACTION_ADMIN_EDIT]     = { "admin_edit",      "appoint and change admins",       { NO,   NO,       NO,           ALL } },
	[ACTION_ALIAS_VIEW]     = { "alias_view",      "see aliases",                     { NO,   NO,       OWN,          ALL } },
	[ACTION_ALIAS_EDIT]     = { "alias_edit",      "create and change aliases",       { NO,   NO,       BELOW,        ALL } },
	[ACTION_PASSWORD_OWN]   = { "password_own",    "change their own password",       { SELF, NO,       SELF,         SELF } },
	[ACTION_PASSWORD_RESET] = { "password_reset",  "give temporary passwords",        { NO,   NO,       BELOW,        ALL } },
	[ACTION_KEY_VIEW]       = { "key_view",        "see the SSH keys of admins",      { NO,   NO,       SELF,         ALL } },
	[ACTION_KEY_EDIT]       = { "key_edit",        "change the SSH keys of admins",   { NO,   NO,       SELF,         ALL } },
	[ACTION_DKIM_VIEW]      = { "dkim_view",       "see DKIM records",                { NO,   ALL,      OWN,          ALL } },
	[ACTION_DKIM_REQUEST]   = { "dkim_request",    "request a DKIM key",              { NO,   NO,       NO,           ALL } },
	[ACTION_DKIM_EDIT]      = { "dkim_edit",       "make and change DKIM keys",       { NO,   ALL,      NO,           ASK } },
	[ACTION_DKIM_HANDOVER]  = { "dkim_handover",   "hand over a DKIM record",         { NO,   ALL,      NO,           ALL } },
	[ACTION_RECORD_VIEW]    = { "record_view",     "see the DNS records",             { NO,   ALL,      OWN,          ALL } },
	[ACTION_RECORD_PUBLISH] = { "record_publish",  "publish DNS records",             { NO,   ALL,      NO,           NO } },
	[ACTION_CHECK_RUN]      = { "check_run",       "run the DNS checklist",           { NO,   ALL,      OWN,          ALL } },
	[ACTION_FINDING_ACCEPT] = { "finding_accept",  "accept findings and sign off",    { NO,   NO,       OWN,          ALL } },
	[ACTION_SMIME_OWN]      = { "smime_own",       "set their own S/MIME identity",   { SELF, NO,       SELF,         SELF } },
	[ACTION_SMIME_OTHER]    = { "smime_other",     "set S/MIME identities of others", { NO,   NO,       BELOW,        ALL } },
	[ACTION_SERVER_VIEW]    = { "server_view",     "see the server setup",            { NO,   ALL,      NO,           ALL } },
	[ACTION_SERVER_EDIT]    = { "server_edit",     "change the server setup",         { NO,   ALL,      NO,           ALL } },
	[ACTION_CLIENT_VIEW]    = { "client_view",     "see mail client settings",        { SELF, ALL,      OWN,          ALL } },
	[ACTION_MAIL_HEALTH]    = { "mail_health",     "see the mail stack's health",     { NO,   ALL,      NO,           ALL } },
	[ACTION_MAIL_CONFIG]    = { "mail_config",     "configure the mail stack",        { NO,   ALL,      NO,           NO } },
	[ACTION_MAIL_TRACE]     = { "mail_trace",      "trace messages",                  { NO,   ALL,      OWN,          ALL } },
	[ACTION_AUDIT_VIEW]     = { "audit_view",      "read the audit log",              { SELF, ALL,      OWN,          ALL } },
	[ACTION_AUDIT_VERIFY]   = { "audit_verify",    "verify the audit log",            { NO,   ALL,      NO,           ALL } },
	[ACTION_BACKUP]         = { "backup",          "back up and restore",             { NO,   ALL,      NO,           NO } },
	/* clang-format on */
};

enum reach
permission_reach(enum role role, enum action action)
{
	if ((unsigned)role >= ROLE_COUNT || (unsigned)action >= ACTION_COUNT)
		return REACH_NONE;
	return permissions[action].reach[role];
}

const char *
action_name(enum action action)
{
	return permissions[action].name;
}

const char *
action_title(enum action action)
{
	return permissions[action].title;
}

static bool
is_somebody(const struct actor *actor)
{
	return actor->account_id != 0 ||
	    (actor->is_console && actor->role == ROLE_OPERATOR);
}

static bool
is_own(const struct actor *actor, const struct target *target)
{
	return target->account_id != 0 &&
	    target->account_id == actor->account_id;
}

static bool
is_in_own_tenant(const struct actor *actor, const struct target *target)
{
	return actor->tenant_id != 0 && target->tenant_id == actor->tenant_id;
}

bool
may(const struct actor *actor, enum action action, const struct target *target)
{
	if (!is_somebody(actor) || !target->is_known)
		return false;
	if (actor->only_tenant_id != 0 &&
	    target->tenant_id != actor->only_tenant_id)
		return false;
	switch (permission_reach(actor->role, action)) {
	case REACH_SELF:
		return is_own(actor, target);
	case REACH_BELOW:
		return is_in_own_tenant(actor, target) &&
		    role_rank(target->role) < role_rank(actor->role);
	case REACH_TENANT:
		return is_in_own_tenant(actor, target);
	case REACH_ALL:
		return true;
	case REACH_NONE:
	case REACH_REQUEST:
		break;
	}
	return false;
}

/* "the operator or a super admin": the roles that reach the action. */
static void
who_can(char *to, size_t size, enum action action)
{
	static const char *const people[ROLE_COUNT] = { "a user",
		"the operator", "a tenant admin", "a super admin" };
	int left = 0;

	to[0] = '\0';
	for (int role = 0; role < ROLE_COUNT; role++)
		left += permissions[action].reach[role] >= REACH_SELF;
	for (int role = 0; role < ROLE_COUNT; role++) {
		if (permissions[action].reach[role] < REACH_SELF)
			continue;
		left--;
		text_append(to, size, people[role]);
		text_append(to, size, left > 1 ? ", " : left ? " or " : "");
	}
	if (to[0] == '\0')
		text_copy(to, size, "nobody");
}

bool
may_ever(const struct actor *actor, enum action action, const char **why)
{
	static char sentence[200];
	const enum reach reach = permission_reach(actor->role, action);
	char people[100];

	if (is_somebody(actor) && reach >= REACH_SELF)
		return true;
	who_can(people, sizeof(people), action);
	text_format(sentence, sizeof(sentence), "Only %s can %s%s.", people,
	    action_title(action),
	    reach == REACH_REQUEST ? "; you can request it" : "");
	if (why != NULL)
		*why = sentence;
	return false;
}

enum err_code
may_on_server(const struct actor *actor, enum action action, struct err *err)
{
	static const struct target server = { .is_known = true };
	const char *why;

	if (!may_ever(actor, action, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	if (may(actor, action, &server))
		return OK;
	return err_set(err, ERR_DENIED, NULL,
	    "The key you signed in with is for one tenant only, and this is "
	    "about the whole server.");
}

bool
may_grant(const struct actor *actor, enum role role)
{
	if (!is_somebody(actor))
		return false;
	switch (actor->role) {
	case ROLE_SUPER_ADMIN:
		return role != ROLE_OPERATOR &&
		    (actor->only_tenant_id == 0 || role != ROLE_SUPER_ADMIN);
	case ROLE_TENANT_ADMIN:
		return role == ROLE_USER;
	default:
		return false;
	}
}
