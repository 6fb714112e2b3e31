/*
 * The tree walk of RFC 9989 section 4.10, by the examples of its text and of
 * its appendix B.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dns/dmarc_walk.h"

/* The names that are asked, as "a b c". */
static void
expect_levels(const char *domain, const char *names)
{
	struct dmarc_walk walk;
	char got[2048] = "";

	dmarc_walk_begin(&walk, domain);
	for (size_t i = 0; i < walk.count; i++) {
		strcat(got, i == 0 ? "" : " ");
		strcat(got, walk.levels[i].domain);
	}
	assert_string_equal(got, names);
}

static void
test_every_level_up_to_the_top_is_asked(void **state)
{
	(void)state;
	expect_levels("example.com", "example.com com");
	expect_levels(
	    "a.b.example.com", "a.b.example.com b.example.com example.com com");
	expect_levels("com", "com");
}

/* The example of section 4.10: eight queries for thirteen labels. */
static void
test_long_names_go_on_with_seven_labels(void **state)
{
	(void)state;
	expect_levels("a.b.c.d.e.f.g.h.i.j.mail.example.com",
	    "a.b.c.d.e.f.g.h.i.j.mail.example.com "
	    "g.h.i.j.mail.example.com h.i.j.mail.example.com "
	    "i.j.mail.example.com j.mail.example.com mail.example.com "
	    "example.com com");
	/* Eight labels: seven are left. */
	expect_levels("a.b.c.d.e.f.example.com",
	    "a.b.c.d.e.f.example.com b.c.d.e.f.example.com "
	    "c.d.e.f.example.com d.e.f.example.com e.f.example.com "
	    "f.example.com example.com com");
	/* Nine: the first is skipped. */
	expect_levels("z.a.b.c.d.e.f.example.com",
	    "z.a.b.c.d.e.f.example.com b.c.d.e.f.example.com "
	    "c.d.e.f.example.com d.e.f.example.com e.f.example.com "
	    "f.example.com example.com com");
	/* Seven: one after another. */
	expect_levels("b.c.d.e.f.example.com",
	    "b.c.d.e.f.example.com c.d.e.f.example.com d.e.f.example.com "
	    "e.f.example.com f.example.com example.com com");
}

/* ---- which record governs ---- */

/* One letter a level, from the domain on: "-" no record, "r" a record, "n" and
 * "y" one with psd, "?" not known. */
struct walk_case {
	const char *domain, *levels;
	const char *governs, *organization, *older; /* "" none, "?" unknown */
};

/* clang-format off */
static const struct walk_case cases[] = {
	/* B.4: a record of one's own; the domain with its organization's. */
	{ "example.com",         "r-",   "example.com", "example.com", "example.com" },
	{ "mail.example.com",    "-r-",  "example.com", "example.com", "example.com" },
	/* None at all. */
	{ "mail.example.com",    "---",  "", "mail.example.com", "" },
	/* The one with the fewest labels is the organization's, and the one
	 * between doesn't count. */
	{ "a.b.example.com",     "-rr-", "example.com", "example.com", "example.com" },
	{ "a.b.example.com",     "-r--", "b.example.com", "b.example.com", "b.example.com" },
	/* One's own goes before it. */
	{ "a.b.example.com",     "rrr-", "a.b.example.com", "example.com", "a.b.example.com" },
	/* psd=n: an organization below another. */
	{ "a.b.example.com",     "-nr-", "b.example.com", "b.example.com", "example.com" },
	{ "a.b.example.com",     "-n?-", "b.example.com", "b.example.com", "?" },
	{ "b.example.com",       "nr-",  "b.example.com", "b.example.com", "b.example.com" },
	/* B.4.3: bank.example is a public suffix with a record. */
	{ "giant.bank.example",  "ry-",  "giant.bank.example", "giant.bank.example", "giant.bank.example" },
	{ "mail.giant.bank.example", "-ry-", "giant.bank.example", "giant.bank.example", "giant.bank.example" },
	{ "mail.mega.bank.example", "--y-", "bank.example", "mega.bank.example", "" },
	{ "mega.bank.example",   "-y-",  "bank.example", "mega.bank.example", "" },
	/* A record below the organization isn't its. */
	{ "a.b.mega.bank.example", "-r-y-", "bank.example", "mega.bank.example", "" },
	/* The suffix's own mail. */
	{ "bank.example",        "y-",   "bank.example", "bank.example", "bank.example" },
	/* The top level has one. */
	{ "mail.example.com",    "--r",  "com", "com", "" },
	{ "mail.example.com",    "-rr",  "com", "com", "example.com" },
	{ "mail.example.com",    "-ry",  "example.com", "example.com", "example.com" },
	{ "mail.example.com",    "--y",  "com", "example.com", "" },
	/* Nothing is said while a level that matters isn't known. */
	{ "mail.example.com",    "?r-",  "?", "?", "?" },
	{ "a.b.example.com",     "-?r-", "?", "?", "?" },
	{ "a.b.example.com",     "-r?-", "?", "?", "?" },
	{ "a.b.example.com",     "-rr?", "?", "?", "example.com" },
	{ "a.b.example.com",     "-?nr", "?", "?", "?" },
	{ "a.b.example.com",     "-nr?", "b.example.com", "b.example.com", "example.com" },
	{ "example.com",         "r?",   "example.com", "?", "example.com" },
	/* A name so long that the one below the suffix is never asked. */
	{ "z.a.b.c.d.e.f.g.example", "-y------", "b.c.d.e.f.g.example", "a.b.c.d.e.f.g.example", "" },
};
/* clang-format on */

static void
fill(struct dmarc_walk *walk, const struct walk_case *c)
{
	dmarc_walk_begin(walk, c->domain);
	for (size_t i = 0; i < walk->count; i++) {
		const char sign = c->levels[i];

		walk->levels[i].state = sign == '?' ? DMARC_LEVEL_UNKNOWN
		    : sign == '-'                   ? DMARC_LEVEL_EMPTY
						    : DMARC_LEVEL_RECORD;
		walk->levels[i].psd = sign == 'n' ? DMARC_PSD_NO
		    : sign == 'y'                 ? DMARC_PSD_YES
						  : DMARC_PSD_UNSAID;
	}
	assert_int_equal(c->levels[walk->count], '\0');
}

static const char *
name_of(const struct dmarc_walk *walk, int level)
{
	return level == DMARC_OLDER_UNKNOWN ? "?"
	    : level < 0                     ? ""
					    : walk->levels[level].domain;
}

static void
test_the_record_that_governs(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct walk_case *c = &cases[i];
		struct dmarc_walk walk;
		struct dmarc_walked walked;

		fill(&walk, c);
		dmarc_walk_end(&walk, &walked);
		print_message("%s %s\n", c->domain, c->levels);
		assert_string_equal(
		    walked.unknown >= 0 ? "?" : name_of(&walk, walked.governs),
		    c->governs);
		assert_string_equal(
		    walked.organization == NULL ? "?" : walked.organization,
		    c->organization);
		assert_string_equal(name_of(&walk, walked.older), c->older);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_level_up_to_the_top_is_asked),
		cmocka_unit_test(test_long_names_go_on_with_seven_labels),
		cmocka_unit_test(test_the_record_that_governs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
