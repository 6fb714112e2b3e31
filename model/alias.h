/*
 * alias.h - addresses that deliver to other addresses, and the catch-all.
 *
 * A destination is an address of the same tenant (user or alias) or one
 * outside this server's knowledge of that tenant.  Aliases may point to
 * aliases, never in a circle: each change is refused that would close one.
 */
#ifndef MODEL_ALIAS_H
#define MODEL_ALIAS_H

#include <stdint.h>

#include "base/address.h"
#include "base/arena.h"
#include "model/list.h"
#include "model/operation.h"

#define ALIAS_TARGETS_SIZE 4096 /* bytes of all destinations of one alias */
#define ALIAS_TARGETS_MAX  64
#define ALIAS_STEPS_MAX    500

enum alias_end {
	ALIAS_GOES_ON, /* an alias: its destinations follow */
	ALIAS_MAILBOX, /* mail arrives here */
	ALIAS_STOPPED, /* a mailbox that is suspended or removed */
	ALIAS_OUTSIDE, /* mail leaves for another server */
	ALIAS_NOWHERE, /* no such address: mail is refused */
};

/* One row of the path, in the order of a drawn tree. */
struct alias_step {
	int depth; /* 0 is the address that was asked for */
	enum alias_end end;
	char address[ADDRESS_SIZE];
	const char *note; /* "catch-all", "suspended", ...: constant, or "" */
};

extern const char *const alias_end_names[]; /* "alias", "mailbox"... */

/*
 * Where mail to `address` ends up, the catch-all included.  An address of a
 * domain that the actor may not see is ERR_NOT_FOUND.  `steps` are in the
 * arena, at most ALIAS_STEPS_MAX.
 */
enum err_code alias_resolve(struct context *, const char *address,
    struct arena *, struct alias_step **steps, size_t *count,
    struct err *) MUST_USE;

/* The same for an alias that is being written: where its destinations would
 * lead, each at depth 1. */
enum err_code alias_preview(struct context *, const char *address,
    const char *targets, struct arena *, struct alias_step **steps,
    size_t *count, struct err *) MUST_USE;

extern const struct operation alias_operations[];
extern const struct list alias_list;
extern const struct db_statements alias_statements;
extern const struct db_statements alias_path_statements;

#endif
