/*
 * certificates.h - certificates of many shapes, made by openssl for one test
 * program in a directory of their own (certificates.sh says which).
 */
#ifndef TESTS_CERTIFICATES_H
#define TESTS_CERTIFICATES_H

#include <stddef.h>

#include "smime/identity.h"

/* cmocka's group setup and teardown. */
int certificates_make(void **state);
int certificates_remove(void **state);

/* Runs a program (NULL ends its words); its wait status. */
int certificates_run(const char *const *words);

/* The directory, "" before certificates_make(). */
const char *certificates_directory(void);

/* The files of these names one behind the other; NULL ends the names.  The
 * bytes live until certificates_remove(). */
char *certificates_file(size_t *length, const char *name, ...)
    __attribute__((sentinel));

/* An identity out of PEM files, which must be readable. */
void certificates_identity(struct identity *, const char *certificate,
    const char *issuers, const char *key);

#endif
