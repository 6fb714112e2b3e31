#include "model/mail_setup.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "model/server.h"

enum { SETUP_STS_NAMES, SETUP_DKIM, SETUP_ROOT };

static const char *const sql[] = {
	/* Names that the web server's certificate must hold. */
	[SETUP_STS_NAMES] =
	    "SELECT 'mta-sts.' || name FROM domain "
	    "WHERE mta_sts_mode <> 'none' AND ownership = 'verified' "
	    "ORDER BY name",
	[SETUP_DKIM] = "SELECT dkim_directory FROM server",
	[SETUP_ROOT] = "SELECT mail_root FROM server",
};

const struct db_statements mail_setup_statements =
    DB_STATEMENTS("mail setup", sql);

static enum err_code
load_names(struct db *db, struct config_values *to, struct err *err)
{
	struct db_query q =
	    db_query(db, &mail_setup_statements, SETUP_STS_NAMES);

	while (db_step(&q)) {
		if (to->sts_names[0] != '\0')
			text_append(to->sts_names, sizeof(to->sts_names), ", ");
		text_append(
		    to->sts_names, sizeof(to->sts_names), db_text(&q, 0));
	}
	if (to->sts_names[0] == '\0')
		text_copy(to->sts_names, sizeof(to->sts_names), "none yet");
	return db_end(&q, err);
}

/* What the daemons' sockets must belong to. */
static void
load_owner(const char *state_directory, struct config_values *to)
{
	struct stat status;
	const struct passwd *user = NULL;

	if (stat(state_directory, &status) == 0)
		user = getpwuid(status.st_uid);
	text_copy(to->console_user, sizeof(to->console_user),
	    user != NULL ? user->pw_name : "postern");
}

static void
load_ports(struct config_values *to)
{
#define PORT(member, text) text_copy(to->member, sizeof(to->member), (text))
	PORT(interfaces, "all");
	PORT(protocols, "all");
	PORT(dovecot_listen, "*, [::]");
	PORT(smtp, "25");
	PORT(submission, "587");
	PORT(submissions, "465");
	PORT(imaps_port, "993");
	PORT(https, "443");
	PORT(https6, "[::]:443");
#undef PORT
}

static void
load_paths(const struct server *server, const char *state_directory,
    struct config_values *to)
{
	const char *host = server->host_name;

	text_copy(to->state, sizeof(to->state), state_directory);
	text_copy(
	    to->certificate, sizeof(to->certificate), server->tls_certificate);
	text_copy(to->key, sizeof(to->key), server->tls_key);
	if (to->certificate[0] == '\0')
		text_format(to->certificate, sizeof(to->certificate),
		    "/etc/letsencrypt/live/%s/fullchain.pem", host);
	if (to->key[0] == '\0')
		text_format(to->key, sizeof(to->key),
		    "/etc/letsencrypt/live/%s/privkey.pem", host);
	text_copy(to->mail_directory, sizeof(to->mail_directory),
	    server->mail_directory[0] != '\0' ? server->mail_directory
					      : "/var/vmail");
	text_copy(to->sts, sizeof(to->sts), server->mta_sts_directory);
	if (to->sts[0] == '\0')
		text_format(
		    to->sts, sizeof(to->sts), "%s/mta-sts", state_directory);
}

enum err_code
mail_setup_load(
    struct context *context, struct config_values *to, struct err *err)
{
	struct server server;
	int64_t version;

	*to = (struct config_values){ 0 };
	if (server_load(context->db, &server, &version, err) != OK ||
	    mail_setup_dkim_directory(context, to->dkim, err) != OK)
		return err->code;
	text_copy(to->host, sizeof(to->host), server.host_name);
	text_copy(to->root, sizeof(to->root), server.mail_root);
	text_copy(to->mail_user, sizeof(to->mail_user), "vmail");
	text_copy(to->milter, sizeof(to->milter), MAIL_MILTER_SOCKET);
	text_copy(to->own_senders, sizeof(to->own_senders),
	    server.refuses_own_senders ? "yes" : "");
	load_paths(&server, context->state_directory, to);
	load_owner(context->state_directory, to);
	load_ports(to);
	return load_names(context->db, to, err);
}

/* Below a directory that another user owns, OpenDKIM takes no key: on a real
 * server the state is the service's. */
static bool
is_service(const char *state_directory)
{
	struct stat status;
	const struct passwd *user = NULL;

	if (stat(state_directory, &status) == 0)
		user = getpwuid(status.st_uid);
	return user != NULL && text_is_same(user->pw_name, "postern");
}

void
mail_setup_default_dkim(const char *state_directory, char to[CONFIG_PATH_SIZE])
{
	if (is_service(state_directory))
		text_copy(to, CONFIG_PATH_SIZE, MAIL_DKIM_DIRECTORY);
	else
		text_format(to, CONFIG_PATH_SIZE, "%s/dkim", state_directory);
}

enum err_code
mail_setup_dkim_directory(
    struct context *context, char to[CONFIG_PATH_SIZE], struct err *err)
{
	struct db_query q =
	    db_query(context->db, &mail_setup_statements, SETUP_DKIM);

	to[0] = '\0';
	if (db_step(&q))
		db_copy(&q, 0, to, CONFIG_PATH_SIZE);
	if (to[0] == '\0')
		mail_setup_default_dkim(context->state_directory, to);
	return db_end(&q, err);
}

enum err_code
mail_setup_path(
    struct db *db, const char *path, char to[CONFIG_PATH_SIZE], struct err *err)
{
	struct db_query q = db_query(db, &mail_setup_statements, SETUP_ROOT);

	if (db_step(&q))
		text_format(to, CONFIG_PATH_SIZE, "%s%s", db_text(&q, 0), path);
	return db_end(&q, err);
}
