/*
 * key_directory.h - the directory of DKIM's private keys, opened by a process
 * that may be root and was told its name by one that is not.
 */
#ifndef MAIL_KEY_DIRECTORY_H
#define MAIL_KEY_DIRECTORY_H

#include "base/err.h"

/*
 * Opens the directory, for whoever closes *fd; what is checked is what is
 * open.  ERR_INVALID unless it is a whole path; ERR_DENIED when it belongs to
 * another user than this process's, or others can write it.
 */
enum err_code key_directory_open(
    const char *directory, int *fd, struct err *) MUST_USE;

/* The same; one that is missing is made: by root with mode 0711, since
 * OpenDKIM goes through it, else 0700. */
enum err_code key_directory_make(
    const char *directory, int *fd, struct err *) MUST_USE;

#endif
