/* What a look at the servers tells about a complaint. */
#include "base/text.h"
#include "model/health.h"
#include "model/trouble_facts.h"

static void
prepare_probe(struct context *context, const struct trouble *trouble,
    struct trouble_look *look)
{
	struct client_settings settings;
	struct err err = { 0 };

	if (client_of_account(
		context, "trouble", trouble->about, &settings, &err) == OK &&
	    client_probe_prepare(context, &settings, &look->probe, &err) == OK)
		look->job = client_probe_job;
}

void
trouble_prepare(struct context *context, const struct trouble *trouble,
    struct trouble_look *look)
{
	const struct health_ports ports = { 0 };
	struct err err = { 0 };

	*look = (struct trouble_look){ 0 };
	if (trouble->symptom == TROUBLE_HOST)
		return;
	if (trouble->symptom == TROUBLE_SIGN_IN)
		prepare_probe(context, trouble, look);
	else if (health_prepare(
		     context, "trouble", &ports, &look->health, &err) == OK)
		look->job = health_job;
}

void *
trouble_look_argument(struct trouble_look *look)
{
	return look->job == client_probe_job ? (void *)&look->probe
					     : (void *)&look->health;
}

/* The worst step of what a mail program would do. */
static void
take_probe(struct trouble *trouble, const struct probe_result *result)
{
	const bool is_imap = result->endpoint.protocol == PROBE_IMAP;
	const enum mail_verdict worst = probe_worst(result);
	const struct probe_finding *step = &result->steps[0];
	char change[TROUBLE_TEXT_SIZE];

	for (int i = PROBE_STEP_COUNT - 1; i >= 0; i--)
		if (result->steps[i].verdict == worst)
			step = &result->steps[i];
	text_format(change, sizeof(change),
	    "The %s server of the tenant, in the program too: %.200s, port %u, "
	    "%s.",
	    probe_protocol_name(result->endpoint.protocol),
	    result->endpoint.host, result->endpoint.port,
	    probe_security_name(&result->endpoint));
	trouble_note(trouble, is_imap ? "imap" : "smtp", worst,
	    worst == MAIL_PASS ? NULL : change, "%.200s: %.190s",
	    result->endpoint.host, step->text);
}

void
trouble_take(struct trouble *trouble, const void *record, size_t length)
{
	const struct health_row *row = record;

	if (length == sizeof(struct probe_result))
		take_probe(trouble, record);
	else if (length == sizeof(*row) && trouble_wants(trouble, row->name))
		trouble_note(trouble, row->name, row->verdict,
		    row->verdict == MAIL_PASS ? NULL : row->mend, "%s",
		    row->text);
	trouble_judge(trouble);
}
