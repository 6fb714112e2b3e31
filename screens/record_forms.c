#include "screens/record_forms.h"

#include <string.h>

#include "base/clock.h"

#define LABEL_WIDTH    13 /* bytes */
#define SENTENCE_WIDTH 64

const char *
record_place_text(enum dns_place place)
{
	static const char *const texts[] = {
		[DNS_AT_DNS_HOST] = "in the domain's zone, at the DNS host",
		[DNS_AT_OTHER_ZONE] = "in the zone of the mail host",
		[DNS_AT_PROVIDER] = "at the company that rents out the address",
	};

	return texts[place];
}

static void
add(struct text_builder *to, const char *label, const char *text)
{
	if (text[0] != '\0')
		text_addf(to, "%-12s %s\n", label, text);
}

/* Sentences, on lines that fit a screen. */
static void
add_sentences(struct text_builder *to, const char *label, const char *text)
{
	text_add_wrapped(to, label, LABEL_WIDTH, SENTENCE_WIDTH, text);
}

/* A heading, and the values below it each on a line of their own, so that
 * they can be copied whole. */
static void
add_alone(struct text_builder *to, const char *label, const char *text)
{
	text_addf(to, "\n%s\n%s\n", label, text);
}

void
record_forms(
    struct text_builder *to, struct arena *arena, const struct dns_record *r)
{
	text_addf(to, "%-12s %s\n", "Type", record_type_text(r));
	text_addf(to, "%-12s %s\n", "Name", r->relative);
	text_addf(to, "%-12s %s.\n", "in full", r->name);
	text_addf(to, "%-12s %u\n", "TTL", r->ttl_seconds);
	if (record_has_priority(r->type))
		text_addf(to, "%-12s %u\n", "Priority", r->priority);
	add(to, "Enter it", record_place_text(r->place));
	add_alone(to, "VALUE AS ONE LINE", r->value);
	if (record_has_priority(r->type))
		add_alone(
		    to, "WITH ITS PRIORITY", record_as_one_line(arena, r));
	if (r->type == DNS_TXT)
		add_alone(to, "AS QUOTED STRINGS", record_as_strings(arena, r));
	add_alone(to, "LINE OF A ZONE FILE", record_as_zone_line(arena, r));
}

static void
add_moment(struct text_builder *to, const char *label, int64_t at)
{
	char text[32];

	clock_format_short(text, sizeof(text), at);
	if (at != 0)
		add(to, label, text);
}

static void
add_known(struct text_builder *to, const struct finding *known)
{
	add_moment(to, "Since", known->since_at);
	add_moment(to, "Last pass", known->passed_at);
	if (!known->is_accepted)
		return;
	add(to, "Accepted by", known->accepted_by);
	add_sentences(to, "because", known->accepted_reason);
	add_moment(to, "until", known->accepted_until);
}

static void
add_servers(struct text_builder *to, const struct dns_finding *f)
{
	if (f->said_count > 0)
		text_add(to, "\nSERVER BY SERVER\n");
	for (size_t i = 0; i < f->said_count; i++)
		text_addf(to, "%-8s %s%s\n         %s\n",
		    check_verdict_word(f->said[i].verdict),
		    f->said[i].is_resolver ? "resolver " : "",
		    f->said[i].server, f->said[i].words);
}

void
finding_text(struct text_builder *to, struct arena *arena,
    const struct dns_finding *f, const struct finding *known)
{
	const struct dns_check *check = &dns_checks[f->check];

	text_addf(
	    to, "%s: %s (%s)\n\n", check->name, check->title, check->source);
	add(to, "Verdict", check_verdict_word(f->verdict));
	add_sentences(to, "Problem", f->problem);
	if (known != NULL)
		add_known(to, known);
	add(to, "Found", f->found);
	add(to, "Wanted", f->wanted);
	if (f->differs_at >= 0)
		text_addf(to, "%-12s at character %d of what was found\n",
		    "They differ", f->differs_at + 1);
	add(to, "Delete", f->remove);
	add_sentences(to, "Do this", f->advice);
	add_sentences(to, "Why", f->consequence);
	add_sentences(to, "Who says", f->who_says);
	add_sentences(to, "Spreading", f->spreading);
	add_servers(to, f);
	if (!f->has_record)
		return;
	text_add(to, "\nTHE RECORD\n");
	record_forms(to, arena, &f->record);
}
