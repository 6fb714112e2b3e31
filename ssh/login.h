/*
 * login.h - in the transport: what a client does to log in.
 *
 * Keys and passwords go to the broker, which decides.  Which methods are
 * offered is asked once, at the client's first try; keys always are.
 */
#ifndef SSH_LOGIN_H
#define SSH_LOGIN_H

#include <stdbool.h>

struct serve_limits;
struct ssh_server_callbacks_struct;
struct ssh_session_struct;

/* Fills in the callbacks of log-in. */
void login_open(struct ssh_session_struct *,
    struct ssh_server_callbacks_struct *, int link,
    const struct serve_limits *);

bool login_is_done(void); /* somebody is logged in */
bool login_is_over(void); /* end the connection: no more tries */

#endif
