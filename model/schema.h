/*
 * schema.h - the migrations of model/schema/, embedded at build by
 * tools/embed_sql.sh.  schema_migrations[0] brings an empty database to
 * version 1.  A released migration is never edited: a change is a new file.
 */
#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include <stddef.h>

extern const char *const schema_migrations[]; /* ends with NULL */

#endif
