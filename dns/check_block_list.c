/*
 * Block lists of addresses (RFC 5782): only resolvers are asked, and an
 * answer counts only when it is in the list's documented range and the list
 * is seen to work.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

struct block_list {
	const char *zone;
	uint8_t first, last; /* 127.0.0.x that says: listed */
	bool has_ip6;
	const char *where; /* to be taken off it */
};

/* clang-format off */
static const struct block_list lists[] = {
	{ "zen.spamhaus.org", 2, 11, true,  "https://check.spamhaus.org/" },
	{ "bl.spamcop.net",   2, 2,  false, "https://www.spamcop.net/bl.shtml" },
};
/* clang-format on */

#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

/* Names for which every list must say yes, and no (RFC 5782 section 5). */
#define TEST_YES "2.0.0.127."
#define TEST_NO  "1.0.0.127."

/* The address back to front, below the list; false where it isn't asked. */
static bool
list_name(
    char to[DNS_NAME_SIZE], const struct block_list *list, const struct ip *ip)
{
	char reverse[IP_REVERSE_SIZE];
	char *end;

	if (ip->family == 0 || ip_special_use(ip) != NULL ||
	    (ip->family == AF_INET6 && !list->has_ip6))
		return false;
	ip_reverse_name(reverse, ip);
	end = strstr(
	    reverse, ip->family == AF_INET ? "in-addr.arpa" : "ip6.arpa");
	if (end == NULL)
		return false;
	*end = '\0';
	return text_format(to, DNS_NAME_SIZE, "%s%s", reverse, list->zone);
}

void
check_block_list_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const struct ip *ips[] = { &s->ip4, &s->ip6 };
	char name[DNS_NAME_SIZE];

	(void)answers;
	for (size_t i = 0; i < LIST_COUNT; i++)
		for (size_t k = 0; k < 2; k++) {
			if (!list_name(name, &lists[i], ips[k]))
				continue;
			question_add(q, DNS_A, name);
			question_addf(q, DNS_A, TEST_YES "%s", lists[i].zone);
			question_addf(q, DNS_A, TEST_NO "%s", lists[i].zone);
		}
}

enum listing {
	LIST_WAITING,
	LIST_NO,
	LIST_YES,
	LIST_SILENT, /* no answer, or one that refuses the asker */
};

static enum listing
listing_of(const struct dns_answers *answers, const struct block_list *list,
    const char *name)
{
	const struct dns_view view = answers_view(answers, name, DNS_A);
	const struct dns_rr *rr;

	if (view.state == VIEW_WAITING)
		return LIST_WAITING;
	if (view.answer == NULL)
		return LIST_SILENT;
	if (answer_is_missing(view.answer, DNS_A))
		return LIST_NO;
	for (size_t i = 0; (rr = answer_rr(view.answer, DNS_A, i)) != NULL; i++)
		if (rr->ip.bytes[0] == 127 && rr->ip.bytes[1] == 0 &&
		    rr->ip.bytes[2] == 0 && rr->ip.bytes[3] >= list->first &&
		    rr->ip.bytes[3] <= list->last)
			return LIST_YES;
	return LIST_SILENT;
}

/* Does the list work when asked from here? */
static enum listing
health(const struct dns_answers *answers, const struct block_list *list)
{
	char name[DNS_NAME_SIZE];
	enum listing yes, no;

	text_format(name, sizeof(name), TEST_YES "%s", list->zone);
	yes = listing_of(answers, list, name);
	text_format(name, sizeof(name), TEST_NO "%s", list->zone);
	no = listing_of(answers, list, name);
	if (yes == LIST_WAITING || no == LIST_WAITING)
		return LIST_WAITING;
	return yes == LIST_YES && no == LIST_NO ? LIST_YES : LIST_SILENT;
}

struct tally {
	size_t asked, waiting, clean;
	const char *silent; /* the zone of a list that can't be asked */
};

static void
judge_listing(const struct dns_answers *answers, struct dns_finding *f,
    const struct block_list *list, const struct ip *ip, struct tally *tally)
{
	char name[DNS_NAME_SIZE], address[IP_TEXT_SIZE];
	enum listing listing, works;

	if (!list_name(name, list, ip))
		return;
	tally->asked++;
	listing = listing_of(answers, list, name);
	works = health(answers, list);
	if (listing == LIST_WAITING || works == LIST_WAITING)
		tally->waiting++;
	else if (listing == LIST_SILENT || works == LIST_SILENT)
		tally->silent = list->zone;
	else if (listing == LIST_NO)
		tally->clean++;
	else {
		ip_format(address, ip);
		judge_found_text(f, list->zone);
		judge_fail(
		    f, "%s is on the block list %s.", address, list->zone);
		judge_advise(f,
		    "Find out why (a hijacked mailbox, an address that spammed "
		    "before), and then ask for removal at %s.",
		    list->where);
		judge_consequence(f, "Many receivers refuse its mail.");
	}
}

void
check_block_list_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < LIST_COUNT; i++) {
		judge_listing(answers, f, &lists[i], &s->ip4, &tally);
		judge_listing(answers, f, &lists[i], &s->ip6, &tally);
	}
	if (tally.asked == 0)
		judge_skip(f,
		    "This server has no public address that a block list "
		    "could hold.");
	else if (f->verdict == DNS_FAIL || tally.waiting > 0)
		return;
	else if (tally.clean == 0)
		judge_unknown(f,
		    "%s does not answer the resolvers asked: block lists "
		    "refuse large public ones.  Use a resolver of your own.",
		    tally.silent);
	else if (tally.silent != NULL)
		judge_pass(f,
		    "This server is on no block list; %s could not be asked.",
		    tally.silent);
	else
		judge_pass(f, "This server is on no block list.");
}
