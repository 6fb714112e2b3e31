/*
 * field.h - one row per thing a person can fill in.
 *
 * The same rows make the form, the wizard step, the review page, the words
 * on the command line, its --help, the CSV columns, the audit text and the
 * manual.  A row says where in the input struct the value lives and of which
 * kind it is; the kind decides parser, printer and how a form edits it.
 *
 * A table of fields ends with a row whose name is NULL.  The first field that
 * is `is_main` may be given on the command line without "name=".
 */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum field_kind {
	FIELD_TEXT,      /* char[]: one clean line, trimmed */
	FIELD_BLOCK,     /* char[]: several lines: keys, PEM */
	FIELD_SECRET,    /* char[]: kept as typed, shown as stars, wiped */
	FIELD_ADDRESS,   /* char[]: mail address, stored form */
	FIELD_ADDRESSES, /* char[]: the same, several, kept with ", " between */
	FIELD_ALIAS,     /* char[]: ditto, "@domain" allowed */
	FIELD_HOST,      /* char[]: host or domain name, stored form */
	FIELD_HOSTS,     /* char[]: several, ", " between */
	FIELD_IP,        /* char[]: either family */
	FIELD_IP4,       /* char[] */
	FIELD_IP6,       /* char[] */
	FIELD_IP_PORTS,  /* char[]: several "ADDR[:PORT]", ", " between */
	FIELD_LABEL,     /* char[]: one DNS label, such as a selector */
	FIELD_NUMBER,    /* int64_t, min..max */
	FIELD_PORT,      /* int64_t, 1..65535 */
	FIELD_BYTES,     /* int64_t, "20 GB" */
	FIELD_YES_NO,    /* int64_t, 0 or 1 */
	FIELD_CHOICE,    /* int64_t, index into choices[] */
};

struct field {
	const char *name;  /* "quota": command line, JSON, CSV, audit */
	const char *label; /* "Quota": forms, at most 18 columns */
	const char *help;  /* one sentence, at most 78 columns */
	enum field_kind kind;
	size_t offset, size; /* in the input struct, bytes: use FIELD() */
	bool is_required;
	bool is_main;
	bool is_fixed;    /* names the thing: can't be changed by an edit */
	int64_t min, max; /* FIELD_NUMBER; both 0: 0..INT64_MAX */
	const char *const *choices; /* FIELD_CHOICE, ends with NULL */
	const char *initial;        /* text a new form starts with, or NULL */
};

#define FIELD(type, member) \
	offsetof(type, member), sizeof(((type *)NULL)->member)

#define FIELD_TEXT_SIZE 16384 /* most bytes of any value as text, with NUL */

/*
 * Checks `text` and stores it in the struct at `input`.  An empty text is
 * refused when the field is required, else it stores "" or 0.  err.field is
 * the field's name.  On refusal the struct is not changed.
 */
enum err_code field_parse(
    const struct field *, void *input, const char *text, struct err *) MUST_USE;

/* The value as text that field_parse() reads back.  A FIELD_SECRET gives ""
 * here: secrets are never printed. */
void field_format(
    const struct field *, const void *input, char *to, size_t size);

/* The row of that name, or NULL. */
const struct field *field_by_name(const struct field *, const char *name);
const struct field *field_main(const struct field *); /* or NULL */

size_t field_count(const struct field *);

/* "such as 20 GB": what a value looks like, for --help. */
const char *field_kind_example(enum field_kind);

#endif
