/*
 * screens.h - every screen in one line: what it is about, and its id.
 *
 * Lists take a tenant's id, or 0 for all that the actor may see, or a
 * struct list_narrow (list_screen_next()).  Detail screens take the id of
 * their row.
 */
#ifndef SCREENS_SCREENS_H
#define SCREENS_SCREENS_H

#include "tui/screen.h"

/* lists */
extern const struct screen screen_attention;
extern const struct screen screen_intake;
extern const struct screen screen_tenants;
extern const struct screen screen_domains;
extern const struct screen screen_users;
extern const struct screen screen_removed_users;
extern const struct screen screen_aliases;
extern const struct screen screen_hosts;
extern const struct screen screen_requests;
extern const struct screen screen_admins;
extern const struct screen screen_keys; /* narrowed by account too */
extern const struct screen screen_audit;
extern const struct screen screen_report_rows;
extern const struct screen screen_findings;
extern const struct screen screen_open_findings;
extern const struct screen screen_history; /* of findings */

/* of a domain */
extern const struct screen screen_checklist;
extern const struct screen screen_golive;
extern const struct screen screen_trouble;
extern const struct screen screen_records;
extern const struct screen screen_senders;
extern const struct screen screen_reports;
extern const struct screen screen_policies;
extern const struct screen screen_trace; /* no id: trace_next() */
extern const struct screen screen_try;   /* no id: try_next() */
extern const struct screen screen_dkim;
extern const struct screen screen_ownership;

/* one row */
extern const struct screen screen_tenant;
extern const struct screen screen_domain;
extern const struct screen screen_user;
extern const struct screen screen_alias;
extern const struct screen screen_client;     /* of the same account */
extern const struct screen screen_smime;      /* of the same account */
extern const struct screen screen_server;     /* id 1 */
extern const struct screen screen_mail_stack; /* no id */
extern const struct screen screen_backup;     /* no id */
extern const struct screen screen_audit_entry;
extern const struct screen screen_audit_filter; /* no id */
extern const struct screen screen_request;

/* Opens what a row of attention_list is about. */
struct list_row;
struct next attention_next(const struct list_row *);

/* Which screen shows a list: for the ':' prompt; the last row is zero. */
struct screen_of_list {
	const char *list; /* "user list" */
	const struct screen *screen;
};
extern const struct screen_of_list screens_by_list[];

#endif
