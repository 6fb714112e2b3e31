/*
 * dmarc_walk.h - which DMARC record governs a domain: the tree walk of RFC 9989
 * section 4.10, as a pure function of what each level has.
 *
 * The levels of a.b.example.com are itself, b.example.com, example.com and
 * com; the record of a level is at "_dmarc." in front of it.  Names of eight
 * labels or more go on with their seven right-most, so that there are never
 * more than eight.
 */
#ifndef DNS_DMARC_WALK_H
#define DNS_DMARC_WALK_H

#include <stdbool.h>
#include <stddef.h>

#define DMARC_WALK_MAX 8

/* Is the domain a public suffix, such as "co.uk"?  The tag psd. */
enum dmarc_psd { DMARC_PSD_UNSAID, DMARC_PSD_NO, DMARC_PSD_YES };

enum dmarc_level_state {
	DMARC_LEVEL_UNKNOWN, /* not asked, or nobody answered */
	DMARC_LEVEL_EMPTY,   /* no record, or several, which count as none */
	DMARC_LEVEL_RECORD,
};

struct dmarc_level {
	const char *domain; /* the end of the name that is walked */
	enum dmarc_level_state state;
	enum dmarc_psd psd; /* of its record */
};

struct dmarc_walk {
	struct dmarc_level levels[DMARC_WALK_MAX];
	size_t count; /* at least one: the domain itself */
};

/* The levels of a domain (stored form), each still unknown.  They point into
 * `domain`, which must live on. */
void dmarc_walk_begin(struct dmarc_walk *, const char *domain);

/* Levels are by their index; -1 is none. */
struct dmarc_walked {
	int governs;
	/* A level that could change the answer, and isn't known: then nothing
	 * else here holds. */
	int unknown;
	/* The organizational domain (4.10.2), the end of the walked name; NULL
	 * when a level that is not known could change it. */
	const char *organization;
	/*
	 * What a receiver of RFC 7489 takes: the domain's own record, or that
	 * of the organizational domain by the list of public suffixes; -2 when
	 * that can't be told.  The list is not asked: a name of one label or
	 * with psd=y is taken for a suffix.
	 */
	int older;
};

#define DMARC_OLDER_UNKNOWN (-2)

void dmarc_walk_end(const struct dmarc_walk *, struct dmarc_walked *);

#endif
