/*
 * dkim_state.h - what dkim.c and dkim_view.c share; nobody else includes it.
 */
#ifndef SCREENS_DKIM_STATE_H
#define SCREENS_DKIM_STATE_H

#include "base/text.h"
#include "dns/checklist.h"
#include "model/list.h"
#include "tui/rows.h"

#define DKIM_KEYS_MAX     16 /* of one domain that are shown */
#define DKIM_KEYS_VISIBLE 4

struct dkim_state {
	struct context *context;
	int64_t domain_id, data_version;
	struct arena arena; /* of the page */
	struct list_page page;
	struct rows rows;
	int body_rows;

	struct checklist_request request; /* of the key under the cursor */
	struct dns_record record;
	bool has_record;
	char watched[DNS_LABEL_SIZE]; /* its selector; "": none is asked */
	struct dns_finding found;
	int job;
};

/* The key under the cursor, or NULL; its value in a column, as people read
 * it. */
const struct list_row *dkim_under_cursor(const struct dkim_state *);
const struct list_value *dkim_value_of(
    const struct list_row *, const char *column);
const char *dkim_text_of(const struct list_row *, const char *column);

/* Of struct screen. */
void dkim_view(const void *, struct canvas *);
const char *dkim_copy(const void *);
void dkim_print(const void *, struct text_builder *);

#endif
