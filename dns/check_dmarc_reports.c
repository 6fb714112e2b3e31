/*
 * Where the reports of a DMARC record go: as it is written, and whether those
 * there take them (RFC 9990 section 4, RFC 9991).
 */
#include <string.h>

#include "base/text.h"
#include "dns/check_dmarc.h"
#include "dns/report_uri.h"

static const char *const report_tags[] = { "rua", "ruf" };

#define REPORT_TAGS (sizeof(report_tags) / sizeof(report_tags[0]))

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at != NULL ? at + 1 : address;
}

/* Who takes reports for another domain must say so at this name. */
static bool
consent_name(char to[DNS_NAME_SIZE], const struct dns_subject *s,
    const char *destination)
{
	return text_format(
	    to, DNS_NAME_SIZE, "%s._report._dmarc.%s", s->domain, destination);
}

/* ---- asking ---- */

static void
ask_destination(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_questions *q, const char *destination)
{
	const struct dns_view mx = answers_view(answers, destination, DNS_MX);
	char name[DNS_NAME_SIZE];

	question_add(q, DNS_MX, destination);
	if (mx.answer != NULL && answer_is_missing(mx.answer, DNS_MX)) {
		question_add(q, DNS_A, destination);
		question_add(q, DNS_AAAA, destination);
	}
	if (!check_dmarc_is_ours(s, answers, destination) &&
	    consent_name(name, s, destination))
		question_add(q, DNS_TXT, name);
}

void
check_dmarc_ask_reports(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q,
    const struct dmarc_record *record)
{
	struct report_uris uris;

	for (size_t t = 0; t < REPORT_TAGS; t++) {
		report_uris_parse(
		    &uris, tag_find(&record->list, report_tags[t]));
		for (size_t i = 0; i < uris.mail_count; i++)
			ask_destination(s, answers, q, domain_of(uris.mail[i]));
	}
}

/* ---- as it is written ---- */

bool
check_dmarc_addresses(const struct dns_subject *s, struct dns_finding *f,
    const struct dmarc_record *record)
{
	struct report_uris uris;
	bool is_ours_there;

	report_uris_parse(&uris, tag_find(&record->list, "rua"));
	is_ours_there = s->dmarc_report[0] == '\0' ||
	    report_uris_have(&uris, s->dmarc_report);
	if (uris.bad > 0)
		judge_warn(f,
		    "The report address \"%s\" needs \"mailto:\" in front.",
		    uris.first_bad);
	else if (uris.good == 0 && !is_ours_there)
		judge_warn(f, "No address for reports (rua) is given.");
	else if (!is_ours_there)
		judge_warn(f, "Reports do not go to %s.", s->dmarc_report);
	if (uris.has_size)
		judge_warn(f,
		    "The size behind the report address is obsolete "
		    "since RFC 9989.");
	return uris.bad > 0 || uris.has_size || !is_ours_there;
}

/* ---- who takes them ---- */

/* What the finding says already is worse, or comes first. */
static bool
is_said(const struct dns_finding *f)
{
	return f->problem[0] != '\0';
}

/* Tells what can't be asked; false while it is only awaited. */
static bool
judge_unasked(
    struct dns_finding *f, const struct dns_view *view, const char *destination)
{
	if (view->state == VIEW_WAITING)
		return false;
	if (!is_said(f))
		judge_unknown(f, "Whether %s takes reports can't be asked: %s",
		    destination,
		    view->reason[0] != '\0' ? view->reason
					    : "nobody gave a usable answer.");
	return true;
}

static void
say_lost(struct dns_finding *f, const char *address, const char *why)
{
	judge_warn(f, "Reports to %s get lost: %s %s.", address,
	    domain_of(address), why);
	if (f->act == DNS_ACT_NONE)
		judge_advise(f,
		    "Give %s an MX record, or send the reports elsewhere.",
		    domain_of(address));
}

/* Is there a host that takes mail for it (RFC 5321 section 5.1, RFC 7505)? */
static bool
judge_mail(const struct dns_answers *answers, struct dns_finding *f,
    const char *address)
{
	static const uint16_t types[] = { DNS_A, DNS_AAAA };
	const char *destination = domain_of(address);
	struct dns_view view = answers_view(answers, destination, DNS_MX);
	const struct dns_rr *mx = answer_rr(view.answer, DNS_MX, 0);

	if (view.state == VIEW_WAITING || view.answer == NULL)
		return judge_unasked(f, &view, destination);
	if (mx != NULL && mx->name[0] == '\0')
		say_lost(f, address, "takes no mail (null MX)");
	if (mx != NULL)
		return true;
	for (size_t i = 0; i < 2; i++) {
		view = answers_view(answers, destination, types[i]);
		if (answer_rr(view.answer, types[i], 0) != NULL)
			return true;
		if (view.state == VIEW_WAITING || view.answer == NULL)
			return judge_unasked(f, &view, destination);
	}
	say_lost(f, address, "has no MX and no address");
	return true;
}

/* Has it agreed, when it is another organization's? */
static bool
judge_consent(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f, const char *destination)
{
	char name[DNS_NAME_SIZE];
	struct dns_view view;
	struct judge_txt txt;

	if (check_dmarc_is_ours(s, answers, destination) ||
	    !consent_name(name, s, destination))
		return true;
	view = answers_view(answers, name, DNS_TXT);
	if (view.state == VIEW_WAITING || view.answer == NULL)
		return judge_unasked(f, &view, destination);
	judge_collect(&txt, view.answer, "v=DMARC1", JUDGE_TAG);
	if (txt.count > 0)
		return true;
	if (check_dmarc_may_be_ours(s, answers, destination, &view))
		return judge_unasked(f, &view, destination);
	judge_warn(f,
	    "%s has not agreed to take reports about %s, so none are sent "
	    "there.",
	    destination, s->domain);
	if (f->act == DNS_ACT_NONE)
		judge_advise(f,
		    "Whoever runs %s adds the TXT record %s with the value "
		    "v=DMARC1.",
		    destination, name);
	return true;
}

bool
check_dmarc_destinations(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f,
    const struct dmarc_record *record)
{
	struct report_uris uris;
	bool is_done = true;

	for (size_t t = 0; t < REPORT_TAGS; t++) {
		report_uris_parse(
		    &uris, tag_find(&record->list, report_tags[t]));
		for (size_t i = 0; i < uris.mail_count; i++) {
			is_done &= judge_mail(answers, f, uris.mail[i]);
			is_done &= judge_consent(
			    s, answers, f, domain_of(uris.mail[i]));
		}
	}
	return is_done;
}
