/*
 * attention.h - what somebody should look at: bad findings, open requests,
 * limits nearly used up, domains that are not proven or sign no mail.
 *
 * Nothing is stored: the list is read from the rows as they are.
 */
#ifndef MODEL_ATTENTION_H
#define MODEL_ATTENTION_H

#include "model/list.h"

extern const struct list attention_list; /* "attention list" */

#endif
