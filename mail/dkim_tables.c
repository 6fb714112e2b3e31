#include "mail/dkim_tables.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/io.h"
#include "mail/dkim_key.h"

#define TABLE_MAX (64 * 1024 * 1024) /* bytes */

void
dkim_tables_open(struct dkim_tables *tables, const char *directory)
{
	*tables = (struct dkim_tables){ .is_open = true };
	tables->directory = arena_text(&tables->arena, directory);
	text_builder_open(&tables->keys, &tables->arena, TABLE_MAX);
	text_builder_open(&tables->signing, &tables->arena, TABLE_MAX);
	text_add(&tables->keys, "# Written by Postern; changes are lost.\n");
	text_add(&tables->signing, "# Written by Postern; changes are lost.\n");
}

void
dkim_tables_close(struct dkim_tables *tables)
{
	arena_free(&tables->arena);
	*tables = (struct dkim_tables){ 0 };
}

static bool
has_key(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_size > 0;
}

enum err_code
dkim_tables_add(struct dkim_tables *tables, const char *domain,
    const char *selector, bool is_signing, struct err *err)
{
	char path[PATH_MAX];

	if (!tables->is_open)
		return err_set(err, ERR_INVALID, NULL, "No tables were begun.");
	if (dkim_key_path(path, sizeof(path), tables->directory, domain,
		selector, err) != OK)
		return err->code;
	if (!has_key(path)) {
		if (!is_signing)
			return OK;
		return err_set(err, ERR_SYSTEM, NULL,
		    "%.160s is missing, and mail of %.60s is signed with it: "
		    "the tables stay as they are.",
		    path, domain);
	}
	text_addf(&tables->keys, "%s._domainkey.%s %s:%s:%s\n", selector,
	    domain, domain, selector, path);
	if (is_signing)
		text_addf(&tables->signing, "*@%s %s._domainkey.%s\n", domain,
		    selector, domain);
	return OK;
}

static enum err_code
write_table(const char *name, const struct text_builder *text, struct err *err)
{
	if (text->is_cut)
		return err_set(
		    err, ERR_LIMIT, NULL, "There are too many keys.");
	return io_replace_file(name, 0644, text->data, text->length, err);
}

enum err_code
dkim_tables_write(struct dkim_tables *tables, struct err *err)
{
	enum err_code code;

	if (!tables->is_open)
		return err_set(err, ERR_INVALID, NULL, "No tables were begun.");
	code = write_table("KeyTable", &tables->keys, err);
	if (code == OK)
		code = write_table("SigningTable", &tables->signing, err);
	return code;
}
