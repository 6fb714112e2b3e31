/* What an operation changed, as an entry of the audit log. */
#include <string.h>

#include "base/text.h"
#include "model/audit.h"
#include "model/operation_work.h"

#define VALUE_MAX 600   /* bytes of one value in the audit log */
#define AUDIT_MAX 16384 /* bytes of all of them */

static void
audit_value(
    struct text_builder *to, const struct field *field, const void *input)
{
	char value[FIELD_TEXT_SIZE], shown[VALUE_MAX];

	/* A block may be anything, a private key too: never its text. */
	if (field->kind == FIELD_SECRET || field->kind == FIELD_BLOCK) {
		text_addf(to, "%s: (given)\n", field->name);
		return;
	}
	field_format(field, input, value, sizeof(value));
	text_visible(shown, sizeof(shown), value, strlen(value));
	text_addf(to, "%s: %s\n", field->name, shown);
}

enum err_code
work_write_audit(struct work *work, const void *after_row, struct err *err)
{
	const struct operation_run *run = &work->run;
	const struct field *field = operation_fields(work->operation);
	const void *after = after_row != NULL ? after_row : work->input;
	struct text_builder before_text, after_text;
	const void *empty =
	    arena_alloc(run->arena, work->operation->input_size + 1);

	text_builder_open(&before_text, run->arena, AUDIT_MAX);
	text_builder_open(&after_text, run->arena, AUDIT_MAX);
	for (; field->name != NULL; field++) {
		const void *old = work->before != NULL ? work->before : empty;

		if (work_is_same_value(field, old, after))
			continue;
		if (work->before != NULL)
			audit_value(&before_text, field, work->before);
		audit_value(&after_text, field, after);
	}
	text_add(&after_text, run->audit_note);
	return audit_add(run->db, run->actor,
	    &(struct audit_entry){
		.operation = work->operation->name,
		.target = run->target.name,
		.tenant_id = run->target.tenant_id,
		.account_id = run->target.account_id,
		.before = before_text.data,
		.after = after_text.data,
	    },
	    err);
}
