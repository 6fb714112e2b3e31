/*
 * statements.h - every array of SQL statements of the program, so that a test
 * can prepare each of them against the migrated schema.
 */
#ifndef MODEL_STATEMENTS_H
#define MODEL_STATEMENTS_H

#include "model/db.h"

/* Ends with NULL.  A new file with SQL adds its array in statements.c. */
extern const struct db_statements *const statements_all[];

#endif
