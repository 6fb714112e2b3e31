/*
 * SRV records by which mail programs find their servers (RFC 6186, RFC 8314
 * section 5.1).
 */
#include <string.h>

#include "base/text.h"
#include "dns/checks.h"
#include "dns/judge.h"

void
check_srv_questions(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_questions *q)
{
	struct dns_records records;
	const struct dns_rr *rr;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++) {
		const struct dns_record *r = &records.list[i];

		if (r->type != DNS_SRV)
			continue;
		question_add(q, DNS_SRV, r->name);
		if (answers == NULL)
			continue;
		rr = answer_rr(
		    answers_view(answers, r->name, DNS_SRV).answer, DNS_SRV, 0);
		if (rr != NULL && rr->name[0] != '\0')
			question_add(q, DNS_A, rr->name);
	}
}

/* "1 993 mail.example.com": weight, port and host of the wanted record. */
static bool
is_wanted(const struct dns_record *r, const struct dns_rr *rr)
{
	char text[DNS_NAME_SIZE + 16];

	text_format(text, sizeof(text), "%u %s", rr->port, rr->name);
	return text_is_same(strchr(r->value, ' ') + 1, text);
}

static void
judge_service(const struct dns_answers *answers, struct dns_finding *f,
    const struct dns_record *r)
{
	const struct dns_view view = answers_view(answers, r->name, DNS_SRV);
	char text[DNS_NAME_SIZE + 32];
	const struct dns_rr *rr, *wrong = NULL;
	bool is_there = false;

	if (!judge_ready(&view, f))
		return;
	for (size_t i = 0; (rr = answer_rr(view.answer, DNS_SRV, i)) != NULL;
	     i++) {
		text_format(text, sizeof(text), "%u %u %u %s", rr->preference,
		    rr->weight, rr->port, rr->name[0] == '\0' ? "." : rr->name);
		judge_found_text(f, text);
		if (!is_wanted(r, rr))
			wrong = rr;
		else if (answers_view(answers, rr->name, DNS_A).is_alias)
			judge_warn(f, "%s leads to %s, which is an alias.",
			    r->name, rr->name);
		else
			is_there = true;
	}
	if (wrong != NULL && wrong->name[0] == '\0')
		judge_warn(
		    f, "%s says that the service is not offered.", r->name);
	else if (wrong != NULL)
		judge_fail(f, "%s leads to %s port %u.", r->name, wrong->name,
		    wrong->port);
	else if (!is_there)
		judge_warn(f, "There is no %s record.", r->name);
	else
		return;
	if (f->act == DNS_ACT_NONE)
		judge_record(
		    f, wrong != NULL ? DNS_ACT_CHANGE : DNS_ACT_ADD, r);
	judge_consequence(f,
	    wrong != NULL ? "Mail programs connect to the wrong server."
			  : "People enter their servers by hand.");
}

void
check_srv_judge(const struct dns_subject *s, const struct dns_answers *answers,
    struct dns_finding *f)
{
	struct dns_records records;
	size_t wanted = 0, ready = 0;

	record_list(s, &records);
	for (size_t i = 0; i < records.count; i++) {
		const struct dns_record *r = &records.list[i];

		if (r->type != DNS_SRV)
			continue;
		wanted++;
		ready += answers_view(answers, r->name, DNS_SRV).answer != NULL;
		judge_service(answers, f, r);
	}
	if (wanted == 0)
		judge_skip(f, "No hosts for mail programs are set.");
	else if (ready == wanted && f->verdict == DNS_WAITING)
		judge_pass(f, "Mail programs find their servers by name.");
}
