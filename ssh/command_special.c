/* Words that are neither an operation nor a list. */
#include <jansson.h>
#include <stdio.h>

#include "base/version.h"
#include "model/audit.h"
#include "ssh/command.h"

static int
run_version(struct command *command, const void *input)
{
	(void)input;
	if (command->is_json)
		command_print_json(
		    json_pack("{s:s}", "version", POSTERN_VERSION));
	else
		puts("postern " POSTERN_VERSION);
	return 0;
}

static int
run_audit_verify(struct command *command, const void *input)
{
	struct audit_report report = { 0 };
	struct err err = { 0 };

	(void)input;
	if (audit_verify(command->context, &report, &err) != OK)
		return command_refuse(command, &err);
	if (command->is_json)
		command_print_json(json_pack("{s:I, s:b, s:o, s:s}", "entries",
		    (json_int_t)report.count, "is_whole", report.broken_id == 0,
		    "broken_id",
		    report.broken_id == 0 ? json_null()
					  : json_integer(report.broken_id),
		    "head", report.head));
	else if (report.broken_id == 0)
		printf("The chain of %lld entries is whole.  Head: %s\n",
		    (long long)report.count, report.head);
	else
		printf("The chain breaks at entry %lld of %lld.\n",
		    (long long)report.broken_id, (long long)report.count);
	return report.broken_id == 0 ? 0 : err_exit_status(ERR_INVALID);
}

/* clang-format off */
static const struct command_special command_general[] = {
	{ "version", "Which release this is.",
	  ACTION_NONE, NULL, 0, run_version, NULL },
	{ "audit verify", "Walks the audit log and says whether it is whole.",
	  ACTION_AUDIT_VERIFY, NULL, 0, run_audit_verify, NULL },
	{ 0 }
};
/* clang-format on */

/* Each is defined in its own file. */
extern const struct command_special command_alias[];
extern const struct command_special command_client[];
extern const struct command_special command_dkim[];
extern const struct command_special command_dns[];
extern const struct command_special command_golive[];
extern const struct command_special command_mail[];
extern const struct command_special command_people[];
extern const struct command_special command_csv[];
extern const struct command_special command_stack[];
extern const struct command_special command_senders[];
extern const struct command_special command_smime[];
extern const struct command_special command_lint[];
extern const struct command_special command_publish[];
extern const struct command_special command_trouble[];
extern const struct command_special command_reports[];
extern const struct command_special command_reports_read[];

const struct command_special *const command_specials[] = {
	command_general,
	command_alias,
	command_client,
	command_dkim,
	command_dns,
	command_golive,
	command_mail,
	command_people,
	command_csv,
	command_stack,
	command_senders,
	command_smime,
	command_lint,
	command_publish,
	command_trouble,
	command_reports,
	command_reports_read,
	NULL,
};
