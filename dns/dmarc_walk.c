#include "dns/dmarc_walk.h"

#include <string.h>

#define LABELS_MAX 7 /* of a level above the domain */

static size_t
label_count(const char *name)
{
	size_t count = 1;

	for (; (name = strchr(name, '.')) != NULL; name++)
		count++;
	return count;
}

/* The name without its left-most label; NULL when that was the last. */
static const char *
above(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot == NULL ? NULL : dot + 1;
}

void
dmarc_walk_begin(struct dmarc_walk *walk, const char *domain)
{
	memset(walk, 0, sizeof(*walk));
	while (domain != NULL && walk->count < DMARC_WALK_MAX) {
		walk->levels[walk->count++].domain = domain;
		do
			domain = above(domain);
		while (domain != NULL && label_count(domain) > LABELS_MAX);
	}
}

/* The domain that is one label longer than the level's. */
static const char *
below(const struct dmarc_walk *walk, size_t level)
{
	const char *name = walk->levels[0].domain;

	while (above(name) != NULL && above(name) != walk->levels[level].domain)
		name = above(name);
	return name;
}

/* Where the walk stops: at psd=n or psd=y, or behind the last level. */
static size_t
stop_of(const struct dmarc_walk *walk)
{
	size_t i = 0;

	while (i < walk->count &&
	    (walk->levels[i].state != DMARC_LEVEL_RECORD ||
		walk->levels[i].psd == DMARC_PSD_UNSAID))
		i++;
	return i;
}

static int
first_unknown(const struct dmarc_walk *walk, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if (walk->levels[i].state == DMARC_LEVEL_UNKNOWN)
			return (int)i;
	return -1;
}

/* The record with the fewest labels in front of level `end`, or -1. */
static int
last_record(const struct dmarc_walk *walk, size_t end)
{
	int last = -1;

	for (size_t i = 0; i < end; i++)
		if (walk->levels[i].state == DMARC_LEVEL_RECORD)
			last = (int)i;
	return last;
}

/* The level of that name when it has a record, or -1. */
static int
record_at(const struct dmarc_walk *walk, const char *name)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->levels[i].domain == name &&
		    walk->levels[i].state == DMARC_LEVEL_RECORD)
			return (int)i;
	return -1;
}

/* Section 4.10.2. */
static const char *
organization_of(const struct dmarc_walk *walk, size_t stop)
{
	const int last = last_record(walk, walk->count);
	const bool is_suffix = stop > 0 && stop < walk->count &&
	    walk->levels[stop].psd == DMARC_PSD_YES;

	if (is_suffix)
		return below(walk, stop);
	if (stop < walk->count)
		return walk->levels[stop].domain;
	return walk->levels[last < 0 ? 0 : last].domain;
}

/* Public suffixes are those of one label, and those that say so. */
static int
older_record(const struct dmarc_walk *walk)
{
	size_t end = 1;

	if (walk->levels[0].state == DMARC_LEVEL_RECORD)
		return 0;
	while (end < walk->count &&
	    strchr(walk->levels[end].domain, '.') != NULL &&
	    walk->levels[end].psd != DMARC_PSD_YES)
		end++;
	if (first_unknown(walk, 0, end) >= 0)
		return DMARC_OLDER_UNKNOWN;
	return end < walk->count && walk->levels[end].psd == DMARC_PSD_YES
	    ? record_at(walk, below(walk, end))
	    : last_record(walk, end);
}

void
dmarc_walk_end(const struct dmarc_walk *walk, struct dmarc_walked *to)
{
	const bool has_own = walk->levels[0].state == DMARC_LEVEL_RECORD;
	const size_t stop = stop_of(walk);
	const int unknown = first_unknown(walk, 0, stop);

	*to = (struct dmarc_walked){ .governs = has_own ? 0 : -1,
		.unknown = has_own ? -1 : unknown,
		.older = older_record(walk) };
	if (unknown >= 0)
		return;
	to->organization = organization_of(walk, stop);
	if (!has_own)
		to->governs = record_at(walk, to->organization);
	/* Last of all the public suffix itself (4.10.1). */
	if (to->governs < 0 && stop < walk->count)
		to->governs = (int)stop;
}
