/*
 * record_forms.h - one DNS record in every form that somebody may have to
 * paste, and one finding with all that is known of it, as values to copy.
 */
#ifndef SCREENS_RECORD_FORMS_H
#define SCREENS_RECORD_FORMS_H

#include "dns/check.h"
#include "dns/record.h"
#include "model/finding.h"
#include "tui/values.h"

/* Name relative and in full, value as one line, as strings, zone line. */
void record_forms(struct values *, const struct dns_record *);

/* "In the zone, at the DNS host": where it is entered. */
const char *record_place_text(enum dns_place);

/* The whole finding; `known` may be NULL. */
void finding_values(
    struct values *, const struct dns_finding *, const struct finding *known);

#endif
