#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ip.h"

static struct ip
ip_of(const char *text)
{
	struct ip ip;

	assert_int_equal(ip_parse(&ip, text, NULL), OK);
	return ip;
}

static void
test_only_plain_addresses_are_read(void **state)
{
	static const char *const bad[] = { "", "192.0.2", "192.0.2.256",
		"192.0.2.01", "0x7f.1", "mail.example.com", "2001:db8::g",
		"fe80::1%eth0", " 192.0.2.1" };
	struct ip ip;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ip_parse(&ip, bad[i], NULL), ERR_INVALID);
}

static void
test_addresses_are_written_as_rfc_5952_says(void **state)
{
	struct ip ip = ip_of("2001:0DB8:0:0:0:0:2:1");
	char text[IP_TEXT_SIZE];

	(void)state;
	ip_format(text, &ip);
	assert_string_equal(text, "2001:db8::2:1");
}

static void
test_ports_stand_behind_a_colon(void **state)
{
	static const struct {
		const char *text, *ip;
		uint16_t port;
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1", 53 },
		{ "127.0.0.1:5353", "127.0.0.1", 5353 },
		{ "::1", "::1", 53 },
		{ "[::1]", "::1", 53 },
		{ "[::1]:5353", "::1", 5353 },
	};
	static const char *const bad[] = { "127.0.0.1:", "127.0.0.1:0",
		"127.0.0.1:65536", "127.0.0.1:x", "[::1", "[::1]5353" };
	struct ip_port address;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ip ip = ip_of(rows[i].ip);

		assert_int_equal(
		    ip_port_parse(&address, rows[i].text, 53, NULL), OK);
		assert_true(ip_is_same(&address.ip, &ip));
		assert_int_equal(address.port, rows[i].port);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    ip_port_parse(&address, bad[i], 53, NULL), ERR_INVALID);
}

static void
test_reverse_names_use_octets_and_nibbles(void **state)
{
	const struct ip ip4 = ip_of("192.0.2.10");
	/* RFC 3596 section 2.5 */
	const struct ip ip6 = ip_of("4321:0:1:2:3:4:567:89ab");
	char name[IP_REVERSE_SIZE];

	(void)state;
	ip_reverse_name(name, &ip4);
	assert_string_equal(name, "10.2.0.192.in-addr.arpa");
	ip_reverse_name(name, &ip6);
	assert_string_equal(name,
	    "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0."
	    "0.0.0.0.0.0.1.2.3.4.ip6.arpa");
}

static void
test_special_addresses_are_named(void **state)
{
	const struct ip private = ip_of("172.31.0.1"),
			public = ip_of("9.9.9.9"),
			shared = ip_of("100.127.255.255");

	(void)state;
	assert_string_equal(ip_special_use(&private), "private");
	assert_non_null(ip_special_use(&shared));
	assert_null(ip_special_use(&public));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_plain_addresses_are_read),
		cmocka_unit_test(test_addresses_are_written_as_rfc_5952_says),
		cmocka_unit_test(test_ports_stand_behind_a_colon),
		cmocka_unit_test(test_reverse_names_use_octets_and_nibbles),
		cmocka_unit_test(test_special_addresses_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
