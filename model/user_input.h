/*
 * user_input.h - what the operations on users share: the input, and fields of
 * it.  For model/user*.c alone.
 */
#ifndef MODEL_USER_INPUT_H
#define MODEL_USER_INPUT_H

#include "base/address.h"
#include "base/field.h"
#include "base/random.h"
#include "model/password.h"
#include "model/user.h"
#include "model/user_external.h"

struct user_input {
	char address[ADDRESS_SIZE];
	char name[ACTOR_NAME_SIZE];
	char password[PASSWORD_SIZE];
	char current[PASSWORD_SIZE];
	int64_t quota, may_send;
	struct user_external external;
	/* Filled by the operations' prepare(): */
	char generated[RANDOM_PASSWORD_SIZE];
	char hash[PASSWORD_HASH_SIZE];
	char old_hash[PASSWORD_HASH_SIZE];
};

/* Fills run->target with the user of in->address, who has a mailbox. */
enum err_code user_find_existing(
    struct operation_run *, const void *input, struct err *) MUST_USE;

/* Inside the transaction: do so many more mailboxes and bytes fit?
 * ERR_LIMIT. */
enum err_code user_check_room(struct db *, int64_t tenant_id,
    int64_t more_seats, int64_t more_bytes, struct err *) MUST_USE;

/* Fills in->hash: of the password that was given, or of in->generated. */
enum err_code user_prepare_temporary(
    struct context *, void *input, struct err *) MUST_USE;

/* Stores in->hash.  `login_number` is that of the session that goes on, 0 for
 * none: the time differs from the one before, which ends those signed in with
 * that. */
enum err_code user_set_password(struct operation_run *, int64_t id,
    const struct user_input *, bool is_temporary, int64_t login_number,
    struct err *) MUST_USE;

/* ---- rows of fields ---- */

#define IN(member) FIELD(struct user_input, member)

/* clang-format off */

#define ADDRESS_FIELD \
	{ .name = "address", .label = "Address", .help = "The mailbox address, such as support@example.com.", \
	  .kind = FIELD_ADDRESS, IN(address), .is_required = true, .is_main = true, .is_fixed = true }
#define PASSWORD_FIELD \
	{ .name = "password", .label = "Password", .help = "Empty: a temporary one is made and shown once.", \
	  .kind = FIELD_SECRET, IN(password) }

/* clang-format on */

#endif
