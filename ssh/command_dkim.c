/* "dkim test": is mail of a domain signed, and do receivers find it good? */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/host_name.h"
#include "base/text.h"
#include "dns/checklist.h"
#include "mail/dkim_probe.h"
#include "model/dkim.h"
#include "model/golive.h"
#include "model/mail_setup.h"
#include "model/subject.h"
#include "ssh/command.h"

struct test_input {
	char domain[HOST_NAME_SIZE];
};

enum verdict { PASS, FAIL, UNKNOWN };

static const char *const verdict_names[] = { "pass", "fail", "unknown" };

#define STEPS 3

struct step {
	const char *name;
	enum verdict verdict;
	char text[DNS_SENTENCE_SIZE];
};

struct test {
	struct dns_subject subject;
	const struct dns_selector *key; /* the one that signs */
	char signature[DKIM_SIGNATURE_SIZE];
	struct step steps[STEPS];
	size_t count;
};

static void
note(
    struct test *test, const char *name, enum verdict verdict, const char *text)
{
	struct step *step = &test->steps[test->count++];

	step->name = name;
	step->verdict = verdict;
	text_copy(step->text, sizeof(step->text), text);
}

/* ---- the three steps ---- */

static void
sign(struct test *test, const char *socket, const char *sender)
{
	struct err err = { 0 };
	const enum err_code code =
	    dkim_probe_sign(socket, sender, test->signature, &err);

	if (code == OK && test->signature[0] != '\0')
		note(test, "signed", PASS, "OpenDKIM signs a message.");
	else if (code == OK)
		note(test, "signed", FAIL,
		    "OpenDKIM does not sign: run \"sudo postern mail sync\".");
	else
		note(test, "signed", code == ERR_SYSTEM ? FAIL : UNKNOWN,
		    err.text);
}

static void
verify(struct test *test, const char *sender)
{
	char selector[DKIM_SELECTOR_SIZE], text[DNS_SENTENCE_SIZE];
	struct err err = { 0 };

	if (test->signature[0] == '\0') {
		note(test, "signature", UNKNOWN, "There is no signature.");
		return;
	}
	if (dkim_probe_verify(sender, test->signature, test->key->value,
		selector, &err) != OK) {
		note(test, "signature", FAIL, err.text);
		return;
	}
	text_format(text, sizeof(text),
	    "The signature is good; its selector is %s.", selector);
	if (text_is_same(selector, test->key->selector)) {
		note(test, "signature", PASS, text);
		return;
	}
	text_format(text, sizeof(text),
	    "OpenDKIM signs with %s, but %s is the key that should: run "
	    "\"sudo postern mail sync\".",
	    selector, test->key->selector);
	note(test, "signature", FAIL, text);
}

/* The key that verified it is what the name servers hand out. */
static void
ask_dns(struct test *test, struct arena *arena)
{
	struct checklist_request *request =
	    arena_alloc(arena, sizeof(*request));
	struct dns_finding *findings =
	    arena_array(arena, CHECKLIST_ROWS_MAX, sizeof(*findings));
	struct err err = { 0 };
	size_t row = 0;

	while (row < dns_check_count &&
	    !text_is_same(dns_checks[row].name, "dkim"))
		row++;
	request->subject = test->subject;
	request->only = UINT64_C(1) << row;
	if (row == dns_check_count ||
	    dns_checklist_once(request, findings, NULL, &err) != OK) {
		note(test, "published", UNKNOWN, err.text);
		return;
	}
	note(test, "published",
	    findings[row].verdict == DNS_PASS       ? PASS
		: findings[row].verdict == DNS_FAIL ? FAIL
						    : UNKNOWN,
	    findings[row].problem);
}

/* ---- the command ---- */

static enum err_code
find_key(struct test *test, struct err *err)
{
	for (size_t i = 0; i < test->subject.selector_count; i++)
		if (test->subject.selectors[i].stage == DNS_KEY_SIGNING)
			test->key = &test->subject.selectors[i];
	if (test->key != NULL)
		return OK;
	return err_set(err, ERR_NOT_FOUND, "domain",
	    "No key signs the mail of %.100s yet: the operator makes one and "
	    "activates it.",
	    test->subject.domain);
}

static json_t *
step_json(const struct step *step)
{
	json_t *object = json_object();

	json_object_set_new(object, "name", json_string(step->name));
	json_object_set_new(
	    object, "verdict", json_string(verdict_names[step->verdict]));
	json_object_set_new(object, "text", command_json_text(step->text));
	return object;
}

static void
print_steps(struct command *command, const struct test *test)
{
	json_t *all = json_array();

	for (size_t i = 0; i < test->count; i++) {
		const struct step *step = &test->steps[i];

		if (command->is_json) {
			json_array_append_new(all, step_json(step));
			continue;
		}
		printf("%-10s %-8s ", step->name, verdict_names[step->verdict]);
		command_put(step->text);
		putchar('\n');
	}
	if (command->is_json)
		command_print_json(all);
	else
		json_decref(all);
}

static int
exit_status(const struct test *test)
{
	int status = 0;

	for (size_t i = 0; i < test->count; i++)
		if (test->steps[i].verdict == FAIL)
			return CHECK_FAILED;
		else if (test->steps[i].verdict == UNKNOWN)
			status = CHECK_UNSURE;
	return status;
}

/* The first step that fails, else the last; nothing is kept when one could
 * not be tried. */
static enum err_code
keep(struct command *command, const struct test *test, struct err *err)
{
	const struct step *said = &test->steps[test->count - 1];
	bool is_unsure = false;

	for (size_t i = test->count; i-- > 0;) {
		is_unsure = is_unsure || test->steps[i].verdict == UNKNOWN;
		if (test->steps[i].verdict == FAIL)
			said = &test->steps[i];
	}
	if (is_unsure && said->verdict != FAIL)
		return OK;
	return golive_prove(command->context, test->subject.domain, "signature",
	    said->verdict == PASS, said->text, err);
}

static int
run_test(struct command *command, const void *input)
{
	const struct test_input *in = input;
	struct test *test = arena_alloc(&command->arena, sizeof(*test));
	char sender[ADDRESS_SIZE], socket[CONFIG_PATH_SIZE];
	struct err err = { 0 };

	if (subject_of_domain(command->context, command->name, in->domain,
		&test->subject, &err) != OK ||
	    find_key(test, &err) != OK ||
	    mail_setup_path(
		command->context->db, MAIL_OPENDKIM_SOCKET, socket, &err) != OK)
		return command_refuse(command, &err);
	text_format(
	    sender, sizeof(sender), "postmaster@%s", test->subject.domain);
	sign(test, socket, sender);
	verify(test, sender);
	ask_dns(test, &command->arena);
	if (keep(command, test, &err) != OK)
		return command_refuse(command, &err);
	print_steps(command, test);
	return exit_status(test);
}

/* clang-format off */
static const struct field test_fields[] = {
	{ .name = "domain", .label = "Domain", .help = "The mail domain, such as example.com.",
	  .kind = FIELD_HOST, FIELD(struct test_input, domain), .is_required = true, .is_main = true },
	{ 0 }
};

const struct command_special command_dkim[] = {
	{ "dkim test", "Signs a message that is never sent, and verifies it with the DNS.",
	  ACTION_CHECK_RUN, test_fields, sizeof(struct test_input), run_test, NULL },
	{ 0 }
};
/* clang-format on */
