/*
 * err.h - how a function says that it could not do its work.
 *
 * A function that can fail returns an enum err_code, takes a struct err last
 * and is marked MUST_USE.  The text is one sentence for the person at the
 * screen: what is wrong and what to do.  It never holds a secret.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE     __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

enum err_code {
	OK,
	ERR_DENIED,    /* the actor may not do this */
	ERR_INVALID,   /* a value is wrong: err.field names it */
	ERR_NOT_FOUND, /* no such thing, or none that the actor may see */
	ERR_CONFLICT, /* clashes with what is there: taken, changed meanwhile */
	ERR_LIMIT,    /* a limit is used up */
	ERR_BUSY,     /* somebody else holds it: try again */
	ERR_TIMEOUT,  /* no answer in time: try again */
	ERR_SYSTEM,   /* the machine failed: disk, memory, permission */
};

#define ERR_FIELD_SIZE 32  /* bytes, with the final NUL */
#define ERR_TEXT_SIZE  240 /* ditto */

/* Zero is "no error".  `field` is "" when the error is about no one field. */
struct err {
	enum err_code code;
	char field[ERR_FIELD_SIZE];
	char text[ERR_TEXT_SIZE];
};

/*
 * Fills `err` (which may be NULL) and returns `code`, so that a caller can
 * write: return err_set(err, ERR_CONFLICT, "address", "...").  `field` may be
 * NULL.  Control bytes in the formatted text become '?'.
 */
enum err_code err_set(struct err *, enum err_code, const char *field,
    const char *format, ...) PRINTF(4, 5);

#ifdef __clang_analyzer__ /* which does not see that it returns `code` */
#define err_set(err, code, ...) (err_set(err, code, __VA_ARGS__), (code))
#endif

/* The same with ": " and the text of errno behind.  Always ERR_SYSTEM. */
enum err_code err_set_errno(struct err *, const char *format, ...) PRINTF(2, 3);

/* "denied", "invalid", "not_found"...: the word in JSON. */
const char *err_name(enum err_code);

/* The exit status of sysexits.h that stands for the code (0, 65, 67...). */
int err_exit_status(enum err_code);

#endif
