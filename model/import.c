#include "model/import.h"

#include <string.h>

#include "base/csv.h"
#include "base/digest.h"
#include "base/text.h"
#include "model/account.h"
#include "model/audit.h"
#include "model/password.h"

#define COLUMNS_MAX 16
#define TENANTS_MAX 256

/* Lines of one tenant, for the log. */
struct share {
	int64_t tenant_id;
	size_t count;
};

struct import {
	struct context *context;
	const struct operation *row;
	const char *name; /* "user import" */
	struct import_report *report;
	struct arena arena;
	char digest[2 * DIGEST_SHA256_SIZE + 1];
	char *bytes;
	size_t length;
	const struct field *columns[COLUMNS_MAX];
	size_t column_count;
	struct share shares[TENANTS_MAX];
	size_t share_count;
};

static void
add_problem(struct import *import, size_t line, const struct err *err)
{
	struct import_report *report = import->report;
	struct import_problem *problem;

	if (report->problem_count++ >= IMPORT_PROBLEMS_MAX)
		return;
	problem = &report->problems[report->problem_count - 1];
	problem->line = line;
	text_format(problem->text, sizeof(problem->text), "%s%s%s", err->field,
	    err->field[0] == '\0' ? "" : ": ", err->text);
}

/* ---- the first line ---- */

static enum err_code
take_column(struct import *import, const char *name, struct err *err)
{
	const struct field *field = field_by_name(import->row->fields, name);

	if (field == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "There is no column \"%.60s\": the first line names the "
		    "columns, such as address.",
		    name);
	for (size_t i = 0; i < import->column_count; i++)
		if (import->columns[i] == field)
			return err_set(err, ERR_INVALID, NULL,
			    "The column \"%.60s\" is there twice.", name);
	import->columns[import->column_count++] = field;
	return OK;
}

static enum err_code
read_head(struct import *import, struct csv *csv, struct err *err)
{
	char *cells[COLUMNS_MAX];
	size_t count;

	if (csv_next(csv, cells, COLUMNS_MAX, &count, err) != OK)
		return err->code;
	import->column_count = 0;
	for (size_t i = 0; i < count; i++)
		if (take_column(import, cells[i], err) != OK)
			return err->code;
	for (size_t i = 0; i < count; i++)
		if (import->columns[i]->is_main)
			return OK;
	return err_set(err, ERR_INVALID, NULL,
	    "The first line names the columns, and one of them is "
	    "\"address\".");
}

/* ---- one line ---- */

static const char *
cell_of(
    const struct import *import, char *const *cells, const struct field *field)
{
	for (size_t i = 0; i < import->column_count; i++)
		if (import->columns[i] == field)
			return cells[i];
	return field->initial != NULL ? field->initial : "";
}

static enum err_code
parse_row(struct import *import, char *const *cells, size_t count, void *input,
    struct err *err)
{
	if (count != import->column_count)
		return err_set(err, ERR_INVALID, NULL,
		    "There are %zu cells, and the first line has %zu.", count,
		    import->column_count);
	for (const struct field *f = import->row->fields; f->name != NULL; f++)
		if (field_parse(f, input, cell_of(import, cells, f), err) != OK)
			return err->code;
	return OK;
}

static void
count_tenant(struct import *import, int64_t tenant_id)
{
	size_t i = 0;

	while (
	    i < import->share_count && import->shares[i].tenant_id != tenant_id)
		i++;
	if (i == TENANTS_MAX)
		return;
	if (i == import->share_count)
		import->shares[import->share_count++].tenant_id = tenant_id;
	import->shares[i].count++;
}

/* As operation_run() does it, without the log. */
static enum err_code
run_row(struct import *import, const void *input, struct err *err)
{
	struct operation_result result = { 0 };
	struct operation_run run = {
		.context = import->context,
		.db = import->context->db,
		.actor = &import->context->actor,
		.operation = import->row,
		.arena = &import->arena,
		.result = &result,
	};

	if (import->row->find_target(&run, input, err) != OK)
		return err->code;
	if (!may(run.actor, import->row->action, &run.target))
		return err_set(err, ERR_DENIED, NULL,
		    "You can't make \"%.100s\".", run.target.name);
	if (import->row->run(&run, input, err) != OK)
		return err->code;
	count_tenant(import, run.target.tenant_id);
	return OK;
}

/* ---- the whole file ---- */

/* The log names the file by its digest. */
static enum err_code
write_audit(struct import *import, struct err *err)
{
	char after[200];

	for (size_t i = 0; i < import->share_count; i++) {
		text_format(after, sizeof(after), "rows: %zu\nsha256: %s\n",
		    import->shares[i].count, import->digest);
		if (audit_add(import->context->db, &import->context->actor,
			&(struct audit_entry){ .operation = import->name,
			    .target = "a file",
			    .tenant_id = import->shares[i].tenant_id,
			    .before = "",
			    .after = after },
			err) != OK)
			return err->code;
	}
	return OK;
}

