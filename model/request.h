/*
 * request.h - what a super admin asks and the operator decides: approve a
 * host, make or rotate a DKIM key.
 */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include <stdint.h>

#include "model/db.h"
#include "model/list.h"
#include "model/operation.h"

#define REQUEST_REASON_SIZE 200

enum request_kind { REQUEST_HOST, REQUEST_DKIM };

/*
 * Inside a transaction.  `id` is of the host or the domain, `subject` its
 * name, `note` the words of who asks.  ERR_CONFLICT when the same is asked
 * already.
 */
enum err_code request_open(struct operation_run *, enum request_kind,
    int64_t id, const char *subject, const char *note, struct err *) MUST_USE;

/* Inside a transaction: closes the open request about it, if there is one;
 * `state` is "approved" or "refused". */
enum err_code request_close(struct operation_run *, enum request_kind,
    int64_t id, const char *state, const char *reason, struct err *) MUST_USE;

extern const struct operation request_operations[];
extern const struct list request_list;

#endif
