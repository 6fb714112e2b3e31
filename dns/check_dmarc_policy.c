/*
 * What the policy of a DMARC record does: to forged mail, measured by the step
 * that the domain has reached, and to our own.
 */
#include "base/text.h"
#include "dns/check_dmarc.h"

/* ---- our own mail ---- */

enum alignment { ALIGNED, NOT_ALIGNED, CANT_TELL };

/* Does a name that mail is proven by count for the domain (RFC 9989 section
 * 4.4)?  `missing` is the view of what would tell. */
static enum alignment
alignment_of(const struct dns_subject *s, const struct dns_answers *answers,
    const struct tag *mode, const char *name, struct dns_view *missing)
{
	if (tag_is_fold(mode, "s"))
		return text_is_same(name, s->domain) ? ALIGNED : NOT_ALIGNED;
	if (check_dmarc_is_ours(s, answers, name))
		return ALIGNED;
	return check_dmarc_may_be_ours(s, answers, name, missing) ? CANT_TELL
								  : NOT_ALIGNED;
}

static void
say_unaligned(const struct dns_subject *s, struct dns_finding *f, bool by_dkim,
    bool by_spf)
{
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

bool
check_dmarc_alignment(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f,
    const struct dmarc_record *record)
{
	const struct tag *adkim = tag_find(&record->list, "adkim");
	const struct tag *aspf = tag_find(&record->list, "aspf");
	struct dns_view missing;
	const enum alignment by_spf =
	    alignment_of(s, answers, aspf, s->return_path, &missing);
	const enum alignment by_dkim =
	    alignment_of(s, answers, adkim, s->signing_domain, &missing);

	if (by_dkim == ALIGNED && by_spf == ALIGNED)
		return true;
	if (by_dkim != CANT_TELL && by_spf != CANT_TELL) {
		say_unaligned(s, f, by_dkim == ALIGNED, by_spf == ALIGNED);
		return true;
	}
	if (missing.state == VIEW_WAITING)
		return false;
	judge_unknown(f, "Whether %s counts for %s can't be told: %s",
	    by_dkim == CANT_TELL ? s->signing_domain : s->return_path,
	    s->domain,
	    missing.reason[0] != '\0' ? missing.reason
				      : "nobody gave a usable answer.");
	return true;
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
	else if (effect == DMARC_NONE && tag_find(&record->list, "rua") == NULL)
		judge_advise(f,
		    "Forged mail is delivered, and nobody is told: name a "
		    "mailbox for reports, domain edit %s "
		    "dmarc_mailbox=ADDRESS.",
		    s->domain);
	else if (effect == DMARC_NONE)
		judge_advise(f,
		    "A good start: forged mail is reported, but delivered.  "
		    "When SPF, DKIM and every sender are confirmed, change p "
		    "to quarantine, later to reject.");
	check_dmarc_add_lists(f, effect);
	f->act = DNS_ACT_NONE;
	f->wanted[0] = '\0';
}
