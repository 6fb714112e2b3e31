#include "ssh/door.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/field.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "model/account.h"
#include "model/context.h"
#include "model/db.h"
#include "model/effects.h"
#include "model/key.h"
#include "model/password_login.h"
#include "model/setup.h"
#include "screens/session.h"
#include "ssh/command_line.h"
#include "ssh/door_effects.h"
#include "ssh/host_key.h"
#include "ssh/privilege.h"
#include "ssh/serve.h"
#include "ssh/sign_door.h"
#include "ssh/state_lock.h"

#define NOTE_BUSY_MS 250
#define SERVICE_USER "postern" /* owns the state directory of a server */

static int
fail(const struct err *err)
{
	fprintf(stderr, "postern: %s%s%s\n", err->field,
	    err->field[0] == '\0' ? "" : ": ", err->text);
	return err_exit_status(err->code);
}

static enum err_code
open_database(const char *state_directory, enum db_mode mode, struct db **db,
    struct err *err)
{
	char path[PATH_MAX];

	if (!text_format(
		path, sizeof(path), "%s/%s", state_directory, DOOR_DATABASE))
		return err_set(err, ERR_SYSTEM, NULL,
		    "The state directory's path is too long.");
	return db_open(db, path, mode, err);
}

/* ---- over SSH ---- */

enum err_code
door_login(const char *state_directory, const char *user, const char *key_type,
    const char *key_base64, const struct ip *from, struct actor *actor,
    struct err *err)
{
	char why[ERR_TEXT_SIZE] = "";
	struct db *db = NULL;
	enum err_code code =
	    open_database(state_directory, DB_MUST_EXIST, &db, err);

	if (code == OK)
		code =
		    key_login(db, user, key_type, key_base64, from, actor, err);
	/* Expired, another network, suspended: for the log, and for whoever
	 * holds the key. */
	if (code == ERR_DENIED &&
	    key_why_refused(db, user, key_type, key_base64, from, why,
		sizeof(why), NULL) == OK &&
	    why[0] != '\0')
		err_set(err, ERR_DENIED, SERVE_TELL_HOLDER, "%s", why);
	db_close(&db);
	return code;
}

bool
door_takes_passwords(const char *state_directory)
{
	struct db *db = NULL;
	struct err err = { 0 };
	bool is_on = false;

	if (open_database(state_directory, DB_MUST_EXIST, &db, &err) != OK ||
	    password_login_is_on(db, &is_on, &err) != OK)
		log_warn("%s", err.text);
	db_close(&db);
	return is_on;
}

enum err_code
door_password_login(const char *state_directory, const char *user,
    const char *password, const struct ip *from, struct actor *actor,
    struct err *err)
{
	const char *why = NULL;
	struct db *db = NULL;
	enum err_code code =
	    open_database(state_directory, DB_MUST_EXIST, &db, err);

	if (code == OK)
		code = account_password_login(
		    db, user, password, from, actor, &why, err);
	/* For the log: the client gets no text. */
	if (code == ERR_DENIED && why != NULL)
		err_set(err, ERR_DENIED, NULL, "%s", why);
	db_close(&db);
	return code;
}

static enum err_code
note_login(
    struct db *db, const struct actor *actor, int64_t *ends_at, struct err *err)
{
	enum err_code code = key_expires_at(db, actor, ends_at, err);

	if (code != OK)
		return code;
	/* Nobody waits for that while another writes. */
	db_set_busy_ms(db, NOTE_BUSY_MS);
	return actor->key_id != 0 ? key_note_login(db, actor, err)
				  : password_login_note(db, actor, err);
}

int64_t
door_logged_in(const char *state_directory, const struct actor *actor)
{
	struct db *db = NULL;
	struct err err = { 0 };
	int64_t ends_at = 0;

	if (open_database(state_directory, DB_MUST_EXIST, &db, &err) != OK ||
	    note_login(db, actor, &ends_at, &err) != OK)
		log_warn("%s", err.text);
	db_close(&db);
	return ends_at;
}

