/*
 * example.h - a few screens over made-up people, to test and try the toolkit
 * with: a home, a list of any length, a form, a wizard, a job.
 */
#ifndef TESTS_EXAMPLE_H
#define TESTS_EXAMPLE_H

#include "tui/app.h"

/* How many people the list has; the app's context. */
struct example {
	int64_t people;
	int saved;     /* how often a form or wizard was saved */
	char last[80]; /* the address saved last */
};

void example_options(struct example *, struct app_options *);

#endif
