#include "dns/dmarc_record.h"

#include <string.h>

#include "base/text.h"
#include "dns/report_uri.h"

const char *const dmarc_policy_names[] = {
	[DMARC_NONE] = "none",
	[DMARC_QUARANTINE] = "quarantine",
	[DMARC_REJECT] = "reject",
	NULL,
};

enum dmarc_policy
dmarc_policy_by_name(const char *name)
{
	for (int i = 0; dmarc_policy_names[i] != NULL; i++)
		if (text_is_same(dmarc_policy_names[i], name))
			return (enum dmarc_policy)i;
	return DMARC_NONE;
}

int
dmarc_policy_of_tag(const struct tag *tag)
{
	for (int i = 0; dmarc_policy_names[i] != NULL; i++)
		if (tag_is_fold(tag, dmarc_policy_names[i]))
			return i;
	return -1;
}

/* ---- reading ---- */

static void
skip_broken(void *context, size_t at, const char *sentence)
{
	(void)context;
	(void)at;
	(void)sentence;
}

static bool
wants_reports(const struct tag_list *list)
{
	struct report_uris uris;

	report_uris_parse(&uris, tag_find(list, "rua"));
	return uris.good > 0;
}

/* A policy that is there and does not exist. */
static bool
has_bad_policy(const struct tag_list *list)
{
	static const char *const names[] = { "p", "sp", "np" };

	for (size_t i = 0; i < 3; i++) {
		const struct tag *tag = tag_find(list, names[i]);

		if (tag != NULL && dmarc_policy_of_tag(tag) < 0)
			return true;
	}
	return false;
}

static enum dmarc_psd
psd_of(const struct tag *psd)
{
	if (tag_is_fold(psd, "n"))
		return DMARC_PSD_NO;
	return tag_is_fold(psd, "y") ? DMARC_PSD_YES : DMARC_PSD_UNSAID;
}

void
dmarc_record_read(struct dmarc_record *record, const char *bytes, size_t length)
{
	const struct tag *p, *sp;

	memset(record, 0, sizeof(*record));
	record->is_usable = tag_list_parse_usable(
	    &record->list, bytes, length, skip_broken, NULL);
	p = tag_find(&record->list, "p");
	sp = tag_find(&record->list, "sp");
	record->psd = psd_of(tag_find(&record->list, "psd"));
	record->is_testing = tag_is_fold(tag_find(&record->list, "t"), "y");
	if (has_bad_policy(&record->list)) {
		record->is_usable &= wants_reports(&record->list);
		return;
	}
	if (p != NULL)
		record->p = (enum dmarc_policy)dmarc_policy_of_tag(p);
	record->sp =
	    sp == NULL ? record->p : (enum dmarc_policy)dmarc_policy_of_tag(sp);
}

static enum dmarc_policy
effect(const struct dmarc_record *record, enum dmarc_policy policy)
{
	if (!record->is_usable || policy == DMARC_NONE)
		return DMARC_NONE;
	return record->is_testing ? (enum dmarc_policy)(policy - 1) : policy;
}

enum dmarc_policy
dmarc_record_effect(const struct dmarc_record *record)
{
	return effect(record, record->p);
}

enum dmarc_policy
dmarc_record_effect_below(const struct dmarc_record *record)
{
	return effect(record, record->sp);
}
