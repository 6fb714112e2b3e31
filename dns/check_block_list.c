/*
 * Block lists of addresses and of domains (RFC 5782): only resolvers are
 * asked, and an answer counts only when it is in the list's documented range
 * and the list is seen to work.
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

struct block_list {
	const char *zone;
	bool is_of_domains;
	bool has_ip6;
	/* 127.0.x.y that says: listed; all else, such as 127.255.255.254 and
	 * the 127.0.0.1 of SURBL, refuses the asker. */
	uint8_t third, first, last;
	/* Entries for which the list must say yes, and no (section 5). */
	const char *yes, *no;
	const char *where; /* to be taken off it */
};

/* clang-format off */
static const struct block_list lists[] = {
	{ "zen.spamhaus.org", false, true,  0, 2, 11,  "2.0.0.127", "1.0.0.127",    "https://check.spamhaus.org/" },
	{ "bl.spamcop.net",   false, false, 0, 2, 2,   "2.0.0.127", "1.0.0.127",    "https://www.spamcop.net/bl.shtml" },
	{ "dbl.spamhaus.org", true,  false, 1, 2, 99,  "dbltest.com", "invalid",    "https://check.spamhaus.org/" },
	{ "multi.surbl.org",  true,  false, 0, 2, 254, "test.surbl.org", "invalid", "https://surbl.org/surbl-analysis" },
};
/* clang-format on */

#define LIST_COUNT (sizeof(lists) / sizeof(lists[0]))

/* What a list may hold: an address, or the domain. */
struct thing {
	char name[DNS_NAME_SIZE];  /* for people */
	char entry[DNS_NAME_SIZE]; /* in front of the list's zone */
	bool is_domain, is_ip6;
};

#define THINGS 3

/* ---- what is asked ---- */

/* Names that are nobody's (RFC 2606, RFC 6761), and those of no DNS. */
static bool
is_reserved(const char *domain)
{
	static const char *const names[] = { "example", "test", "invalid",
		"localhost", "local", "internal", "example.com", "example.net",
		"example.org" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (host_name_is_below(domain, names[i]))
			return true;
	return false;
}

static size_t
add_ip(struct thing *to, const struct ip *ip)
{
	char reverse[IP_REVERSE_SIZE];
	char *end;

	if (ip->family == 0 || ip_special_use(ip) != NULL)
		return 0;
	*to = (struct thing){ .is_ip6 = ip->family == AF_INET6 };
	ip_format(to->name, ip);
	ip_reverse_name(reverse, ip);
	end = strstr(reverse, to->is_ip6 ? ".ip6.arpa" : ".in-addr.arpa");
	if (end != NULL)
		*end = '\0';
	return text_copy(to->entry, sizeof(to->entry), reverse) ? 1 : 0;
}

/* Those of the subject that a list could hold. */
static size_t
find_things(struct thing things[THINGS], const struct dns_subject *s)
{
	size_t count = add_ip(&things[0], &s->ip4);

	count += add_ip(&things[count], &s->ip6);
	if (s->domain[0] == '\0' || is_reserved(s->domain))
		return count;
	things[count] = (struct thing){ .is_domain = true };
	text_copy(things[count].name, DNS_NAME_SIZE, s->domain);
	text_copy(things[count].entry, DNS_NAME_SIZE, s->domain);
	return count + 1;
}

static bool
is_held(const struct block_list *list, const struct thing *thing)
{
	return list->is_of_domains == thing->is_domain &&
	    (!thing->is_ip6 || list->has_ip6);
}

void
check_block_list_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct thing things[THINGS];
	const size_t count = find_things(things, s);

	(void)answers;
	for (size_t i = 0; i < LIST_COUNT; i++)
		for (size_t k = 0; k < count; k++) {
			const char *zone = lists[i].zone;

			if (!is_held(&lists[i], &things[k]))
				continue;
			question_addf(q, DNS_A, "%s.%s", things[k].entry, zone);
			question_addf(q, DNS_A, "%s.%s", lists[i].yes, zone);
			question_addf(q, DNS_A, "%s.%s", lists[i].no, zone);
		}
}

/* ---- what is answered ---- */

