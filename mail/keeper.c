#include "mail/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/host_name.h"
#include "base/text.h"
#include "mail/dkim_tables.h"
#include "mail/install.h"
#include "mail/mail_home.h"
#include "mail/mailbox.h"
#include "mail/reload.h"

#define DIRECTORY_SIZE 512
#define SELECTOR_SIZE  64

enum verb {
	VERB_DKIM_MAKE,
	VERB_DKIM_REMOVE,
	VERB_TABLES_BEGIN,
	VERB_TABLES_ADD,
	VERB_TABLES_COMMIT,
	VERB_RELOAD,
	VERB_INSTALL,
	VERB_MAILBOX_OPEN,
	VERB_MAILBOX_READ,
	VERB_HOME_REMOVE,
};

struct request {
	uint32_t verb;
	uint32_t flag;    /* TABLES_ADD: it signs; INSTALL: only look */
	uint32_t daemon;  /* RELOAD, INSTALL: enum config_daemon */
	int64_t since_at; /* MAILBOX_OPEN */
	char root[DIRECTORY_SIZE];
	char directory[DIRECTORY_SIZE];
	char domain[HOST_NAME_SIZE];
	char selector[SELECTOR_SIZE];
	struct config_values values;
};

const size_t keeper_request_size = sizeof(struct request);

struct answer {
	enum err_code code;
	struct err err;
	char public_base64[DKIM_PUBLIC_SIZE];
	char report[KEEPER_REPORT_SIZE];
	/* MAILBOX_READ: bytes of the message in `report`; 0 is its end. */
	uint32_t length;
	bool is_end; /* of the mailbox */
};

/* ---- what the keeper does ---- */

/*
 * Goes into the directory, so that what is checked is what is used: a rename
 * or symbolic link that comes later changes nothing.
 */
static enum err_code
enter(const char *directory, struct err *err)
{
	struct stat status;
	enum err_code code = OK;
	int fd;

	if (directory[0] != '/')
		return err_set(err, ERR_INVALID, NULL,
		    "Write the DKIM directory as a whole path, from /.");
	if (mkdir(directory, 0700) != 0 && errno != EEXIST)
		return err_set_errno(err, "Can't make %s", directory);
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(err, "Can't open %s", directory);
	if (fstat(fd, &status) != 0 || status.st_uid != geteuid() ||
	    (status.st_mode & 022) != 0)
		code = err_set(err, ERR_DENIED, NULL,
		    "%s must belong to the user that makes keys and be "
		    "writable by nobody else.",
		    directory);
	/* OpenDKIM goes through to keys and tables that it knows by name. */
	else if (geteuid() == 0 && fchmod(fd, 0711) != 0)
		code = err_set_errno(err, "Can't set up %s", directory);
	else if (fchdir(fd) != 0)
		code = err_set_errno(err, "Can't enter %s", directory);
	close(fd);
	return code;
}

static enum err_code
make(const struct request *request, struct answer *answer)
{
	return dkim_key_make(".", request->domain, request->selector,
	    answer->public_base64, &answer->err);
}

static enum err_code
remove_key(const struct request *request, struct answer *answer)
{
	return dkim_key_remove(
	    ".", request->domain, request->selector, &answer->err);
}

/* One after the other, so one set of tables is in the making. */
static struct dkim_tables tables;

static enum err_code
tables_begin(const struct request *request, struct answer *answer)
{
	(void)answer;
	dkim_tables_close(&tables);
	dkim_tables_open(&tables, request->directory);
	return OK;
}

static enum err_code
tables_add(const struct request *request, struct answer *answer)
{
	return dkim_tables_add(&tables, request->domain, request->selector,
	    request->flag != 0, &answer->err);
}

static enum err_code
tables_commit(const struct request *request, struct answer *answer)
{
	enum err_code code = dkim_tables_write(&tables, &answer->err);

	dkim_tables_close(&tables);
	if (code == OK)
		code =
		    reload_daemon(CONFIG_OPENDKIM, request->root, &answer->err);
	return code;
}

static enum err_code
reload(const struct request *request, struct answer *answer)
{
	return reload_daemon(
	    (enum config_daemon)request->daemon, request->root, &answer->err);
}