/* A command or the screens for one actor. */
static int
run(struct context *context, int word_count, char **words)
{
	struct err err = { 0 };
	int status, lock;

	if (state_lock(context->state_directory, false, &lock, &err) != OK ||
	    open_database(context->state_directory, DB_MUST_EXIST, &context->db,
		&err) != OK)
		return fail(&err);
	if (account_go_on(context->db, &context->actor, &err) != OK) {
		db_close(&context->db);
		return fail(&err);
	}
	if (context->effects != NULL && effects_repeat(context, &err) != OK)
		log_warn("%s", err.text);
	status = words != NULL ? command_line_run(context, word_count, words)
			       : session_run(context);
	db_close(&context->db);
	return status;
}

int
door_screens(const char *state_directory, const struct actor *actor)
{
	struct context context = { .actor = *actor,
		.state_directory = state_directory };
	struct door_effects own;

	door_effects_session(&own, &context);
	return run(&context, 0, NULL);
}

int
door_command(const char *state_directory, const struct actor *actor,
    int word_count, char **words)
{
	struct context context = { .actor = *actor,
		.state_directory = state_directory };
	struct door_effects own;

	door_effects_session(&own, &context);
	return run(&context, word_count, words);
}

/* ---- on the box ---- */

/* Root keeps the keeper and becomes the owner of the state directory; anybody
 * else stays who they are and makes key files as that user. */
static enum err_code
enter_box(struct keeper *keeper, const char *state_directory, struct err *err)
{
	struct stat status;
	enum err_code code;

	if (stat(state_directory, &status) != 0)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no state directory %s: make it with postern "
		    "init, or name another with --state.",
		    state_directory);
	if (geteuid() != 0 || status.st_uid == 0)
		return OK;
	code = keeper_open(keeper, err);
	if (code == OK)
		privilege_become_owner(state_directory);
	return code;
}

enum err_code
door_whole_path(char to[PATH_MAX], const char *state_directory, struct err *err)
{
	if (realpath(state_directory, to) == NULL)
		text_copy(to, PATH_MAX, state_directory);
	return *to == '\0'
	    ? err_set(err, ERR_INVALID, NULL, "--state needs a directory.")
	    : OK;
}

static int
run_in_box(const char *state_directory, const char *resolvers, int word_count,
    char **words)
{
	char path[PATH_MAX];
	struct door_effects own;
	struct context context = { .state_directory = path,
		.resolvers = resolvers };
	struct err err = { 0 };
	int status;

	actor_console(&context.actor);
	door_effects_box(&own, &context);
	if (door_whole_path(path, state_directory, &err) != OK ||
	    enter_box(&own.keeper, path, &err) != OK)
		status = fail(&err);
	else
		status = run(&context, word_count, words);
	keeper_close(&own.keeper);
	return status;
}

int
door_box_screens(const char *state_directory, const char *resolvers)
{
	return run_in_box(state_directory, resolvers, 0, NULL);
}

/* "DOMAIN FILE...": more than one word that is no option. */
static bool
names_file(int word_count, char **words)
{
	int names = 0;

	for (int i = 0; i < word_count; i++)
		names += strncmp(words[i], "--", 2) != 0 &&
		    strncmp(words[i], "days=", 5) != 0;
	return names != 1;
}

/* Who may use the state's database asks the resolvers of its settings. */
static bool
may_use_state(const char *state_directory)
{
	char path[PATH_MAX];

	return text_format(path, sizeof(path), "%s/%s", state_directory,
		   DOOR_DATABASE) &&
	    access(path, R_OK | W_OK) == 0;
}

/* Answers that need no state directory: anybody may try a record. */
static bool
is_about_program(const char *state_directory, int word_count, char **words)
{
	if (!command_line_needs_state(word_count, words))
		return true;
	if (word_count < 2 || !text_is_same(words[0], "dns"))
		return false;
	/* Reports from files; those that are stored are in the state. */
	if (text_is_same(words[1], "reports"))
		return names_file(word_count - 2, words + 2);
	if (text_is_same(words[1], "spf"))
		return !may_use_state(state_directory);
	return text_is_same(words[1], "lint");
}

