/*
 * dkim_tables.h - OpenDKIM's KeyTable and SigningTable, written whole.
 *
 * KeyTable has every key whose file is there, SigningTable the one that signs
 * for each domain.  A table that names a key without a readable file would
 * make OpenDKIM refuse all mail of that domain (451), and a line it can't read
 * it passes over in silence: so the tables are made from checked names only,
 * each key is looked at first, and when one that signs is missing the old
 * tables stay.  KeyTable is renamed into place before SigningTable.
 */
#ifndef MAIL_DKIM_TABLES_H
#define MAIL_DKIM_TABLES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/text.h"

struct dkim_tables {
	struct arena arena;
	const char *directory; /* whole path, in the arena */
	struct text_builder keys, signing;
	bool is_open;
};

/* The working directory is `directory`. */
void dkim_tables_open(struct dkim_tables *, const char *directory);
void dkim_tables_close(struct dkim_tables *);

/* ERR_SYSTEM when a key that signs has no file or one that is empty; any other
 * key without a file is left out. */
enum err_code dkim_tables_add(struct dkim_tables *, const char *domain,
    const char *selector, bool is_signing, struct err *) MUST_USE;

/* Both into the working directory. */
enum err_code dkim_tables_write(struct dkim_tables *, struct err *) MUST_USE;

#endif
