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

/* ---- writing ---- */

static bool
is_named(const struct tag *tag, const char *name)
{
	return tag->name_length == strlen(name) &&
	    memcmp(tag->name, name, tag->name_length) == 0;
}

/* Written by rules of their own, or not at all. */
static bool
is_left_out(const struct tag *tag)
{
	static const char *const names[] = { "v", "p", "t", "rua", "pct", "rf",
		"ri" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_named(tag, names[i]))
			return true;
	return false;
}

static bool
add_tag(char to[DNS_VALUE_SIZE], const struct tag *tag)
{
	const size_t used = strlen(to);

	return text_format(to + used, DNS_VALUE_SIZE - used, "; %.*s=%.*s",
	    (int)tag->name_length, tag->name, (int)tag->value_length,
	    tag->value);
}

static bool
add_reports(char to[DNS_VALUE_SIZE], const struct tag *rua, const char *report)
{
	struct report_uris uris;
	const char *before = "; rua=mailto:";
	bool fits = true;

	report_uris_parse(&uris, rua);
	for (size_t i = 0; i < uris.mail_count; i++) {
		fits &= text_append(to, DNS_VALUE_SIZE, before) &&
		    text_append(to, DNS_VALUE_SIZE, uris.mail[i]);
		before = ",mailto:";
	}
	if (report[0] != '\0' && !report_uris_have(&uris, report))
		fits &= text_append(to, DNS_VALUE_SIZE, before) &&
		    text_append(to, DNS_VALUE_SIZE, report);
	return fits;
}

bool
dmarc_record_better(char to[DNS_VALUE_SIZE], const struct dmarc_record *record,
    enum dmarc_policy step, bool may_weaken, const char *report)
{
	const int p = dmarc_policy_of_tag(tag_find(&record->list, "p"));
	const bool is_step = may_weaken || p <= (int)step;
	bool fits = true;

	text_format(to, DNS_VALUE_SIZE, "v=DMARC1; p=%s",
	    dmarc_policy_names[is_step ? (int)step : p]);
	/* One step weaker is still as strong as the step. */
	if (record->is_testing && !is_step)
		text_append(to, DNS_VALUE_SIZE, "; t=y");
	for (size_t i = 0; i < record->list.count; i++)
		if (!is_left_out(&record->list.tags[i]))
			fits &= add_tag(to, &record->list.tags[i]);
	return add_reports(to, tag_find(&record->list, "rua"), report) && fits;
}
