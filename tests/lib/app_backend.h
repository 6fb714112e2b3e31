/*
 * app_backend.h - plays scripts against an app in memory: no terminal, no
 * SSH, no fork but for jobs.
 */
#ifndef TESTS_APP_BACKEND_H
#define TESTS_APP_BACKEND_H

#include "tests/lib/script.h"
#include "tui/app.h"

struct app_backend {
	/* Fills the options for that person; false when there is none. */
	bool (*options)(void *context, const char *who, struct app_options *);
	void (*reset)(void *context); /* before each script, or NULL */
	void *context;
	int rows, columns; /* 0: 24 x 80 */
	bool is_ascii;

	struct arena arena;
	struct app *app; /* NULL before login */
};

/* The backend keeps pointing to *app_backend. */
struct script_backend app_backend(struct app_backend *);

void app_backend_close(struct app_backend *);

#endif
