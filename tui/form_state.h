/*
 * form_state.h - what form.c and form_keys.c share; nobody else includes it.
 */
#ifndef TUI_FORM_STATE_H
#define TUI_FORM_STATE_H

#include "tui/form.h"

/* The focus so many fields on; false at the end. */
bool form_move(struct form *, int by);

/* The line below the field; NULL clears it. */
void form_field_note(struct form_field *, const char *text, bool is_error);

/* Refuses a wrong text below its field; an empty required one only when
 * `also_empty`. */
bool form_check_field(struct form *, size_t index, bool also_empty);

/* Its value is turned, not typed. */
bool form_field_is_choice(const struct form_field *);

#endif
