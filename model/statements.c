#include "model/statements.h"

/* Each is defined beside its array. */
extern const struct db_statements account_statements, alias_path_statements,
    alias_statements, audit_statements, dkim_statements, domain_statements,
    effect_statements, export_sources, export_statements, finding_statements,
    host_statements, key_statements, password_login_statements,
    request_statements, server_statements, setup_statements, subject_statements,
    tenant_statements, user_statements;

extern const struct db_statements intake_statements;

const struct db_statements *const statements_all[] = {
	&account_statements,
	&alias_path_statements,
	&alias_statements,
	&audit_statements,
	&dkim_statements,
	&domain_statements,
	&effect_statements,
	&export_sources,
	&export_statements,
	&finding_statements,
	&host_statements,
	&intake_statements,
	&key_statements,
	&password_login_statements,
	&request_statements,
	&server_statements,
	&setup_statements,
	&subject_statements,
	&tenant_statements,
	&user_statements,
	NULL,
};
