/* "dns records", "dns zone", "dns check": what the DNS has and should have. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "dns/record.h"
#include "model/finding.h"
#include "model/subject.h"
#include "ssh/command.h"

#define CHECK_FAILED 1 /* exit statuses of a check */
#define CHECK_UNSURE 75

struct dns_input {
	char domain[HOST_NAME_SIZE];
};

/* clang-format off */
static const struct field domain_fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, FIELD(struct dns_input, domain), .is_required = true, .is_main = true },
	{ 0 }
};
/* clang-format on */

/* ---- records ---- */

static const char *const need_names[] = {
	[DNS_REQUIRED] = "required",
	[DNS_RECOMMENDED] = "recommended",
};
static const char *const place_names[] = {
	[DNS_AT_DNS_HOST] = "dns_host",
	[DNS_AT_OTHER_ZONE] = "other_zone",
	[DNS_AT_PROVIDER] = "provider",
};

static void
set_text(json_t *object, const char *name, const char *text)
{
	json_object_set_new(object, name, command_json_text(text));
}

static json_t *
json_record(struct arena *arena, const struct dns_record *r)
{
	json_t *object = json_object();

	set_text(object, "purpose", r->purpose);
	set_text(object, "need", need_names[r->need]);
	set_text(object, "place", place_names[r->place]);
	set_text(object, "type", record_type_text(r));
	set_text(object, "name", r->name);
	set_text(object, "relative", r->relative);
	json_object_set_new(object, "ttl", json_integer(r->ttl_seconds));
	json_object_set_new(object, "priority",
	    record_has_priority(r->type) ? json_integer(r->priority)
					 : json_null());
	set_text(object, "value", r->value);
	set_text(object, "one_line", record_as_one_line(arena, r));
	set_text(object, "strings", record_as_strings(arena, r));
	set_text(object, "zone_line", record_as_zone_line(arena, r));
	set_text(object, "help", record_help(r->purpose));
	return object;
}

/* Columns of the longest name of those in this place. */
static int
name_width(const struct dns_records *records, int place)
{
	int width = 0;

	for (size_t i = 0; i < records->count; i++) {
		const int columns = text_columns(records->list[i].relative);

		if ((int)records->list[i].place == place && width < columns)
			width = columns;
	}
	return width;
}

static void
print_place(struct command *command, const struct dns_records *records,
    int place, const char *head)
{
	const int width = name_width(records, place);

	if (width > 0)
		puts(head);
	for (size_t i = 0; i < records->count; i++) {
		const struct dns_record *r = &records->list[i];

		if ((int)r->place != place)
			continue;
		printf("  %-5s %-*s  %5u  ", record_type_text(r), width,
		    r->relative, r->ttl_seconds);
		command_put(record_as_one_line(&command->arena, r));
		puts(r->need == DNS_REQUIRED ? "" : "  (recommended)");
	}
}

static void
print_records(struct command *command, const struct dns_records *records)
{
	static const char *const heads[] = {
		[DNS_AT_DNS_HOST] = "In the zone, at the DNS host:",
		[DNS_AT_OTHER_ZONE] = "In the zone of the mail host:",
		[DNS_AT_PROVIDER] =
		    "At the company that rents out the address:",
	};

	for (int place = DNS_AT_DNS_HOST; place <= DNS_AT_PROVIDER; place++)
		print_place(command, records, place, heads[place]);
}

static int
run_records(struct command *command, const void *input)
{
	const struct dns_input *in = input;
	struct dns_subject subject;
	struct dns_records records;
	struct err err = { 0 };
	json_t *array;

	if (subject_of_domain(command->context, in->domain, &subject, &err) !=
	    OK)
		return command_refuse(command, &err);
	record_list(&subject, &records);
	if (!command->is_json) {
		print_records(command, &records);
		return 0;
	}
	array = json_array();
	for (size_t i = 0; i < records.count; i++)
		json_array_append_new(
		    array, json_record(&command->arena, &records.list[i]));
	command_print_json(array);
	return 0;
}

static int
run_zone(struct command *command, const void *input)
{
	const struct dns_input *in = input;
	struct dns_subject subject;
	struct dns_records records;
	struct err err = { 0 };
	const char *zone;
	json_t *object;

	if (subject_of_domain(command->context, in->domain, &subject, &err) !=
	    OK)
		return command_refuse(command, &err);
	record_list(&subject, &records);
	zone = record_as_zone(&command->arena, &subject, &records);
	if (!command->is_json) {
		fputs(zone, stdout);
		return 0;
	}
	object = json_object();
	set_text(object, "domain", subject.domain);
	set_text(object, "zone", zone);
	command_print_json(object);
	return 0;
}

/* ---- check ---- */

struct checked {
	struct checklist_request request;
	struct dns_finding findings[CHECKLIST_ROWS_MAX];
	struct finding known[CHECKLIST_ROWS_MAX]; /* after this run */
	char note[DNS_SENTENCE_SIZE];
	int64_t at;
	size_t count[DNS_SKIPPED + 1]; /* by verdict, accepted ones apart */
	size_t accepted;
	enum dns_verdict worst;
};

