#include "model/actor.h"

#include <string.h>

#include "base/text.h"

const char *const role_names[ROLE_COUNT + 1] = { "user", "operator",
	"tenant_admin", "super_admin", NULL };

const char *const role_titles[ROLE_COUNT] = { "user", "operator",
	"tenant admin", "super admin" };

static const int ranks[ROLE_COUNT] = {
	[ROLE_USER] = 1,
	[ROLE_TENANT_ADMIN] = 2,
	[ROLE_SUPER_ADMIN] = 3,
	[ROLE_OPERATOR] = 4,
};

bool
role_by_name(enum role *role, const char *name)
{
	for (size_t i = 0; i < ROLE_COUNT; i++) {
		if (text_is_same(name, role_names[i])) {
			*role = (enum role)i;
			return true;
		}
	}
	return false;
}

int
role_rank(enum role role)
{
	return ranks[role];
}

void
actor_console(struct actor *actor)
{
	memset(actor, 0, sizeof(*actor));
	actor->role = ROLE_OPERATOR;
	actor->is_console = true;
	text_copy(actor->address, sizeof(actor->address), "console");
	text_copy(actor->name, sizeof(actor->name), "operator");
}

int64_t
actor_tenant(const struct actor *actor)
{
	if (actor->only_tenant_id != 0)
		return actor->only_tenant_id;
	return actor->tenant_id;
}

/* Whether `command` is one of those in "user list, user add".  A single word
 * ("dns") lets all commands of that noun through. */
static bool
is_listed(const char *commands, const char *command)
{
	while (*commands != '\0') {
		const size_t length = strcspn(commands, ",");
		size_t skip = strspn(commands, " ");
		size_t end = length;

		while (end > skip && commands[end - 1] == ' ')
			end--;
		if (end > skip &&
		    strncmp(commands + skip, command, end - skip) == 0 &&
		    (command[end - skip] == '\0' ||
			(command[end - skip] == ' ' &&
			    memchr(commands + skip, ' ', end - skip) == NULL)))
			return true;
		commands += length;
		commands += *commands == ',';
	}
	return false;
}

enum err_code
actor_key_allows(const struct actor *actor, const char *command, bool is_change,
    struct err *err)
{
	if (actor->is_password_temporary &&
	    !text_is_same(command, ACTOR_PASSWORD_CHANGE))
		return err_set(err, ERR_DENIED, NULL,
		    "Your password is a temporary one: choose your own first, "
		    "with \"" ACTOR_PASSWORD_CHANGE "\".");
	if (is_change && actor->is_read_only)
		return err_set(err, ERR_DENIED, NULL,
		    "The key you signed in with only reads: use another key "
		    "for \"%s\".",
		    command);
	if (actor->commands[0] != '\0' && !is_listed(actor->commands, command))
		return err_set(err, ERR_DENIED, NULL,
		    "The key you signed in with is not for \"%s\", only for: "
		    "%.120s.",
		    command, actor->commands);
	return OK;
}
