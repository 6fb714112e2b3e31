#include "model/effects.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "model/context.h"
#include "model/db.h"
#include "model/export.h"
#include "model/mail_setup.h"
#include "model/web.h"

#define SUBJECT_SIZE 600

/* What the table `effect` calls each. */
static const char *const effect_names[EFFECT_COUNT] = {
	[EFFECT_DKIM_REMOVE] = "dkim_remove",
	[EFFECT_DKIM_TABLES] = "dkim_tables",
	[EFFECT_MAIL_KICK] = "mail_kick",
	[EFFECT_MAIL_RELOAD] = "mail_reload",
	[EFFECT_MAIL_REMOVE] = "mail_remove",
};

enum effect_sql {
	EFFECT_QUEUE,
	EFFECT_NEXT,
	EFFECT_DONE,
	EFFECT_FAILED,
};

static const char *const effect_sql[] = {
	[EFFECT_QUEUE] = "INSERT INTO effect (kind, subject, queued_at)"
			 " VALUES (:kind, :subject, :now)"
			 " ON CONFLICT (kind, subject) DO NOTHING",
	[EFFECT_NEXT] = "SELECT id, kind, subject FROM effect"
			" WHERE id > :after ORDER BY id LIMIT 1",
	[EFFECT_DONE] = "DELETE FROM effect WHERE id = :id",
	[EFFECT_FAILED] = "UPDATE effect SET tries = tries + 1,"
			  " error = :error WHERE id = :id",
};

const struct db_statements effect_statements =
    DB_STATEMENTS("effect", effect_sql);

/* One row of the queue. */
struct queued {
	int64_t id;
	enum effect_kind kind;
	char subject[SUBJECT_SIZE];
	const struct err *outcome;
};

enum err_code
effects_dkim_make(struct context *context, const char *domain,
    const char *selector, char *public_txt, size_t size, struct err *err)
{
	const struct effects *effects = context->effects;
	char directory[CONFIG_PATH_SIZE];

	if (effects == NULL || effects->dkim_make == NULL)
		return err_set(err, ERR_DENIED, NULL,
		    "DKIM keys are made on the box: run \"sudo postern "
		    "console\" there, or \"sudo postern dkim make\".");
	if (mail_setup_dkim_directory(context, directory, err) != OK)
		return err->code;
	return effects->dkim_make(
	    effects->self, directory, domain, selector, public_txt, size, err);
}

enum err_code
effect_queue(
    struct db *db, enum effect_kind kind, const char *subject, struct err *err)
{
	struct db_query q = db_query(db, &effect_statements, EFFECT_QUEUE);

	db_bind_text(&q, ":kind", effect_names[kind]);
	db_bind_text(&q, ":subject", subject);
	db_bind_int64(&q, ":now", clock_now());
	return db_run(&q, err);
}

static enum effect_kind
kind_by_name(const char *name)
{
	int kind = 0;

	while (kind < EFFECT_COUNT && !text_is_same(name, effect_names[kind]))
		kind++;
	return (enum effect_kind)kind;
}

/* The first row behind `queued`; id 0 when there is none. */
static enum err_code
next_queued(struct db *db, struct queued *queued, struct err *err)
{
	struct db_query q = db_query(db, &effect_statements, EFFECT_NEXT);

	db_bind_int64(&q, ":after", queued->id);
	queued->id = 0;
	if (db_step(&q)) {
		queued->id = db_int64(&q, 0);
		queued->kind = kind_by_name(db_text(&q, 1));
		db_copy(&q, 2, queued->subject, sizeof(queued->subject));
	}
	return db_end(&q, err);
}

static enum err_code
write_outcome(struct db *db, void *argument, struct err *err)
{
	const struct queued *queued = argument;
	const bool is_done = queued->outcome->code == OK;
	struct db_query q = db_query(
	    db, &effect_statements, is_done ? EFFECT_DONE : EFFECT_FAILED);

	db_bind_int64(&q, ":id", queued->id);
	if (!is_done)
		db_bind_text(&q, ":error", queued->outcome->text);
	return db_run(&q, err);
}

/* Its outcome is written; *first keeps the first failure. */
static enum err_code
run_queued(struct context *context, struct queued *queued, struct err *first,
    struct err *err)
{
	const struct effects *effects = context->effects;
	struct err outcome = { 0 };

	if (effects->run[queued->kind](
		effects->self, queued->subject, &outcome) != OK) {
		log_warn("%s %s: %s", effect_names[queued->kind],
		    queued->subject, outcome.text);
		if (first->code == OK)
			*first = outcome;
	}
	queued->outcome = &outcome;
	return db_transaction(context->db, write_outcome, queued, err);
}

/* Who is kicked before the exports say so logs in again. */
static bool
is_possible(const struct effects *effects, const struct queued *queued,
    bool is_exported)
{
	if (effects == NULL || queued->kind == EFFECT_COUNT ||
	    effects->run[queued->kind] == NULL)
		return false;
	return queued->kind != EFFECT_MAIL_KICK || is_exported;
}

enum err_code
effects_repeat(struct context *context, struct err *err)
{
	struct queued queued = { 0 };
	struct err first = { 0 };
	const bool is_exported = export_touched(context, &first) == OK;
	struct err web = { 0 };

	if (web_touched(context, &web) != OK && first.code == OK)
		first = web;
	do {
		if (next_queued(context->db, &queued, err) != OK)
			return err->code;
		if (queued.id != 0 &&
		    is_possible(context->effects, &queued, is_exported) &&
		    run_queued(context, &queued, &first, err) != OK)
			return err->code;
	} while (queued.id != 0);
	if (first.code != OK)
		*err = first;
	return first.code;
}
