/*
 * finding_view.h - what one row of the checklist says, drawn below the list:
 * problem, found, wanted, where they differ, what to do.
 */
#ifndef SCREENS_FINDING_VIEW_H
#define SCREENS_FINDING_VIEW_H

#include "dns/check.h"
#include "model/finding.h"
#include "tui/canvas.h"

/* "accepted" when it is, else the verdict's word: "pass", "FAIL". */
const char *finding_word(
    const struct dns_finding *, const struct finding *known);

/* Fills the window from its first row, which is a rule with the check's name;
 * what does not fit is left out, the last things first. */
void finding_view(
    struct canvas *, const struct dns_finding *, const struct finding *known);

/* "FAIL means mail is lost or refused because of this." */
const char *finding_word_help(
    const struct dns_finding *, const struct finding *known);

#endif
