/* "dns senders": who may send for a domain, and the SPF record to publish. */
#include <jansson.h>
#include <stdio.h>

#include "base/text.h"
#include "dns/spf_look.h"
#include "model/subject.h"
#include "ssh/command.h"

#define SENDERS_FAILED 1 /* exit statuses of a check */
#define SENDERS_UNSURE 75
#define TEXT_MAX       (64 * 1024)

struct senders_input {
	char domain[HOST_NAME_SIZE];
};

/* clang-format off */
static const struct field senders_fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, FIELD(struct senders_input, domain), .is_required = true, .is_main = true },
	{ 0 }
};
/* clang-format on */

static json_t *
json_walk(const struct spf_walk *walk)
{
	json_t *object = json_object(), *senders = json_array();

	for (size_t i = 0; i < walk->sender_count; i++) {
		const struct spf_look_sender *sender = &walk->senders[i];
		json_t *told = json_object();
		char ip[IP_TEXT_SIZE];

		ip_format(ip, &sender->ip);
		command_json_set(told, "ip", ip);
		command_json_set(
		    told, "result", spf_result_name(sender->result));
		command_json_set(told, "by", sender->by);
		command_json_set(told, "reason", sender->why);
		json_array_append_new(senders, told);
	}
	json_object_set_new(object, "lookups", json_integer(walk->lookups));
	json_object_set_new(object, "void_lookups", json_integer(walk->voids));
	command_json_set(object, "error", walk->error);
	json_object_set_new(object, "senders", senders);
	return object;
}

static json_t *
json_terms(const struct spf_look *look)
{
	json_t *terms = json_array();

	for (size_t i = 0; i < look->term_count; i++) {
		const struct spf_step *term = &look->terms[i];
		json_t *object = json_object(), *passing = json_array();

		for (size_t n = 0; n < look->then.sender_count; n++) {
			char ip[IP_TEXT_SIZE];

			ip_format(ip, &look->then.senders[n].ip);
			if ((look->senders_of_term[i] >> n & 1) != 0)
				json_array_append_new(passing, json_string(ip));
		}
		command_json_set(object, "term", term->text);
		command_json_set(object, "domain", term->domain);
		json_object_set_new(object, "depth", json_integer(term->depth));
		json_object_set_new(
		    object, "lookups", json_integer(term->costs));
		json_object_set_new(object, "passing", passing);
		json_array_append_new(terms, object);
	}
	return terms;
}

static void
print_json(const struct spf_look *look)
{
	json_t *document = json_object(), *records = json_array();

	for (size_t i = 0; i < look->record_count && i < SPF_LOOK_RECORDS; i++)
		json_array_append_new(
		    records, command_json_text(look->records[i]));
	command_json_set(document, "domain", look->domain);
	command_json_set(document, "unknown", look->reason);
	json_object_set_new(document, "published", records);
	command_json_set(document, "publish", look->publish);
	json_object_set_new(document, "is_good", json_boolean(look->is_good));
	json_object_set_new(document, "now",
	    look->record_count == 1 ? json_walk(&look->now) : json_null());
	json_object_set_new(document, "then", json_walk(&look->then));
	json_object_set_new(document, "terms", json_terms(look));
	command_print_json(document);
}

static int
run_senders(struct command *command, const void *input)
{
	const struct senders_input *in = input;
	static struct spf_look look;
	struct dns_subject subject;
	struct text_builder text;
	struct err err = { 0 };

	if (subject_of_domain(command->context, command->name, in->domain,
		&subject, &err) != OK)
		return command_refuse(command, &err);
	spf_look(&subject, &look);
	if (command->is_json) {
		print_json(&look);
	} else {
		text_builder_open(&text, &command->arena, TEXT_MAX);
		spf_look_text(&text, &look);
		command_put_lines(text.data);
	}
	if (look.reason[0] != '\0')
		return SENDERS_UNSURE;
	return look.is_good ? 0 : SENDERS_FAILED;
}

/* clang-format off */
const struct command_special command_senders[] = {
	{ "dns senders", "Who may send for a domain by SPF, and the record to publish that keeps them all.",
	  ACTION_CHECK_RUN, senders_fields, sizeof(struct senders_input), run_senders, NULL },
	{ 0 }
};
/* clang-format on */
