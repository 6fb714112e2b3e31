/*
 * trouble_facts.h - what the parts of trouble_read() share: one complaint
 * whose facts are being read.
 */
#ifndef MODEL_TROUBLE_FACTS_H
#define MODEL_TROUBLE_FACTS_H

#include "model/domain.h"
#include "model/trouble.h"

struct reading {
	struct context *context;
	struct trouble *trouble;
	struct domain domain;
	struct err *err;
};

/* Is this word in the symptom's list of facts? */
bool trouble_wants(const struct trouble *, const char *name);

/* Each notes its facts; what the actor may not see is unknown. */
enum err_code trouble_path(struct reading *);    /* "path" */
enum err_code trouble_account(struct reading *); /* "account" */
enum err_code trouble_smime(struct reading *);   /* "identity" and on */

#endif
