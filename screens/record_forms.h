/*
 * record_forms.h - one DNS record in every form that somebody may have to
 * paste, and one finding with all that is known of it, as text to read.
 */
#ifndef SCREENS_RECORD_FORMS_H
#define SCREENS_RECORD_FORMS_H

#include "base/text.h"
#include "dns/check.h"
#include "dns/record.h"
#include "model/finding.h"

/* Name relative and in full, value as one line, as strings, zone line. */
void record_forms(
    struct text_builder *, struct arena *, const struct dns_record *);

/* "In the zone, at the DNS host": where it is entered. */
const char *record_place_text(enum dns_place);

/* The whole finding; `known` may be NULL. */
void finding_text(struct text_builder *, struct arena *,
    const struct dns_finding *, const struct finding *known);

#endif
