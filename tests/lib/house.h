/*
 * house.h - a small reseller in memory for tests of the model: the server
 * mx1.postern.example with one approved host; the super admins
 * admin@postern.example and root@postern.example; the tenants Acme
 * (acme.example, admins lena@ and olga@) and Globex (globex.example, admin
 * hank@), each with 10 mailboxes and 10 GB; everybody has an SSH key.
 * Every function fails the test with a sentence instead of returning an
 * error.
 */
#ifndef TESTS_LIB_HOUSE_H
#define TESTS_LIB_HOUSE_H

#include "model/context.h"
#include "model/db.h"
#include "model/operation.h"

struct house {
	struct db *db;
	struct context context;
	int64_t acme_id, globex_id;
	struct operation_result result; /* of the last operation */
	struct err err;                 /* ditto */
};

void house_open(struct house *);
void house_open_file(struct house *, const char *path);
void house_close(struct house *);

/* As cmocka's set-up and tear-down: *state is a house, and who acts is
 * admin@postern.example.  The tear-down lets a fixed clock run again. */
int house_set_up(void **state);
int house_tear_down(void **state);
#define WITH_HOUSE(test) \
	cmocka_unit_test_setup_teardown(test, house_set_up, house_tear_down)

/* A tenant, without users. */
void house_tenant(struct house *, const char *name, const char *domain);

/* A key as ssh-keygen prints it, another for each name of a person. */
const char *house_public_key(const char *name);

/* From here on the operations are that person's; "console" is the operator. */
void house_as(struct house *, const char *address);

/* Runs an operation: text of its main field (or NULL), then pairs of name and
 * text, then NULL. */
enum err_code house_run(
    struct house *, const char *operation, const char *main_text, ...);
void house_ok(
    struct house *, const char *operation, const char *main_text, ...);
/* The code, and words that the refusal has. */
void house_refused(struct house *, enum err_code, const char *words,
    const char *operation, const char *main_text, ...);

/* A column of a row as people read it; fails when there is no such row. */
const char *house_value(
    struct house *, const char *list, const char *key, const char *column);
/* Whether the person sees such a row. */
bool house_has(struct house *, const char *list, const char *key);

#endif
