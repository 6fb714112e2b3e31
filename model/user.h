/*
 * user.h - accounts with a mailbox: made, changed, suspended, removed.
 *
 * Seats and storage are counted inside the writing transaction.  A removed
 * user can't sign in and gets no mail; address and data are kept 30 days, in
 * which "user restore" brings both back.
 */
#ifndef MODEL_USER_H
#define MODEL_USER_H

#include "model/list.h"
#include "model/operation.h"

extern const struct operation user_edit_operations[];
extern const struct operation user_password_operations[];
extern const struct operation user_status_operations[];
extern const struct list user_list;
extern const struct list user_removed_list; /* "removed list" */

#endif
