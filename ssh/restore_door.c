/* The door "restore"; ssh/backup_door.h says what a backup holds. */
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/mail_setup.h"
#include "ssh/backup_door.h"
#include "ssh/door.h"
#include "ssh/owner_work.h"
#include "ssh/restore_put.h"
#include "ssh/restore_stage.h"
#include "ssh/state_lock.h"

struct restore {
	const char *file, *sure;
	char state[PATH_MAX];
	int lock, export_lock;
	char dkim_directory[CONFIG_PATH_SIZE]; /* of this machine */
	struct restore_stage stage;
	struct restore_put put;
};

static enum err_code
check_sure(const struct restore *r, struct err *err)
{
	const struct backup_facts *facts = &r->stage.facts;
	char at[32];

	clock_format_utc(at, sizeof(at), facts->last_at);
	if (r->sure == NULL)
		return err_set(err, ERR_INVALID, NULL,
		    "It is sound: %s as of %s, %" PRId64 " tenants, %" PRId64
		    " users.  Add --yes %s to put it in place of what is here.",
		    facts->host, at, facts->tenants, facts->users, facts->host);
	if (!text_is_same_fold(r->sure, facts->host))
		return err_set(err, ERR_INVALID, NULL,
		    "--yes says \"%.80s\", but the backup is of \"%s\".",
		    r->sure, facts->host);
	return OK;
}

static enum err_code
look(struct context *context, struct arena *arena, struct backup_facts *facts,
    const void *unused, struct err *err)
{
	(void)unused;
	return backup_look(context, arena, facts, err);
}

/* The one that this machine has set, never the backup's: root writes there.
 * A present database that can't be read is no reason not to restore. */
static void
find_key_directory(struct restore *r)
{
	struct restore_stage *s = &r->stage;
	struct backup_facts present = { 0 };
	struct err unused = { 0 };

	if (faccessat(s->directory, DOOR_DATABASE, F_OK, 0) == 0 &&
	    owner_work(r->state, DOOR_DATABASE, look, NULL, &s->arena, &present,
		&unused) == OK)
		text_copy(r->dkim_directory, sizeof(r->dkim_directory),
		    present.dkim_directory);
	else
		mail_setup_default_dkim(r->state, r->dkim_directory);
}

static enum err_code
note(struct context *context, struct arena *arena, struct backup_facts *facts,
    const void *argument, struct err *err)
{
	const struct restore *r = argument;

	(void)arena;
	(void)facts;
	return backup_note_restored(context, r->file, r->dkim_directory, err);
}

/* Between the first rename and the last word nobody breaks in. */
static enum err_code
replace(struct restore *r, struct err *err)
{
	struct backup_facts unused;
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGHUP);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	if (put_all(&r->put, err) == OK &&
	    owner_work(r->state, DOOR_DATABASE, note, r, &r->stage.arena,
		&unused, err) != OK)
		put_back(&r->put, err);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err->code;
}

static enum err_code
restore(struct restore *r, struct err *err)
{
	if (stage_fill(&r->stage, r->file, err) != OK ||
	    check_sure(r, err) != OK)
		return err->code;
	find_key_directory(r);
	r->put = (struct restore_put){ .stage = &r->stage,
		.dkim_directory = r->dkim_directory };
	if (put_prepare(&r->put, err) == OK)
		(void)!replace(r, err);
	put_close(&r->put);
	return err->code;
}

static enum err_code
open_and_restore(
    struct restore *r, const char *state_directory, struct err *err)
{
	struct restore_stage *s = &r->stage;

	if (door_make_state(state_directory, err) != OK ||
	    door_whole_path(r->state, state_directory, err) != OK ||
	    backup_may(r->state, err) != OK ||
	    state_lock(r->state, true, &r->lock, err) != OK ||
	    state_lock_export(r->state, true, &r->export_lock, err) != OK)
		return err->code;
	s->state = r->state;
	s->directory = r->lock;
	if (fstat(s->directory, &s->owner) != 0)
		return err_set_errno(err, "Can't look at %s", r->state);
	if (stage_open(s, err) == OK)
		(void)!restore(r, err);
	stage_close(s);
	return err->code;
}

static bool
parse(struct restore *r, int count, char **words)
{
	for (int i = 0; i < count; i++) {
		if (text_starts_with(words[i], "--yes="))
			r->sure = words[i] + strlen("--yes=");
		else if (text_is_same(words[i], "--yes") && i + 1 < count)
			r->sure = words[++i];
		else if (words[i][0] == '-' || r->file != NULL)
			return false;
		else
			r->file = words[i];
	}
	return r->file != NULL;
}

static void
say_done(const struct restore *r)
{
	const struct backup_facts *facts = &r->stage.facts;

	printf("%s is restored: %" PRId64 " tenants, %" PRId64
	       " users, %zu DKIM keys.\n",
	    facts->host, facts->tenants, facts->users, r->stage.keys);
	if (r->put.kept_name[0] != '\0')
		printf("What was here before is in %s/%s.\n", r->state,
		    r->put.kept_name);
	fflush(stdout);
}

int
restore_door(const char *state_directory, int word_count, char **words)
{
	struct restore r = { .lock = -1, .export_lock = -1 };
	char *sync[] = { "mail", "sync" };
	struct err err = { 0 };

	if (!parse(&r, word_count, words)) {
		fputs("postern: restore takes one FILE and --yes NAME.\n",
		    stderr);
		return EX_USAGE;
	}
	(void)!open_and_restore(&r, state_directory, &err);
	close(r.export_lock);
	close(r.lock);
	if (err.code != OK) {
		fprintf(stderr, "postern: %s\n", err.text);
		return r.sure == NULL && r.stage.facts.host[0] != '\0'
		    ? EX_USAGE
		    : err_exit_status(err.code);
	}
	say_done(&r);
	return door_box_command(state_directory, 2, sync);
}
