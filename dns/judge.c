#include "dns/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* ---- verdicts ---- */

bool
judge_ready(const struct dns_view *view, struct dns_finding *f)
{
	if (view->state == VIEW_WAITING) {
		if (f->verdict != DNS_FAIL)
			f->verdict = DNS_WAITING;
		return false;
	}
	if (view->state == VIEW_NONE || view->answer == NULL) {
		judge_unknown(f, "%s",
		    view->reason[0] != '\0' ? view->reason
					    : "Nobody gave a usable answer.");
		return false;
	}
	return true;
}

bool
judge_are_all_lame(
    const struct dns_answers *answers, const char *name, uint16_t type)
{
	const struct dns_answer *answer;
	size_t i;

	for (i = 0;
	     (answer = answers_at(answers, name, type, false, i)) != NULL; i++)
		if (answer->state != ANSWER_LAME)
			return false;
	return i > 0;
}

/* How much a verdict weighs against one that is there already. */
static int
weight(enum dns_verdict verdict)
{
	static const int weights[] = {
		[DNS_WAITING] = 0,
		[DNS_PASS] = 1,
		[DNS_SKIPPED] = 1,
		[DNS_WARN] = 2,
		[DNS_UNKNOWN] = 3,
		[DNS_FAIL] = 4,
	};

	return weights[verdict];
}

static void
say(struct dns_finding *f, enum dns_verdict verdict, const char *format,
    va_list args)
{
	f->is_deaf = weight(verdict) <= weight(f->verdict);
	if (f->is_deaf)
		return;
	f->verdict = verdict;
	f->act = DNS_ACT_NONE;
	f->has_record = false;
	f->advice[0] = f->remove[0] = f->consequence[0] = '\0';
	f->differs_at = -1;
	vsnprintf(f->problem, sizeof(f->problem), format, args);
}

#define SAY(name, verdict)                                        \
	void name(struct dns_finding *f, const char *format, ...) \
	{                                                         \
		va_list args;                                     \
                                                                  \
		va_start(args, format);                           \
		say(f, verdict, format, args);                    \
		va_end(args);                                     \
	}

SAY(judge_pass, DNS_PASS)
SAY(judge_warn, DNS_WARN)
SAY(judge_fail, DNS_FAIL)
SAY(judge_skip, DNS_SKIPPED)
SAY(judge_unknown, DNS_UNKNOWN)

/* ---- advice ---- */

/* What was said last was not taken, and what is there has advice. */
static bool
is_taken(const struct dns_finding *f)
{
	return f->is_deaf && f->advice[0] != '\0';
}

/* "as TXT record with the name _dmarc" in the panel's words. */
static void
describe_place(char *to, size_t size, const struct dns_record *r)
{
	if (r->place == DNS_AT_PROVIDER)
		text_format(to, size,
		    "at the company that rents out the address, not at the "
		    "DNS host");
	else if (r->place == DNS_AT_OTHER_ZONE)
		text_format(to, size, "in the zone of %s", r->name);
	else
		text_format(to, size, "at your DNS host");
}

void
judge_want(struct dns_finding *f, const struct dns_record *r)
{
	if (record_has_priority(r->type))
		text_format(f->wanted, sizeof(f->wanted), "%u %s", r->priority,
		    r->value);
	else
		text_copy(f->wanted, sizeof(f->wanted), r->value);
}

void
judge_want_nothing(struct dns_finding *f)
{
	if (!f->has_record)
		f->wanted[0] = '\0';
}

void
judge_record(
    struct dns_finding *f, enum dns_act act, const struct dns_record *r)
{
	char place[120];

	if (is_taken(f))
		return;
	f->act = act;
	f->has_record = true;
	f->record = *r;
	judge_want(f, r);
	describe_place(place, sizeof(place), r);
	if (act == DNS_ACT_ADD)
		judge_advise(f, "Add the %s record \"%s\" %s.",
		    record_type_text(r), r->relative, place);
	else if (act == DNS_ACT_CHANGE)
		judge_advise(f,
		    "Change the %s record \"%s\" to the wanted value, %s.",
		    record_type_text(r), r->relative, place);
}

void
judge_advise(struct dns_finding *f, const char *format, ...)
{
	va_list args;

	if (is_taken(f))
		return;
	va_start(args, format);
	vsnprintf(f->advice, sizeof(f->advice), format, args);
	va_end(args);
	if (f->act == DNS_ACT_NONE)
		f->act = DNS_ACT_OTHER;
}

void
judge_add_advice(struct dns_finding *f, const char *format, ...)
{
	const size_t used = strlen(f->advice);
	va_list args;

	if (is_taken(f))
		return;
	if (used > 0 && used + 2 < sizeof(f->advice))
		text_append(f->advice, sizeof(f->advice), "  ");
	va_start(args, format);
	vsnprintf(f->advice + strlen(f->advice),
	    sizeof(f->advice) - strlen(f->advice), format, args);
	va_end(args);
	if (f->act == DNS_ACT_NONE)
		f->act = DNS_ACT_OTHER;
}

void
judge_inform(struct dns_finding *f, const char *format, ...)
{
	const size_t used = strlen(f->advice);
	va_list args;

	if (f->verdict != DNS_PASS)
		return;
	if (used > 0)
		text_append(f->advice, sizeof(f->advice), "  ");
	va_start(args, format);
	vsnprintf(f->advice + strlen(f->advice),
	    sizeof(f->advice) - strlen(f->advice), format, args);
	va_end(args);
}

void
judge_consequence(struct dns_finding *f, const char *sentence)
{
	if (is_taken(f))
		return;
	text_copy(f->consequence, sizeof(f->consequence), sentence);
}

void
judge_found(struct dns_finding *f, const char *bytes, size_t length)
{
	const size_t used = strlen(f->found);

	if (used > 0)
		text_append(f->found, sizeof(f->found), ", ");
	text_visible(f->found + strlen(f->found),
	    sizeof(f->found) - strlen(f->found), bytes, length);
}

void
judge_found_text(struct dns_finding *f, const char *text)
{
	judge_found(f, text, strlen(text));
}

void
judge_remove(struct dns_finding *f, const char *bytes, size_t length)
{
	if (is_taken(f))
		return;
	text_visible(f->remove, sizeof(f->remove), bytes, length);
}

bool
judge_wanted(
    const struct dns_subject *s, const char *purpose, struct dns_record *to)
{
	struct dns_records records;

	record_list_of(s, purpose, &records);
	if (records.count == 0)
		return false;
	*to = records.list[0];
	return true;
}
