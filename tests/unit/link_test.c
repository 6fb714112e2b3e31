/* link_test.c - ways that the screens offer are held by the key in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "model/client.h"
#include "model/golive.h"
#include "model/health.h"
#include "model/list.h"
#include "model/mail_trace.h"
#include "model/report_store.h"
#include "model/subject.h"
#include "model/trouble.h"
#include "screens/link.h"
#include "screens/screens.h"
#include "screens/session.h"
#include "tests/lib/house.h"

static const struct {
	const struct link *links;
	const struct screen *screen; /* whose keys go there; NULL: a home */
} tables[] = {
	{ super_admin_links, NULL },
	{ tenant_admin_links, NULL },
	{ operator_links, NULL },
	{ user_links, NULL },
	{ domain_links, &screen_domain },
	{ person_links, &screen_user },
	{ server_links, &screen_server },
	{ tenant_links, &screen_tenant },
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

static struct house house;
static struct arena arena;
static struct app *app;

static int
set_up(void **state)
{
	struct app_options options;

	(void)state;
	house_open(&house);
	house_as(&house, "admin@postern.example");
	session_options(&options, &house.context, &arena);
	app = app_open(&arena, &options);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	app_close(app);
	arena_free(&arena);
	house_close(&house);
	return 0;
}

static bool
is_reader(const char *command)
{
	for (size_t i = 0; session_readers[i].command != NULL; i++)
		if (text_is_same(session_readers[i].command, command))
			return true;
	return false;
}

static const char *
command_of_key(const struct screen *screen, int key)
{
	for (size_t i = 0; screen->keys[i].key != 0; i++)
		if (screen->keys[i].key == key)
			return screen->keys[i].command;
	return NULL;
}

static void
every_link_stands_for_a_command(void **state)
{
	(void)state;
	for (size_t i = 0; i < TABLES; i++)
		for (const struct link *l = tables[i].links; l->label != NULL;
		     l++) {
			if (l->command == NULL ||
			    (list_by_name(l->command) == NULL &&
				!is_reader(l->command)))
				fail_msg("%s has no command", l->label);
			if (tables[i].screen != NULL)
				assert_string_equal(
				    command_of_key(tables[i].screen, l->key),
				    l->command);
		}
}

static void
limit_key(const char *commands)
{
	text_copy(house.context.actor.commands,
	    sizeof(house.context.actor.commands), commands);
	house.context.actor.is_read_only = true;
}

static void
a_link_is_off_when_the_key_is_not_for_it(void **state)
{
	(void)state;
	limit_key("domain list,domain show");
	for (size_t i = 0; i < TABLES; i++)
		for (const struct link *l = tables[i].links; l->label != NULL;
		     l++) {
			const char *why = session_command_off(app, l->command);
			const bool is_named =
			    text_is_same(l->command, "domain list");

			if ((why == NULL) != is_named)
				fail_msg("%s: %s", l->label,
				    why == NULL ? "goes" : why);
		}
	limit_key("dns records");
	assert_null(session_command_off(app, "dns records"));
	assert_non_null(session_command_off(app, "dns zone"));
}

/* However a screen was come to, what it reads asks again. */
static void
what_screens_read_asks_the_key_again(void **state)
{
	const struct health_ports ports = { 0 };
	struct context *context = &house.context;
	static struct dns_subject subject;
	static struct golive golive;
	static struct trouble trouble;
	static struct health_subject health;
	static struct mail_trace trace;
	struct client_settings settings;
	struct report sums = { .kind = REPORT_DMARC };
	struct err err;
	int64_t count;

	(void)state;
	limit_key("domain list,domain show");
#define DENIED(call)                                                \
	do {                                                        \
		err = (struct err){ 0 };                            \
		assert_int_equal((call), ERR_DENIED);               \
		assert_non_null(strstr(err.text, "is not for \"")); \
	} while (0)
	DENIED(subject_of_domain(
	    context, "dns records", "acme.example", &subject, &err));
	DENIED(golive_read(context, "acme.example", &golive, &err));
	DENIED(trouble_read(
	    context, TROUBLE_DKIM, "acme.example", &trouble, &err));
	DENIED(trouble_read(
	    context, TROUBLE_HOST, "mail.acme.example", &trouble, &err));
	DENIED(report_stored(context, "report list", "acme.example",
	    REPORT_DMARC, 0, &sums, &count, &err));
	DENIED(client_of_account(
	    context, "mail settings", "lena@acme.example", &settings, &err));
	DENIED(health_prepare(context, "mail health", &ports, &health, &err));
	DENIED(mail_trace_prepare(context, "lena@acme.example", &trace, &err));
#undef DENIED
	limit_key("dns records,golive *");
	assert_int_equal(subject_of_domain(context, "dns records",
			     "acme.example", &subject, &err),
	    OK);
	assert_int_equal(
	    golive_read(context, "acme.example", &golive, &err), OK);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_link_stands_for_a_command),
		TEST(a_link_is_off_when_the_key_is_not_for_it),
		TEST(what_screens_read_asks_the_key_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
