#include "mail/keeper_root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "mail/dkim_tables.h"
#include "mail/install.h"
#include "mail/key_directory.h"
#include "mail/mail_home.h"
#include "mail/mailbox.h"
#include "mail/reload.h"

/*
 * Goes into the directory, so that what is checked is what is used: a rename
 * or symbolic link that comes later changes nothing.
 */
static enum err_code
enter(const char *directory, struct err *err)
{
	int fd;

	if (key_directory_make(directory, &fd, err) != OK)
		return err->code;
	if (fchdir(fd) != 0)
		err_set_errno(err, "Can't enter %s", directory);
	close(fd);
	return err->code;
}

static enum err_code
make(const struct keeper_request *request, struct keeper_answer *answer)
{
	return dkim_key_make(".", request->domain, request->selector,
	    answer->public_base64, &answer->err);
}

static enum err_code
remove_key(const struct keeper_request *request, struct keeper_answer *answer)
{
	return dkim_key_remove(
	    ".", request->domain, request->selector, &answer->err);
}

/* ---- the mail servers ---- */

/* Nobody but root directs what is below it; in a directory like /tmp names
 * stay whose they are. */
static bool
is_roots_own(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
	    (status.st_uid == 0 || status.st_uid == geteuid()) &&
	    ((status.st_mode & 022) == 0 || (status.st_mode & S_ISVTX) != 0);
}

/* The request comes from a process that is not root, and so does the root in
 * it: "" is the machine, and any other must be root's, from / on. */
static enum err_code
check_root(const char *root, struct err *err)
{
	char real[PATH_MAX];
	bool is_good;

	if (root[0] == '\0')
		return OK;
	is_good = realpath(root, real) != NULL && text_is_same(real, root);
	for (char *slash = real + 1; is_good && slash != NULL;) {
		slash = strchr(slash, '/');
		if (slash != NULL)
			*slash = '\0';
		is_good = is_roots_own(real);
		if (slash != NULL)
			*slash++ = '/';
	}
	if (is_good)
		return OK;
	return err_set(err, ERR_DENIED, "root",
	    "The mail root %.200s must be a directory of root, as must all "
	    "above it, with no link among them.",
	    root);
}

/* Neither root nor the console's own user may read the mail.  A number is for
 * machines whose mail user has no name. */
static enum err_code
check_mail_user(const struct config_values *values, struct err *err)
{
	const char *name = values->mail_user;
	const struct passwd *user = getpwnam(name);
	int64_t number = 0;

	if (text_is_same(name, "postern") ||
	    text_is_same(name, values->console_user))
		return err_set(err, ERR_DENIED, "mail_user",
		    "%s may not own the mailboxes: sessions run as that user.",
		    name);
	if ((user != NULL && user->pw_uid != 0) ||
	    (user == NULL && text_to_int64(name, &number) && number > 0))
		return OK;
	return err_set(err, ERR_DENIED, "mail_user",
	    "The mail user %s must be a user of this machine, and not root: "
	    "useradd --system --shell /usr/sbin/nologin %s",
	    name, name);
}

/* One after the other, so one set of tables is in the making. */
static struct dkim_tables tables;

static enum err_code
tables_begin(const struct keeper_request *request, struct keeper_answer *answer)
{
	(void)answer;
	dkim_tables_close(&tables);
	dkim_tables_open(&tables, request->directory);
	return OK;
}

static enum err_code
tables_add(const struct keeper_request *request, struct keeper_answer *answer)
{
	return dkim_tables_add(&tables, request->domain, request->selector,
	    request->flag != 0, &answer->err);
}

static enum err_code
tables_commit(
    const struct keeper_request *request, struct keeper_answer *answer)
{
	enum err_code code = check_root(request->root, &answer->err);

	if (code == OK)
		code = dkim_tables_write(&tables, &answer->err);
	dkim_tables_close(&tables);
	if (code == OK)
		code =
		    reload_daemon(CONFIG_OPENDKIM, request->root, &answer->err);
	return code;
}

static enum err_code
reload(const struct keeper_request *request, struct keeper_answer *answer)
{
	if (check_root(request->root, &answer->err) != OK)
		return answer->err.code;
	return reload_daemon(
	    (enum config_daemon)request->daemon, request->root, &answer->err);
}

