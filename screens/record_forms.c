#include "screens/record_forms.h"

#include "base/clock.h"
#include "base/text.h"

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
add_number(struct values *to, const char *label, unsigned number)
{
	char text[16];

	text_format(text, sizeof(text), "%u", number);
	values_add(to, VALUE_LINE, label, text);
}

void
record_forms(struct values *to, const struct dns_record *r)
{
	struct arena *arena = to->arena;

	values_add(to, VALUE_LINE, "Type", record_type_text(r));
	values_add(to, VALUE_LINE, "Name", r->relative);
	values_add(
	    to, VALUE_LINE, "in full", arena_format(arena, "%s.", r->name));
	add_number(to, "TTL", r->ttl_seconds);
	if (record_has_priority(r->type))
		add_number(to, "Priority", r->priority);
	values_add(to, VALUE_LINE, "Enter it", record_place_text(r->place));
	values_add(to, VALUE_ALONE, "VALUE AS ONE LINE", r->value);
	if (record_has_priority(r->type))
		values_add(to, VALUE_ALONE, "WITH ITS PRIORITY",
		    record_as_one_line(arena, r));
	if (r->type == DNS_TXT)
		values_add(to, VALUE_ALONE, "AS QUOTED STRINGS",
		    record_as_strings(arena, r));
	values_add(to, VALUE_ALONE, "LINE OF A ZONE FILE",
	    record_as_zone_line(arena, r));
}

static void
add_moment(struct values *to, const char *label, int64_t at)
{
	char text[32];

	clock_format_short(text, sizeof(text), at);
	if (at != 0)
		values_add(to, VALUE_LINE, label, text);
}

static void
add_known(struct values *to, const struct finding *known)
{
	char day[32];

	add_moment(to, "Since", known->since_at);
	add_moment(to, "Last pass", known->passed_at);
	if (!known->is_accepted)
		return;
	values_add(to, VALUE_LINE, "Accepted by", known->accepted_by);
	values_add(to, VALUE_SENTENCE, "because", known->accepted_reason);
	clock_format_last_day(day, sizeof(day), known->accepted_until);
	values_add(to, VALUE_LINE, "until", day);
}

static void
add_servers(struct values *to, const struct dns_finding *f)
{
	if (f->said_count > 0)
		values_add(to, VALUE_HEADING, "SERVER BY SERVER", "");
	for (size_t i = 0; i < f->said_count; i++)
		values_add(to, VALUE_SENTENCE,
		    check_verdict_word(f->said[i].verdict),
		    arena_format(to->arena, "%s%s: %s",
			f->said[i].is_resolver ? "resolver " : "",
			f->said[i].server, f->said[i].words));
}

void
finding_values(
    struct values *to, const struct dns_finding *f, const struct finding *known)
{
	const struct dns_check *check = &dns_checks[f->check];

	values_add(to, VALUE_HEADING,
	    arena_format(to->arena, "%s: %s (%s)", check->name, check->title,
		check->source),
	    "");
	values_add(to, VALUE_LINE, "Verdict", check_verdict_word(f->verdict));
	values_add(to, VALUE_SENTENCE, "Problem", f->problem);
	if (known != NULL)
		add_known(to, known);
	values_add(to, VALUE_LINE, "Found", f->found);
	values_add(to, VALUE_LINE, "Wanted", f->wanted);
	if (f->differs_at >= 0)
		values_add(to, VALUE_LINE, "They differ",
		    arena_format(to->arena, "at character %d of what was found",
			f->differs_at + 1));
	values_add(to, VALUE_LINE, "Delete", f->remove);
	values_add(to, VALUE_SENTENCE, "Do this", f->advice);
	values_add(to, VALUE_SENTENCE, "Why", f->consequence);
	values_add(to, VALUE_SENTENCE, "Who says", f->who_says);
	values_add(to, VALUE_SENTENCE, "Spreading", f->spreading);
	add_servers(to, f);
	if (!f->has_record)
		return;
	values_add(to, VALUE_HEADING, "THE RECORD", "");
	record_forms(to, &f->record);
}
