/* "mail ...": the mail servers' side. */
#include <jansson.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/effects.h"
#include "model/export.h"
#include "model/web.h"
#include "ssh/command_mail.h"

/* ---- mail sync ---- */

struct sync_input {
	int64_t is_check;
};

/* clang-format off */
static const struct field sync_fields[] = {
	{ .name = "check", .label = "Check", .help = "Yes: only show the difference, change nothing.",
	  .kind = FIELD_YES_NO, FIELD(struct sync_input, is_check) },
	{ 0 }
};
/* clang-format on */

static const char *
state_of(const struct export_report *report, int file)
{
	if (report->is_swapped[file])
		return "swapped";
	switch (report->found[file]) {
	case DB_EXPORT_MISSING:
		return "missing";
	case DB_EXPORT_FOREIGN:
		return "foreign";
	case DB_EXPORT_WHOLE:
		break;
	}
	return "whole";
}

static json_t *
table_json(const struct export_table *table, const struct export_drift *drift)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "export",
	    export_files[table->file].name, "file",
	    export_files[table->file].file, "table", table->name, "rows",
	    (json_int_t)drift->wanted, "missing", (json_int_t)drift->missing,
	    "different", (json_int_t)drift->different, "extra",
	    (json_int_t)drift->extra);
}

static json_t *
web_json(const struct web_report *web)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "rows",
	    (json_int_t)web->wanted, "missing", (json_int_t)web->missing,
	    "different", (json_int_t)web->different, "extra",
	    (json_int_t)web->extra);
}

struct synced {
	struct export_report exports;
	struct web_report web;
	bool is_check;
};

static bool
is_whole(const struct synced *synced)
{
	const struct web_report *web = &synced->web;

	return export_is_whole(&synced->exports) &&
	    web->missing + web->different + web->extra == 0;
}

static void
print_json(const struct synced *synced)
{
	const struct export_report *report = &synced->exports;
	json_t *files = json_array(), *tables = json_array();

	for (int file = 0; file < EXPORT_FILES; file++)
		json_array_append_new(files,
		    json_pack("{s:s, s:s, s:o}", "export",
			export_files[file].name, "state",
			state_of(report, file), "written_at",
			command_json_moment(report->written_at[file])));
	for (size_t t = 0; export_tables[t].name != NULL; t++)
		json_array_append_new(
		    tables, table_json(&export_tables[t], &report->tables[t]));
	command_print_json(json_pack("{s:b, s:b, s:o, s:o, s:o}", "is_whole",
	    is_whole(synced), "is_check", synced->is_check, "files", files,
	    "tables", tables, "web", web_json(&synced->web)));
}

static void
print_line(
    const char *export, const char *table, const struct export_drift *drift)
{
	printf("%-10s %-10s %9lld %9lld %9lld %9lld\n", export, table,
	    (long long)drift->wanted, (long long)drift->missing,
	    (long long)drift->different, (long long)drift->extra);
}

static void
print_lines(const struct synced *synced)
{
	const struct export_report *report = &synced->exports;
	const struct export_drift web = { synced->web.wanted,
		synced->web.missing, synced->web.different, synced->web.extra };

	printf("%-10s %-10s %9s %9s %9s %9s\n", "EXPORT", "TABLE", "ROWS",
	    "MISSING", "DIFFERENT", "EXTRA");
	for (size_t t = 0; export_tables[t].name != NULL; t++)
		print_line(export_files[export_tables[t].file].name,
		    export_tables[t].name, &report->tables[t]);
	print_line("web", "files", &web);
	for (int file = 0; file < EXPORT_FILES; file++)
		if (report->found[file] != DB_EXPORT_WHOLE ||
		    report->is_swapped[file])
			printf("maps/%s/%s was %s.\n", export_files[file].name,
			    export_files[file].file, state_of(report, file));
	if (is_whole(synced))
		puts("The exports are as they should be.");
	else
		puts(synced->is_check
			? "The exports differ: \"mail sync\" mends them."
			: "The exports are mended.");
}

static enum err_code
queue_tables(struct db *db, void *argument, struct err *err)
{
	(void)argument;
	return effect_queue(db, EFFECT_DKIM_TABLES, "all", err);
}

/* OpenDKIM's tables too, where this process can write them. */
static enum err_code
mend_rest(struct command *command, struct err *err)
{
	if (db_transaction(command->context->db, queue_tables, NULL, err) != OK)
		return err->code;
	return effects_repeat(command->context, err);
}

static int
run_sync(struct command *command, const void *input)
{
	const struct sync_input *in = input;
	struct synced synced = { .is_check = in->is_check != 0 };
	struct err err = { 0 };

	if (export_sync(command->context, synced.is_check, &synced.exports,
		&err) != OK ||
	    web_sync(command->context, synced.is_check, &synced.web, &err) !=
		OK ||
	    (!synced.is_check && mend_rest(command, &err) != OK))
		return command_refuse(command, &err);
	if (command->is_json)
		print_json(&synced);
	else
		print_lines(&synced);
	return synced.is_check && !is_whole(&synced) ? 1 : 0;
}

/* clang-format off */
const struct command_special command_mail[] = {
	{ "mail config", "Prints the configuration of Postfix, Dovecot, OpenDKIM or nginx.",
	  ACTION_MAIL_CONFIG, command_mail_config_fields, sizeof(struct command_mail_config), command_mail_config, NULL },
	{ "mail sync", "Makes the mail servers' tables what ours say; --check only looks.",
	  ACTION_MAIL_CONFIG, sync_fields, sizeof(struct sync_input), run_sync, NULL },
	{ 0 }
};
/* clang-format on */
