/* SPDX-License-Identifier: GPL-3.0-or-later */
/* way.c - how somebody is reached, where that was typed with the address: the
 * transport parameter of a SIP URI (RFC 3261 19.1.1). */
#include <string.h>
#include "core_int.h"
#include "uri.h"


struct core_way {
	UT_hash_handle hh; /* by AOR */
	char *peer;
	const char *transport;
	bool typed; /* kept in the store */
};

static const char *const transports[] = {"udp", "tcp", "tls"};


static struct core_way *find(const struct core_account *a, const char *peer)
{
	struct core_way *w;

	HASH_FIND_STR(a->ways, peer, w);
	return w;
}


static const char *transport_of(const struct pl *value)
{
	size_t i;

	for (i = 0; i < sizeof(transports) / sizeof(*transports); i++) {
		if (pl_strcaseeq(value, transports[i]))
			return transports[i];
	}
	return NULL;
}


static void tell(const struct core_account *a, const struct core_way *w)
{
	char *uri = mem_printf("%s;transport=%s", w->peer, w->transport);

	endpoint_way_set(a->endpoint, w->peer, uri);
	mem_deref(uri);
}


static struct core_way *get(struct core_account *a, const char *peer)
{
	struct core_way *w = find(a, peer);

	if (w)
		return w;
	w = mem_zalloc(sizeof(*w), NULL);
	w->peer = mem_strdup(peer);
	HASH_ADD_KEYPTR(hh, a->ways, w->peer, strlen(w->peer), w);
	return w;
}


static void set(struct core_account *a, const char *peer, const char *transport,
	bool typed)
{
	struct core_way *w = get(a, peer);

	if (typed && (!w->typed || w->transport != transport)) {
		w->typed = true;
		core_saved_way(a, peer, transport);
	}
	if (w->transport == transport)
		return;
	w->transport = transport;
	if (a->endpoint)
		tell(a, w);
}


int core_way_learn(struct core_account *a, const char *peer, const char *typed,
	const struct core_origin *origin, char **why)
{
	struct pl pl = pl_str(typed), value;
	const char *transport = NULL;
	char *text = NULL;
	struct uri uri;
	bool said;
	int status = 0;

	pl = pl_trim(&pl);
	if (!a->core || a->removed || !core_is_address(typed) ||
		uri_from_user(&uri, &text, &pl))
		return 0;
	said = (uri.scheme == URI_SIP || uri.scheme == URI_SIPS) &&
		uri_param(&uri, "transport", &value);
	if (said)
		transport = transport_of(&value);
	if (transport)
		set(a, peer, transport, !origin || !origin->file);
	else if (said)
		status = core_fail(EX_DATAERR, why,
			"%s: transport is one of udp, tcp, tls", typed);
	mem_deref(text);
	return status;
}


static void way_free(struct core_account *a, struct core_way *w)
{
	HASH_DEL(a->ways, w);
	mem_deref(w->peer);
	mem_deref(w);
}


void core_way_forget(struct core_account *a, const char *peer)
{
	struct core_way *w, *next;

	HASH_ITER (hh, a->ways, w, next) {
		if (peer && strcmp(w->peer, peer) != 0)
			continue;
		if (a->endpoint)
			endpoint_way_set(a->endpoint, w->peer, NULL);
		core_saved_way(a, w->peer, NULL);
		way_free(a, w);
	}
}


void core_way_flush(struct core_account *a)
{
	struct core_way *w, *next;

	HASH_ITER (hh, a->ways, w, next) {
		way_free(a, w);
	}
}


void core_way_tell(struct core_account *a)
{
	struct core_way *w;

	for (w = a->ways; w; w = w->hh.next)
		tell(a, w);
}


void core_way_load(struct core *core, const char *key, const char *value)
{
	struct pl pl = pl_str(value);
	const char *peer, *transport = transport_of(&pl);
	struct core_account *a = core_saved_account_of(core, key, &peer);

	/* What a file says comes first. */
	if (a && transport && !find(a, peer))
		set(a, peer, transport, true);
}
