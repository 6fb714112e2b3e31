/*
 * command_table.h - rows of a list, as a table for people or as JSON.
 */
#ifndef SSH_COMMAND_TABLE_H
#define SSH_COMMAND_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/list.h"

#define COLUMNS_MAX 64

/* Zeroed but for its list. */
struct command_table {
	const struct list *list;
	int width[COLUMNS_MAX]; /* of the widest value so far */
	size_t last;            /* column: not padded at its end */
	bool has_head;
};

/* One more page below what is there; the head goes before the first. */
void command_table_put(struct command_table *, const struct list_page *);

/* All columns of one row, a line each. */
void command_put_row(const struct list *, const struct list_row *);

/* The same as an object; the caller's. */
struct json_t *command_json_row(const struct list *, const struct list_row *);

#endif
