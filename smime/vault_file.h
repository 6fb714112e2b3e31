/*
 * vault_file.h - the vault's key and certificate as files: what smime/vault.h
 * makes and rotates, and how they are read.
 */
#ifndef SMIME_VAULT_FILE_H
#define SMIME_VAULT_FILE_H

#include <limits.h>

#include "base/err.h"

struct evp_pkey_st;
struct x509_st;

/* Of a file in the state directory. */
enum err_code vault_file_path(char to[PATH_MAX], const char *state_directory,
    const char *name, struct err *) MUST_USE;

/* The caller frees what is read.  ERR_NOT_FOUND where there is none,
 * ERR_DENIED where this user may not read it. */
enum err_code vault_file_key(
    const char *path, struct evp_pkey_st **, struct err *) MUST_USE;
enum err_code vault_file_certificate(
    const char *state_directory, struct x509_st **, struct err *) MUST_USE;

#endif
