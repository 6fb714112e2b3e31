#include "dns/dmarc_better.h"

#include <string.h>

#include "base/text.h"
#include "dns/dmarc_record.h"
#include "dns/report_uri.h"
#include "dns/txt_mend.h"

static const char *const tag_names[] = { "p", "sp", "np", "t", "adkim", "aspf",
	"rua", "ruf", "fo", "psd", "pct", "rf", "ri", NULL };

/* The record that is being written. */
struct writer {
	char *to;
	const struct dmarc_wish *wish;
	bool is_testing; /* t=y is to be in it, and isn't yet */
	bool fits;
};

static void
add(struct writer *w, const char *name, const char *value, size_t length)
{
	const size_t used = strlen(w->to);

	w->fits &= text_format(w->to + used, DNS_VALUE_SIZE - used, "; %s=%.*s",
	    name, (int)length, value);
}

/* ---- one function a sort of tag ---- */

static void
write_policy(struct writer *w, const char *name, const struct tag *tag)
{
	if (dmarc_policy_of_tag(tag) >= 0)
		add(w, name, tag->value, tag->value_length);
}

static void
write_strictness(struct writer *w, const char *name, const struct tag *tag)
{
	if (tag_is_fold(tag, "r") || tag_is_fold(tag, "s"))
		add(w, name, tag->value, tag->value_length);
}

/* Any mix of 0, 1, d and s. */
static void
write_failures(struct writer *w, const char *name, const struct tag *tag)
{
	const char *part;
	size_t at = 0, length;

	while (tag_part(tag, ':', &at, &part, &length))
		if (length != 1 || strchr("01dsDS", *part) == NULL)
			return;
	add(w, name, tag->value, tag->value_length);
}

/* "y" would make the domain a public suffix. */
static void
write_suffix(struct writer *w, const char *name, const struct tag *tag)
{
	if (tag_is_fold(tag, "n"))
		add(w, name, "n", 1);
}

static void
write_testing(struct writer *w, const char *name, const struct tag *tag)
{
	(void)name;
	(void)tag;
	if (w->is_testing)
		add(w, "t", "y", 1);
	w->is_testing = false;
}

static void
write_addresses(struct writer *w, const char *name, const struct tag *tag)
{
	char list[DNS_VALUE_SIZE] = "";

	w->fits &= report_uris_add(list, sizeof(list), tag);
	if (text_is_same(name, "rua"))
		w->fits &=
		    report_uris_add_mail(list, sizeof(list), w->wish->report);
	if (list[0] != '\0')
		add(w, name, list, strlen(list));
}

static const struct {
	const char *name;
	void (*write)(struct writer *, const char *name, const struct tag *);
} kept[] = {
	{ "sp", write_policy },
	{ "np", write_policy },
	{ "t", write_testing },
	{ "pct", write_testing },
	{ "adkim", write_strictness },
	{ "aspf", write_strictness },
	{ "fo", write_failures },
	{ "psd", write_suffix },
	{ "rua", write_addresses },
	{ "ruf", write_addresses },
};

static void
write_tag(struct writer *w, const struct tag *tag)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (tag->name_length == strlen(kept[i].name) &&
		    memcmp(tag->name, kept[i].name, tag->name_length) == 0)
			kept[i].write(w, kept[i].name, tag);
}

/* ---- the record ---- */

/* Of a tag that is there twice the first stays. */
static void
read_mended(char text[DNS_VALUE_SIZE], struct dmarc_record *record)
{
	dmarc_record_read(record, text, strlen(text));
	while (record->list.has_duplicate) {
		char *from = text + record->list.error_at;
		const char *rest = strchr(from, ';');

		if (rest == NULL)
			*from = '\0';
		else
			memmove(from, rest + 1, strlen(rest));
		dmarc_record_read(record, text, strlen(text));
	}
}

static bool
asks_for_testing(const struct dmarc_record *record)
{
	return record->is_testing ||
	    tag_is(tag_find(&record->list, "pct"), "0");
}

/* Receivers of today take the text, as it is, for a record without that. */
static bool
is_enforced(const char *published, size_t length)
{
	static const char version[] = "v=DMARC1;";
	struct dmarc_record record;

	if (length < strlen(version) ||
	    memcmp(published, version, strlen(version)) != 0)
		return false;
	dmarc_record_read(&record, published, length);
	return !record.list.has_duplicate && !asks_for_testing(&record);
}

bool
dmarc_better(char to[DNS_VALUE_SIZE], const char *published, size_t length,
    const struct dmarc_wish *wish)
{
	char text[DNS_VALUE_SIZE];
	struct dmarc_record record;
	struct writer w = { .to = to, .wish = wish, .fits = true };
	int p;

	txt_mend(text, published, length, "v=DMARC1", tag_names);
	read_mended(text, &record);
	p = dmarc_policy_of_tag(tag_find(&record.list, "p"));
	/* One step weaker is then still as strong as the step. */
	w.is_testing = !wish->may_weaken && p > (int)wish->step &&
	    asks_for_testing(&record) && !is_enforced(published, length);
	if (wish->may_weaken || p < (int)wish->step)
		p = (int)wish->step;
	text_format(
	    to, DNS_VALUE_SIZE, "v=DMARC1; p=%s", dmarc_policy_names[p]);
	for (size_t i = 0; i < record.list.count; i++)
		write_tag(&w, &record.list.tags[i]);
	if (tag_find(&record.list, "rua") == NULL)
		write_addresses(&w, "rua", NULL);
	return w.fits;
}

static bool
is_same_tag(const struct tag *a, const struct tag *b)
{
	return a->name_length == b->name_length &&
	    memcmp(a->name, b->name, a->name_length) == 0 &&
	    a->value_length == b->value_length &&
	    memcmp(a->value, b->value, a->value_length) == 0;
}

bool
dmarc_is_as_good(const char *better, const char *published, size_t length)
{
	struct tag_list a, b;

	if (!tag_list_parse(&a, better, strlen(better)) ||
	    !tag_list_parse(&b, published, length) || a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (!is_same_tag(&a.tags[i], &b.tags[i]))
			return false;
	return true;
}
