/*
 * command.h - what the files of the command line share: one command that is
 * being run, and how its results are printed.
 */
#ifndef SSH_COMMAND_H
#define SSH_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/field.h"
#include "model/operation.h"

struct list;

#define COMMAND_ARGS_MAX  64
#define COMMAND_NAME_SIZE 64

/* Exit statuses beside those of err_exit_status(). */
#define COMMAND_USAGE   64  /* EX_USAGE */
#define COMMAND_UNKNOWN 127 /* as a shell says it */
#define CHECK_FAILED    1   /* of what is checked */
#define CHECK_UNSURE    75  /* EX_TEMPFAIL: it could not be told */

struct command {
	struct context *context;
	char name[COMMAND_NAME_SIZE]; /* "user add" */

	/* What follows the name: name=value, or a value without a name (name
	 * is then NULL). */
	struct operation_arg args[COMMAND_ARGS_MAX];
	size_t arg_count;

	bool is_json, wants_help;
	bool is_sure;     /* --yes */
	const char *sure; /* --yes NAME, or NULL */

	struct arena arena;
};

/* A word that is neither an operation nor a list. */
struct command_special {
	const char *name;           /* "dns check" */
	const char *help;           /* one sentence */
	enum action action;         /* ACTION_NONE: everybody */
	const struct field *fields; /* of the input; for --help, or NULL */
	size_t input_size;
	int (*run)(struct command *, const void *input); /* exit status */
	/* What words without a name behind the first one are ("check"); they
	 * stay in command.args.  NULL: there are none. */
	const char *more;
};

/* A `more` of its own: those words are one text, never cut at "=" and never
 * options but for --json and --help. */
extern const char command_text_words[];

/* The arrays of the command_*.c files, each ended by a zero row; NULL ends. */
extern const struct command_special *const command_specials[];

/* One word or pair of words that can be run: exactly one of the three. */
struct command_entry {
	const char *name, *help;
	const struct operation *operation;
	const struct list *list;
	const struct command_special *special;
};

/* All of them, in the order of the help; `*count` of them. */
const struct command_entry *command_entries(struct arena *, size_t *count);

/* The entry of that name, or NULL. */
const struct command_entry *command_entry_by_name(
    struct arena *, const char *name);

/* Whether the actor's role can run it for some target; else *why says who
 * can. */
bool command_is_possible(
    const struct command *, const struct command_entry *, const char **why);

/* ---- the words ---- */

/* Takes what stands behind the command's name; behind "--" no word is an
 * option.  0, or the exit status. */
int command_take_words(
    struct command *, const struct command_entry *, char **words, int count);

/* What was written for that field, or NULL. */
struct operation_arg *command_arg_of(struct command *, const struct field *);

/* The index-th word without a name behind the first one, or NULL. */
const char *command_more(
    const struct command *, const struct field *, size_t index);

/* Room for every secret that one command can take. */
struct command_secrets {
	char text[4][512];
	size_t count;
	char block[FIELD_TEXT_SIZE + 1];
	char base64[FIELD_TEXT_SIZE];
	bool has_block;
};

/*
 * Reads from standard input what the command wants of it: secrets are lines
 * and come first; a block is all that is left.  The caller wipes them.  0, or
 * the exit status.
 */
int command_take_input(
    struct command *, const struct field *fields, struct command_secrets *);

/* ---- running, each gives the exit status ---- */

int command_run_list(struct command *, const struct list *);
int command_run_show(struct command *, const struct list *);

/* Help: of everything, of one noun ("user"), of one command. */
int command_help_all(struct command *);
int command_help_noun(struct command *, const char *noun);
int command_help_entry(struct command *, const struct command_entry *);

/* ---- printing ---- */

/* The refusal: a sentence on standard error and, with --json, the object on
 * standard output.  Gives err_exit_status(err->code). */
int command_refuse(struct command *, const struct err *);

/* Wrong use of the words: exit status 64, and 127 for an unknown word. */
int command_refuse_usage(struct command *, const char *format, ...)
    PRINTF(2, 3);
int command_refuse_unknown(struct command *, const char *word,
    const char *const *candidates, const char *where);

/* What an operation did: its sentence and the secret that is shown once; with
 * --json an object, and the secret on standard error. */
void command_print_result(struct command *, const struct operation_result *);

/* One line of text of any origin, control characters escaped, no newline. */
void command_put(const char *text);

/* The same for several lines, each with its newline. */
void command_put_lines(const char *text);

/* A jansson value as one document with a line end; takes the reference. */
struct json_t;
void command_print_json(struct json_t *);

/* Text that is surely UTF-8, as a jansson string. */
struct json_t *command_json_text(const char *);
/* A moment as "2026-11-24T14:05:00Z"; null for 0. */
struct json_t *command_json_moment(int64_t at);

/* A column's value: number, moment, yes or no, text, or null. */
struct list_value;
struct json_t *command_json_value(const struct list_value *);

/* What stands under "error" in the document of a refusal. */
struct json_t *command_json_error(const struct err *);

void command_json_set(struct json_t *, const char *name, const char *text);

#endif
