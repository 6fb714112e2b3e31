/* "mail settings": what to enter in a mail program, and whether it works. */
#include <jansson.h>
#include <poll.h>
#include <stdio.h>

#include "base/job.h"
#include "base/text.h"
#include "model/client.h"
#include "ssh/command.h"

enum form { FORM_TEXT, FORM_AUTOCONFIG, FORM_MOBILECONFIG };

static const char *const form_names[] = { "text", "autoconfig", "mobileconfig",
	NULL };

struct settings_input {
	char address[ADDRESS_SIZE];
	int64_t form, probe;
};

/* clang-format off */
static const struct field settings_fields[] = {
	{ .name = "address", .label = "Address", .help = "Mail address of the user.",
	  .kind = FIELD_ADDRESS, FIELD(struct settings_input, address), .is_required = true, .is_main = true },
	{ .name = "form", .label = "Form", .help = "As text, or as the file that a mail program reads.",
	  .kind = FIELD_CHOICE, FIELD(struct settings_input, form), .choices = form_names, .initial = "text" },
	{ .name = "probe", .label = "Probe", .help = "Also tries each host: connection, TLS, certificate, log-in.",
	  .kind = FIELD_YES_NO, FIELD(struct settings_input, probe), .initial = "no" },
	{ 0 }
};
/* clang-format on */

/* ---- the probe ---- */

#define RESULTS_MAX (2 * CLIENT_ADDRESSES_MAX)

struct probes {
	struct command *command;
	json_t *array; /* NULL: print text */
	struct probe_result results[RESULTS_MAX];
	size_t count;
};

static json_t *
json_endpoint(const struct probe_endpoint *endpoint)
{
	return json_pack("{s:s, s:s, s:i, s:s}", "protocol",
	    probe_protocol_name(endpoint->protocol), "host", endpoint->host,
	    "port", endpoint->port, "security", probe_security_name(endpoint));
}

static json_t *
json_result(const struct probe_result *result)
{
	json_t *object = json_endpoint(&result->endpoint);
	json_t *steps = json_array();
	char ip[IP_TEXT_SIZE] = "";

	if (result->address.family != 0)
		ip_format(ip, &result->address);
	json_object_set_new(object, "address", json_string(ip));
	json_object_set_new(object, "verdict",
	    json_string(mail_verdict_name(probe_worst(result))));
	for (int i = 0; i < PROBE_STEP_COUNT; i++)
		json_array_append_new(steps,
		    json_pack("{s:s, s:s, s:o}", "name", probe_step_names[i],
			"verdict", mail_verdict_name(result->steps[i].verdict),
			"text", command_json_text(result->steps[i].text)));
	json_object_set_new(object, "steps", steps);
	return object;
}

static void
print_result(const struct probe_result *result)
{
	printf("\n%s %s port %u\n",
	    probe_protocol_name(result->endpoint.protocol),
	    result->endpoint.host, result->endpoint.port);
	for (int i = 0; i < PROBE_STEP_COUNT; i++) {
		if (result->steps[i].verdict == MAIL_SKIPPED)
			continue;
		printf("  %-8s  %-8s ", probe_step_names[i],
		    mail_verdict_word(result->steps[i].verdict));
		command_put(result->steps[i].text);
		putchar('\n');
	}
}

static void
take_result(struct probes *probes, const struct probe_result *result)
{
	if (probes->count < RESULTS_MAX)
		probes->results[probes->count++] = *result;
	if (probes->array != NULL)
		json_array_append_new(probes->array, json_result(result));
	else
		print_result(result);
}

static enum err_code
run_probe(struct probes *probes, const struct client_settings *settings,
    struct err *err)
{
	struct client_probe_request request;
	struct job job = { 0 };
	const void *record;
	enum job_event event = JOB_NOTHING;
	size_t length;
	enum err_code code = client_probe_prepare(
	    probes->command->context, settings, &request, err);

	fflush(stdout);
	if (code == OK)
		code = job_open(&job, &probes->command->arena, client_probe_job,
		    &request, err);
	while (code == OK && event != JOB_END && event != JOB_FAILED) {
		struct pollfd wait = { .fd = job.fd, .events = POLLIN };

		event = job_read(&job, &record, &length);
		if (event == JOB_NOTHING)
			poll(&wait, 1, -1);
		else if (event == JOB_RECORD &&
		    length == sizeof(struct probe_result))
			take_result(probes, record);
	}
	job_close(&job);
	if (code == OK && event == JOB_FAILED)
		code = err_set(err, ERR_TIMEOUT, NULL,
		    "The look at the servers broke off: try again.");
	return code == OK ? client_probe_keep(probes->command->context,
				settings, probes->results, probes->count, err)
			  : code;
}

static int
probe_status(const struct probes *probes)
{
	enum mail_verdict worst = MAIL_SKIPPED;

	for (size_t i = 0; i < probes->count; i++)
		worst = mail_worse(worst, probe_worst(&probes->results[i]));
	if (worst == MAIL_FAIL)
		return CHECK_FAILED;
	return worst == MAIL_UNKNOWN ? CHECK_UNSURE : 0;
}

/* ---- the settings ---- */

static const char *
as_form(struct arena *arena, const struct client_settings *settings, int form)
{
	if (form == FORM_AUTOCONFIG)
		return client_as_autoconfig(arena, settings);
	return form == FORM_MOBILECONFIG
	    ? client_as_mobileconfig(arena, settings)
	    : client_as_text(arena, settings);
}

static json_t *
json_settings(const struct client_settings *settings)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "address", settings->address,
	    "user_name",
	    settings->user_name[0] != '\0' ? settings->user_name
					   : settings->address,
	    "incoming", json_endpoint(&settings->incoming), "outgoing",
	    json_endpoint(&settings->outgoing));
}

static int
run_settings(struct command *command, const void *argument)
{
	const struct settings_input *input = argument;
	struct probes *probes = arena_alloc(&command->arena, sizeof(*probes));
	struct client_settings settings;
	struct err err = { 0 };
	json_t *object = NULL;

	probes->command = command;
	if (client_of_account(command->context, command->name, input->address,
		&settings, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json) {
		object = json_settings(&settings);
		probes->array = json_array();
		json_object_set_new(object, "probe", probes->array);
	} else
		fputs(as_form(&command->arena, &settings, (int)input->form),
		    stdout);
	if (input->probe && run_probe(probes, &settings, &err) != OK) {
		json_decref(object);
		return command_refuse(command, &err);
	}
	if (object != NULL)
		command_print_json(object);
	return probe_status(probes);
}

/* clang-format off */
const struct command_special command_client[] = {
	{ "mail settings", "What to enter in a user's mail program, and whether it works.",
	  ACTION_CLIENT_VIEW, settings_fields, sizeof(struct settings_input), run_settings },
	{ 0 }
};
/* clang-format on */
