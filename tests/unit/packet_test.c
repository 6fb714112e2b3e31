/*
 * A question as octets, to the bit (RFC 1035 section 4.1, RFC 6891).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dns/packet.h"

/* Without the end of the literal. */
#define EXPECT(question, query, octets) \
	expect(question, query, octets, sizeof(octets) - 1)

static void
expect(const struct dns_question *question, const struct packet_query *query,
    const char *octets, size_t length)
{
	unsigned char to[PACKET_QUERY_MAX];

	assert_int_equal(packet_write(to, question, query), length);
	assert_memory_equal(to, octets, length);
}

static void
test_a_question_to_a_name_server(void **state)
{
	const struct dns_question question = { "Mail.example.com.", DNS_MX,
		false };
	const struct packet_query query = { .id = 0x1234 };

	(void)state;
	EXPECT(&question, &query,
	    "\x12\x34\0\0\0\1\0\0\0\0\0\0"
	    "\4mail\7example\3com\0\0\17\0\1");
}

static void
test_a_question_to_a_resolver_has_room_for_what_dnssec_says(void **state)
{
	const struct dns_question question = { "example.com", DNS_CAA, true };
	const struct packet_query query = { 0xfffe, true, true };

	(void)state;
	EXPECT(&question, &query,
	    "\xff\xfe\1\x10\0\1\0\0\0\0\0\1"
	    "\7example\3com\0\1\1\0\1"
	    "\0\0\x29\4\xd0\0\0\x80\0\0\0");
}

static void
test_the_root_has_no_label(void **state)
{
	const struct dns_question question = { "", DNS_NS, false };
	const struct packet_query query = { .wants_recursion = true };

	(void)state;
	EXPECT(&question, &query, "\0\0\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1");
}

static void
test_a_name_as_long_as_names_may_be_fits(void **state)
{
	struct dns_question question = { .type = DNS_TXT };
	const struct packet_query query = { .has_edns = true };
	unsigned char to[PACKET_QUERY_MAX];

	(void)state;
	memset(question.name, 'a', 253);
	for (size_t i = 63; i < 253; i += 64)
		question.name[i] = '.';
	assert_int_equal(
	    packet_write(to, &question, &query), 12 + 255 + 4 + 11);
	memset(question.name, 'a', 254);
	assert_int_equal(packet_write(to, &question, &query), 0);
}

static void
test_a_name_that_is_none_is_not_asked(void **state)
{
	static const char *const names[] = { "a..b", ".a", "a b", "a\\.b",
		"\xc3\xa4.test" };
	const struct packet_query query = { 0 };
	unsigned char to[PACKET_QUERY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct dns_question question = { .type = DNS_A };

		strcpy(question.name, names[i]);
		assert_int_equal(packet_write(to, &question, &query), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_question_to_a_name_server),
		cmocka_unit_test(
		    test_a_question_to_a_resolver_has_room_for_what_dnssec_says),
		cmocka_unit_test(test_the_root_has_no_label),
		cmocka_unit_test(test_a_name_as_long_as_names_may_be_fits),
		cmocka_unit_test(test_a_name_that_is_none_is_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
