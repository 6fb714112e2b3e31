/*
 * MX: ours, well formed, none beside them, each with an address
 * (RFC 5321 section 5.1, RFC 7505).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

void
check_mx_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	const struct dns_rr *rr;
	struct dns_view view;

	question_add(q, DNS_MX, s->domain);
	if (s->mx_count == 0 && s->mail_host[0] != '\0') {
		question_add(q, DNS_A, s->mail_host);
		question_add(q, DNS_AAAA, s->mail_host);
	}
	for (size_t i = 0; i < s->mx_count; i++) {
		question_add(q, DNS_A, s->mx[i].host);
		question_add(q, DNS_AAAA, s->mx[i].host);
	}
	if (answers == NULL)
		return;
	view = answers_view(answers, s->domain, DNS_MX);
	for (size_t i = 0;
	     i < 10 && (rr = answer_rr(view.answer, DNS_MX, i)) != NULL; i++) {
		if (rr->name[0] == '\0')
			continue;
		question_add(q, DNS_A, rr->name);
		question_add(q, DNS_AAAA, rr->name);
	}
	judge_ask_elsewhere(s, answers, q, s->domain, DNS_MX, NULL);
}

static const struct dns_mx *
wanted_mx(const struct dns_subject *s, const char *host)
{
	for (size_t i = 0; i < s->mx_count; i++)
		if (text_is_same(s->mx[i].host, host))
			return &s->mx[i];
	return NULL;
}

static void
say_text(char to[DNS_NAME_SIZE + 8], const struct dns_rr *rr)
{
	text_format(to, DNS_NAME_SIZE + 8, "%u %s", rr->preference,
	    rr->name[0] == '\0' ? "." : rr->name);
}

static void
remove_mx(struct dns_finding *f, const struct dns_rr *rr)
{
	char text[DNS_NAME_SIZE + 8];

	say_text(text, rr);
	judge_remove(f, text, strlen(text));
}

/* "mail.example.com.example.com": the DNS host added the zone again. */
static bool
is_doubled(const struct dns_subject *s, const char *name)
{
	char doubled[2 * DNS_NAME_SIZE];

	text_format(doubled, sizeof(doubled), "%s.%s", s->zone, s->zone);
	if (host_name_is_below(name, doubled))
		return true;
	for (size_t i = 0; i < s->mx_count; i++) {
		text_format(
		    doubled, sizeof(doubled), "%s.%s", s->mx[i].host, s->zone);
		if (text_is_same(doubled, name))
			return true;
	}
	return false;
}

/* What is wrong with a target's name alone; false when nothing. */
static bool
judge_target(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_rr *rr, const struct dns_record *wanted)
{
	struct ip ip;

	if (rr->name[0] == '\0') {
		judge_fail(f,
		    "The MX is \".\", which says that the domain "
		    "takes no mail at all (RFC 7505).");
	} else if (ip_parse(&ip, rr->name, NULL) == OK) {
		judge_fail(f,
		    "The MX names the address %s; it must name a host.",
		    rr->name);
	} else if (is_doubled(s, rr->name)) {
		judge_fail(
		    f, "The MX names %s: the domain is in it twice.", rr->name);
		judge_record(f, DNS_ACT_CHANGE, wanted);
		judge_add_advice(f,
		    "Your DNS host adds the domain by itself: enter %s. with "
		    "a dot at its end, or only the short name.",
		    wanted->value);
		judge_consequence(f, "Mail to the domain can't be delivered.");
		return true;
	} else if (!host_name_is_stored_form(rr->name)) {
		judge_fail(
		    f, "The MX names \"%s\", which is no host name.", rr->name);
	} else
		return false;
	judge_record(f, DNS_ACT_CHANGE, wanted);
	remove_mx(f, rr);
	judge_consequence(f, "Mail to the domain can't be delivered.");
	return true;
}

/* A host that isn't ours: better or as good takes our mail away. */
static void
judge_foreign(const struct dns_subject *s, struct dns_finding *f,
    const struct dns_answer *answer, uint16_t best_ours)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++) {
		if (wanted_mx(s, rr->name) != NULL)
			continue;
		if (rr->preference <= best_ours) {
			judge_fail(f,
			    "%s is named beside this server: part of the mail "
			    "goes there.",
			    rr->name);
			judge_consequence(
			    f, "Mail is delivered to another server.");
		} else {
			judge_warn(f,
			    "%s is named as a backup, and it isn't one of "
			    "ours.",
			    rr->name);
			judge_consequence(f,
			    "Spam comes in through it, and mail waits there.");
		}
		judge_advise(f, "Delete the MX record \"%u %s\".",
		    rr->preference, rr->name);
		f->act = DNS_ACT_DELETE;
		remove_mx(f, rr);
	}
}

