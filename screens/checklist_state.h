/*
 * checklist_state.h - what checklist.c and checklist_view.c share; nobody else
 * includes it.
 */
#ifndef SCREENS_CHECKLIST_STATE_H
#define SCREENS_CHECKLIST_STATE_H

#include "base/text.h"
#include "dns/checklist.h"
#include "model/context.h"
#include "model/finding.h"
#include "tui/rows.h"

struct checklist_state {
	struct context *context;
	int64_t domain_id, data_version;
	struct checklist_request request;
	struct dns_finding *found; /* dns_check_count of each */
	struct finding *known;
	int64_t *changed_at; /* while it was open; 0: not */
	struct rows rows;
	int body_rows;
	int job; /* 0: none runs */
	bool has_round, is_paused;
	int64_t started_ms, rounded_at;
	char note[DNS_SENTENCE_SIZE];
};

const struct dns_finding *checklist_under_cursor(
    const struct checklist_state *);

/* Of struct screen. */
void checklist_view(const void *, struct canvas *);
const char *checklist_copy(const void *);
void checklist_print(const void *, struct text_builder *);

#endif
