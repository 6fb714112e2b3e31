/* Whether the actor may do an operation, and to the row that was found. */
#include <string.h>

#include "base/text.h"
#include "model/account.h"
#include "model/operation_work.h"

bool
operation_may_ever(const struct actor *actor, const struct operation *operation,
    const char **why)
{
	return may_ever(actor, operation->action, why) ||
	    (operation->own_action != ACTION_NONE &&
		may_ever(actor, operation->own_action, NULL));
}

/* Which right is asked for the target that was found. */
static enum action
action_for(const struct work *work)
{
	const struct operation *operation = work->operation;
	const int64_t own = work->run.actor->account_id;

	return operation->own_action != ACTION_NONE && own != 0 &&
		work->run.target.account_id == own
	    ? operation->own_action
	    : operation->action;
}

enum err_code
work_check_role(const struct work *work, struct err *err)
{
	const struct actor *actor = work->run.actor;
	const char *why;

	if (!operation_may_ever(actor, work->operation, &why))
		return err_set(err, ERR_DENIED, NULL, "%s", why);
	return actor_key_allows(actor, work->operation->name, true, err);
}

enum err_code
work_not_found(const struct work *work, struct err *err)
{
	const struct field *main_field =
	    field_main(operation_fields(work->operation));
	char value[TARGET_NAME_SIZE] = "";

	if (main_field != NULL)
		field_format(main_field, work->input, value, sizeof(value));
	return err_set(err, ERR_NOT_FOUND,
	    main_field != NULL ? main_field->name : NULL,
	    "There is no %.*s \"%.120s\" that you can change.",
	    (int)strcspn(work->operation->name, " "), work->operation->name,
	    value);
}

static enum err_code
refuse(const struct work *work, struct err *err)
{
	const struct actor *actor = work->run.actor;
	const struct target *target = &work->run.target;
	const int64_t tenant_id = actor_tenant(actor);

	if (!target->is_known ||
	    (tenant_id != 0 && target->tenant_id != tenant_id))
		return work_not_found(work, err);
	if (permission_reach(actor->role, work->operation->action) ==
	    REACH_BELOW)
		return err_set(err, ERR_DENIED, NULL,
		    "You can %s of a rank below your own only, and %s is a "
		    "%s: ask a super admin.",
		    action_title(work->operation->action), target->name,
		    role_titles[target->role]);
	return err_set(err, ERR_DENIED, NULL,
	    "You can do this for yourself only, not for %s.", target->name);
}

enum err_code
work_find_and_ask(struct work *work, struct err *err)
{
	const struct operation *operation = work->operation;
	struct operation_run *run = &work->run;
	enum err_code code = OK;

	memset(&run->target, 0, sizeof(run->target));
	if (account_check_still(run->db, run->actor, err) != OK)
		return err->code;
	if (operation->find_target == NULL) {
		/* About the server itself. */
		run->target.is_known = true;
		text_copy(run->target.name, sizeof(run->target.name), "server");
	} else {
		code = operation->find_target(run, work->input, err);
	}
	if (code == ERR_NOT_FOUND && operation->load != NULL)
		return work_not_found(work, err);
	if (code != OK)
		return code;
	if (!may(run->actor, action_for(work), &run->target))
		return refuse(work, err);
	return OK;
}
