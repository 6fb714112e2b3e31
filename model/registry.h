/*
 * registry.h - the arrays of operations and lists that the files of model/
 * export.  A new file adds its lines here and in registry.c; everything else
 * (command line, palette, help, tests of rights) finds them there.
 */
#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include "model/list.h"
#include "model/operation.h"

/* Each array ends with a row whose name is NULL; the list of arrays with
 * NULL. */
extern const struct operation *const operation_arrays[];
extern const struct list *const list_registry[]; /* ends with NULL */

#endif