static enum err_code
install(const struct keeper_request *request, struct keeper_answer *answer)
{
	struct arena arena = { 0 };
	struct text_builder report;
	enum err_code code;

	if (check_root(request->values.root, &answer->err) != OK ||
	    (request->daemon == CONFIG_DOVECOT &&
		check_mail_user(&request->values, &answer->err) != OK))
		return answer->err.code;
	text_builder_open(&report, &arena, sizeof(answer->report) - 1);
	code = install_config(&request->values,
	    (enum config_daemon)request->daemon, request->flag != 0, &report,
	    &answer->err);
	text_copy(answer->report, sizeof(answer->report), report.data);
	arena_free(&arena);
	return code;
}

/* One after the other, so one mailbox is under way. */
static struct mailbox mailbox = { .fd = -1 };
static int message = -1;

static void
leave_mailbox(void)
{
	if (message >= 0)
		close(message);
	message = -1;
	mailbox_close(&mailbox);
}

static enum err_code
open_mailbox(const struct keeper_request *request, struct keeper_answer *answer)
{
	leave_mailbox();
	return mailbox_open(
	    &mailbox, request->directory, request->since_at, &answer->err);
}

/* The next piece of the message, or the first of the next one. */
static enum err_code
read_mailbox(const struct keeper_request *request, struct keeper_answer *answer)
{
	ssize_t n;

	(void)request;
	if (message < 0)
		message = mailbox_next(&mailbox);
	if (message < 0) {
		leave_mailbox();
		answer->is_end = true;
		return OK;
	}
	n = read(message, answer->report, sizeof(answer->report));
	answer->length = n > 0 ? (uint32_t)n : 0;
	if (n > 0)
		return OK;
	close(message);
	message = -1;
	return OK;
}

/* `selector` is the home. */
static enum err_code
remove_home(const struct keeper_request *request, struct keeper_answer *answer)
{
	return mail_home_remove(
	    request->directory, request->selector, &answer->err);
}

typedef enum err_code verb_function(
    const struct keeper_request *, struct keeper_answer *);

static const struct {
	verb_function *function;
	bool is_in_directory; /* goes into request.directory first */
} verbs[] = {
	[VERB_DKIM_MAKE] = { make, true },
	[VERB_DKIM_REMOVE] = { remove_key, true },
	[VERB_TABLES_BEGIN] = { tables_begin, true },
	[VERB_TABLES_ADD] = { tables_add, true },
	[VERB_TABLES_COMMIT] = { tables_commit, true },
	[VERB_RELOAD] = { reload, false },
	[VERB_INSTALL] = { install, false },
	[VERB_MAILBOX_OPEN] = { open_mailbox, false },
	[VERB_MAILBOX_READ] = { read_mailbox, false },
	[VERB_HOME_REMOVE] = { remove_home, false },
};

static void
serve(const struct keeper_request *request, struct keeper_answer *answer)
{
	if (request->verb >= sizeof(verbs) / sizeof(verbs[0])) {
		answer->code = err_set(&answer->err, ERR_DENIED, NULL,
		    "The keeper does not know this request.");
		return;
	}
	if (verbs[request->verb].is_in_directory)
		answer->code = enter(request->directory, &answer->err);
	if (answer->code == OK)
		answer->code = verbs[request->verb].function(request, answer);
}

_Noreturn void
keeper_root_run(int fd)
{
	struct keeper_request request;
	struct keeper_answer answer;

	/* Out of the terminal's reach: Ctrl-C is for the screens. */
	setsid();
	prctl(PR_SET_NAME, "postern-keeper");
	signal(SIGPIPE, SIG_IGN);
	if (dup2(fd, 3) < 0)
		_exit(1);
	close_range(4, ~0U, 0);
	while (
	    recv(3, &request, sizeof(request), 0) == (ssize_t)sizeof(request)) {
		request.root[KEEPER_PATH_SIZE - 1] = '\0';
		request.directory[KEEPER_PATH_SIZE - 1] = '\0';
		request.domain[HOST_NAME_SIZE - 1] = '\0';
		request.selector[KEEPER_SELECTOR_SIZE - 1] = '\0';
		config_end_texts(&request.values);
		memset(&answer, 0, sizeof(answer));
		serve(&request, &answer);
		if (send(3, &answer, sizeof(answer), 0) < 0)
			break;
	}
	_exit(0);
}