static enum err_code
install(const struct request *request, struct answer *answer)
{
	struct arena arena = { 0 };
	struct text_builder report;
	enum err_code code;

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
open_mailbox(const struct request *request, struct answer *answer)
{
	leave_mailbox();
	return mailbox_open(
	    &mailbox, request->directory, request->since_at, &answer->err);
}

/* The next piece of the message, or the first of the next one. */
static enum err_code
read_mailbox(const struct request *request, struct answer *answer)
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
remove_home(const struct request *request, struct answer *answer)
{
	return mail_home_remove(
	    request->directory, request->selector, &answer->err);
}

typedef enum err_code verb_function(const struct request *, struct answer *);

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
serve(const struct request *request, struct answer *answer)
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

static _Noreturn void
keep(int fd)
{
	struct request request;
	struct answer answer;

	/* Out of the terminal's reach: Ctrl-C is for the screens. */
	setsid();
	prctl(PR_SET_NAME, "postern-keeper");
	signal(SIGPIPE, SIG_IGN);
	if (dup2(fd, 3) < 0)
		_exit(1);
	close_range(4, ~0U, 0);
	while (
	    recv(3, &request, sizeof(request), 0) == (ssize_t)sizeof(request)) {
		request.root[DIRECTORY_SIZE - 1] = '\0';
		request.directory[DIRECTORY_SIZE - 1] = '\0';
		request.domain[HOST_NAME_SIZE - 1] = '\0';
		request.selector[SELECTOR_SIZE - 1] = '\0';
		config_end_texts(&request.values);
		memset(&answer, 0, sizeof(answer));
		serve(&request, &answer);
		if (send(3, &answer, sizeof(answer), 0) < 0)
			break;
	}
	_exit(0);
}

/* ---- the side that asks ---- */

enum err_code
keeper_open(struct keeper *keeper, struct err *err)
{
	int ends[2];

	*keeper = (struct keeper){ 0 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return err_set_errno(err, "Can't start the keeper");
	keeper->pid = fork();
	if (keeper->pid < 0) {
		keeper->pid = 0;
		err_set_errno(err, "Can't start the keeper");
		close(ends[0]);
		close(ends[1]);
		return ERR_SYSTEM;
	}
	if (keeper->pid == 0)
		keep(ends[1]);
	close(ends[1]);
	keeper->fd = ends[0];
	return OK;
}

void
keeper_close(struct keeper *keeper)
{
	if (keeper->pid == 0)
		return;
	close(keeper->fd);
	while (waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR)
		;
	*keeper = (struct keeper){ 0 };
}

static bool
ask(struct keeper *keeper, const struct request *request, struct answer *answer)
{
	ssize_t n;

	if (send(keeper->fd, request, sizeof(*request), MSG_NOSIGNAL) < 0)
		return false;
	do
		n = recv(keeper->fd, answer, sizeof(*answer), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*answer);
}

/* Without a keeper, a short-lived one does it: this process stays in its
 * working directory. */
static enum err_code
run(struct keeper *keeper, const struct request *request, struct answer *answer,
    struct err *err)
{
	struct keeper own = { 0 };
	struct keeper *asked = keeper;
	enum err_code code = OK;

	if (keeper->pid == 0) {
		asked = &own;
		code = keeper_open(&own, err);
	}
	if (code == OK && !ask(asked, request, answer))
		code = err_set(err, ERR_SYSTEM, NULL,
		    "The keeper has ended: leave the console and start it "
		    "again.");
	else if (code == OK && (code = answer->code) != OK && err != NULL)
		*err = answer->err;
	keeper_close(&own);
	return code;
}

static enum err_code
fill(struct request *request, enum verb verb, const char *directory,
    const char *domain, const char *selector, struct err *err)
{
	memset(request, 0, sizeof(*request));
	request->verb = verb;
	if (!text_copy(request->directory, DIRECTORY_SIZE, directory) ||
	    !text_copy(request->domain, HOST_NAME_SIZE, domain) ||
	    !text_copy(request->selector, SELECTOR_SIZE, selector))
		return err_set(err, ERR_INVALID, NULL,
		    "The DKIM directory, domain or selector is too long.");
	return OK;
}

enum err_code
keeper_dkim_make(struct keeper *keeper, const char *directory,
    const char *domain, const char *selector,
    char public_base64[DKIM_PUBLIC_SIZE], struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_DKIM_MAKE, directory, domain, selector, err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	if (code == OK)
		text_copy(
		    public_base64, DKIM_PUBLIC_SIZE, answer.public_base64);
	return code;
}

enum err_code
keeper_dkim_remove(struct keeper *keeper, const char *directory,
    const char *domain, const char *selector, struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_DKIM_REMOVE, directory, domain, selector, err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

/* The keeper has to be the same from the first to the last. */
enum err_code
keeper_tables_begin(
    struct keeper *keeper, const char *directory, struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_TABLES_BEGIN, directory, "", "", err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_tables_add(struct keeper *keeper, const char *directory,
    const char *domain, const char *selector, bool is_signing, struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_TABLES_ADD, directory, domain, selector, err);

	request.flag = is_signing;
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_tables_commit(struct keeper *keeper, const char *directory,
    const char *root, struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_TABLES_COMMIT, directory, "", "", err);

	if (code == OK && !text_copy(request.root, DIRECTORY_SIZE, root))
		return err_set(
		    err, ERR_INVALID, NULL, "The mail root is too long.");
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_reload(struct keeper *keeper, enum config_daemon daemon,
    const char *root, struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code = fill(&request, VERB_RELOAD, "", "", "", err);

	request.daemon = daemon;
	if (code == OK && !text_copy(request.root, DIRECTORY_SIZE, root))
		return err_set(
		    err, ERR_INVALID, NULL, "The mail root is too long.");
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

enum err_code
keeper_install(struct keeper *keeper, const struct config_values *values,
    enum config_daemon daemon, bool is_dry, char report[KEEPER_REPORT_SIZE],
    struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code = fill(&request, VERB_INSTALL, "", "", "", err);

	request.daemon = daemon;
	request.flag = is_dry;
	request.values = *values;
	if (code == OK)
		code = run(keeper, &request, &answer, err);
	text_copy(report, KEEPER_REPORT_SIZE, answer.report);
	return code;
}

enum err_code
keeper_home_remove(struct keeper *keeper, const char *directory,
    const char *home, struct err *err)
{
	struct request request;
	struct answer answer = { 0 };
	enum err_code code =
	    fill(&request, VERB_HOME_REMOVE, directory, "", home, err);

	if (code == OK)
		code = run(keeper, &request, &answer, err);
	return code;
}

/* ---- a mailbox, message by message ---- */

struct reading {
	struct keeper *keeper;
	struct request request;
	struct answer answer;
	char *bytes; /* MAILBOX_MESSAGE_MAX, or NULL: not yet needed */
	size_t length;
};

static enum err_code
read_message(struct reading *r, struct arena *arena, struct err *err)
{
	enum err_code code;

	r->length = 0;
	do {
		code = run(r->keeper, &r->request, &r->answer, err);
		if (code != OK || r->answer.is_end)
			break;
		if (r->bytes == NULL)
			r->bytes = arena_alloc(arena, MAILBOX_MESSAGE_MAX);
		/* One that grew meanwhile is cut. */
		if (r->answer.length > MAILBOX_MESSAGE_MAX - r->length)
			r->answer.length =
			    (uint32_t)(MAILBOX_MESSAGE_MAX - r->length);
		memcpy(
		    r->bytes + r->length, r->answer.report, r->answer.length);
		r->length += r->answer.length;
	} while (r->answer.length > 0);
	return code;
}

enum err_code
keeper_mailbox(struct keeper *keeper, const char *directory, int64_t since_at,
    void (*take)(void *context, const char *bytes, size_t length),
    void *context, struct err *err)
{
	struct arena arena = { 0 };
	struct reading *r = arena_alloc(&arena, sizeof(*r));
	struct keeper own = { 0 };
	enum err_code code =
	    fill(&r->request, VERB_MAILBOX_OPEN, directory, "", "", err);

	r->keeper = keeper->pid != 0 ? keeper : &own;
	r->request.since_at = since_at;
	if (code == OK && keeper->pid == 0)
		code = keeper_open(&own, err);
	if (code == OK)
		code = run(r->keeper, &r->request, &r->answer, err);
	r->request.verb = VERB_MAILBOX_READ;
	while (code == OK && !r->answer.is_end) {
		code = read_message(r, &arena, err);
		if (code == OK && !r->answer.is_end)
			take(context, r->bytes, r->length);
	}
	keeper_close(&own);
	arena_free(&arena);
	return code;
}
