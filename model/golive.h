/*
 * golive.h - whether a domain is ready to go live, item by item, and who
 * signed it off.
 *
 * Some items are read from the rows, others are shown by a test ("dkim test",
 * the look at the client settings) or ticked by a person; the newest of the
 * two counts.  A finding
 * may be accepted with a reason until a day; it counts as taken care of and is
 * shown as accepted.  Signing needs every required item; it keeps who, when
 * and the findings of that moment, and the domain is live from then on.
 */
#ifndef MODEL_GOLIVE_H
#define MODEL_GOLIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/context.h"
#include "model/list.h"
#include "model/operation.h"

#define GOLIVE_ITEMS_MAX  16
#define GOLIVE_PROOF_DAYS 30 /* how long a good test counts */

enum golive_state { GOLIVE_OPEN, GOLIVE_DONE, GOLIVE_SKIPPED };

struct golive_item {
	const char *name;  /* "ownership": stable */
	const char *title; /* constant text */
	bool is_manual;    /* may be ticked by a person */
	bool is_required;
	enum golive_state state;
	char detail[400]; /* what is missing, or who ticked it and when */
};

struct golive {
	char domain[HOST_NAME_SIZE];
	char status[12]; /* of the domain */
	struct golive_item items[GOLIVE_ITEMS_MAX];
	size_t count, open_required;
	char signed_by[ADDRESS_SIZE];
	int64_t signed_at; /* 0: never */
};

/* "open", "done", "skipped". */
const char *golive_state_name(enum golive_state);

/* ERR_NOT_FOUND for a domain that the actor may not check. */
enum err_code golive_read(struct context *, const char *domain, struct golive *,
    struct err *) MUST_USE;

/*
 * What a test of the item showed just now, with an audit row when it is
 * another result than before.  Kept only for an actor who may check the
 * domain, may change something, and did not name resolvers of his own; OK for
 * the others, too.
 */
enum err_code golive_prove(struct context *, const char *domain,
    const char *item, bool is_good, const char *text, struct err *) MUST_USE;

extern const struct operation golive_operations[];
extern const struct db_statements golive_change_statements;
extern const struct db_statements golive_proof_statements;
extern const struct db_statements golive_statements;

#endif
