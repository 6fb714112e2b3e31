/*
 * list.h - everything that can be listed is a row of constant text: screens
 * page it, the command line prints it as text or JSON, `X show` is the same
 * list narrowed to one row.
 *
 * Who sees which rows follows from the permission table: the reach of
 * `action` for the actor's role picks the scope (all, scope_tenant,
 * scope_self).  SQL is put together from the texts of the list only; every
 * value is bound.  Pages go by key, so a million rows open as fast as ten.
 */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/context.h"
#include "model/permission.h"

enum list_kind {
	LIST_TEXT,
	LIST_NUMBER,
	LIST_BYTES,  /* number; people read "20 GB" */
	LIST_MOMENT, /* number; people read "22 Nov 17:04", "never" for 0 */
	LIST_UNTIL,  /* number; people read the last day, "2026-12-24" */
	LIST_YES_NO, /* number 0 or 1 */
	LIST_TEXTS,  /* text, several with ", " between: an array in JSON */
};

enum list_flags {
	LIST_SORTABLE = 1,
	LIST_FILTERABLE = 2, /* the typed filter looks here */
	LIST_FOLDED = 4,     /* stored in lower case: no folding needed */
	LIST_DETAIL = 8,     /* not a column of the table: show and JSON only */
	LIST_INNER = 16,     /* to sort by; its value means nothing to people */
};

struct list;
struct list_row;

struct list_column {
	const char *name;  /* "address": JSON key, sort=, match */
	const char *title; /* "ADDRESS": table head; label in show */
	const char *sql;   /* expression; never NULL when sortable */
	/* Sorted by this instead, of the same kind, or NULL.  For a text it is
	 * the text in lower case, as db_fold() makes it: filters look there. */
	const char *sort;
	enum list_kind kind;
	int width; /* columns on screen; 0: takes what is left */
	unsigned flags;
	/* Says in words what other columns of the row hold, for a LIST_TEXT
	 * whose sql is "''"; the text is in the arena.  Or NULL. */
	const char *(*tell)(
	    const struct list *, const struct list_row *, struct arena *);
};

/* Parameters a list's SQL may use: :account, :tenant (scopes), :now. */
struct list {
	const char *name;  /* "user list" */
	const char *show;  /* "user show" */
	const char *help;  /* one sentence */
	const char *empty; /* what it is for, for an empty screen */
	enum action action;
	const char *from;  /* "account a JOIN tenant t ON ..." */
	const char *where; /* constant condition, or NULL */
	const char *id;    /* "a.id": unique number of the row */
	const char *key;   /* "a.address": what `show NAME` names */
	const char *find;  /* compared, folded: "t.name_folded"; NULL: key */
	const char *scope_tenant; /* "a.tenant_id = :tenant", or NULL: none */
	const char *scope_self;   /* "a.id = :account", or NULL */
	const char *of_tenant;    /* "a.tenant_id = :of_tenant", or NULL */
	const char *of_domain;    /* "d.id = :of_domain", or NULL */
	const char *of_account;   /* "k.account_id = :of_account", or NULL */
	const char *moment;       /* "u.at": what since= and until= are about */
	bool is_newest_first;     /* the first sort goes down */
	/* Brings figures up to date that are kept outside, for a few rows or
	 * the one of that key; what can't be asked stays.  Or NULL. */
	void (*refresh)(struct context *, const char *key);
	const struct list_column *columns; /* ends with a zero row */
};

#define LIST_MATCH_MAX 4

/* What part of the list is wanted.  All zero: everything, first sortable
 * column. */
struct list_query {
	const char *filter; /* words, each in some filterable column, or NULL */
	const char *sort;   /* name of a sortable column, or NULL */
	bool is_descending;
	int64_t tenant_id, domain_id, account_id; /* 0: not narrowed */
	int64_t since_at, until_at; /* of list->moment; 0: not narrowed */
	struct {
		const char *column, *text; /* equal, without case */
	} match[LIST_MATCH_MAX];
};

struct list_value {
	enum list_kind kind;
	int64_t number;   /* kinds that are numbers */
	const char *text; /* as people read it; never NULL */
	const char *raw;  /* LIST_TEXT as stored, numbers in decimal; a number
	                   * that nobody knows is "", and its text "-" */
};

struct list_row {
	int64_t id;
	const char *key;
	const char *cursor;              /* for list_page() */
	const struct list_value *values; /* one per column */
};

enum list_from { LIST_FIRST, LIST_LAST, LIST_AFTER, LIST_BEFORE };

struct list_page {
	struct list_row *rows; /* in the order of the list, always */
	size_t count;
	bool has_before, has_after; /* there are rows beyond this page */
};

/*
 * Up to `max` rows: the first, the last, or those after or before the row
 * (its id and cursor; LIST_FIRST and LIST_LAST take none).  All memory is in
 * the arena.  ERR_DENIED when the role has no such list.
 */
enum err_code list_page(struct context *, const struct list *,
    const struct list_query *, enum list_from, int64_t id, const char *cursor,
    size_t max, struct arena *, struct list_page *, struct err *) MUST_USE;

/* Rows of the query that the actor may see. */
enum err_code list_count(struct context *, const struct list *,
    const struct list_query *, int64_t *, struct err *) MUST_USE;

/* One row; ERR_NOT_FOUND also for one that the actor may not see. */
enum err_code list_row_by_id(struct context *, const struct list *, int64_t id,
    struct arena *, struct list_row *, struct err *) MUST_USE;
enum err_code list_row_by_key(struct context *, const struct list *,
    const char *key, struct arena *, struct list_row *, struct err *) MUST_USE;

/* "user list" or "user show": the list, or NULL. */
const struct list *list_by_name(const char *);
const struct list *list_at(size_t index); /* NULL at the end */

size_t list_column_count(const struct list *);
int list_column_index(const struct list *, const char *name); /* or -1 */

/* The value in that column, or NULL. */
const struct list_value *list_value_of(
    const struct list *, const struct list_row *, const char *column);

#endif
