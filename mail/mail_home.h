/*
 * mail_home.h - the mail directory of one user, when it goes for good.
 *
 * The tree below belongs to the mail user, who may put anything there: no
 * symbolic link is followed, and nothing on another file system is touched.
 */
#ifndef MAIL_MAIL_HOME_H
#define MAIL_MAIL_HOME_H

#include "base/err.h"

/*
 * Removes DIRECTORY/HOME with all that is in it, and the tenant's directory
 * when that is empty then.  `home` is "TENANT/USER", two numbers; anything
 * else is ERR_INVALID, and so is a directory that is no whole path.  What
 * isn't there counts as removed.
 */
enum err_code mail_home_remove(
    const char *directory, const char *home, struct err *) MUST_USE;

#endif
