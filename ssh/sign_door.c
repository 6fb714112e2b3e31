#include "ssh/sign_door.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/text.h"
#include "model/context.h"
#include "model/db.h"
#include "model/sign_directory.h"
#include "model/smime.h"
#include "smime/milter.h"
#include "ssh/door.h"
#include "ssh/privilege.h"
#include "ssh/state_lock.h"

#define SIGN_USER "postern-sign"

static int
fail(const struct err *err)
{
	fprintf(stderr, "postern: %s\n", err->text);
	return err_exit_status(err->code);
}

/* Only root can give the key away. */
static void
key_owner(uid_t *user, gid_t *group)
{
	const struct passwd *found =
	    geteuid() == 0 ? getpwnam(SIGN_USER) : NULL;

	*user = found == NULL ? (uid_t)-1 : found->pw_uid;
	*group = found == NULL ? (gid_t)-1 : found->pw_gid;
}

enum err_code
sign_door_make_vault(const char *state_directory, struct err *err)
{
	uid_t user;
	gid_t group;

	key_owner(&user, &group);
	return vault_make(state_directory, user, group, err);
}

bool
sign_door_give_key(int fd)
{
	uid_t user;
	gid_t group;

	key_owner(&user, &group);
	return user == (uid_t)-1 || fchown(fd, user, group) == 0;
}

/* ---- milter ---- */

static enum err_code
become_signer(struct err *err)
{
	const struct passwd *user = geteuid() == 0 ? getpwnam(SIGN_USER) : NULL;

	if (user != NULL &&
	    (initgroups(SIGN_USER, user->pw_gid) != 0 ||
		setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
		setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0))
		return err_set_errno(err, "Can't become user " SIGN_USER);
	prctl(PR_SET_DUMPABLE, 0);
	return OK;
}

int
sign_door_milter(const char *state_directory, const char *socket_path)
{
	int lock;
	struct sign_reader reader;
	struct sign_directory directory;
	static struct keyring keyring;
	struct err err = { 0 };
	struct vault vault;
	int status = EX_OK;

	if (become_signer(&err) != OK ||
	    state_lock_export(state_directory, false, &lock, &err) != OK)
		return fail(&err);
	sign_directory_open(&directory, &reader, state_directory);
	keyring_open(&keyring, state_directory);
	/* Said at once, though without a vault the rule of senders holds. */
	if (vault_open(&vault, state_directory, &err) != OK)
		fprintf(stderr, "postern: %s\n", err.text);
	vault_close(&vault);
	if (milter_run(socket_path, &directory, &keyring, &err) != OK)
		status = fail(&err);
	keyring_close(&keyring);
	sign_directory_close(&reader);
	close(lock);
	return status;
}

/* ---- vault ---- */

/* As the owner of the database, with the keys that root has read. */
static int
reseal(const char *state_directory, const struct vault *vault)
{
	struct context context = { .state_directory = state_directory };
	char path[PATH_MAX];
	struct err err = { 0 };
	int64_t count = 0;
	int status = EX_OK;

	privilege_become_owner(state_directory);
	actor_console(&context.actor);
	text_format(
	    path, sizeof(path), "%s/%s", state_directory, DOOR_DATABASE);
	if (db_open(&context.db, path, DB_MUST_EXIST, &err) != OK ||
	    smime_reseal(&context, vault, &count, &err) != OK)
		status = fail(&err);
	else
		printf("The vault has a new key; %" PRId64
		       " secrets are sealed to it.\n",
		    count);
	db_close(&context.db);
	return status;
}

static int
reseal_in_child(const char *state_directory, const struct vault *vault)
{
	const pid_t child = fork();
	int status;

	if (child == 0) {
		const int result = reseal(state_directory, vault);

		fflush(stdout);
		_exit(result);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return EX_OSERR;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE;
}

static int
rotate(const char *state_directory)
{
	struct vault vault = { 0 };
	struct err err = { 0 };
	uid_t user;
	gid_t group;
	int status;

	key_owner(&user, &group);
	if (vault_rotate(state_directory, user, group, &err) != OK ||
	    vault_open(&vault, state_directory, &err) != OK)
		return fail(&err);
	status = reseal_in_child(state_directory, &vault);
	vault_close(&vault);
	if (status == EX_OK && vault_forget_old(state_directory, &err) != OK)
		return fail(&err);
	return status;
}

int
sign_door_vault(const char *state_directory, int word_count, char **words)
{
	const bool is_rotation =
	    word_count == 1 && text_is_same(words[0], "rotate");
	struct err err = { 0 };
	int lock, status = EX_OK;

	if (word_count != 1 ||
	    (!is_rotation && !text_is_same(words[0], "make"))) {
		fputs("postern: vault takes make or rotate.\n", stderr);
		return EX_USAGE;
	}
	if (state_lock(state_directory, false, &lock, &err) != OK)
		return fail(&err);
	if (is_rotation)
		status = rotate(state_directory);
	else if (sign_door_make_vault(state_directory, &err) != OK)
		status = fail(&err);
	close(lock);
	return status;
}
