/*
 * vault_pem.h - whether bytes from elsewhere are what the vault's files hold.
 */
#ifndef SMIME_VAULT_PEM_H
#define SMIME_VAULT_PEM_H

#include <stdbool.h>
#include <stddef.h>

/* PEM without a password, and nothing before it. */
bool vault_pem_is_key(const char *pem, size_t length);
bool vault_pem_is_certificate(const char *pem, size_t length);

#endif
