/* "dns check": the checklist of one domain, or of all that the actor sees. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "dns/record.h"
#include "model/subject.h"
#include "ssh/command.h"
#include "ssh/command_check.h"

/* clang-format off */
const struct field command_check_fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com, or all.",
	  .kind = FIELD_TEXT, FIELD(struct check_input, domain), .is_required = true, .is_main = true },
	{ .name = "changed", .label = "Changed", .help = "With all: only what changed its verdict, by tenant.",
	  .kind = FIELD_YES_NO, FIELD(struct check_input, only_changed) },
	{ .name = "rate", .label = "Rate", .help = "With all: questions a second to one name server.",
	  .kind = FIELD_NUMBER, FIELD(struct check_input, per_second), .min = 1, .max = 1000000, .initial = "50" },
	{ .name = "jobs", .label = "Jobs", .help = "With all: domains that are asked about at once.",
	  .kind = FIELD_NUMBER, FIELD(struct check_input, jobs), .min = 1, .max = SWEEP_JOBS_MAX, .initial = "16" },
	{ 0 }
};
/* clang-format on */

bool
checked_is_accepted(const struct checked *checked, size_t check)
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
	     (word = command_more(command, command_check_fields, i)) != NULL;
	     i++) {
		const struct dns_check *check = check_by_name(word);

		if (check == NULL)
			return command_refuse_unknown(
			    command, word, names, command->name);
		*only |= (uint64_t)1 << (check - dns_checks);
	}
	return 0;
}

void
checked_sum_up(struct checked *checked)
{
	memset(checked->count, 0, sizeof(checked->count));
	checked->accepted = 0;
	checked->worst = DNS_SKIPPED;
	for (size_t i = 0; i < dns_check_count; i++) {
		const enum dns_verdict verdict = checked->findings[i].verdict;

		if (!checklist_wants(&checked->request, i))
			continue;
		if (checked_is_accepted(checked, i)) {
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

		command_json_set(object, "server", said->server);
		command_json_set(object, "role",
		    said->is_resolver ? "resolver" : "authoritative");
		command_json_set(
		    object, "verdict", check_verdict_name(said->verdict));
		command_json_set(object, "says", said->words);
		set_moment(object, "old_until", said->until_at);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *
json_accepted(const struct finding *known)
{
	json_t *object = json_object();

	command_json_set(object, "by", known->accepted_by);
	command_json_set(object, "reason", known->accepted_reason);
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

	command_json_set(object, "check", check->name);
	command_json_set(object, "title", check->title);
	command_json_set(object, "source", check->source);
	command_json_set(object, "need", command_need_names[check->need]);
	command_json_set(object, "verdict", check_verdict_name(f->verdict));
	command_json_set(object, "problem", f->problem);
	command_json_set(object, "found", f->found);
	command_json_set(object, "wanted", f->wanted);
	json_object_set_new(object, "differs_at",
	    f->differs_at < 0 ? json_null() : json_integer(f->differs_at));
	command_json_set(object, "act", act_name(f->act));
	command_json_set(object, "advice", f->advice);
	json_object_set_new(object, "record",
	    f->has_record ? command_json_record(arena, &f->record)
			  : json_null());
	command_json_set(object, "remove", f->remove);
	command_json_set(object, "consequence", f->consequence);
	json_object_set_new(object, "receivers",
	    check->receivers != NULL ? json_string(check->receivers)
				     : json_null());
	command_json_set(object, "who_says", f->who_says);
	command_json_set(object, "spreading", f->spreading);
	json_object_set_new(object, "servers", json_servers(f));
	set_moment(object, "since_at", known->since_at);
	set_moment(object, "passed_at", known->passed_at);
	json_object_set_new(object, "accepted",
	    checked_is_accepted(checked, index) ? json_accepted(known)
						: json_null());
	return object;
}

json_t *
checked_as_json(struct arena *arena, const struct checked *checked)
{
	json_t *object = json_object(), *findings = json_array();

	command_json_set(object, "domain", checked->request.subject.domain);
	command_json_set(object, "verdict", check_verdict_name(checked->worst));
	set_moment(object, "checked_at", checked->at);
	command_json_set(object, "note", checked->note);
	for (size_t i = 0; i < dns_check_count; i++)
		if (checklist_wants(&checked->request, i))
			json_array_append_new(
			    findings, json_finding(arena, checked, i));
	json_object_set_new(object, "findings", findings);
	return object;
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
	const bool is_taken = checked_is_accepted(checked, index);

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

int
checked_status(size_t failed, size_t unknown)
{
	if (failed > 0)
		return CHECK_FAILED;
	return unknown > 0 ? CHECK_UNSURE : 0;
}

enum err_code
checked_keep(struct context *context, struct checked *checked, size_t count,
    struct err *err)
{
	struct finding_run runs[CHECKED_AT_ONCE] = { 0 };
	enum err_code code;

	for (size_t i = 0; i < count; i++) {
		checked[i].at = clock_now();
		runs[i] = (struct finding_run){ &checked[i].request.subject,
			checked[i].findings, dns_check_count, false };
	}
	code = finding_keep_runs(context, runs, count, err);
	for (size_t i = 0; code == OK && i < count; i++) {
		code = finding_read(
		    context, runs[i].subject->domain, checked[i].known, err);
		if (code == OK)
			checked_sum_up(&checked[i]);
	}
	return code;
}

static int
check_one(struct command *command, const char *domain, struct checked *checked)
{
	struct context *context = command->context;
	struct err err = { 0 };

	if (subject_of_domain(context, "dns check", domain,
		&checked->request.subject, &err) != OK ||
	    dns_checklist_once(&checked->request, checked->findings,
		checked->note, &err) != OK ||
	    checked_keep(context, checked, 1, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		command_print_json(checked_as_json(&command->arena, checked));
	else
		print_text(command, checked);
	return checked_status(
	    checked->count[DNS_FAIL], checked->count[DNS_UNKNOWN]);
}

int
command_check(struct command *command, const void *input)
{
	const struct check_input *in = input;
	struct checked *checked =
	    arena_alloc(&command->arena, sizeof(*checked));
	const int status = take_checks(command, &checked->request.only);

	if (status != 0)
		return status;
	if (text_is_same(in->domain, "all"))
		return command_sweep(command, in, checked->request.only);
	return check_one(command, in->domain, checked);
}
