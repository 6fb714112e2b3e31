/*
 * tag_list.h - "tag=value; tag=value" as DKIM, DMARC, MTA-STS and TLS-RPT
 * write it (RFC 6376 section 3.2).
 *
 * Nothing is copied: names and values point into the text, which must live
 * on.  The text may hold any bytes.
 */
#ifndef DNS_TAG_LIST_H
#define DNS_TAG_LIST_H

#include <stdbool.h>
#include <stddef.h>

#define TAG_MAX        32
#define TAG_ERROR_SIZE 160

struct tag {
	const char *name, *value; /* no final NUL; blanks around are cut */
	size_t name_length, value_length;
};

struct tag_list {
	struct tag tags[TAG_MAX];
	size_t count;
	char error[TAG_ERROR_SIZE]; /* a sentence, "" when all is well */
	size_t error_at;            /* byte of the text */
	bool has_duplicate;         /* that is the error */
};

/* False with error and error_at when it is no tag list; the tags before the
 * error are there. */
bool tag_list_parse(struct tag_list *, const char *text, size_t length);

/*
 * The same as DMARC reads it (RFC 9989 section 4.7): a broken tag is left out
 * and the others count.  `broken` is called for each with the byte of the text
 * and a sentence.  False for what makes the whole list invalid: a tag that is
 * there twice, or too many.
 */
bool tag_list_parse_usable(struct tag_list *, const char *text, size_t length,
    void (*broken)(void *context, size_t at, const char *sentence),
    void *context);

/* The tag of that name (letter case counts), or NULL. */
const struct tag *tag_find(const struct tag_list *, const char *name);

bool tag_is(const struct tag *, const char *value);      /* NULL tag: false */
bool tag_is_fold(const struct tag *, const char *value); /* ASCII case aside */

/* One after another, the parts of a value between `separator`, blanks cut;
 * *at begins at 0.  False behind the last.  A part may be empty, as the last
 * of "a," is. */
bool tag_part(const struct tag *, char separator, size_t *at, const char **part,
    size_t *length);

#endif
