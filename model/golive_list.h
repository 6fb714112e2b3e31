/*
 * golive_list.h - what the files of the go-live list share: its items, and
 * whether each is done.  For model/golive*.c alone.
 */
#ifndef MODEL_GOLIVE_LIST_H
#define MODEL_GOLIVE_LIST_H

#include <stdbool.h>

#include "model/domain.h"
#include "model/golive.h"

/* Asks no rights. */
enum err_code golive_read_all(struct context *, const struct domain *,
    struct golive *, struct err *) MUST_USE;

/* False when there is no such item. */
bool golive_item_find(const char *name, bool *is_manual);

/*
 * The last test of the item, when it is newer than `ticked_at`: done when it
 * was good and is not older than GOLIVE_PROOF_DAYS, else open; with its words.
 */
enum err_code golive_read_proof(struct db *, int64_t domain_id,
    int64_t ticked_at, struct golive_item *, struct err *) MUST_USE;

#endif
