/* A tenant's life: suspended and resumed, closed and restored. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/tenant_input.h"

enum {
	TENANT_STATUS,
};

static const char *const sql[] = {
	[TENANT_STATUS] = "UPDATE tenant SET status = :status, "
			  "closed_at = :closed_at, version = version + 1 "
			  "WHERE id = :id",
};

const struct db_statements tenant_status_statements =
    DB_STATEMENTS("tenant_status", sql);

/* One step of a tenant's life: from where it may be taken, and its words. */
static enum err_code
change_status(struct operation_run *run, const char *from, const char *to,
    const char *refusal, const char *note, struct err *err)
{
	struct tenant tenant;
	struct db_query q;
	const enum err_code code =
	    tenant_by_id(run->db, run->target.id, &tenant, err);

	if (code != OK)
		return code;
	if (strstr(from, tenant.status) == NULL)
		return err_set(err, ERR_CONFLICT, NULL, "%.80s is %s: %s",
		    tenant.name, tenant.status, refusal);
	q = db_query(run->db, &tenant_status_statements, TENANT_STATUS);
	db_bind_text(&q, ":status", to);
	db_bind_int64(
	    &q, ":closed_at", text_is_same(to, "closed") ? clock_now() : 0);
	db_bind_int64(&q, ":id", tenant.id);
	text_format(run->result->note, sizeof(run->result->note), "%.80s %s",
	    tenant.name, note);
	return db_run(&q, err);
}

static enum err_code
run_suspend(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return change_status(run, "active", "suspended",
	    "only an active tenant can be suspended.",
	    "is suspended: nobody signs in and no mail comes.", err);
}

static enum err_code
run_resume(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return change_status(run, "suspended", "active",
	    "only a suspended tenant can be resumed.", "is active again.", err);
}

static enum err_code
run_close(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	if (run->actor->only_tenant_id != 0)
		return err_set(err, ERR_CONFLICT, NULL,
		    "The key you signed in with is for this tenant alone: "
		    "close it with another key.");
	return change_status(run, "active suspended", "closed",
	    "there is nothing left to close.",
	    "is closed.  Its data is kept for 30 days.", err);
}

static enum err_code
run_restore(struct operation_run *run, const void *input, struct err *err)
{
	(void)input;
	return change_status(run, "closed", "active",
	    "only a closed tenant can be restored.", "is active again.", err);
}

/* clang-format off */

static const struct field which_fields[] = { WHICH_FIELD, { 0 } };

#define WHICH .action = ACTION_TENANT_EDIT, .fields = which_fields, \
	.input_size = sizeof(struct tenant_input), .find_target = tenant_find_existing

const struct operation tenant_status_operations[] = {
	{ .name = "tenant suspend", .help = "Stops a tenant's mail and log-ins at once; resume undoes it.",
	  .danger = DANGER_ASK, WHICH, .run = run_suspend },
	{ .name = "tenant resume", .help = "Lets a suspended tenant work again.",
	  WHICH, .run = run_resume },
	{ .name = "tenant close", .help = "Ends a tenant; its data goes after 30 days unless restored.",
	  .danger = DANGER_NAME, WHICH, .run = run_close },
	{ .name = "tenant restore", .help = "Brings a closed tenant back within 30 days.",
	  WHICH, .run = run_restore },
	{ 0 }
};

/* clang-format on */
