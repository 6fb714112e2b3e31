/* The row that an edit changes: as it is, with what was typed over it. */
#include <string.h>

#include "model/operation_work.h"

enum err_code
work_load_row(struct work *work, void *input, int64_t *version, struct err *err)
{
	const struct field *main_field =
	    field_main(operation_fields(work->operation));
	enum err_code code;

	if (main_field != NULL)
		memcpy((char *)input + main_field->offset,
		    (const char *)work->input + main_field->offset,
		    main_field->size);
	code = work->operation->load(work->run.db, input, version, err);
	return code == ERR_NOT_FOUND ? work_not_found(work, err) : code;
}

enum err_code
work_check_version(
    const struct work *work, int64_t version_now, struct err *err)
{
	if (work->seen_version == 0 || version_now == 0 ||
	    work->seen_version == version_now)
		return OK;
	return err_set(err, ERR_CONFLICT, "version",
	    "Somebody else changed this meanwhile: look at the new values, "
	    "then save again.");
}

enum err_code
work_load_and_ask(struct work *work, int64_t *version, struct err *err)
{
	const size_t size = work->operation->input_size;
	void *loaded = arena_alloc(work->run.arena, size);

	if (work_load_row(work, loaded, version, err) != OK)
		return err->code;
	memcpy(work->input, loaded, size);
	return work_find_and_ask(work, err);
}

bool
work_is_same_value(const struct field *field, const void *a, const void *b)
{
	return memcmp((const char *)a + field->offset,
		   (const char *)b + field->offset, field->size) == 0;
}

/* The main field only says which row it is. */
static bool
is_same_input(const struct work *work, const void *row)
{
	const struct field *field = operation_fields(work->operation);

	while (field->name != NULL &&
	    (field->is_main || work_is_same_value(field, row, work->input)))
		field++;
	return field->name == NULL;
}

enum err_code
work_load_and_overlay(struct work *work, struct err *err)
{
	const size_t size = work->operation->input_size;
	void *row = arena_alloc(work->run.arena, size);
	int64_t version = 0;

	if (work_load_and_ask(work, &version, err) != OK)
		return err->code;
	if (work_check_version(work, version, err) != OK)
		return err->code;
	if (work->seen_version == 0)
		work->seen_version = version;
	memcpy(row, work->input, size);
	if (work_parse_fields(work, err) != OK)
		return err->code;
	work->is_so_already = version != 0 && is_same_input(work, row);
	return OK;
}
