/*
 * install.h - puts the configuration of a mail server in place, as root.
 *
 * Each file that differs is shown as a diff, kept beside as
 * FILE.before-20261124T120000Z, and replaced in one step; then the daemon's
 * own checker reads the whole.  When it finds fault, every file is put back as
 * it was.  A daemon that runs is reloaded.
 */
#ifndef MAIL_INSTALL_H
#define MAIL_INSTALL_H

#include <stdbool.h>

#include "base/text.h"
#include "mail/config.h"

/*
 * `report` gets the diffs and what was done; with is_dry nothing else
 * happens.  ERR_INVALID holds the checker's complaint, ERR_NOT_FOUND means
 * that the daemon is not installed.
 */
enum err_code install_config(const struct config_values *, enum config_daemon,
    bool is_dry, struct text_builder *report, struct err *) MUST_USE;

#endif
