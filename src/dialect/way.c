/* SPDX-License-Identifier: GPL-3.0-or-later */
/* way.c - how a peer is reached: a Request-URI other than the AOR (RFC 3261
 * 19.1.1). */
#include <string.h>
#include "dialect_int.h"
#include "mem.h"


struct way {
	UT_hash_handle hh;
	char *peer;
	char *uri;
};


static void way_free(struct endpoint *e, struct way *w)
{
	HASH_DEL(e->ways, w);
	mem_deref(w->uri);
	mem_deref(w->peer);
	mem_deref(w);
}


static struct way *way_find(const struct endpoint *e, const char *peer)
{
	struct way *w;

	HASH_FIND_STR(e->ways, peer, w);
	return w;
}


static void watched(struct endpoint *e, const char *peer, void *arg)
{
	const char **wanted = arg;

	(void)e;
	if (*wanted && !strcmp(*wanted, peer))
		*wanted = NULL;
}


const char *endpoint_way(const struct endpoint *e, const char *peer)
{
	const struct way *w = e->ways ? way_find(e, peer) : NULL;

	return w ? w->uri : peer;
}


static bool way_put(struct endpoint *e, const char *peer, const char *uri)
{
	struct way *w = way_find(e, peer);

	if (!strcmp(w ? w->uri : peer, uri ? uri : peer))
		return false;
	if (!uri) {
		way_free(e, w);
		return true;
	}
	if (!w) {
		w = mem_zalloc(sizeof(*w), NULL);
		w->peer = mem_strdup(peer);
		HASH_ADD_KEYPTR(hh, e->ways, w->peer, strlen(w->peer), w);
	}
	mem_deref(w->uri);
	w->uri = mem_strdup(uri);
	return true;
}


void endpoint_way_set(struct endpoint *e, const char *peer, const char *uri)
{
	const char *wanted = peer;

	e->ops->watch_each(e, watched, &wanted);
	if (way_put(e, peer, uri) && !wanted) {
		e->ops->unwatch(e, peer);
		e->ops->watch(e, peer);
	}
}


void endpoint_ways_close(struct endpoint *e)
{
	struct way *w, *next;

	HASH_ITER (hh, e->ways, w, next) {
		way_free(e, w);
	}
}
