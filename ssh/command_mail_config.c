/* "mail config": the configuration of the mail servers. */
#include <jansson.h>
#include <stdio.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/db.h"
#include "model/effects.h"
#include "model/mail_setup.h"
#include "ssh/command_mail.h"

#define REPORT_SIZE (48 * 1024)

#define IN(member) FIELD(struct command_mail_config, member)

/* clang-format off */
const struct field command_mail_config_fields[] = {
	{ .name = "daemon", .label = "Daemon", .help = "Whose files: postfix, dovecot, opendkim or nginx.",
	  .kind = FIELD_CHOICE, IN(daemon), .choices = config_daemon_names, .is_required = true, .is_main = true },
	{ .name = "root", .label = "Root", .help = "A directory before every path; empty: as the server's setup says.",
	  .kind = FIELD_TEXT, IN(root) },
	{ .name = "listen", .label = "Listen", .help = "The one IPv4 address that is listened on; empty: all of both families.",
	  .kind = FIELD_IP4, IN(listen) },
	{ .name = "smtp", .label = "SMTP port", .help = "For mail from other servers.",
	  .kind = FIELD_PORT, IN(smtp), .initial = "25" },
	{ .name = "submission", .label = "Submission port", .help = "For our users, with STARTTLS.",
	  .kind = FIELD_PORT, IN(submission), .initial = "587" },
	{ .name = "submissions", .label = "Submissions port", .help = "For our users, TLS from the start.",
	  .kind = FIELD_PORT, IN(submissions), .initial = "465" },
	{ .name = "imaps", .label = "IMAPS port", .help = "For reading mail, TLS from the start.",
	  .kind = FIELD_PORT, IN(imaps), .initial = "993" },
	{ .name = "https", .label = "HTTPS port", .help = "For MTA-STS policies and mail client settings.",
	  .kind = FIELD_PORT, IN(https), .initial = "443" },
	{ .name = "milter", .label = "Milter", .help = "Socket of \"postern milter\"; \"none\": mail is not checked by it.",
	  .kind = FIELD_TEXT, IN(milter) },
	{ .name = "mail_user", .label = "Mail user", .help = "Who owns the mailboxes.",
	  .kind = FIELD_TEXT, IN(mail_user), .initial = "vmail" },
	{ .name = "relay", .label = "Relay", .help = "[ADDRESS]:PORT that gets all mail for outside, without DNS.",
	  .kind = FIELD_TEXT, IN(relay) },
	{ .name = "test", .label = "Test", .help = "Yes: no delay after failed log-ins, for tests.",
	  .kind = FIELD_YES_NO, IN(is_test) },
	{ .name = "diff", .label = "Diff", .help = "Yes: shows how the files on this machine differ; on the box only.",
	  .kind = FIELD_YES_NO, IN(is_diff) },
	{ .name = "install", .label = "Install", .help = "Yes: keeps the old files, puts these in place, checks and reloads.",
	  .kind = FIELD_YES_NO, IN(is_install) },
	{ 0 }
};
/* clang-format on */

static void
set_port(char *to, size_t size, const char *listen, int64_t port)
{
	text_format(to, size, "%s%s%lld", listen, listen[0] == '\0' ? "" : ":",
	    (long long)port);
}

static void
set_ports(const struct command_mail_config *in, struct config_values *to)
{
	const char *listen = in->listen;

	set_port(to->smtp, sizeof(to->smtp), listen, in->smtp);
	set_port(
	    to->submission, sizeof(to->submission), listen, in->submission);
	set_port(
	    to->submissions, sizeof(to->submissions), listen, in->submissions);
	set_port(to->imaps_port, sizeof(to->imaps_port), "", in->imaps);
	set_port(to->https, sizeof(to->https), listen, in->https);
	set_port(to->https6, sizeof(to->https6), "[::]", in->https);
	if (listen[0] == '\0')
		return;
	text_copy(to->interfaces, sizeof(to->interfaces), listen);
	text_copy(to->protocols, sizeof(to->protocols), "ipv4");
	text_copy(to->dovecot_listen, sizeof(to->dovecot_listen), listen);
	to->https6[0] = '\0';
}

