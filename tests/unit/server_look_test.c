#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "screens/server_look.h"

static void
check(const char *found, const char *start)
{
	if (strncmp(found, start, strlen(start)) != 0)
		fail_msg("\"%s\" does not start with \"%s\"", found, start);
}

static void
test_an_address_is_looked_for_on_the_interfaces(void **state)
{
	char text[SERVER_LOOK_SIZE];

	(void)state;
	server_look_at_ip(text, "8.8.8.8");
	check(text, "WARN: not on an interface here");
	server_look_at_ip(text, "127.0.0.1");
	check(text, "WARN: loopback: the");
	server_look_at_ip(text, "10.1.2.3");
	check(text, "WARN: private: the");
	server_look_at_ip(text, "no address");
	assert_string_equal(text, "");
}

static void
test_a_key_directory_must_be_private(void **state)
{
	char text[SERVER_LOOK_SIZE];
	char path[] = "/tmp/postern-look-XXXXXX", file[64];

	(void)state;
	assert_non_null(mkdtemp(path));
	server_look_at_key_directory(text, path);
	check(text, "ok: belongs to ");
	assert_non_null(strstr(text, "mode 0700"));
	chmod(path, 0755);
	server_look_at_key_directory(text, path);
	check(text, "WARN: everybody can look into /");
	chmod(path, 0770);
	server_look_at_key_directory(text, path);
	check(text, "WARN: others than ");
	text_format(file, sizeof file, "%s/file", path);
	server_look_at_key_directory(text, file);
	check(text, "WARN: does not exist yet");
	rmdir(path);
	server_look_at_key_directory(text, "/dev/null");
	check(text, "WARN: this is no directory");
}

static void
test_a_web_directory_must_be_readable(void **state)
{
	char text[SERVER_LOOK_SIZE];
	char path[] = "/tmp/postern-look-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(path));
	server_look_at_web_directory(text, path);
	check(text, "WARN: the web server may not read it");
	chmod(path, 0755);
	server_look_at_web_directory(text, path);
	check(text, "ok: belongs to ");
	rmdir(path);
}

/* ---- names ---- */

static struct lookup_record
record_of(const char *ip)
{
	struct lookup_record record = { .is_answered = true };

	assert_int_equal(
	    ip_port_parse(&record.resolver, "192.0.2.53", 53, NULL), OK);
	if (ip != NULL)
		assert_int_equal(
		    ip_parse(&record.ips[record.ip_count++], ip, NULL), OK);
	return record;
}

static void
test_what_the_dns_says_is_compared_with_the_fields(void **state)
{
	struct lookup_record four = record_of("198.51.100.7");
	struct lookup_record six = record_of("2001:db8::7");
	struct server_names names = { 0 };
	char text[SERVER_LOOK_SIZE];

	(void)state;
	server_look_add(&names, &four);
	server_look_add(&names, &four);
	server_look_add(&names, &six);
	server_look_at_host(text, &names, "198.51.100.7", "2001:db8::7");
	assert_string_equal(text, "ok: the DNS says 198.51.100.7, 2001:db8::7");
	server_look_at_host(text, &names, "198.51.100.8", "");
	check(text, "WARN: the DNS says 198.51.100.7, 2001:db8::7, and not");
	server_look_at_resolvers(text, &names);
	check(text, "ok:");
}

static void
test_a_name_without_address_is_told_apart_from_silence(void **state)
{
	struct lookup_record none = record_of(NULL), silent = none;
	struct server_names names = { 0 };
	char text[SERVER_LOOK_SIZE];

	(void)state;
	silent.is_answered = false;
	text_copy(silent.reason, sizeof silent.reason, "can't be reached");
	server_look_add(&names, &silent);
	server_look_at_host(text, &names, "198.51.100.7", "");
	check(text, "unknown:");
	server_look_add(&names, &none);
	server_look_at_host(text, &names, "198.51.100.7", "");
	check(text, "WARN: the DNS has no address");
	server_look_at_resolvers(text, &names);
	assert_string_equal(text, "WARN: 192.0.2.53 can't be reached");
}

static void
test_the_typed_resolvers_go_before_those_of_the_session(void **state)
{
	struct context context = { .resolvers = "192.0.2.1" };
	struct lookup_request request;
	char text[IP_TEXT_SIZE];

	(void)state;
	assert_true(server_look_request(
	    &context, &request, "mx.example.net", "192.0.2.2, 192.0.2.3"));
	assert_int_equal(request.resolver_count, 2);
	ip_format(text, &request.resolvers[0].ip);
	assert_string_equal(text, "192.0.2.2");
	assert_true(
	    server_look_request(&context, &request, "mx.example.net", ""));
	ip_format(text, &request.resolvers[0].ip);
	assert_string_equal(text, "192.0.2.1");
	assert_false(server_look_request(&context, &request, "", ""));
	assert_false(
	    server_look_request(&context, &request, "mx.example.net", "x"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_an_address_is_looked_for_on_the_interfaces),
		cmocka_unit_test(test_a_key_directory_must_be_private),
		cmocka_unit_test(test_a_web_directory_must_be_readable),
		cmocka_unit_test(
		    test_what_the_dns_says_is_compared_with_the_fields),
		cmocka_unit_test(
		    test_a_name_without_address_is_told_apart_from_silence),
		cmocka_unit_test(
		    test_the_typed_resolvers_go_before_those_of_the_session),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
