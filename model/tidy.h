/*
 * tidy.h - what was removed or closed more than 30 days ago goes for good:
 * people with their addresses and mail directories, tenants with all they had.
 * The log stays.
 */
#ifndef MODEL_TIDY_H
#define MODEL_TIDY_H

#include "model/operation.h"

extern const struct operation tidy_operations[];
extern const struct db_statements tidy_statements;

#endif
