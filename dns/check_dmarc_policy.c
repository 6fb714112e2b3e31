/*
 * What the policy of a DMARC record does: to forged mail, measured by the step
 * that the domain has reached, and to our own.
 */
#include "base/text.h"
#include "dns/check_dmarc.h"

/* ---- our own mail ---- */

/* Does a name that mail is proven by count for the domain (RFC 9989 section
 * 4.4)? */
static bool
is_aligned(const struct dns_subject *s, const struct dns_answers *answers,
    const struct tag *mode, const char *name)
{
	return tag_is_fold(mode, "s") ? text_is_same(name, s->domain)
				      : check_dmarc_is_ours(s, answers, name);
}

void
check_dmarc_alignment(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f,
    const struct dmarc_record *record)
{
	const struct tag *adkim = tag_find(&record->list, "adkim");
	const struct tag *aspf = tag_find(&record->list, "aspf");
	const bool by_dkim = is_aligned(s, answers, adkim, s->signing_domain);
	const bool by_spf = is_aligned(s, answers, aspf, s->return_path);

	if (by_dkim && by_spf)
		return;
	if (!by_dkim && !by_spf)
		judge_fail(f,
		    "The domain's own mail fails: it is signed with d=%s and "
		    "returns to %s, and neither counts for %s.",
		    s->signing_domain, s->return_path, s->domain);
	else if (!by_dkim)
		judge_warn(f,
		    "Signatures with d=%s do not count for %s: forwarded mail "
		    "fails.",
		    s->signing_domain, s->domain);
	else
		judge_warn(f,
		    "Mail that returns to %s does not count for %s: it passes "
		    "by its signature alone.",
		    s->return_path, s->domain);
	judge_advise(f,
	    "Leave out the strict adkim or aspf, or sign and send as %s "
	    "itself.",
	    s->domain);
	judge_consequence(
	    f, "Receivers treat the domain's own mail as forged.");
}

/* ---- the step ---- */

void
check_dmarc_step(const struct dns_subject *s, struct dns_finding *f,
    const struct dmarc_record *record)
{
	if (dmarc_record_effect(record) < s->dmarc_policy)
		judge_warn(f,
		    "The policy in the DNS acts as \"%s\": weaker than "
		    "\"%s\", the step that the domain has reached.",
		    dmarc_policy_names[dmarc_record_effect(record)],
		    dmarc_policy_names[s->dmarc_policy]);
}

void
check_dmarc_add_lists(struct dns_finding *f, enum dmarc_policy effect)
{
	if (effect == DMARC_REJECT)
		judge_add_advice(f,
		    "Who posts to mailing lists loses mail: lists change it, "
		    "and their members' servers then refuse it.  RFC 9989 "
		    "advises against reject for such domains.");
}

void
check_dmarc_pass(const struct dns_subject *s, struct dns_finding *f,
    const struct dmarc_record *record)
{
	const enum dmarc_policy effect = dmarc_record_effect(record);

	if (effect == s->dmarc_policy)
		judge_pass(
		    f, "The policy is \"%s\".", dmarc_policy_names[record->p]);
	else
		judge_pass(f,
		    "The policy is \"%s\": stricter than \"%s\", the step that "
		    "the domain has reached.",
		    dmarc_policy_names[record->p],
		    dmarc_policy_names[s->dmarc_policy]);
	if (effect > s->dmarc_policy)
		judge_advise(f,
		    "Nothing makes it weaker unasked.  domain edit "
		    "dmarc_policy=%s lets the domain's own step follow.",
		    dmarc_policy_names[effect]);
	else if (effect == DMARC_NONE)
		judge_advise(f,
		    "A good start: forged mail is reported, but delivered.  "
		    "When SPF, DKIM and every sender are confirmed, change p "
		    "to quarantine, later to reject.");
	check_dmarc_add_lists(f, effect);
	f->act = DNS_ACT_NONE;
	f->wanted[0] = '\0';
}
