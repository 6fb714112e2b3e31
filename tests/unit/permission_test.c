#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/text.h"
#include "model/operation.h"
#include "model/permission.h"

/* GOLDEN_WRITE=1 in the environment writes it anew. */
#define GOLDEN     "tests/golden/permissions.txt"
#define GOLDEN_MAX (1 << 20)

/* How far the target is from the actor (account 1 of tenant 1). */
static const struct distance {
	const char *title;
	bool is_known;
	int64_t tenant_id, account_id;
	enum role role;
} distances[] = {
	/* clang-format off */
	{ "self",         true,  1, 1, ROLE_COUNT /* the actor's own */ },
	{ "user",         true,  1, 2, ROLE_USER },
	{ "admin",        true,  1, 2, ROLE_TENANT_ADMIN },
	{ "other tenant", true,  2, 3, ROLE_USER },
	{ "server",       true,  0, 0, ROLE_USER },
	{ "unknown",      false, 1, 1, ROLE_USER },
	/* clang-format on */
};

#define DISTANCES (sizeof(distances) / sizeof(distances[0]))

static struct actor
actor_of(enum role role)
{
	struct actor actor = { .account_id = 1, .role = role };

	if (role == ROLE_USER || role == ROLE_TENANT_ADMIN)
		actor.tenant_id = 1;
	return actor;
}

static struct target
target_at(const struct distance *distance, enum role own)
{
	return (struct target){
		.is_known = distance->is_known,
		.tenant_id = distance->tenant_id,
		.account_id = distance->account_id,
		.role = distance->role == ROLE_COUNT ? own : distance->role,
	};
}

static void
print_actions(struct text_builder *to)
{
	text_addf(to, "%-16s %-13s", "action", "role");
	for (size_t i = 0; i < DISTANCES; i++)
		text_addf(to, " %-12s", distances[i].title);
	text_add(to, "\n");
	for (int action = 0; action < ACTION_COUNT; action++) {
		for (int role = 0; role < ROLE_COUNT; role++) {
			const struct actor actor = actor_of((enum role)role);

			text_addf(to, "%-16s %-13s",
			    action_name((enum action)action), role_names[role]);
			for (size_t i = 0; i < DISTANCES; i++) {
				const struct target target =
				    target_at(&distances[i], (enum role)role);

				text_addf(to, " %-12s",
				    may(&actor, (enum action)action, &target)
					? "yes"
					: "--");
			}
			text_add(to, "\n");
		}
	}
}

/* Blanks at line ends are no part of the table. */
static char *
trimmed(struct arena *arena, const char *text)
{
	struct text_builder to;

	text_builder_open(&to, arena, GOLDEN_MAX);
	while (*text != '\0') {
		const size_t length = strcspn(text, "\n");
		size_t end = length;

		while (end > 0 && text[end - 1] == ' ')
			end--;
		text_add_n(&to, text, end);
		text_add(&to, "\n");
		text += length + (text[length] == '\n');
	}
	return to.data;
}

static void
test_the_table_of_rights_is_the_golden_one(void **state)
{
	struct arena arena = { 0 };
	struct text_builder now;
	struct err err;
	char *golden, *is;
	size_t length;

	(void)state;
	text_builder_open(&now, &arena, GOLDEN_MAX);
	print_actions(&now);
	is = trimmed(&arena, now.data);
	if (getenv("GOLDEN_WRITE") != NULL)
		assert_int_equal(
		    io_replace_file(GOLDEN, 0644, is, strlen(is), &err), OK);
	if (io_read_file(&arena, GOLDEN, GOLDEN_MAX, &golden, &length, &err) !=
	    OK)
		fail_msg("%s", err.text);
	assert_string_equal(is, golden);
	arena_free(&arena);
}

static void
test_every_operation_has_a_right_and_one_sentence_of_help(void **state)
{
	const struct operation *operation;

	(void)state;
	for (size_t i = 0; (operation = operation_at(i)) != NULL; i++) {
		if (operation->action == ACTION_NONE)
			fail_msg("%s: no action", operation->name);
		if (operation->help[strlen(operation->help) - 1] != '.')
			fail_msg("%s: help is no sentence", operation->name);
		assert_ptr_equal(operation_by_name(operation->name), operation);
	}
}

static void
test_nobody_may_do_nothing(void **state)
{
	const struct target target = { .is_known = true };
	struct actor nobody = { .role = ROLE_SUPER_ADMIN };

	(void)state;
	for (int action = 0; action < ACTION_COUNT; action++) {
		assert_false(may(&nobody, (enum action)action, &target));
		assert_false(may_ever(&nobody, (enum action)action, NULL));
	}
	assert_false(may_grant(&nobody, ROLE_USER));
}

