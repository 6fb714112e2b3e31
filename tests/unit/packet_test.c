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

/* A TXT record may fill a message (RFC 1035 section 3.3.14, 4.2.2). */
static void
test_a_text_of_64_kb_is_whole(void **state)
{
	static const char head[] = "\x12\x34\x84\0\0\1\0\1\0\0\0\0"
				   "\7example\3com\0\0\x10\0\1"
				   "\xc0\x0c\0\x10\0\1\0\0\0\x3c";
	const struct dns_question question = { "example.com", DNS_TXT, false };
	const struct packet_query query = { .id = 0x1234 };
	static unsigned char octets[PACKET_MAX];
	struct dns_answer answer = { 0 };
	size_t length = sizeof(head) - 1, size = 255 * 256;

	(void)state;
	memcpy(octets, head, length);
	octets[length++] = (unsigned char)(size >> 8);
	octets[length++] = (unsigned char)size;
	for (size_t i = 0; i < 255; i++, length += 255) {
		octets[length++] = 255;
		memset(octets + length, 'a' + (int)(i % 26), 255);
	}
	assert_int_equal(
	    packet_read(octets, length, &question, &query, &answer),
	    PACKET_ANSWER);
	assert_int_equal(answer.rrs[0].length, 255 * 255);
	assert_int_equal(answer.rrs[0].data[255 * 254], 'a' + 254 % 26);
	arena_free(&answer.memory);
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
		cmocka_unit_test(test_a_text_of_64_kb_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