static void
judge_addresses(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_rr *rr)
{
	const struct dns_view a = answers_view(answers, rr->name, DNS_A);
	const struct dns_view aaaa = answers_view(answers, rr->name, DNS_AAAA);

	if (a.is_alias && a.answer != NULL) {
		judge_fail(f,
		    "The MX names %s, which is an alias (CNAME) of %s: it must "
		    "name the host itself.",
		    rr->name, a.answer->target);
		judge_advise(
		    f, "Name %s in the MX record instead.", a.answer->target);
		remove_mx(f, rr);
		judge_consequence(f, "Some servers refuse to deliver here.");
		return;
	}
	if (answer_count(a.answer, DNS_A) > 0 ||
	    answer_count(aaaa.answer, DNS_AAAA) > 0)
		return;
	if (!judge_ready(&a, f) || !judge_ready(&aaaa, f))
		return;
	judge_fail(f, "The MX names %s, which has no address.", rr->name);
	if (wanted_mx(s, rr->name) != NULL) {
		judge_advise(f,
		    "Add an address record for %s: see the row of the mail "
		    "host.",
		    rr->name);
	} else {
		judge_advise(f,
		    "Add an address record for %s, or delete this MX record.",
		    rr->name);
		remove_mx(f, rr);
	}
	judge_consequence(f, "Mail sent there can't be delivered.");
}

/* The wanted record of one host. */
static bool
record_of(
    const struct dns_subject *s, const char *host, struct dns_record *record)
{
	struct dns_records records;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++) {
		if (records.list[i].type != DNS_MX ||
		    !text_is_same(records.list[i].value, host))
			continue;
		*record = records.list[i];
		return true;
	}
	return false;
}

static bool
has_ip(const struct dns_answer *answer, uint16_t type, const struct ip *ip)
{
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, type, i)) != NULL; i++)
		if (ip->family != 0 && ip_is_same(&rr->ip, ip))
			return true;
	return false;
}

/* None of the names is wanted. */
static void
judge_other_name(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_rr *rr)
{
	const struct dns_view a = answers_view(answers, rr->name, DNS_A);
	const struct dns_view aaaa = answers_view(answers, rr->name, DNS_AAAA);
	struct dns_record record;

	if (has_ip(a.answer, DNS_A, &s->ip4) ||
	    has_ip(aaaa.answer, DNS_AAAA, &s->ip6)) {
		judge_warn(f,
		    "The MX names %s, which leads to this server, but is not "
		    "the name wanted.",
		    rr->name);
	} else {
		judge_fail(
		    f, "The MX names %s, which is not this server.", rr->name);
		judge_consequence(f, "Mail is delivered to another server.");
	}
	if (record_of(s, s->mx[0].host, &record))
		judge_record(f, DNS_ACT_CHANGE, &record);
	remove_mx(f, rr);
}

static void
judge_ours(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const struct dns_answer *answer)
{
	const struct dns_rr *rr;
	uint16_t best = 0;
	size_t ours = 0;
	struct dns_record record;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++)
		if (wanted_mx(s, rr->name) != NULL) {
			if (ours++ == 0 || rr->preference < best)
				best = rr->preference;
		}
	if (ours == 0) {
		judge_other_name(s, answers, f, answer_rr(answer, DNS_MX, 0));
		return;
	}
	judge_foreign(s, f, answer, best);
	for (size_t i = 0; i < s->mx_count; i++) {
		bool is_there = false;

		for (size_t j = 0; (rr = answer_rr(answer, DNS_MX, j)) != NULL;
		     j++)
			is_there |= text_is_same(rr->name, s->mx[i].host);
		if (is_there || !record_of(s, s->mx[i].host, &record))
			continue;
		judge_warn(f, "The MX does not name %s.", s->mx[i].host);
		if (f->act == DNS_ACT_NONE)
			judge_record(f, DNS_ACT_ADD, &record);
	}
}

static void
list_found(struct dns_finding *f, const struct dns_answer *answer)
{
	char text[DNS_NAME_SIZE + 8];
	const struct dns_rr *rr;

	for (size_t i = 0; (rr = answer_rr(answer, DNS_MX, i)) != NULL; i++) {
		say_text(text, rr);
		judge_found_text(f, text);
	}
}

void
check_mx_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	const struct dns_view view = answers_view(answers, s->domain, DNS_MX);
	struct dns_record wanted;
	const struct dns_rr *rr;

	if (!judge_wanted(s, "mx", &wanted)) {
		judge_skip(f, "No mail host is set for this domain.");
		return;
	}
	judge_want(f, &wanted);
	if (!judge_ready(&view, f))
		return;
	list_found(f, view.answer);
	if (answer_is_missing(view.answer, DNS_MX)) {
		judge_fail(f, "The domain has no MX record.");
		judge_record(f, DNS_ACT_ADD, &wanted);
		judge_consequence(f, "Mail to the domain can't be delivered.");
		judge_found_elsewhere(
		    s, answers, f, s->domain, DNS_MX, NULL, NULL);
		return;
	}
	for (size_t i = 0; (rr = answer_rr(view.answer, DNS_MX, i)) != NULL;
	     i++)
		if (judge_target(s, f, rr, &wanted))
			return;
	judge_ours(s, answers, f, view.answer);
	for (size_t i = 0; f->verdict != DNS_FAIL &&
	     (rr = answer_rr(view.answer, DNS_MX, i)) != NULL;
	     i++)
		judge_addresses(s, answers, f, rr);
	if (f->verdict == DNS_WAITING && f->problem[0] == '\0' &&
	    answers_view(answers, s->mx[0].host, DNS_A).state != VIEW_WAITING)
		judge_pass(
		    f, "The MX of %s names its mail host here.", s->domain);
}