int
door_box_command(const char *state_directory, int word_count, char **words)
{
	struct context context = { 0 };

	if (is_about_program(state_directory, word_count, words)) {
		actor_console(&context.actor);
		return command_line_run(&context, word_count, words);
	}
	return run_in_box(state_directory, NULL, word_count, words);
}

/* ---- init ---- */

#define KEY_FILE_MAX (16 * 1024) /* bytes */

struct init_input {
	char admin[ADDRESS_SIZE];
	char key[PATH_MAX];
};

/* clang-format off */
static const struct field init_fields[] = {
	{ .name = "admin", .label = "Admin",
	  .help = "Mail address of the first super admin.",
	  .kind = FIELD_ADDRESS, FIELD(struct init_input, admin),
	  .is_required = true },
	{ .name = "key", .label = "Key",
	  .help = "File with that person's SSH public key, such as "
		  "id_ed25519.pub.",
	  .kind = FIELD_TEXT, FIELD(struct init_input, key),
	  .is_required = true },
	{ 0 }
};
/* clang-format on */

/* "admin=ADDRESS" and "key=FILE" in any order. */
static enum err_code
parse_init(struct init_input *input, int count, char **words, struct err *err)
{
	for (const struct field *f = init_fields; f->name != NULL; f++) {
		const size_t length = strlen(f->name);
		const char *text = "";

		for (int i = 0; i < count; i++)
			if (strncmp(words[i], f->name, length) == 0 &&
			    words[i][length] == '=')
				text = words[i] + length + 1;
		if (field_parse(f, input, text, err) != OK)
			return err->code;
	}
	return OK;
}

enum err_code
door_make_state(const char *path, struct err *err)
{
	const struct passwd *user =
	    geteuid() == 0 ? getpwnam(SERVICE_USER) : NULL;

	/* Passable for the mail daemons, whose maps are below; every file is
	 * its owner's alone. */
	if (mkdir(path, 0711) == 0) {
		if (user != NULL &&
		    chown(path, user->pw_uid, user->pw_gid) != 0)
			return err_set_errno(err, "Can't give %s away", path);
	} else if (errno != EEXIST)
		return err_set_errno(err, "Can't make %s", path);
	return OK;
}

static enum err_code
make_state_directory(const char *path, struct err *err)
{
	int lock;

	/* Held until the process ends. */
	if (door_make_state(path, err) != OK ||
	    state_lock(path, false, &lock, err) != OK ||
	    sign_door_make_vault(path, err) != OK)
		return err->code;
	privilege_become_owner(path);
	return OK;
}

static enum err_code
make_first_admin(const char *state_directory, const struct init_input *input,
    const char *public_key, struct err *err)
{
	struct context context = { .state_directory = state_directory };
	enum err_code code =
	    open_database(state_directory, DB_MAY_CREATE, &context.db, err);

	actor_console(&context.actor);
	if (code == OK)
		code =
		    setup_first_admin(&context, input->admin, public_key, err);
	db_close(&context.db);
	return code;
}

int
door_init(const char *state_directory, int word_count, char **words)
{
	struct init_input input = { 0 };
	struct arena arena = { 0 };
	struct err err = { 0 };
	char fingerprint[HOST_KEY_FINGERPRINT_SIZE], *key = NULL;
	size_t length;
	int status = 0;

	/* The key's file is read as whoever calls, before that changes. */
	if (parse_init(&input, word_count, words, &err) != OK ||
	    io_read_file(
		&arena, input.key, KEY_FILE_MAX, &key, &length, &err) != OK ||
	    make_state_directory(state_directory, &err) != OK ||
	    host_key_make(state_directory, &err) != OK ||
	    host_key_fingerprint(state_directory, fingerprint, &err) != OK ||
	    make_first_admin(state_directory, &input, key, &err) != OK)
		status = fail(&err);
	else
		printf("%s is ready.  %s is super admin.\nHost key: %s\n",
		    state_directory, input.admin, fingerprint);
	arena_free(&arena);
	return status;
}