/* Somebody takes this very verdict as it is. */
static bool
is_accepted(const struct checked *checked, size_t check)
{
	return checked->known[check].is_accepted &&
	    checked->known[check].verdict == checked->findings[check].verdict;
}

static int
take_checks(struct command *command, uint64_t *only)
{
	const char *names[CHECKLIST_ROWS_MAX + 1] = { 0 };
	const char *word;

	for (size_t i = 0; i < dns_check_count; i++)
		names[i] = dns_checks[i].name;
	for (size_t i = 0;
	     (word = command_more(command, domain_fields, i)) != NULL; i++) {
		const struct dns_check *check = check_by_name(word);

		if (check == NULL)
			return command_refuse_unknown(
			    command, word, names, command->name);
		*only |= (uint64_t)1 << (check - dns_checks);
	}
	return 0;
}

static void
sum_up(struct checked *checked)
{
	checked->worst = DNS_SKIPPED;
	for (size_t i = 0; i < dns_check_count; i++) {
		const enum dns_verdict verdict = checked->findings[i].verdict;

		if (!checklist_wants(&checked->request, i))
			continue;
		if (is_accepted(checked, i)) {
			checked->accepted++;
			continue;
		}
		checked->count[verdict]++;
		checked->worst = check_worse(checked->worst, verdict);
	}
}

static void
set_moment(json_t *object, const char *name, int64_t at)
{
	char text[32];

	clock_format_utc(text, sizeof(text), at);
	json_object_set_new(
	    object, name, at == 0 ? json_null() : json_string(text));
}

static const char *
act_name(enum dns_act act)
{
	static const char *const names[] = {
		[DNS_ACT_NONE] = "none",
		[DNS_ACT_ADD] = "add",
		[DNS_ACT_CHANGE] = "change",
		[DNS_ACT_DELETE] = "delete",
		[DNS_ACT_OTHER] = "other",
	};

	return names[act];
}

