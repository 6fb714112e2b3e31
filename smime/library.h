/*
 * library.h - what the files of smime/ need of OpenSSL itself: a corner with
 * the old algorithms, and its errors as sentences.
 */
#ifndef SMIME_LIBRARY_H
#define SMIME_LIBRARY_H

#include "base/err.h"

struct ossl_lib_ctx_st;
struct ossl_provider_st;

/* The old algorithms (RC2, DES) are loaded here alone, to open files that
 * people have; nothing is ever made with them. */
struct library {
	struct ossl_lib_ctx_st *context; /* NULL: the common one */
	struct ossl_provider_st *usual, *old;
};

void library_open(struct library *);
void library_close(struct library *);

/* A text for a callback that takes no const: it is only read. */
void *library_text(const char *);

/* ERR_SYSTEM. */
enum err_code library_out_of_memory(struct err *);

/* ERR_SYSTEM: "Can't `what`: the library's reason"; empties its queue. */
enum err_code library_failed(struct err *, const char *what);

#endif
