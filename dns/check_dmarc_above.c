/*
 * DMARC of a domain that has no record: which one above governs, and what it
 * makes of the domain's mail (RFC 9989 section 4.10).
 */
#include <string.h>

#include "base/text.h"
#include "dns/check_dmarc.h"
#include "dns/report_uri.h"

bool
check_dmarc_name(char to[DNS_NAME_SIZE], const char *domain)
{
	return text_format(to, DNS_NAME_SIZE, "_dmarc.%s", domain);
}

/* The one record of a level; NULL when it has none or several, or one that
 * isn't valid. */
static const struct dns_rr *
record_of(const struct dns_answer *answer, struct dmarc_record *record)
{
	struct judge_txt txt;

	judge_collect(&txt, answer, "v=DMARC1", JUDGE_TAG);
	if (txt.count != 1)
		return NULL;
	dmarc_record_read(record, txt.list[0]->data, txt.list[0]->length);
	return record->list.has_duplicate ? NULL : txt.list[0];
}

static void
fill_level(struct dmarc_level *level, const struct dns_answers *answers)
{
	struct dmarc_record record;
	char name[DNS_NAME_SIZE];
	struct dns_view view;

	/* A name that is too long to be asked is one that nobody has. */
	if (!check_dmarc_name(name, level->domain)) {
		level->state = DMARC_LEVEL_EMPTY;
		return;
	}
	view = answers_view(answers, name, DNS_TXT);
	if (view.state == VIEW_WAITING || view.answer == NULL)
		return;
	level->state = DMARC_LEVEL_EMPTY;
	if (record_of(view.answer, &record) == NULL)
		return;
	level->state = DMARC_LEVEL_RECORD;
	level->psd = record.psd;
}

void
check_dmarc_walk(struct dmarc_walk *walk, struct dmarc_walked *walked,
    const struct dns_subject *s, const struct dns_answers *answers)
{
	dmarc_walk_begin(walk, s->domain);
	for (size_t i = 0; i < walk->count; i++)
		fill_level(&walk->levels[i], answers);
	dmarc_walk_end(walk, walked);
}

bool
check_dmarc_is_ours(const struct dns_subject *s,
    const struct dns_answers *answers, const char *name)
{
	struct dmarc_walk walk;
	struct dmarc_walked walked;

	if (host_name_is_below(name, s->domain) ||
	    host_name_is_below(s->domain, name))
		return true;
	check_dmarc_walk(&walk, &walked, s, answers);
	return walked.organization != NULL &&
	    host_name_is_below(name, walked.organization);
}

bool
check_dmarc_may_be_ours(const struct dns_subject *s,
    const struct dns_answers *answers, const char *name,
    struct dns_view *missing)
{
	struct dmarc_walk walk;
	struct dmarc_walked walked;
	char asked[DNS_NAME_SIZE];
	bool is_near = false;

	check_dmarc_walk(&walk, &walked, s, answers);
	for (size_t i = 1; i < walk.count; i++)
		is_near |= strchr(walk.levels[i].domain, '.') != NULL &&
		    host_name_is_below(name, walk.levels[i].domain);
	if (walked.organization != NULL || !is_near)
		return false;
	for (size_t i = 0; i < walk.count; i++) {
		if (walk.levels[i].state != DMARC_LEVEL_UNKNOWN ||
		    !check_dmarc_name(asked, walk.levels[i].domain))
			continue;
		*missing = answers_view(answers, asked, DNS_TXT);
		return true;
	}
	return false;
}

/* ---- saying it ---- */

/* What receivers of RFC 7489 do otherwise. */
static void
add_older(struct dns_finding *f, const struct dmarc_walk *walk,
    const struct dmarc_walked *walked)
{
	if (walked->older == walked->governs ||
	    walked->older == DMARC_OLDER_UNKNOWN)
		return;
	if (walked->older < 0)
		judge_add_advice(f,
		    "Receivers that still go by RFC 7489 find no record for "
		    "it.");
	else
		judge_add_advice(f,
		    "Receivers that still go by RFC 7489 take the record of "
		    "%s.",
		    walk->levels[walked->older].domain);
}

/* Whoever reads reports of this domain may not get those. */
static void
add_reports(const struct dns_subject *s, struct dns_finding *f,
    const struct dmarc_record *record)
{
	struct report_uris uris;

	report_uris_parse(&uris, tag_find(&record->list, "rua"));
	if (s->dmarc_report[0] != '\0' &&
	    !report_uris_have(&uris, s->dmarc_report))
		judge_add_advice(
		    f, "Its reports do not go to %s.", s->dmarc_report);
}

static void
say_unknown(
    struct dns_finding *f, const char *name, const struct dns_answers *answers)
{
	const struct dns_view view = answers_view(answers, name, DNS_TXT);

	if (view.state == VIEW_WAITING)
		(void)judge_ready(&view, f);
	else
		judge_unknown(f,
		    "The record at %s may govern here, and it can't be asked: "
		    "%s",
		    name,
		    view.reason[0] != '\0' ? view.reason
					   : "nobody gave a usable answer.");
}

/* The record that governs against the domain's step. */
static void
judge_inherited(const struct dns_subject *s, struct dns_finding *f,
    const struct dmarc_record *record, const char *name,
    const struct dns_record *wanted)
{
	const enum dmarc_policy effect = dmarc_record_effect_below(record);
	const char *by = tag_find(&record->list, "sp") != NULL ? "sp" : "p";

	if (!record->is_usable) {
		judge_fail(f,
		    "The record at %s governs here, and receivers ignore it: "
		    "its policy does not exist.",
		    name);
		judge_record(f, DNS_ACT_ADD, wanted);
		judge_consequence(f, "Forged mail is delivered.");
	} else if (effect < s->dmarc_policy) {
		judge_warn(f,
		    "The record at %s governs here and its %s acts as \"%s\": "
		    "weaker than \"%s\", the step that the domain has "
		    "reached.",
		    name, by, dmarc_policy_names[effect],
		    dmarc_policy_names[s->dmarc_policy]);
		judge_record(f, DNS_ACT_ADD, wanted);
		judge_consequence(f, "Forged mail is delivered.");
	} else {
		judge_pass(f,
		    "The record at %s governs here: its %s acts as \"%s\".",
		    name, by, dmarc_policy_names[effect]);
		judge_advise(
		    f, "You need no record here, or add one to differ.");
		check_dmarc_add_lists(f, effect);
	}
}

bool
check_dmarc_above(const struct dns_subject *s,
    const struct dns_answers *answers, struct dns_finding *f,
    const struct dns_record *wanted)
{
	struct dmarc_walk walk;
	struct dmarc_walked walked;
	struct dmarc_record record;
	const struct dns_rr *rr;
	char name[DNS_NAME_SIZE];

	check_dmarc_walk(&walk, &walked, s, answers);
	if (walked.unknown >= 0) {
		if (check_dmarc_name(name, walk.levels[walked.unknown].domain))
			say_unknown(f, name, answers);
		return true;
	}
	if (walked.governs < 0 ||
	    !check_dmarc_name(name, walk.levels[walked.governs].domain))
		return false;
	rr = record_of(answers_view(answers, name, DNS_TXT).answer, &record);
	if (rr == NULL)
		return false;
	judge_found(f, rr->data, rr->length);
	judge_inherited(s, f, &record, name, wanted);
	add_reports(s, f, &record);
	add_older(f, &walk, &walked);
	if (f->verdict == DNS_PASS) {
		f->act = DNS_ACT_NONE;
		f->wanted[0] = '\0';
	}
	return true;
}
