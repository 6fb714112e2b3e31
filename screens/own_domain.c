#include "screens/own_domain.h"

#include <string.h>

#include "base/text.h"
#include "model/alias.h"
#include "model/domain.h"
#include "model/tenant.h"
#include "model/user.h"

void
own_domain_of(
    struct context *context, int64_t tenant_id, char to[HOST_NAME_SIZE])
{
	struct arena arena = { 0 };
	const struct list_value *domain;
	struct list_row row;
	struct err err;

	to[0] = '\0';
	if (tenant_id == 0)
		tenant_id = actor_tenant(&context->actor);
	if (tenant_id != 0 &&
	    list_row_by_id(
		context, &tenant_list, tenant_id, &arena, &row, &err) == OK) {
		domain = list_value_of(&tenant_list, &row, "primary_domain");
		text_copy(
		    to, HOST_NAME_SIZE, domain != NULL ? domain->raw : "");
	}
	arena_free(&arena);
}

void
own_domain_complete(struct form *form, const char *field, const char *domain)
{
	const char *text = form_text(form, field);
	char whole[ADDRESS_SIZE + HOST_NAME_SIZE];

	if (domain[0] != '\0' && text[0] != '\0' &&
	    strpbrk(text, "@ ,") == NULL &&
	    text_format(whole, sizeof(whole), "%s@%s", text, domain))
		form_type(form, field, whole);
}

bool
own_domain_is_leaving(const struct msg *msg)
{
	if (msg->kind != MSG_KEY)
		return false;
	switch (msg->action) {
	case FORM_KEY_NEXT:
	case FORM_KEY_PREVIOUS:
	case FORM_KEY_ENTER:
	case FORM_KEY_SAVE:
	case WIZARD_KEY_NEXT:
		return true;
	default:
		return false;
	}
}

/* ---- looking ---- */

static bool
has_row(struct context *context, const struct list *list, const char *key)
{
	struct arena arena = { 0 };
	struct list_row row;
	struct err err;
	const bool found =
	    list_row_by_key(context, list, key, &arena, &row, &err) == OK;

	arena_free(&arena);
	return found;
}

/* The text of a column of the row that `key` names; "" when there is none. */
static const char *
value_of(struct context *context, const struct list *list, const char *key,
    const char *column, struct arena *arena)
{
	const struct list_value *value;
	struct list_row row;
	struct err err;

	if (list_row_by_key(context, list, key, arena, &row, &err) != OK)
		return "";
	value = list_value_of(list, &row, column);
	return value != NULL ? value->text : "";
}

static const char *
refusal(struct context *context, const char *address, const char *tenant)
{
	if (tenant[0] == '\0')
		return "There is no such domain here that you may use: check "
		       "what stands behind the @.";
	if (has_row(context, &user_list, address))
		return "There is a user with this address already.";
	if (has_row(context, &alias_list, address))
		return "There is an alias with this address already.";
	return NULL;
}

/* The tenant that has the domain of the address; "" when there is none, or
 * it is no address: that was refused as such already. */
static const char *
tenant_of(struct context *context, const char *address, struct arena *arena)
{
	const char *domain = strchr(address, '@');

	return domain == NULL
	    ? ""
	    : value_of(context, &domain_list, domain + 1, "tenant", arena);
}

bool
own_domain_look(struct context *context, struct form *form, const char *field)
{
	const char *address = form_text(form, field), *why;
	const char *domain = strchr(address, '@');
	struct arena arena = { 0 };

	if (form_is_refused(form, field))
		return false;
	if (domain == NULL || domain[1] == '\0')
		return true;
	why = refusal(context, address, tenant_of(context, address, &arena));
	if (why != NULL)
		form_mark_error(form, field, why);
	arena_free(&arena);
	return why == NULL;
}

void
own_domain_say_room(
    struct context *context, struct form *form, const char *field)
{
	const struct list *list = &tenant_list;
	struct arena arena = { 0 };
	const char *tenant = tenant_of(context, form_text(form, field), &arena);
	char note[FORM_NOTE_SIZE];

	text_format(note, sizeof(note),
	    "%.40s: %s of %s mailboxes, %s of %s allocated", tenant,
	    value_of(context, list, tenant, "user_count", &arena),
	    value_of(context, list, tenant, "user_limit", &arena),
	    value_of(context, list, tenant, "storage_allocated_bytes", &arena),
	    value_of(context, list, tenant, "storage_limit_bytes", &arena));
	if (tenant[0] != '\0')
		form_set_note(form, field, note);
	arena_free(&arena);
}
