/*
 * own_domain.h - addresses in forms: "bob" becomes "bob@acme.example" where
 * it is clear which domain is meant, and an address tells about its tenant.
 */
#ifndef SCREENS_OWN_DOMAIN_H
#define SCREENS_OWN_DOMAIN_H

#include "base/host_name.h"
#include "model/context.h"
#include "tui/form.h"

/* The primary domain of the tenant, or of the actor's own where the id is 0;
 * "" when neither is one. */
void own_domain_of(
    struct context *, int64_t tenant_id, char to[HOST_NAME_SIZE]);

/* Completes what is in the field; call it before a key that leaves it. */
void own_domain_complete(struct form *, const char *field, const char *domain);

/* Whether the message is such a key. */
bool own_domain_is_leaving(const struct msg *);

/* The refusal for an address that is to be made: no such domain here, or
 * taken; it stands below the field then.  False for a refusal. */
bool own_domain_look(struct context *, struct form *, const char *field);

/* Below the field: whose it will be, and how much is taken there. */
void own_domain_say_room(struct context *, struct form *, const char *field);

#endif
