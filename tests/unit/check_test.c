/*
 * The judges, by text replays: tests/dns/checks.replay says what is published
 * and what each check must say about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dns/dmarc_record.h"
#include "tests/lib/dns_world.h"

static struct world world;
static struct dns_finding finding;

static void
test_advice_satisfies_its_own_check(void **state)
{
	(void)state;
	world_open(&world);
	for (size_t i = 0; i < dns_check_count; i++) {
		world_judge(&world, dns_checks[i].name, &finding);
		if (finding.verdict == DNS_SKIPPED)
			continue;
		if (finding.verdict != DNS_PASS)
			print_message("%s: %s: %s\n", dns_checks[i].name,
			    check_verdict_name(finding.verdict),
			    finding.problem);
		assert_int_equal(finding.verdict, DNS_PASS);
	}
	world_close(&world);
}

/* Whoever does what each finding advises is done when all is advised. */
static void
test_an_empty_zone_becomes_right_by_advice_alone(void **state)
{
	char line[1200];

	(void)state;
	world_open(&world);
	world.count = 0;
	world_add_surroundings(&world);
	for (int round = 0; round < 4; round++)
		for (size_t i = 0; i < dns_check_count; i++) {
			world_judge(&world, dns_checks[i].name, &finding);
			assert_int_not_equal(finding.verdict, DNS_WAITING);
			if (finding.act != DNS_ACT_ADD)
				continue;
			text_format(line, sizeof(line), "%s %s %s",
			    finding.record.name,
			    record_type_text(&finding.record),
			    record_as_one_line(&world.arena, &finding.record));
			world_add(&world, line);
		}
	for (size_t i = 0; i < dns_check_count; i++) {
		world_judge(&world, dns_checks[i].name, &finding);
		if (finding.verdict == DNS_SKIPPED)
			continue;
		if (finding.verdict != DNS_PASS)
			print_message("%s: %s %s\n", dns_checks[i].name,
			    finding.problem, finding.advice);
		assert_int_equal(finding.verdict, DNS_PASS);
	}
	world_close(&world);
}

static void
test_silence_is_never_a_failure(void **state)
{
	static struct dns_questions q;
	char line[400], type[16];

	(void)state;
	for (size_t i = 0; i < dns_check_count; i++) {
		world_open(&world);
		world.count = 0;
		q.count = 0;
		subject_complete(&world.subject); /* as the checklist does */
		dns_checks[i].questions(&world.subject, NULL, &q);
		for (size_t j = 0; j < q.count; j++) {
			question_type_name(type, q.list[j].type);
			text_format(line, sizeof(line), "%s %s !TIMEOUT",
			    q.list[j].name, type);
			world_add(&world, line);
		}
		world_judge(&world, dns_checks[i].name, &finding);
		if (q.count == 0)
			assert_int_equal(finding.verdict, DNS_SKIPPED);
		if (q.count == 0) {
			world_close(&world);
			continue;
		}
		if (finding.verdict != DNS_UNKNOWN)
			print_message(
			    "%s: %s\n", dns_checks[i].name, finding.problem);
		assert_int_equal(finding.verdict, DNS_UNKNOWN);
		world_close(&world);
	}
}

/* ---- replays ---- */

/* Which verdicts of which check have a case. */
static bool has_case[64][DNS_SKIPPED + 1];

/* Those that a check can't give, and why. */
static const struct {
	const char *check;
	enum dns_verdict verdict;
} never[] = {
	/* Reports and policy are wanted of every domain. */
	{ "dmarc", DNS_SKIPPED },
	/* Convenience: people can type in what the file would say. */
	{ "autoconfig", DNS_FAIL },
	/* Every domain is in a zone, which is signed or not. */
	{ "dnssec", DNS_SKIPPED },
	{ "zone", DNS_SKIPPED },
	/* An address is on a list or it isn't. */
	{ "block-lists", DNS_WARN },
};

static bool
expect(const char *title, char *rest)
{
	const char *name = strtok(rest, " "), *verdict = strtok(NULL, " ");
	const char *words = strtok(NULL, "");

	world_judge(&world, name, &finding);
	has_case[finding.check][finding.verdict] = true;
	if (strcmp(check_verdict_name(finding.verdict), verdict) == 0 &&
	    (words == NULL || strstr(finding.problem, words) != NULL))
		return true;
	print_message("%s: %s: wanted %s \"%s\"\n  got %s \"%s\"\n  found %s\n",
	    title, name, verdict, words == NULL ? "" : words,
	    check_verdict_name(finding.verdict), finding.problem,
	    finding.found);
	return false;
}

static bool
expect_advice(const char *title, const char *words)
{
	if (strstr(finding.advice, words) != NULL ||
	    strstr(finding.record.value, words) != NULL ||
	    strstr(finding.remove, words) != NULL)
		return true;
	print_message("%s: advice wanted \"%s\"\n  got \"%s\" record \"%s\"\n",
	    title, words, finding.advice, finding.record.value);
	return false;
}

static bool
expect_consequence(const char *title, const char *words)
{
	if (strstr(finding.consequence, words) != NULL)
		return true;
	print_message("%s: consequence wanted \"%s\"\n  got \"%s\"\n", title,
	    words, finding.consequence);
	return false;
}

