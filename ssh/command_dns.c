/* "dns records", "dns zone", "dns check": what the DNS should have, and has. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dns/record.h"
#include "model/subject.h"
#include "ssh/command.h"
#include "ssh/command_check.h"

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

const char *const command_need_names[] = {
	[DNS_REQUIRED] = "required",
	[DNS_RECOMMENDED] = "recommended",
};
static const char *const place_names[] = {
	[DNS_AT_DNS_HOST] = "dns_host",
	[DNS_AT_OTHER_ZONE] = "other_zone",
	[DNS_AT_PROVIDER] = "provider",
};

json_t *
command_json_record(struct arena *arena, const struct dns_record *r)
{
	json_t *object = json_object();

	command_json_set(object, "purpose", r->purpose);
	command_json_set(object, "need", command_need_names[r->need]);
	command_json_set(object, "place", place_names[r->place]);
	command_json_set(object, "type", record_type_text(r));
	command_json_set(object, "name", r->name);
	command_json_set(object, "relative", r->relative);
	json_object_set_new(object, "ttl", json_integer(r->ttl_seconds));
	json_object_set_new(object, "priority",
	    record_has_priority(r->type) ? json_integer(r->priority)
					 : json_null());
	command_json_set(object, "value", r->value);
	command_json_set(object, "one_line", record_as_one_line(arena, r));
	command_json_set(object, "strings", record_as_strings(arena, r));
	command_json_set(object, "zone_line", record_as_zone_line(arena, r));
	command_json_set(object, "help", record_help(r->purpose));
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

	if (subject_of_domain(command->context, command->name, in->domain,
		&subject, &err) != OK)
		return command_refuse(command, &err);
	record_list(&subject, &records);
	if (!command->is_json) {
		print_records(command, &records);
		return 0;
	}
	array = json_array();
	for (size_t i = 0; i < records.count; i++)
		json_array_append_new(array,
		    command_json_record(&command->arena, &records.list[i]));
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

	if (subject_of_domain(command->context, command->name, in->domain,
		&subject, &err) != OK)
		return command_refuse(command, &err);
	record_list(&subject, &records);
	zone = record_as_zone(&command->arena, &subject, &records);
	if (!command->is_json) {
		fputs(zone, stdout);
		return 0;
	}
	object = json_object();
	command_json_set(object, "domain", subject.domain);
	command_json_set(object, "zone", zone);
	command_print_json(object);
	return 0;
}

/* clang-format off */
const struct command_special command_dns[] = {
	{ "dns records", "The records that a domain should publish.",
	  ACTION_RECORD_VIEW, domain_fields, sizeof(struct dns_input), run_records, NULL },
	{ "dns zone", "The same as lines of a zone file.",
	  ACTION_RECORD_VIEW, domain_fields, sizeof(struct dns_input), run_zone, NULL },
	{ "dns check", "Asks the DNS and says what is right, wrong and to be done; all: every domain.",
	  ACTION_CHECK_RUN, command_check_fields, COMMAND_CHECK_INPUT_SIZE, command_check, "CHECK" },
	{ 0 }
};
/* clang-format on */
