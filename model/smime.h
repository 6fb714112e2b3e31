/*
 * smime.h - the S/MIME identities of people: stored, shown, taken away.
 *
 * "smime set" takes PEM, "smime import" PKCS#12; both look before they store
 * (smime/look.h), seal the private key to the vault, and keep only that.  No
 * function here gives a private key back.
 */
#ifndef MODEL_SMIME_H
#define MODEL_SMIME_H

#include "model/list.h"
#include "model/operation.h"
#include "smime/look.h"
#include "smime/vault.h"

#define SMIME_LABEL_SIZE 64

/* What stands before the sealed key of a person. */
void smime_label(char to[SMIME_LABEL_SIZE], const char *address);

/* The address, or for "" the actor's own. */
const char *smime_whose(const struct context *, const char *address);

/*
 * Looks without storing, as the actor would store it, at the input of "smime
 * set": PEM of certificates and key, in any order; `key` may be "".  An empty
 * address is the actor's own.
 */
enum err_code smime_look(struct context *, const char *address,
    const char *certificate, const char *key, const char *passphrase,
    struct look *, struct err *) MUST_USE;

/* The public certificates (PEM, the person's first) of somebody the actor may
 * see; ERR_NOT_FOUND where there is no identity. */
enum err_code smime_certificates(struct context *, const char *address,
    struct arena *, char **pem, struct err *) MUST_USE;

/* The SMIMEA record that publishes the certificate (RFC 8162), as a line of a
 * zone file: 3 0 0, the whole certificate. */
enum err_code smime_record(struct context *, const char *address,
    struct arena *, char **line, struct err *) MUST_USE;

/* What "smime test" looks at, apart from the milter. */
struct smime_state {
	bool has_identity, is_of_this_vault;
	int64_t starts_at, ends_at;
	char addresses[512];
	bool passes_unsigned; /* the tenant's policy for our own failure */
};
enum err_code smime_state(struct context *, const char *address,
    struct smime_state *, struct err *) MUST_USE;

/* Seals everything again that an older key sealed: S/MIME keys and external
 * passwords.  *count of them; one transaction. */
enum err_code smime_reseal(struct context *, const struct vault *,
    int64_t *count, struct err *) MUST_USE;

extern const struct operation smime_operations[];
extern const struct list smime_list;
extern const struct db_statements smime_statements; /* of all its files */
extern const struct db_statements smime_view_statements;
extern const struct db_statements smime_reseal_statements;

#endif
