/* What was given to an operation: args, parsed by the rows of its fields. */
#include <string.h>

#include "base/text.h"
#include "model/operation_work.h"

static const struct field no_fields[] = { { 0 } };

const struct field *
operation_fields(const struct operation *operation)
{
	return operation->fields != NULL ? operation->fields : no_fields;
}

static bool
is_arg_of(const struct operation_arg *arg, const struct field *field,
    const struct field *main_field)
{
	if (arg->name == NULL || arg->name[0] == '\0')
		return field == main_field;
	return text_is_same(arg->name, field->name);
}

static const struct operation_arg *
arg_for(const struct work *work, const struct field *field)
{
	const struct field *main_field =
	    field_main(operation_fields(work->operation));

	for (size_t i = 0; i < work->arg_count; i++) {
		if (is_arg_of(&work->args[i], field, main_field))
			return &work->args[i];
	}
	return NULL;
}

static enum err_code
take_version(struct work *work, const char *text, struct err *err)
{
	if (text_to_int64(text, &work->seen_version) && work->seen_version >= 0)
		return OK;
	return err_set(err, ERR_INVALID, "version",
	    "A version is a whole number, as \"show\" prints it.");
}

enum err_code
work_check_args(struct work *work, struct err *err)
{
	const struct field *fields = operation_fields(work->operation);
	const struct field *main_field = field_main(fields);

	for (size_t i = 0; i < work->arg_count; i++) {
		const struct operation_arg *arg = &work->args[i];
		const bool is_main = arg->name == NULL || arg->name[0] == '\0';
		const struct field *field =
		    is_main ? main_field : field_by_name(fields, arg->name);

		if (field != NULL && arg_for(work, field) != arg)
			return err_set(err, ERR_INVALID, field->name,
			    "\"%s\" was given twice.", field->name);
		if (field != NULL)
			continue;
		if (is_main)
			return err_set(err, ERR_INVALID, NULL,
			    "\"%s\" takes no \"%.60s\".", work->operation->name,
			    arg->text);
		if (!text_is_same(arg->name, "version"))
			return err_set(err, ERR_INVALID, arg->name,
			    "\"%s\" has no \"%.60s\": see its --help.",
			    work->operation->name, arg->name);
		if (take_version(work, arg->text, err) != OK)
			return err->code;
	}
	return OK;
}

enum err_code
work_parse_fields(struct work *work, struct err *err)
{
	const struct field *field = operation_fields(work->operation);

	for (; field->name != NULL; field++) {
		const struct operation_arg *arg = arg_for(work, field);
		const char *text = arg != NULL ? arg->text : field->initial;

		if (arg == NULL && work->operation->load != NULL &&
		    !field->is_main)
			continue;
		if (field_parse(field, work->input, text != NULL ? text : "",
			err) != OK)
			return err->code;
	}
	return OK;
}

enum err_code
operation_check_field(
    const struct field *field, const char *text, struct err *err)
{
	struct arena arena = { 0 };
	void *input = arena_alloc(&arena, field->offset + field->size);
	const enum err_code code = field_parse(field, input, text, err);

	explicit_bzero(input, field->offset + field->size);
	arena_free(&arena);
	return code;
}
