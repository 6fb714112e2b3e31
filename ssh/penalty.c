#include "ssh/penalty.h"

/* Seconds for each end of a connection. */
static const int64_t cost_s[] = {
	[BROKER_DONE] = 0,
	[BROKER_NO_LOGIN] = 1,
	[BROKER_REFUSED] = 5,
	[BROKER_DEADLINE] = 10,
	[BROKER_BROKEN] = 90,
};

static const struct penalty *
find(const struct penalties *penalties, const struct ip *source)
{
	for (size_t i = 0; i < penalties->count; i++)
		if (ip_is_same(&penalties->all[i].source, source))
			return &penalties->all[i];
	return NULL;
}

/* A free row: a new one, one that is over, or the one that soonest will be. */
static struct penalty *
take_row(struct penalties *penalties)
{
	struct penalty *soonest = &penalties->all[0];

	if (penalties->count < PENALTY_SOURCES)
		return &penalties->all[penalties->count++];
	for (size_t i = 1; i < penalties->count; i++)
		if (penalties->all[i].until_ms < soonest->until_ms)
			soonest = &penalties->all[i];
	return soonest;
}

void
penalty_add(struct penalties *penalties, const struct ip *source,
    enum broker_end end, int64_t now_ms)
{
	const int64_t cost_ms = cost_s[end] * 1000;
	const struct penalty *known = find(penalties, source);
	struct penalty *row;

	if (cost_ms == 0)
		return;
	row = known != NULL ? &penalties->all[known - penalties->all]
			    : take_row(penalties);
	if (known == NULL || row->until_ms < now_ms)
		*row = (struct penalty){ *source, now_ms, false };
	row->until_ms += cost_ms;
	if (row->until_ms > now_ms + PENALTY_MAX_S * 1000)
		row->until_ms = now_ms + PENALTY_MAX_S * 1000;
	if (row->until_ms >= now_ms + PENALTY_ENFORCED_S * 1000)
		row->is_enforced = true;
}

int64_t
penalty_left(
    const struct penalties *penalties, const struct ip *source, int64_t now_ms)
{
	const struct penalty *row = find(penalties, source);

	if (row == NULL || !row->is_enforced || row->until_ms <= now_ms)
		return 0;
	return (row->until_ms - now_ms + 999) / 1000;
}
