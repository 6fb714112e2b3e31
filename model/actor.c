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

/* One of the two words of a pattern; "*" fits every word. */
static bool
fits_word(const char *pattern, size_t length, const char *word, size_t size)
{
	if (length == 1 && pattern[0] == '*')
		return true;
	return length == size && strncmp(pattern, word, size) == 0;
}

/* "user list", "user *", "* list"; "user" is "user *". */
static bool
fits(const char *pattern, size_t length, const char *command)
{
	const size_t noun = strcspn(command, " ");
	const char *verb = command + noun + strspn(command + noun, " ");
	size_t first = 0, second;

	while (first < length && pattern[first] != ' ')
		first++;
	if (!fits_word(pattern, first, command, noun))
		return false;
	second = first + strspn(pattern + first, " ");
	return second >= length ||
	    fits_word(pattern + second, length - second, verb, strlen(verb));
}

bool
actor_command_is_listed(const char *commands, const char *command)
{
	while (*commands != '\0') {
		const size_t skip = strspn(commands, " ");
		size_t end = strcspn(commands, ",");
		const size_t next = end + (commands[end] == ',');

		while (end > skip && commands[end - 1] == ' ')
			end--;
		if (end > skip && fits(commands + skip, end - skip, command))
			return true;
		commands += next;
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
	if (actor->commands[0] != '\0' &&
	    !actor_command_is_listed(actor->commands, command))
		return err_set(err, ERR_DENIED, NULL,
		    "The key you signed in with is not for \"%s\", only for: "
		    "%.120s.",
		    command, actor->commands);
	return OK;
}
