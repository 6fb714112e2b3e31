#include "screens/screens.h"

#include <stddef.h>

const struct screen_of_list screens_by_list[] = {
	{ "intake list", &screen_intake },
	{ "tenant list", &screen_tenants },
	{ "domain list", &screen_domains },
	{ "user list", &screen_users },
	{ "removed list", &screen_removed_users },
	{ "alias list", &screen_aliases },
	{ "host list", &screen_hosts },
	{ "request list", &screen_requests },
	{ "admin list", &screen_admins },
	{ "key list", &screen_keys },
	{ "attention list", &screen_attention },
	{ "audit list", &screen_audit },
	{ "report list", &screen_report_rows },
	{ "finding list", &screen_findings },
	{ "finding open", &screen_open_findings },
	{ "finding history", &screen_history },
	{ 0 },
};
