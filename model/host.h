/*
 * host.h - host names that tenants may use as IMAP or SMTP host.  A super
 * admin requests one, the operator approves or refuses it.
 */
#ifndef MODEL_HOST_H
#define MODEL_HOST_H

#include <stdint.h>

#include "model/db.h"
#include "model/list.h"
#include "model/operation.h"

/*
 * The id of an approved host.  Else ERR_INVALID for `field` with a sentence
 * that tells how to request the host.
 */
enum err_code host_approved_id(struct db *, const char *name, const char *field,
    int64_t *id, struct err *) MUST_USE;

/* Inside a transaction: "approved" or "refused", with the reason. */
enum err_code host_decide(struct operation_run *, int64_t id, const char *state,
    const char *reason, struct err *) MUST_USE;

extern const struct operation host_operations[];
extern const struct list host_list;

#endif