static void
test_the_console_is_the_operator(void **state)
{
	const struct target target = { .is_known = true };
	struct actor console;

	(void)state;
	actor_console(&console);
	assert_true(may(&console, ACTION_HOST_APPROVE, &target));
	assert_false(may(&console, ACTION_TENANT_EDIT, &target));
}

static void
test_a_key_for_one_tenant_narrows_a_super_admin(void **state)
{
	const struct target own = { .is_known = true, .tenant_id = 1 };
	const struct target other = { .is_known = true, .tenant_id = 2 };
	const struct target server = { .is_known = true };
	struct actor actor = actor_of(ROLE_SUPER_ADMIN);
	struct err err;

	(void)state;
	assert_int_equal(may_on_server(&actor, ACTION_MAIL_HEALTH, &err), OK);
	actor.only_tenant_id = 1;
	assert_int_equal(
	    may_on_server(&actor, ACTION_MAIL_HEALTH, &err), ERR_DENIED);
	assert_true(may(&actor, ACTION_USER_EDIT, &own));
	assert_false(may(&actor, ACTION_USER_EDIT, &other));
	assert_false(may(&actor, ACTION_SERVER_EDIT, &server));
	assert_true(may_grant(&actor, ROLE_TENANT_ADMIN));
	assert_false(may_grant(&actor, ROLE_SUPER_ADMIN));
}

static void
test_a_refusal_says_who_can_do_it(void **state)
{
	const struct actor admin = actor_of(ROLE_TENANT_ADMIN);
	const struct actor super = actor_of(ROLE_SUPER_ADMIN);
	const char *why;

	(void)state;
	assert_false(may_ever(&admin, ACTION_TENANT_EDIT, &why));
	assert_string_equal(
	    why, "Only a super admin can create and change tenants.");
	assert_false(may_ever(&super, ACTION_HOST_APPROVE, &why));
	assert_string_equal(
	    why, "Only the operator can approve hosts; you can request it.");
	assert_false(may_ever(&admin, ACTION_DKIM_HANDOVER, &why));
	assert_string_equal(why,
	    "Only the operator or a super admin can hand over a DKIM "
	    "record.");
}

static void
test_nobody_grants_what_they_do_not_have(void **state)
{
	const struct actor admin = actor_of(ROLE_TENANT_ADMIN);
	const struct actor super = actor_of(ROLE_SUPER_ADMIN);

	(void)state;
	assert_true(may_grant(&admin, ROLE_USER));
	assert_false(may_grant(&admin, ROLE_TENANT_ADMIN));
	assert_false(may_grant(&admin, ROLE_SUPER_ADMIN));
	assert_true(may_grant(&super, ROLE_SUPER_ADMIN));
	assert_false(may_grant(&super, ROLE_OPERATOR));
}

static void
test_a_key_lets_only_its_commands_through(void **state)
{
	struct actor actor = actor_of(ROLE_SUPER_ADMIN);
	struct err err;

	(void)state;
	text_copy(actor.commands, sizeof(actor.commands), "user list, dns");
	assert_int_equal(
	    actor_key_allows(&actor, "user list", false, &err), OK);
	assert_int_equal(
	    actor_key_allows(&actor, "dns check", false, &err), OK);
	assert_int_equal(
	    actor_key_allows(&actor, "user listing", false, &err), ERR_DENIED);
	assert_int_equal(
	    actor_key_allows(&actor, "user add", true, &err), ERR_DENIED);
	actor.commands[0] = '\0';
	actor.is_read_only = true;
	assert_int_equal(
	    actor_key_allows(&actor, "user list", false, &err), OK);
	assert_int_equal(
	    actor_key_allows(&actor, "user add", true, &err), ERR_DENIED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table_of_rights_is_the_golden_one),
		cmocka_unit_test(
		    test_every_operation_has_a_right_and_one_sentence_of_help),
		cmocka_unit_test(test_nobody_may_do_nothing),
		cmocka_unit_test(test_the_console_is_the_operator),
		cmocka_unit_test(
		    test_a_key_for_one_tenant_narrows_a_super_admin),
		cmocka_unit_test(test_a_refusal_says_who_can_do_it),
		cmocka_unit_test(test_nobody_grants_what_they_do_not_have),
		cmocka_unit_test(test_a_key_lets_only_its_commands_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
