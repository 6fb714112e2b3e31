/*
 * door.h - what runs behind a door: the database opened for one actor,
 * and then the screens or one command.
 *
 * The SSH doors (serve.h) take these functions as they are.  On the box, the
 * same runs as the operator: started by root, a keeper stays root for key
 * files and everything else becomes the owner of the state directory before
 * the database is opened, because a file that root makes beside it would
 * lock the service out.
 */
#ifndef SSH_DOOR_H
#define SSH_DOOR_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct actor;
struct ip;

#define DOOR_DATABASE "postern.db" /* in the state directory */

/* ---- over SSH: the members of struct serve_options ---- */

enum err_code door_login(const char *state_directory, const char *user,
    const char *key_type, const char *key_base64, const struct ip *from,
    struct actor *, struct err *) MUST_USE;
bool door_takes_passwords(const char *state_directory);
enum err_code door_password_login(const char *state_directory, const char *user,
    const char *password, const struct ip *from, struct actor *,
    struct err *) MUST_USE;
int64_t door_logged_in(const char *state_directory, const struct actor *);
int door_screens(const char *state_directory, const struct actor *);
int door_command(const char *state_directory, const struct actor *,
    int word_count, char **words);

/* ---- on the box, as the operator; each gives the exit status ---- */

/* `resolvers` is the text of --resolver, or NULL. */
int door_box_screens(const char *state_directory, const char *resolvers);
int door_box_command(const char *state_directory, int word_count, char **words);

/* Makes the state directory where there is none; started by root, the
 * service's user owns it. */
enum err_code door_make_state(const char *path, struct err *) MUST_USE;

/* From / on, because what stays root works in another directory. */
enum err_code door_whole_path(
    char to[PATH_MAX], const char *state_directory, struct err *) MUST_USE;

/*
 * "init": the state directory (mode 0711), the database, the host key and the
 * first super admin, who signs in with the public key in the file.  What is
 * there already is kept, but for a super admin: then ERR_CONFLICT.
 */
int door_init(const char *state_directory, int word_count, char **words);

#endif
