#include "model/sign_directory.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "model/db.h"
#include "model/export.h"
#include "model/smime.h"

enum { SIGN_PERSON, SIGN_SENDERS, SIGN_CERTIFICATE };

static const char *const sql[] = {
	[SIGN_PERSON] = "SELECT certificates, sealed, encrypt, failure "
			"FROM person WHERE username = :login",
	[SIGN_SENDERS] = "SELECT senders FROM address WHERE address = :from",
	[SIGN_CERTIFICATE] =
	    "SELECT r.certificates FROM person r "
	    "JOIN person p ON p.tenant = r.tenant "
	    "WHERE r.username = :recipient AND p.username = :login "
	    "AND r.certificates <> ''",
};

const struct db_statements sign_statements = DB_STATEMENTS("sign", sql);

#define BUSY_MS 3000

/* ---- the export, open ---- */

static enum err_code
open_export(const char *path, struct db **db, int64_t *inode, struct err *err)
{
	enum db_export found = DB_EXPORT_MISSING;
	enum err_code code;

	*db = NULL;
	code = db_open_export(db, path, export_files[EXPORT_SIGN].schema, false,
	    &found, inode, err);
	if (code == OK && *db == NULL)
		return err_set(err, ERR_NOT_FOUND, NULL,
		    "There is no %.150s: \"postern mail sync\" makes it.",
		    path);
	if (code == OK)
		db_set_busy_ms(*db, BUSY_MS);
	return code;
}

/* One that waits for nobody: the shared one, or one of its own. */
struct hold {
	struct sign_reader *reader;
	struct db *db;
	bool is_shared;
};

/* The file may have been deleted, or another one put in its place. */
static void
forget_other_file(struct sign_reader *reader, const char *path)
{
	struct stat status;

	if (reader->db != NULL &&
	    (lstat(path, &status) != 0 ||
		(int64_t)status.st_ino != reader->inode))
		db_close(&reader->db);
}

static enum err_code
hold_export(struct hold *hold, struct sign_reader *reader, struct err *err)
{
	char path[PATH_MAX];
	enum err_code code = OK;
	int64_t inode;

	*hold = (struct hold){ .reader = reader };
	if (!export_path(
		path, sizeof(path), reader->state_directory, EXPORT_SIGN))
		return err_set(err, ERR_SYSTEM, NULL, "The path is too long.");
	hold->is_shared = pthread_mutex_trylock(&reader->lock) == 0;
	if (!hold->is_shared)
		return open_export(path, &hold->db, &inode, err);
	forget_other_file(reader, path);
	if (reader->db == NULL)
		code = open_export(path, &reader->db, &reader->inode, err);
	hold->db = reader->db;
	return code;
}

/* After a failure it is opened anew. */
static enum err_code
let_go(struct hold *hold, enum err_code code)
{
	if (!hold->is_shared) {
		db_close(&hold->db);
		return code;
	}
	if (code != OK)
		db_close(&hold->reader->db);
	pthread_mutex_unlock(&hold->reader->lock);
	return code;
}

/* ---- what is asked ---- */

/* Whether the log-in stands among the senders, which have commas between. */
static bool
is_among(const char *senders, const char *login)
{
	const size_t length = strlen(login);

	while (*senders != '\0') {
		const size_t next = strcspn(senders, ",");

		if (next == length && strncmp(senders, login, next) == 0)
			return true;
		senders += next + (senders[next] == ',');
	}
	return false;
}

static enum err_code
read_sender(struct db *db, const char *login, const char *from,
    struct sign_person *person, struct err *err)
{
	struct db_query q = db_query(db, &sign_statements, SIGN_SENDERS);

	db_bind_text(&q, ":from", from);
	if (db_step(&q))
		person->may_send = is_among(db_text(&q, 0), login);
	return db_end(&q, err);
}

static enum encrypt_wish
wish(const char *word)
{
	if (text_is_same(word, "required"))
		return ENCRYPT_REQUIRED;
	return text_is_same(word, "possible") ? ENCRYPT_POSSIBLE : ENCRYPT_NO;
}

static enum err_code
read_person(struct db *db, const char *login, struct arena *arena,
    struct sign_person *person, struct err *err)
{
	struct db_query q = db_query(db, &sign_statements, SIGN_PERSON);

	db_bind_text(&q, ":login", login);
	if (db_step(&q)) {
		const char *certificates = db_text(&q, 0);
		const void *sealed = db_blob(&q, 1, &person->sealed_length);

		if (certificates[0] != '\0') {
			person->certificates = arena_text(arena, certificates);
			person->sealed =
			    arena_text_n(arena, sealed, person->sealed_length);
		}
		person->encrypt = wish(db_text(&q, 2));
		person->passes_unsigned = text_is_same(db_text(&q, 3), "pass");
	}
	smime_label(person->label, login);
	return db_end(&q, err);
}

static enum err_code
find_person(void *self, const char *login, const char *from,
    struct arena *arena, struct sign_person *person, struct err *err)
{
	struct hold hold;
	enum err_code code = hold_export(&hold, self, err);

	*person = (struct sign_person){ 0 };
	if (code == OK)
		code = read_sender(hold.db, login, from, person, err);
	if (code == OK)
		code = read_person(hold.db, login, arena, person, err);
	return let_go(&hold, code);
}

static enum err_code
find_certificate(void *self, const char *login, const char *recipient,
    struct arena *arena, const char **pem, struct err *err)
{
	struct hold hold;
	struct db_query q;
	enum err_code code = hold_export(&hold, self, err);

	*pem = NULL;
	if (code != OK)
		return let_go(&hold, code);
	q = db_query(hold.db, &sign_statements, SIGN_CERTIFICATE);
	db_bind_text(&q, ":login", login);
	db_bind_text(&q, ":recipient", recipient);
	if (db_step(&q))
		*pem = db_arena_text(&q, 0, arena);
	return let_go(&hold, db_end(&q, err));
}

void
sign_directory_open(struct sign_directory *directory,
    struct sign_reader *reader, const char *state_directory)
{
	*reader = (struct sign_reader){ .state_directory = state_directory,
		.lock = PTHREAD_MUTEX_INITIALIZER };
	*directory = (struct sign_directory){ .self = reader,
		.person = find_person,
		.certificate = find_certificate };
}

void
sign_directory_close(struct sign_reader *reader)
{
	db_close(&reader->db);
	pthread_mutex_destroy(&reader->lock);
}
