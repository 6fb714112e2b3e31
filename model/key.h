/*
 * key.h - SSH keys of accounts, and the log-in with one.
 */
#ifndef MODEL_KEY_H
#define MODEL_KEY_H

#include <stdint.h>

#include "base/ip.h"
#include "model/key_line.h"
#include "model/list.h"
#include "model/operation.h"

/*
 * Who signs in: user name, key and role together.  `user_name` is an address
 * or the part before its @ ("admin"); the key says which account is meant
 * when several share that part.  Every refusal is the same ERR_DENIED:
 * unknown name, unknown key, wrong source, expired, suspended, tenant closed.
 * Writes nothing, so it may be asked for a probe; the actor counts only once
 * the signature is verified.
 */
enum err_code key_login(struct db *, const char *user_name,
    const char *key_type, const char *key_base64, const struct ip *from,
    struct actor *, struct err *) MUST_USE;

/* Notes the log-in of an actor that key_login() gave: used_at, login_at. */
enum err_code key_note_login(
    struct db *, const struct actor *, struct err *) MUST_USE;

/* When the key in use expires, 0 for never: the session ends then. */
enum err_code key_expires_at(
    struct db *, const struct actor *, int64_t *at, struct err *) MUST_USE;

/*
 * Why key_login() refuses somebody who holds this key and names its account:
 * expired, another network, suspended, closed; "" for a stranger and for a
 * key that is not refused.  Tell the client only once the signature is
 * verified; the log may know at once.
 */
enum err_code key_why_refused(struct db *, const char *user_name,
    const char *key_type, const char *key_base64, const struct ip *from,
    char *to, size_t size, struct err *) MUST_USE;

/* What this key may do, in one sentence (key_options_describe()). */
enum err_code key_sentence(
    struct db *, int64_t key_id, char *to, size_t size, struct err *) MUST_USE;

/* The same for the key in use; "" when nothing restricts it. */
enum err_code key_sentence_in_use(struct db *, const struct actor *, char *to,
    size_t size, struct err *) MUST_USE;

/*
 * Inside a transaction.  What the line leaves open is narrowed to what the
 * actor's own key may; a line that asks for more is ERR_DENIED: nobody adds a
 * wider key.  ERR_CONFLICT for a second time.
 */
enum err_code key_insert(struct db *, const struct actor *, int64_t account_id,
    const struct key_line *, const char *name, int64_t *id,
    struct err *) MUST_USE;

extern const struct operation key_operations[];
extern const struct list key_list;
extern const struct db_statements key_statements, key_login_statements,
    key_store_statements;

#endif
