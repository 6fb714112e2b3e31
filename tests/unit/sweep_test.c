/*
 * Many checklists by few workers, with a resolver that is of no use.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "dns/sweep.h"
#include "tests/dns/odd_server.h"
#include "tests/lib/dns_example.h"

#define DOMAINS 40

static struct odd_server server;

struct seen {
	const char *const *domains;
	size_t count, given;
	size_t done[DOMAINS];
	struct dns_finding mx[DOMAINS];
	bool must_kill; /* a worker, once */
};

static bool
next(void *context, struct checklist_request *request)
{
	struct seen *seen = context;
	struct dns_subject *s = &request->subject;

	if (seen->given == seen->count)
		return false;
	example_subject(s);
	text_copy(s->domain, sizeof(s->domain), seen->domains[seen->given++]);
	s->resolvers[0] =
	    (struct ip_port){ example_ip("127.0.0.1"), server.port };
	s->resolver_count = 1;
	return true;
}

static void
done(void *context, const struct checklist_request *request,
    const struct dns_finding *findings, const char *note)
{
	struct seen *seen = context;

	(void)note;
	for (size_t i = 0; i < seen->count; i++)
		if (text_is_same(seen->domains[i], request->subject.domain)) {
			seen->done[i]++;
			seen->mx[i] =
			    findings[check_by_name("mx") - dns_checks];
		}
	for (size_t i = 0; i < dns_check_count; i++)
		if (findings[i].verdict != DNS_UNKNOWN &&
		    findings[i].verdict != DNS_SKIPPED)
			fail_msg("%s: %s is %s", request->subject.domain,
			    dns_checks[i].name,
			    check_verdict_name(findings[i].verdict));
}

/* The first child of this process. */
static void
kill_worker(void)
{
	char path[64];
	FILE *children;
	int pid;

	text_format(
	    path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	children = fopen(path, "r");
	assert_non_null(children);
	/* One is the name server. */
	while (fscanf(children, "%d", &pid) == 1)
		if (pid != server.pid) {
			kill(pid, SIGKILL);
			break;
		}
	fclose(children);
}

static bool
alive(void *context, size_t under_way)
{
	struct seen *seen = context;

	if (seen->must_kill && under_way > 0) {
		seen->must_kill = false;
		kill_worker();
	}
	return true;
}

static void
sweep(struct seen *seen, unsigned jobs)
{
	static const struct sweep_events events = { next, done, alive };
	const struct sweep_options options = { .jobs = jobs,
		.per_second = 100000 };
	struct err err;

	assert_int_equal(sweep_run(&options, &events, seen, &err), OK);
	for (size_t i = 0; i < seen->count; i++)
		assert_int_equal(seen->done[i], 1);
}

static void
test_each_domain_is_told_once_by_few_workers(void **state)
{
	static char names[DOMAINS][32];
	static const char *domains[DOMAINS];
	static struct seen seen;

	(void)state;
	for (int i = 0; i < DOMAINS; i++) {
		text_format(names[i], sizeof(names[i]), "%s.d%d.test",
		    i % 2 == 0 ? "servfail" : "refused", i);
		domains[i] = names[i];
	}
	seen = (struct seen){ .domains = domains, .count = DOMAINS };
	sweep(&seen, 3);
	for (size_t i = 0; i < DOMAINS; i++)
		assert_non_null(strstr(
		    seen.mx[i].problem, i % 2 == 0 ? "SERVFAIL" : "refuses"));
}

static void
test_a_worker_that_dies_costs_one_domain_and_is_replaced(void **state)
{
	static const char *const domains[] = { "drop.test", "servfail.a.test",
		"servfail.b.test" };
	static struct seen seen;

	(void)state;
	seen =
	    (struct seen){ .domains = domains, .count = 3, .must_kill = true };
	sweep(&seen, 1);
	assert_non_null(
	    strstr(seen.mx[0].problem, "ended before an answer came"));
	assert_non_null(strstr(seen.mx[2].problem, "SERVFAIL"));
}

static void
test_no_domain_is_no_work(void **state)
{
	static struct seen seen;

	(void)state;
	sweep(&seen, 4);
	assert_int_equal(seen.given, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_domain_is_told_once_by_few_workers),
		cmocka_unit_test(
		    test_a_worker_that_dies_costs_one_domain_and_is_replaced),
		cmocka_unit_test(test_no_domain_is_no_work),
	};
	int failed;

	odd_server_open(&server, true);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	odd_server_close(&server);
	return failed;
}
