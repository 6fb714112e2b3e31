#include "dns/pace.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#define SLOTS  4096 /* servers; more share slots, which only slows them */
#define PROBES 16

/* When the next question is due if they came evenly (GCRA). */
struct slot {
	_Atomic uint64_t key; /* 0: free */
	_Atomic int64_t due_us;
};

struct pace_table {
	int64_t interval_us, burst_us;
	struct slot slots[SLOTS];
};

enum err_code
pace_open(struct pace_table **table, unsigned per_second, struct err *err)
{
	void *memory = mmap(NULL, sizeof(**table), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*table = NULL;
	if (memory == MAP_FAILED)
		return err_set_errno(err, "Can't share memory");
	*table = memory;
	(*table)->interval_us = 1000000 / (per_second > 0 ? per_second : 1);
	(*table)->burst_us = 1000000;
	return OK;
}

void
pace_close(struct pace_table **table)
{
	if (*table != NULL)
		munmap(*table, sizeof(**table));
	*table = NULL;
}

/* FNV-1a; never 0. */
static uint64_t
key_of(const struct ip_port *at)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < sizeof(at->ip.bytes); i++)
		hash = (hash ^ at->ip.bytes[i]) * UINT64_C(1099511628211);
	hash = (hash ^ at->port) * UINT64_C(1099511628211);
	hash = (hash ^ (unsigned)at->ip.family) * UINT64_C(1099511628211);
	return hash != 0 ? hash : 1;
}

static struct slot *
slot_of(struct pace_table *table, uint64_t key)
{
	for (uint64_t i = 0; i < PROBES; i++) {
		struct slot *slot = &table->slots[(key + i) % SLOTS];
		uint64_t there = 0;

		if (atomic_compare_exchange_strong(&slot->key, &there, key) ||
		    there == key)
			return slot;
	}
	return &table->slots[key % SLOTS];
}

bool
pace_take(struct pace_table *table, const struct ip_port *at, int64_t now_ms)
{
	struct slot *slot = slot_of(table, key_of(at));
	const int64_t now_us = now_ms * 1000;
	int64_t due_us = atomic_load(&slot->due_us), next_us;

	do {
		if (due_us - table->burst_us > now_us)
			return false;
		next_us =
		    (due_us > now_us ? due_us : now_us) + table->interval_us;
	} while (
	    !atomic_compare_exchange_weak(&slot->due_us, &due_us, next_us));
	return true;
}
