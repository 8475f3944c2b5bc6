/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dns_cache.c - answers kept for as long as they say. */
#include <string.h>
#include "dns_int.h"
#include "mem.h"

#define uthash_fatal(msg) mem_oom()
#include <uthash.h>


enum {
	ENTRIES_MAX = 1000,
	TTL_MAX = 86400,
};


struct key {
	enum dns_type type;
	char name[DNS_NAME_SIZE]; /* zeros behind the NUL */
};

struct entry {
	struct key key;
	uint64_t expires;
	struct dns_answer *answer;
	UT_hash_handle hh;
};

struct dns_cache {
	struct entry *entries;
};


static void entry_destructor(void *data)
{
	struct entry *e = data;

	mem_deref(e->answer);
}


static void dns_cache_destructor(void *data)
{
	dns_cache_flush(data);
}


static void drop(struct dns_cache *cache, struct entry *e)
{
	HASH_DEL(cache->entries, e);
	mem_deref(e);
}


static void set_key(struct key *key, enum dns_type type, const char *name)
{
	size_t n = strlen(name);

	memset(key, 0, sizeof(*key));
	key->type = type;
	memcpy(key->name, name,
		n < sizeof(key->name) ? n : sizeof(key->name) - 1);
}


static struct entry *find(
	struct dns_cache *cache, enum dns_type type, const char *name)
{
	struct entry *e = NULL;
	struct key key;

	set_key(&key, type, name);
	HASH_FIND(hh, cache->entries, &key, sizeof(key), e);
	return e;
}


struct dns_cache *dns_cache_alloc(void)
{
	return mem_zalloc(sizeof(struct dns_cache), dns_cache_destructor);
}


void dns_cache_flush(struct dns_cache *cache)
{
	struct entry *e, *next;

	HASH_ITER (hh, cache->entries, e, next)
		drop(cache, e);
}


struct dns_answer *dns_cache_get(struct dns_cache *cache, enum dns_type type,
	const char *name, uint64_t now)
{
	struct entry *e = find(cache, type, name);

	if (!e)
		return NULL;
	if (e->expires <= now) {
		drop(cache, e);
		return NULL;
	}
	return mem_ref(e->answer);
}


void dns_cache_put(struct dns_cache *cache, const char *name,
	struct dns_answer *answer, uint64_t now)
{
	uint64_t ttl = answer->ttl < TTL_MAX ? answer->ttl : TTL_MAX;
	struct entry *e = find(cache, answer->type, name);

	if (e)
		drop(cache, e);
	if (!ttl)
		return;
	/* The table keeps the order in which entries came. */
	if (HASH_COUNT(cache->entries) >= ENTRIES_MAX)
		drop(cache, cache->entries);
	e = mem_zalloc(sizeof(*e), entry_destructor);
	set_key(&e->key, answer->type, name);
	e->expires = now + ttl * 1000;
	e->answer = mem_ref(answer);
	HASH_ADD(hh, cache->entries, key, sizeof(e->key), e);
}
