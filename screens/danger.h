/*
 * danger.h - the question that stands before an operation that its row calls
 * dangerous.
 */
#ifndef SCREENS_DANGER_H
#define SCREENS_DANGER_H

#include "model/operation.h"
#include "tui/app.h"

/*
 * y or n on the message row, or a screen that lists what goes and has the
 * name typed; with several rows what must be typed is the verb and the count,
 * "remove 3".  `names` are the main field's texts.  Texts lie in the arena
 * until the question opens.  MSG_RETURN has id = tag after a yes.
 */
struct next danger_ask(struct app *, struct arena *, const struct operation *,
    const char *const *names, size_t count, int64_t tag);

#endif