static void
add_key(struct dns_subject *s, const char *name, const char *value,
    enum dns_key_stage stage)
{
	struct dns_selector *selector = &s->selectors[s->selector_count++];

	text_copy(selector->selector, DNS_LABEL_SIZE, name);
	text_copy(selector->value, DNS_VALUE_SIZE, value);
	selector->stage = stage;
}

static void
set_subject(char *rest)
{
	struct dns_subject *s = &world.subject;
	const char *name = strtok(rest, " "), *value = strtok(NULL, "");

	if (strcmp(name, "domain") == 0)
		text_copy(s->domain, sizeof(s->domain), value);
	else if (strcmp(name, "ehlo") == 0)
		text_copy(s->ehlo_name, sizeof(s->ehlo_name), value);
	else if (strcmp(name, "no-ip6") == 0)
		s->ip6 = (struct ip){ 0 };
	else if (strcmp(name, "no-ip4") == 0)
		s->ip4 = (struct ip){ 0 };
	else if (strcmp(name, "no-ip") == 0)
		s->ip4 = s->ip6 = (struct ip){ 0 };
	else if (strcmp(name, "no-key") == 0)
		s->selector_count = 0;
	else if (strcmp(name, "no-sts") == 0)
		s->sts_mode = DNS_STS_OFF;
	else if (strcmp(name, "sts-days") == 0)
		s->sts_since = s->now_at - (int64_t)atoi(value) * 86400;
	else if (strcmp(name, "dmarc-step") == 0)
		s->dmarc_policy = dmarc_policy_by_name(value);
	else if (strcmp(name, "signing-domain") == 0)
		text_copy(s->signing_domain, sizeof(s->signing_domain), value);
	else if (strcmp(name, "return-path") == 0)
		text_copy(s->return_path, sizeof(s->return_path), value);
	else if (strcmp(name, "no-tls-report") == 0)
		s->tls_report[0] = '\0';
	else if (strcmp(name, "enforce") == 0)
		s->sts_mode = DNS_STS_ENFORCE;
	else if (strcmp(name, "authority") == 0)
		text_copy(s->authority, sizeof(s->authority), value);
	else if (strcmp(name, "ip4") == 0)
		s->ip4 = example_ip(value);
	else if (strcmp(name, "no-hosts") == 0)
		s->imap_host[0] = s->smtp_host[0] = '\0';
	else if (strcmp(name, "no-mail-host") == 0)
		s->mail_host[0] = '\0';
	else if (strcmp(name, "autoconfig") == 0)
		text_copy(
		    s->autoconfig_host, sizeof(s->autoconfig_host), value);
	else if (strcmp(name, "tls-key") == 0)
		memset(s->key_sha256, atoi(value), sizeof(s->key_sha256));
	else if (strcmp(name, "key") == 0)
		add_key(s, "next", value, DNS_KEY_MADE);
	else if (strcmp(name, "old-key") == 0)
		add_key(s, "old", value, DNS_KEY_RETIRING);
	else
		fail_msg("set %s?", name);
}

static void
test_replays(void **state)
{
	FILE *file = fopen("tests/dns/checks.replay", "r");
	char line[2048], title[200] = "";
	size_t failed = 0, cases = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		char *rest = line + 2;

		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (line[0] == ':') {
			if (title[0] != '\0')
				world_close(&world);
			text_copy(title, sizeof(title), rest);
			world_open(&world);
			cases++;
		} else if (line[0] == '+')
			world_add(&world, rest);
		else if (line[0] == '-') {
			const char *name = strtok(rest, " ");

			world_remove(&world, name, strtok(NULL, " "));
		} else if (line[0] == '@')
			set_subject(rest);
		else if (line[0] == '=')
			failed += !expect(title, rest);
		else if (line[0] == '>')
			failed += !expect_advice(title, rest);
		else if (line[0] == '!')
			failed += !expect_consequence(title, rest);
		else
			fail_msg("%s: %s?", title, line);
	}
	world_close(&world);
	fclose(file);
	assert_true(cases > 0);
	assert_int_equal(failed, 0);
}

static bool
can_never_be(size_t check, enum dns_verdict verdict)
{
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (strcmp(never[i].check, dns_checks[check].name) == 0 &&
		    never[i].verdict == verdict)
			return true;
	return false;
}

/* After test_replays. */
static void
test_each_verdict_of_each_check_has_a_replay(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < dns_check_count; i++)
		for (int v = DNS_PASS; v <= DNS_SKIPPED; v++) {
			const enum dns_verdict verdict = (enum dns_verdict)v;

			if (has_case[i][v] != can_never_be(i, verdict))
				continue;
			print_message("%s %s: %s\n", dns_checks[i].name,
			    check_verdict_name(verdict),
			    has_case[i][v] ? "was said never to happen"
					   : "has no replay");
			wrong++;
		}
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_advice_satisfies_its_own_check),
		cmocka_unit_test(
		    test_an_empty_zone_becomes_right_by_advice_alone),
		cmocka_unit_test(test_silence_is_never_a_failure),
		cmocka_unit_test(test_replays),
		cmocka_unit_test(test_each_verdict_of_each_check_has_a_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
