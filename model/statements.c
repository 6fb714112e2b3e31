#include "model/statements.h"

/* Each is defined beside its array. */
extern const struct db_statements account_admin_statements;
extern const struct db_statements account_session_statements;
extern const struct db_statements account_statements;
extern const struct db_statements alias_path_statements;
extern const struct db_statements alias_statements;
extern const struct db_statements audit_statements;
extern const struct db_statements backup_statements;
extern const struct db_statements client_statements;
extern const struct db_statements dkim_statements;
extern const struct db_statements dmarc_statements;
extern const struct db_statements domain_statements;
extern const struct db_statements effect_statements;
extern const struct db_statements export_sources;
extern const struct db_statements export_statements;
extern const struct db_statements finding_statements;
extern const struct db_statements golive_change_statements;
extern const struct db_statements golive_proof_statements;
extern const struct db_statements golive_statements;
extern const struct db_statements health_statements;
extern const struct db_statements host_statements;
extern const struct db_statements key_login_statements;
extern const struct db_statements key_statements;
extern const struct db_statements key_store_statements;
extern const struct db_statements move_statements;
extern const struct db_statements ownership_statements;
extern const struct db_statements tidy_statements;
extern const struct db_statements mail_setup_statements;
extern const struct db_statements password_login_statements;
extern const struct db_statements report_statements;
extern const struct db_statements request_statements;
extern const struct db_statements server_statements;
extern const struct db_statements setup_statements;
extern const struct db_statements smime_reseal_statements;
extern const struct db_statements smime_statements;
extern const struct db_statements smime_view_statements;
extern const struct db_statements sts_path_statements;
extern const struct db_statements subject_statements;
extern const struct db_statements tenant_add_statements;
extern const struct db_statements tenant_edit_statements;
extern const struct db_statements tenant_input_statements;
extern const struct db_statements tenant_status_statements;
extern const struct db_statements tenant_statements;
extern const struct db_statements trouble_statements;
extern const struct db_statements usage_statements;
extern const struct db_statements user_edit_statements;
extern const struct db_statements user_external_statements;
extern const struct db_statements user_password_statements;
extern const struct db_statements user_status_statements;
extern const struct db_statements web_statements;

extern const struct db_statements intake_statements;

const struct db_statements *const statements_all[] = {
	&account_admin_statements,
	&account_session_statements,
	&account_statements,
	&alias_path_statements,
	&alias_statements,
	&audit_statements,
	&backup_statements,
	&client_statements,
	&dkim_statements,
	&dmarc_statements,
	&domain_statements,
	&effect_statements,
	&export_sources,
	&export_statements,
	&finding_statements,
	&golive_change_statements,
	&golive_proof_statements,
	&golive_statements,
	&health_statements,
	&host_statements,
	&intake_statements,
	&key_login_statements,
	&key_statements,
	&key_store_statements,
	&move_statements,
	&ownership_statements,
	&tidy_statements,
	&mail_setup_statements,
	&password_login_statements,
	&report_statements,
	&request_statements,
	&server_statements,
	&setup_statements,
	&smime_reseal_statements,
	&smime_statements,
	&smime_view_statements,
	&sts_path_statements,
	&subject_statements,
	&tenant_add_statements,
	&tenant_edit_statements,
	&tenant_input_statements,
	&tenant_status_statements,
	&tenant_statements,
	&trouble_statements,
	&usage_statements,
	&user_edit_statements,
	&user_external_statements,
	&user_password_statements,
	&user_status_statements,
	&web_statements,
	NULL,
};