enum listing {
	LIST_WAITING,
	LIST_NO,
	LIST_YES,
	LIST_SILENT, /* no answer, or one that refuses the asker */
};

static enum listing
listing_of(const struct dns_answers *answers, const struct block_list *list,
    const char *entry)
{
	char name[DNS_NAME_SIZE];
	struct dns_view view;
	const struct dns_rr *rr;

	if (!text_format(name, sizeof(name), "%s.%s", entry, list->zone))
		return LIST_NO;
	view = answers_view(answers, name, DNS_A);
	if (view.state == VIEW_WAITING)
		return LIST_WAITING;
	if (view.answer == NULL)
		return LIST_SILENT;
	if (answer_is_missing(view.answer, DNS_A))
		return LIST_NO;
	for (size_t i = 0; (rr = answer_rr(view.answer, DNS_A, i)) != NULL; i++)
		if (rr->ip.bytes[0] == 127 && rr->ip.bytes[1] == 0 &&
		    rr->ip.bytes[2] == list->third &&
		    rr->ip.bytes[3] >= list->first &&
		    rr->ip.bytes[3] <= list->last)
			return LIST_YES;
	return LIST_SILENT;
}

/* Does the list work when asked from here? */
static enum listing
health(const struct dns_answers *answers, const struct block_list *list)
{
	const enum listing yes = listing_of(answers, list, list->yes);
	const enum listing no = listing_of(answers, list, list->no);

	if (yes == LIST_WAITING || no == LIST_WAITING)
		return LIST_WAITING;
	return yes == LIST_YES && no == LIST_NO ? LIST_YES : LIST_SILENT;
}

struct tally {
	size_t asked, waiting, clean;
	const char *silent; /* the zone of a list that can't be asked */
};

static void
say_listed(struct dns_finding *f, const struct block_list *list,
    const struct thing *thing)
{
	judge_found_text(f, list->zone);
	judge_fail(f, "%s is on the block list %s.", thing->name, list->zone);
	judge_advise(f,
	    thing->is_domain
		? "Find out why (a hijacked mailbox, web pages of others on "
		  "its server, a newsletter), and then ask for removal at %s."
		: "Find out why (a hijacked mailbox, an address that spammed "
		  "before), and then ask for removal at %s.",
	    list->where);
	judge_consequence(f,
	    thing->is_domain
		? "Many receivers refuse mail from the domain, and all mail "
		  "whose links name the domain."
		: "Many receivers refuse its mail.");
}

static void
judge_listing(const struct dns_answers *answers, struct dns_finding *f,
    const struct block_list *list, const struct thing *thing,
    struct tally *tally)
{
	const enum listing listing = listing_of(answers, list, thing->entry);
	const enum listing works = health(answers, list);

	tally->asked++;
	if (listing == LIST_WAITING || works == LIST_WAITING)
		tally->waiting++;
	else if (listing == LIST_SILENT || works == LIST_SILENT)
		tally->silent = list->zone;
	else if (listing == LIST_NO)
		tally->clean++;
	else
		say_listed(f, list, thing);
}

void
check_block_list_judge(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f)
{
	struct thing things[THINGS];
	const size_t count = find_things(things, s);
	struct tally tally = { 0 };

	for (size_t i = 0; i < LIST_COUNT; i++)
		for (size_t k = 0; k < count; k++)
			if (is_held(&lists[i], &things[k]))
				judge_listing(
				    answers, f, &lists[i], &things[k], &tally);
	if (tally.asked == 0)
		judge_skip(f,
		    "There is no public address and no public domain that a "
		    "block list could hold.");
	else if (f->verdict == DNS_FAIL || tally.waiting > 0)
		return;
	else if (tally.clean == 0)
		judge_unknown(f,
		    "%s does not answer the resolvers asked: block lists "
		    "refuse large public ones.  Use a resolver of your own.",
		    tally.silent);
	else if (tally.silent != NULL)
		judge_pass(f,
		    "What answers has us on no block list; %s could not be "
		    "asked.",
		    tally.silent);
	else
		judge_pass(f, "%s.",
		    things[count - 1].is_domain && count > 1
			? "This server and the domain are on no block list"
			: things[0].is_domain
			? "The domain is on no block list"
			: "This server is on no block list");
}