/* A line's fault is noted and the next line looked at; an error of the
 * machine ends it. */
static enum err_code
import_rows(
    struct import *import, struct csv *csv, void *input, struct err *err)
{
	const size_t size = import->row->input_size;
	char *cells[COLUMNS_MAX];
	struct err fault;
	size_t count;

	for (;;) {
		enum err_code code =
		    csv_next(csv, cells, COLUMNS_MAX, &count, &fault);

		if (code == OK && count == 0)
			return OK;
		if (code != OK) {
			add_problem(import, csv->line, &fault);
			return OK;
		}
		import->report->rows++;
		memset(input, 0, size);
		fault = (struct err){ 0 };
		code = parse_row(import, cells, count, input, &fault);
		if (code == OK)
			code = run_row(import, input, &fault);
		if (code == ERR_SYSTEM || code == ERR_BUSY) {
			if (err != NULL)
				*err = fault;
			return code;
		}
		if (code != OK)
			add_problem(import, csv->line, &fault);
	}
}

static enum err_code
in_transaction(struct db *db, void *argument, struct err *err)
{
	struct import *import = argument;
	void *input = arena_alloc(&import->arena, import->row->input_size);
	struct csv csv;
	struct err fault = { 0 };
	enum err_code code;

	if (account_check_still(db, &import->context->actor, err) != OK)
		return err->code;
	csv_open(&csv, import->bytes, import->length);
	code = read_head(import, &csv, &fault);
	if (code != OK)
		add_problem(import, csv.line, &fault);
	else
		code = import_rows(import, &csv, input, err);
	explicit_bzero(input, import->row->input_size);
	if (import->report->problem_count > 0)
		return err_set(err, ERR_INVALID, NULL,
		    "Nothing was changed: %zu line%s a fault.",
		    import->report->problem_count,
		    import->report->problem_count == 1 ? " has" : "s have");
	return code == OK ? write_audit(import, err) : code;
}

static enum err_code
import_file(struct import *import, struct err *err)
{
	const struct actor *actor = &import->context->actor;
	uint8_t digest[DIGEST_SHA256_SIZE];
	const char *why;

	*import->report = (struct import_report){ 0 };
	if (!may_ever(actor, import->row->action, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	if (actor_key_allows(actor, import->name, true, err) != OK)
		return err->code;
	digest_sha256(digest, import->bytes, import->length);
	for (size_t i = 0; i < sizeof(digest); i++)
		text_format(import->digest + 2 * i, 3, "%02x", digest[i]);
	return db_transaction(import->context->db, in_transaction, import, err);
}

static enum err_code
run(struct context *context, const struct operation *row, const char *name,
    char *bytes, size_t length, struct import_report *report, struct err *err)
{
	struct import import = { .context = context,
		.row = row,
		.name = name,
		.report = report,
		.bytes = bytes,
		.length = length };
	struct err local = { 0 };
	const enum err_code code =
	    import_file(&import, err != NULL ? err : &local);

	explicit_bzero(bytes, length);
	arena_free(&import.arena);
	return code;
}

enum err_code
import_users(struct context *context, char *bytes, size_t length,
    struct import_report *report, struct err *err)
{
	return run(context, &user_import_row, "user import", bytes, length,
	    report, err);
}

enum err_code
import_aliases(struct context *context, char *bytes, size_t length,
    struct import_report *report, struct err *err)
{
	return run(context, &alias_import_row, "alias import", bytes, length,
	    report, err);
}

/* ---- hashes of other servers ---- */

/* Dovecot's name of a scheme, and how its hash starts for crypt(3). */
static const struct {
	const char *scheme, *start;
} schemes[] = {
	{ "{CRYPT}", "$y$" },
	{ "{CRYPT}", "$6$" },
	{ "{CRYPT}", "$5$" },
	{ "{CRYPT}", "$2" },
	{ "{SHA512-CRYPT}", "$6$" },
	{ "{SHA256-CRYPT}", "$5$" },
	{ "{BLF-CRYPT}", "$2" },
	{ "", "$y$" },
	{ "", "$6$" },
	{ "", "$5$" },
	{ "", "$2" },
};

static bool
is_hash_text(const char *hash)
{
	return strspn(hash,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "0123456789./$=,") == strlen(hash) &&
	    strlen(hash) >= 40;
}

enum err_code
import_hash(char *to, size_t size, const char *hash, struct err *err)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const char *rest = hash + strlen(schemes[i].scheme);

		if (text_starts_with(hash, schemes[i].scheme) &&
		    text_starts_with(rest, schemes[i].start) &&
		    is_hash_text(rest) && password_hash_is_cheap(rest) &&
		    text_format(to, size, "{CRYPT}%s", rest))
			return OK;
	}
	return err_set(err, ERR_INVALID, "hash",
	    "This is no password hash that can be used here: yescrypt ($y$), "
	    "SHA-512 ($6$), SHA-256 ($5$) or bcrypt ($2b$), of a usual cost.");
}