static json_t *
json_servers(const struct dns_finding *f)
{
	json_t *array = json_array();

	for (size_t i = 0; i < f->said_count; i++) {
		const struct dns_said *said = &f->said[i];
		json_t *object = json_object();

		set_text(object, "server", said->server);
		set_text(object, "role",
		    said->is_resolver ? "resolver" : "authoritative");
		set_text(object, "verdict", check_verdict_name(said->verdict));
		set_text(object, "says", said->words);
		set_moment(object, "old_until", said->until_at);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *
json_accepted(const struct finding *known)
{
	json_t *object = json_object();

	set_text(object, "by", known->accepted_by);
	set_text(object, "reason", known->accepted_reason);
	set_moment(object, "until", known->accepted_until);
	return object;
}

static json_t *
json_finding(struct arena *arena, const struct checked *checked, size_t index)
{
	const struct dns_finding *f = &checked->findings[index];
	const struct finding *known = &checked->known[index];
	const struct dns_check *check = &dns_checks[f->check];
	json_t *object = json_object();

	set_text(object, "check", check->name);
	set_text(object, "title", check->title);
	set_text(object, "source", check->source);
	set_text(object, "need", need_names[check->need]);
	set_text(object, "verdict", check_verdict_name(f->verdict));
	set_text(object, "problem", f->problem);
	set_text(object, "found", f->found);
	set_text(object, "wanted", f->wanted);
	json_object_set_new(object, "differs_at",
	    f->differs_at < 0 ? json_null() : json_integer(f->differs_at));
	set_text(object, "act", act_name(f->act));
	set_text(object, "advice", f->advice);
	json_object_set_new(object, "record",
	    f->has_record ? json_record(arena, &f->record) : json_null());
	set_text(object, "remove", f->remove);
	set_text(object, "consequence", f->consequence);
	set_text(object, "who_says", f->who_says);
	set_text(object, "spreading", f->spreading);
	json_object_set_new(object, "servers", json_servers(f));
	set_moment(object, "since_at", known->since_at);
	set_moment(object, "passed_at", known->passed_at);
	json_object_set_new(object, "accepted",
	    is_accepted(checked, index) ? json_accepted(known) : json_null());
	return object;
}

static void
print_json(struct command *command, const struct checked *checked)
{
	json_t *object = json_object(), *findings = json_array();

	set_text(object, "domain", checked->request.subject.domain);
	set_text(object, "verdict", check_verdict_name(checked->worst));
	set_moment(object, "checked_at", checked->at);
	set_text(object, "note", checked->note);
	for (size_t i = 0; i < dns_check_count; i++)
		if (checklist_wants(&checked->request, i))
			json_array_append_new(findings,
			    json_finding(&command->arena, checked, i));
	json_object_set_new(object, "findings", findings);
	command_print_json(object);
}

/* A line of the details; nothing for an empty text. */
static void
print_detail(const char *label, const char *text)
{
	if (text[0] == '\0')
		return;
	printf("  %-10s", label);
	command_put(text);
	putchar('\n');
}

static void
print_details(struct arena *arena, const struct dns_finding *f)
{
	print_detail("found", f->found);
	print_detail("wanted", f->wanted);
	if (f->differs_at >= 0 && f->found[0] != '\0')
		printf("  %-10sat character %d of what was found\n", "differs",
		    f->differs_at + 1);
	print_detail("delete", f->remove);
	print_detail("do", f->advice);
	if (f->has_record)
		print_detail("record", record_as_zone_line(arena, &f->record));
	print_detail("why", f->consequence);
	print_detail("asked", f->who_says);
}

static void
print_summary(const struct checked *checked)
{
	static const struct {
		enum dns_verdict verdict;
		const char *word;
	} words[] = {
		{ DNS_FAIL, "fail" },
		{ DNS_WARN, "warn" },
		{ DNS_UNKNOWN, "unknown" },
		{ DNS_PASS, "pass" },
		{ DNS_SKIPPED, "skipped" },
	};
	const char *separator = "";

	printf("%s: ", checked->request.subject.domain);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const size_t count = checked->count[words[i].verdict];

		if (count == 0)
			continue;
		printf("%s%zu %s", separator, count, words[i].word);
		separator = ", ";
	}
	if (checked->accepted > 0)
		printf("%s%zu accepted", separator, checked->accepted);
	putchar('\n');
}

/* Server by server, where they don't all say the same. */
static void
print_servers(const struct dns_finding *f)
{
	bool is_same = true;

	for (size_t i = 1; i < f->said_count; i++)
		is_same = is_same && f->said[i].verdict == f->said[0].verdict;
	for (size_t i = 0; !is_same && i < f->said_count; i++) {
		printf("  %-10s", i == 0 ? "servers" : "");
		command_put(f->said[i].server);
		printf(": ");
		command_put(f->said[i].words);
		putchar('\n');
	}
}

/* "FAIL since 14:02". */
static void
print_since(const struct finding *known)
{
	char since[32];

	if (known->since_at == 0)
		return;
	clock_format_short(since, sizeof(since), known->since_at);
	print_detail("since", since);
}

static void
print_finding(
    struct command *command, const struct checked *checked, size_t index)
{
	const struct dns_finding *f = &checked->findings[index];
	const bool is_taken = is_accepted(checked, index);

	printf("%-13s %-8s ", dns_checks[index].name,
	    is_taken ? "accepted" : check_verdict_word(f->verdict));
	command_put(f->problem);
	putchar('\n');
	if (is_taken)
		print_detail("reason", checked->known[index].accepted_reason);
	else if (f->verdict != DNS_PASS && f->verdict != DNS_SKIPPED) {
		print_details(&command->arena, f);
		print_since(&checked->known[index]);
	} else
		print_detail("next", f->advice);
	print_detail("spreading", f->spreading);
	print_servers(f);
}

static void
print_text(struct command *command, const struct checked *checked)
{
	for (size_t i = 0; i < dns_check_count; i++)
		if (checklist_wants(&checked->request, i))
			print_finding(command, checked, i);
	if (checked->note[0] != '\0')
		printf("%s\n", checked->note);
	print_summary(checked);
}

static int
check_status(const struct checked *checked)
{
	if (checked->count[DNS_FAIL] > 0)
		return CHECK_FAILED;
	return checked->count[DNS_UNKNOWN] > 0 ? CHECK_UNSURE : 0;
}

static enum err_code
check_domain(struct context *context, const char *domain,
    struct checked *checked, struct err *err)
{
	struct dns_subject *subject = &checked->request.subject;
	enum err_code code = subject_of_domain(context, domain, subject, err);

	if (code == OK)
		code = dns_checklist_once(
		    &checked->request, checked->findings, checked->note, err);
	checked->at = clock_now();
	if (code == OK)
		code = finding_keep(
		    context, subject, checked->findings, dns_check_count, err);
	if (code == OK)
		code =
		    finding_read(context, subject->domain, checked->known, err);
	return code;
}

static int
run_check(struct command *command, const void *input)
{
	const struct dns_input *in = input;
	struct checked *checked =
	    arena_alloc(&command->arena, sizeof(*checked));
	struct err err = { 0 };
	const int status = take_checks(command, &checked->request.only);

	if (status != 0)
		return status;
	if (check_domain(command->context, in->domain, checked, &err) != OK)
		return command_refuse(command, &err);
	sum_up(checked);
	if (command->is_json)
		print_json(command, checked);
	else
		print_text(command, checked);
	return check_status(checked);
}

/* clang-format off */
const struct command_special command_dns[] = {
	{ "dns records", "The records that a domain should publish.",
	  ACTION_RECORD_VIEW, domain_fields, sizeof(struct dns_input), run_records, NULL },
	{ "dns zone", "The same as lines of a zone file.",
	  ACTION_RECORD_VIEW, domain_fields, sizeof(struct dns_input), run_zone, NULL },
	{ "dns check", "Asks the DNS and says what is right, wrong and to be done.",
	  ACTION_CHECK_RUN, domain_fields, sizeof(struct dns_input), run_check, "CHECK" },
	{ 0 }
};
/* clang-format on */
