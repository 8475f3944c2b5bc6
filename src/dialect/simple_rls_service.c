/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * simple_rls_service.c - the list of those watched, in the document of lists
 * that the server subscribes to for us (RFC 4826 4). All devices of a user
 * share it: each puts in whom it watches, and takes out whom it itself no
 * longer does.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "rlsservices.h"
#include "simple_rls.h"


/* Somebody who is to be taken out. */
struct simple_rls_gone {
	UT_hash_handle hh;
	char *peer;
	bool going; /* by the edit that is under way */
};


static void gone_free(struct simple_rls *r, struct simple_rls_gone *g)
{
	HASH_DEL(r->gone, g);
	mem_deref(g->peer);
	mem_deref(g);
}


void simple_rls_gone_add(struct simple_rls *r, const char *peer)
{
	struct simple_rls_gone *g;

	HASH_FIND_STR(r->gone, peer, g);
	if (g)
		return;
	g = mem_zalloc(sizeof(*g), NULL);
	g->peer = mem_strdup(peer);
	HASH_ADD_KEYPTR(hh, r->gone, g->peer, strlen(g->peer), g);
}


void simple_rls_gone_drop(struct simple_rls *r, const char *peer)
{
	struct simple_rls_gone *g;

	HASH_FIND_STR(r->gone, peer, g);
	if (g)
		gone_free(r, g);
}


/* ---- a change ---- */

/* Those whom a server can subscribe to; *N of them. */
static const char **watched(const struct simple_rls *r, size_t *n)
{
	const char **peers = mem_zalloc(
		(HASH_COUNT(r->e->watches) + 1) * sizeof(*peers), NULL);
	struct simple_watch *w, *next;
	struct uri uri;
	struct pl pl;

	*n = 0;
	HASH_ITER (hh, r->e->watches, w, next) {
		pl = pl_str(w->peer);
		if (!uri_decode(&uri, &pl) &&
			(uri.scheme == URI_SIP || uri.scheme == URI_SIPS))
			peers[(*n)++] = w->peer;
	}
	return peers;
}


static const char **going(const struct simple_rls *r, size_t *n)
{
	const char **peers =
		mem_zalloc((HASH_COUNT(r->gone) + 1) * sizeof(*peers), NULL);
	struct simple_rls_gone *g, *next;

	*n = 0;
	HASH_ITER (hh, r->gone, g, next) {
		if (g->going)
			peers[(*n)++] = g->peer;
	}
	return peers;
}


static int change_handler(struct mbuf **fresh, const struct pl *body, void *arg)
{
	const struct simple_rls *r = arg;
	struct rlsservices_change change = {.service = r->service};
	const char **add = watched(r, &change.n_add);
	const char **drop = going(r, &change.n_drop);
	int err;

	change.add = add;
	change.drop = drop;
	err = rlsservices_edit(fresh, body, &change);
	mem_deref(add);
	mem_deref(drop);
	return err;
}


static void done_handler(const struct xcap_answer *answer, void *arg)
{
	struct simple_rls *r = arg;
	struct simple_rls_gone *g, *next;
	bool done =
		answer->result == XCAP_OK || answer->result == XCAP_UNCHANGED;

	simple_edit_end(&r->edit, r->e);
	HASH_ITER (hh, r->gone, g, next) {
		if (g->going && done)
			gone_free(r, g);
		else
			g->going = false;
	}
	if (done)
		simple_rls_written(r);
	else
		simple_rls_unwritten(r, answer->why);
	if (r->again)
		simple_rls_write_soon(r, 0);
}


static void edit_handler(void *arg)
{
	static const struct xcap_where where = {.auid = RLSSERVICES_AUID};
	struct simple_rls *r = arg;
	struct simple_rls_gone *g, *next;
	int err;

	if (!r->e->online && !r->e->leaving)
		return;
	r->again = r->edit;
	if (r->edit)
		return;
	r->going = r->additions;
	r->additions = 0;
	HASH_ITER (hh, r->gone, g, next) {
		g->going = true;
	}
	err = simple_edit(&r->edit, r->e, &where, RLSSERVICES_TYPE,
		change_handler, done_handler, r);
	if (err)
		simple_rls_unwritten(r, strerror(err));
}


void simple_rls_write_soon(struct simple_rls *r, uint64_t ms)
{
	if (!tmr_isrunning(&r->soon))
		tmr_start(r->e->stack->tmrs, &r->soon, ms, edit_handler, r);
}


void simple_rls_write_now(struct simple_rls *r)
{
	if (!tmr_isrunning(&r->soon))
		return;
	tmr_cancel(&r->soon);
	edit_handler(r);
}


void simple_rls_service_close(struct simple_rls *r)
{
	struct simple_rls_gone *g, *next;

	tmr_cancel(&r->soon);
	simple_edit_end(&r->edit, r->e);
	HASH_ITER (hh, r->gone, g, next) {
		gone_free(r, g);
	}
}