static void
set_rest(const struct command_mail_config *in, struct config_values *to)
{
	char milter[CONFIG_PATH_SIZE];

	if (in->root[0] != '\0')
		text_copy(to->root, sizeof(to->root), in->root);
	text_copy(to->mail_user, sizeof(to->mail_user), in->mail_user);
	text_copy(to->relay, sizeof(to->relay), in->relay);
	text_copy(to->test, sizeof(to->test), in->is_test ? "yes" : "");
	text_copy(milter, sizeof(milter),
	    in->milter[0] != '\0' ? in->milter : to->milter);
	if (text_is_same(milter, "none"))
		to->milter[0] = '\0';
	else
		text_format(
		    to->milter, sizeof(to->milter), "%s%s", to->root, milter);
}

static void
print_file(const struct config_file *file)
{
	printf("# ---- %s ----\n%s", file->path, file->text);
}

static json_t *
file_json(const struct config_file *file)
{
	return json_pack("{s:s, s:s}", "path", file->path, "text", file->text);
}

static void
print_files(
    struct command *command, const struct config_file *files, size_t count)
{
	json_t *all = json_array();

	for (size_t i = 0; i < count; i++) {
		if (command->is_json)
			json_array_append_new(all, file_json(&files[i]));
		else
			print_file(&files[i]);
	}
	if (command->is_json)
		command_print_json(all);
	else
		json_decref(all);
}

struct installed {
	const struct actor *actor;
	const char *daemon;
};

static enum err_code
note_install(struct db *db, void *argument, struct err *err)
{
	const struct installed *installed = argument;

	return audit_add(db, installed->actor,
	    &(struct audit_entry){ .operation = "mail config",
		.target = installed->daemon,
		.before = "",
		.after = "installed: yes\n" },
	    err);
}

static void
print_report(struct command *command, const char *report)
{
	if (command->is_json)
		command_print_json(
		    json_pack("{s:o}", "report", command_json_text(report)));
	else
		command_put_lines(report);
}

static int
install(struct command *command, const struct config_values *values,
    enum config_daemon daemon, bool is_dry)
{
	const struct effects *effects = command->context->effects;
	struct installed installed = { &command->context->actor,
		config_daemon_names[daemon] };
	char *report = arena_alloc(&command->arena, REPORT_SIZE);
	struct err err = { 0 };

	if (effects == NULL || effects->install == NULL)
		err_set(&err, ERR_DENIED, NULL,
		    "This is done on the box: run \"sudo postern mail config "
		    "%s --install\" there.",
		    config_daemon_names[daemon]);
	else if (effects->install(effects->self, values, daemon, is_dry, report,
		     REPORT_SIZE, &err) == OK &&
	    !is_dry)
		(void)!db_transaction(
		    command->context->db, note_install, &installed, &err);
	print_report(command, report);
	return err.code == OK ? 0 : command_refuse(command, &err);
}

int
command_mail_config(struct command *command, const void *input)
{
	const struct command_mail_config *in = input;
	const enum config_daemon daemon = (enum config_daemon)in->daemon;
	struct config_values values;
	struct config_file files[CONFIG_FILES_MAX];
	struct err err = { 0 };
	size_t count;

	if (mail_setup_load(command->context, &values, &err) != OK)
		return command_refuse(command, &err);
	set_ports(in, &values);
	set_rest(in, &values);
	if (config_files(
		&values, daemon, &command->arena, files, &count, &err) != OK)
		return command_refuse(command, &err);
	if (in->is_diff || in->is_install)
		return install(command, &values, daemon, !in->is_install);
	print_files(command, files, count);
	return 0;
}
