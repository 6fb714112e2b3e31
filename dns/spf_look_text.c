/* A look at who may send, as lines to read. */
#include <string.h>

#include "dns/spf_look.h"

#define LABEL_WIDTH 11 /* bytes */
#define TEXT_WIDTH  66
#define TERM_WIDTH  52

/* What is to be said of the record to publish, or "". */
static const char *
remark(const struct spf_look *look)
{
	if (look->is_good || look->record_count == 0)
		return "";
	if (look->publish[0] == '\0')
		return "All senders of what is there do not fit into one "
		       "record: take out what is no longer used.";
	return look->record_count == 1 &&
		text_is_same(look->publish, look->records[0])
	    ? "That is there already and lets our addresses send, but some "
	      "receivers give up on it: take out what leads to the error."
	    : "It keeps every sender of what is there: take out what is no "
	      "longer used.";
}

static void
add_records(struct text_builder *to, const struct spf_look *look)
{
	const size_t shown = look->record_count < SPF_LOOK_RECORDS
	    ? look->record_count
	    : SPF_LOOK_RECORDS;

	if (shown == 0)
		text_add_wrapped(to, "Published", LABEL_WIDTH, TEXT_WIDTH,
		    "There is no SPF record.");
	for (size_t i = 0; i < shown; i++)
		text_add_wrapped(
		    to, "Published", LABEL_WIDTH, TEXT_WIDTH, look->records[i]);
	if (look->record_count > 1)
		text_add_wrapped(to, "", LABEL_WIDTH, TEXT_WIDTH,
		    "Receivers take several records for an error, and use "
		    "none.");
	text_add_wrapped(to, "Publish", LABEL_WIDTH, TEXT_WIDTH,
	    look->is_good ? "The record is right as it is." : look->publish);
	text_add_wrapped(to, "", LABEL_WIDTH, TEXT_WIDTH, remark(look));
}

static void
add_walk(struct text_builder *to, const char *head, const struct spf_walk *walk)
{
	char line[SPF_WHY_SIZE + 64], label[IP_TEXT_SIZE];

	text_addf(to, "\n%s\n", head);
	for (size_t i = 0; i < walk->sender_count; i++) {
		const struct spf_look_sender *sender = &walk->senders[i];
		const bool is_pass = sender->result == SPF_PASS;

		ip_format(label, &sender->ip);
		text_format(line, sizeof(line), "%s%s %s%s", label, ":",
		    is_pass ? "by " : "", is_pass ? sender->by : sender->why);
		text_add_wrapped(to, spf_result_name(sender->result),
		    LABEL_WIDTH, TEXT_WIDTH, line);
	}
	text_format(line, sizeof(line),
	    "%u of %d look-ups in the worst case, %u of %d lead nowhere.",
	    walk->lookups, SPF_LOOKUP_MAX, walk->voids, SPF_VOID_MAX);
	text_add_wrapped(to,
	    walk->lookups > SPF_LOOKUP_MAX || walk->voids > SPF_VOID_MAX
		? "fail"
		: "cost",
	    LABEL_WIDTH, TEXT_WIDTH, line);
	text_add_wrapped(to, "error", LABEL_WIDTH, TEXT_WIDTH, walk->error);
}

/* Look-ups of a term with all below it. */
static unsigned
cost_of(const struct spf_look *look, size_t term)
{
	unsigned cost = look->terms[term].costs ? 1 : 0;

	for (size_t i = term + 1; i < look->term_count &&
	     look->terms[i].depth > look->terms[term].depth;
	     i++)
		cost += look->terms[i].costs ? 1 : 0;
	return cost;
}

static void
add_term(struct text_builder *to, const struct spf_look *look, size_t i)
{
	const struct spf_step *term = &look->terms[i];
	const unsigned cost = cost_of(look, i);
	char line[200], count[12] = "";
	bool is_first = true;

	if (cost > 0)
		text_format(count, sizeof(count), "%u", cost);
	text_format(line, sizeof(line), "%4s %*s%s", count,
	    (int)term->depth * 2, "", term->text);
	text_add(to, line);
	for (size_t n = 0; n < look->then.sender_count; n++) {
		char ip[IP_TEXT_SIZE];

		if ((look->senders_of_term[i] >> n & 1) == 0)
			continue;
		ip_format(ip, &look->then.senders[n].ip);
		text_addf(to, "%*s%s",
		    is_first && (int)strlen(line) < TERM_WIDTH
			? TERM_WIDTH - (int)strlen(line)
			: 1,
		    "", ip);
		is_first = false;
	}
	text_add(to, "\n");
}

void
spf_look_text(struct text_builder *to, const struct spf_look *look)
{
	if (look->reason[0] != '\0') {
		text_add_wrapped(to, "unknown", LABEL_WIDTH, TEXT_WIDTH,
		    "Nobody could tell which record is there.");
		text_add_wrapped(to, "", LABEL_WIDTH, TEXT_WIDTH, look->reason);
		return;
	}
	add_records(to, look);
	if (look->record_count == 1)
		add_walk(to, "AS PUBLISHED", &look->now);
	if (!look->is_good)
		add_walk(to, "WITH THE RECORD TO PUBLISH", &look->then);
	text_addf(to, "\n%s\n\n",
	    look->is_good ? "TERMS" : "TERMS OF THE RECORD TO PUBLISH");
	text_addf(to, "%-*s%s\n", TERM_WIDTH, "asks term", "lets ours send");
	for (size_t i = 0; i < look->term_count; i++)
		add_term(to, look, i);
}
