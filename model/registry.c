#include "model/registry.h"

#include "base/text.h"
#include "model/account.h"
#include "model/alias.h"
#include "model/attention.h"
#include "model/audit.h"
#include "model/dkim.h"
#include "model/domain.h"
#include "model/finding.h"
#include "model/golive.h"
#include "model/host.h"
#include "model/intake.h"
#include "model/key.h"
#include "model/ownership.h"
#include "model/report_store.h"
#include "model/request.h"
#include "model/server.h"
#include "model/smime.h"
#include "model/tenant.h"
#include "model/tidy.h"
#include "model/user.h"

const struct operation *const operation_arrays[] = {
	server_operations,
	host_operations,
	request_operations,
	intake_operations,
	tenant_add_operations,
	tenant_edit_operations,
	tenant_status_operations,
	domain_operations,
	ownership_operations,
	move_operations,
	tidy_operations,
	account_operations,
	key_operations,
	user_edit_operations,
	user_password_operations,
	user_status_operations,
	alias_operations,
	dkim_operations,
	golive_operations,
	smime_operations,
	NULL,
};

const struct list *const list_registry[] = {
	&server_list,
	&host_list,
	&request_list,
	&intake_list,
	&tenant_list,
	&domain_list,
	&account_list,
	&key_list,
	&user_list,
	&user_removed_list,
	&alias_list,
	&dkim_list,
	&smime_list,
	&finding_list,
	&finding_open_list,
	&finding_history_list,
	&report_list,
	&attention_list,
	&audit_list,
	NULL,
};

const struct operation *
operation_at(size_t index)
{
	for (size_t i = 0; operation_arrays[i] != NULL; i++) {
		const struct operation *row = operation_arrays[i];

		for (; row->name != NULL; row++) {
			if (index-- == 0)
				return row;
		}
	}
	return NULL;
}

const struct operation *
operation_by_name(const char *name)
{
	const struct operation *operation;

	for (size_t i = 0; (operation = operation_at(i)) != NULL; i++) {
		if (text_is_same(operation->name, name))
			return operation;
	}
	return NULL;
}

const struct list *
list_at(size_t index)
{
	for (size_t i = 0; list_registry[i] != NULL; i++) {
		if (i == index)
			return list_registry[i];
	}
	return NULL;
}

const struct list *
list_by_name(const char *name)
{
	for (size_t i = 0; list_registry[i] != NULL; i++) {
		if (text_is_same(list_registry[i]->name, name) ||
		    (list_registry[i]->show != NULL &&
			text_is_same(list_registry[i]->show, name)))
			return list_registry[i];
	}
	return NULL;
}
