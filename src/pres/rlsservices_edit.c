/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlsservices_edit.c - the list of a service changed in a text that other
 * programs write too (RFC 4826 3.1, 4.1) */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <uthash.h>
#include "mem.h"
#include "rlsservices_int.h"
#include "span.h"
#include "uri.h"

/* What becomes of an address. */
struct one {
	UT_hash_handle hh;
	char *address;
	bool add;
	bool there;
};

struct edit {
	struct spans *s;
	char *service; /* its address */
	struct one *ones; /* hash by key */
	char prefix[16]; /* that we gave */
	struct splices changes;
};


static void one_destructor(void *data)
{
	struct one *one = data;

	mem_deref(one->address);
}


static void edit_destructor(void *data)
{
	struct edit *e = data;
	struct one *one, *next;

	HASH_ITER (hh, e->ones, one, next) {
		HASH_DEL(e->ones, one);
		mem_deref(one);
	}
	splices_flush(&e->changes);
	mem_deref(e->service);
	mem_deref(e->s);
}


/* ---- what is wanted -------------------------------------------------- */

static struct one *find(const struct edit *e, const char *address)
{
	const char *key = uri_aor_key(address);
	struct one *one;

	HASH_FIND_STR(e->ones, key, one);
	return one;
}


/* False: URI is none of a person. The first to name one decides. */
static bool want(struct edit *e, const char *uri, bool add)
{
	char *address = rlsservices_address(uri);
	const char *key;
	struct one *one;

	if (!address)
		return false;
	if (find(e, address)) {
		mem_deref(address);
		return true;
	}
	one = mem_zalloc(sizeof(*one), one_destructor);
	one->address = address;
	one->add = add;
	key = uri_aor_key(address);
	HASH_ADD_KEYPTR(hh, e->ones, key, strlen(key), one);
	return true;
}


static int want_all(struct edit *e, const struct rlsservices_change *change)
{
	size_t i;

	for (i = 0; i < change->n_add; i++) {
		if (!want(e, change->add[i], true))
			return EINVAL;
	}
	/* What is no address is in no list of ours. */
	for (i = 0; i < change->n_drop; i++)
		(void)want(e, change->drop[i], false);
	return 0;
}


/* ---- writing --------------------------------------------------------- */

/* Those that are not there yet, each behind the white space INDENT and MORE;
 * PREFIX is without its colon. */
static void put_entries(const struct edit *e, struct mbuf *mb,
	const struct pl *indent, const char *more, const struct pl *prefix)
{
	const struct one *one;

	for (one = e->ones; one; one = one->hh.next) {
		if (!one->add || one->there)
			continue;
		(void)mbuf_write_pl(mb, indent);
		(void)mbuf_printf(mb, "%s<%.*s%sentry uri=\"", more,
			PL_ARG(prefix), prefix->l ? ":" : "");
		(void)xml_write_text(mb, one->address);
		(void)mbuf_write_str(mb, "\"/>");
	}
}


static bool any_missing(const struct edit *e)
{
	const struct one *one = e->ones;

	while (one && (!one->add || one->there))
		one = one->hh.next;
	return one != NULL;
}


/* In a name, or declared. */
static bool uses_prefix(const struct pl *text, const char *prefix)
{
	struct pl name = pl_str(prefix), rest = *text;
	const char *p;

	while ((p = pl_find(&rest, &name))) {
		pl_skip(&rest, (size_t)(p - rest.p) + name.l);
		if (pl_startswith(&rest, ":") ||
			(p > text->p && p[-1] == ':' && rest.l &&
				strchr("= \t\r\n", rest.p[0])))
			return true;
	}
	return false;
}


/* A prefix for NS_LISTS that is none in the text yet. */
static struct pl free_prefix(struct edit *e)
{
	unsigned n;

	(void)snprintf(e->prefix, sizeof(e->prefix), "rl");
	for (n = 2; uses_prefix(&e->s->text, e->prefix); n++)
		(void)snprintf(e->prefix, sizeof(e->prefix), "rl%u", n);
	return pl_str(e->prefix);
}


/* <list>, all of it, in the namespace that PREFIX (with its colon) is for. */
static void put_list(
	struct edit *e, struct mbuf *mb, size_t within, const struct pl *prefix)
{
	static const struct pl line = PL("\n");
	struct pl lists;

	(void)mbuf_printf(mb, "    <%.*slist", PL_ARG(prefix));
	if (!span_ns_prefix(e->s, within, NS_LISTS, &lists)) {
		lists = free_prefix(e);
		(void)mbuf_printf(
			mb, " xmlns:%.*s=\"" NS_LISTS "\"", PL_ARG(&lists));
	}
	(void)mbuf_write_str(mb, ">");
	put_entries(e, mb, &line, "      ", &lists);
	(void)mbuf_printf(mb, "\n    </%.*slist>\n", PL_ARG(prefix));
}


static void put_service(struct edit *e)
{
	struct pl prefix = span_prefix(e->s, 0);
	struct mbuf *mb = splice_begin(&e->changes, e->s, 0);

	(void)mbuf_printf(mb, "  <%.*sservice uri=\"", PL_ARG(&prefix));
	(void)xml_write_text(mb, e->service);
	(void)mbuf_write_str(mb, "\">\n");
	put_list(e, mb, 0, &prefix);
	(void)mbuf_printf(mb,
		"    <%.*spackages>\n"
		"      <%.*spackage>presence</%.*spackage>\n"
		"    </%.*spackages>\n"
		"  </%.*sservice>\n",
		PL_ARG(&prefix), PL_ARG(&prefix), PL_ARG(&prefix),
		PL_ARG(&prefix), PL_ARG(&prefix));
	splice_end(mb, e->s, 0);
}


/* ---- the list that is there ------------------------------------------ */

/* Where they do not stand yet: in the start tag of LIST. */
static struct pl declare_lists(struct edit *e, size_t list)
{
	const struct span *span = &e->s->v[list];
	struct pl lists = free_prefix(e);
	size_t tail = span_is_empty(e->s, list) ? 2 : 1;

	(void)mbuf_printf(splice_put(&e->changes, span->open_end - tail, 0),
		" xmlns:%.*s=\"" NS_LISTS "\"", PL_ARG(&lists));
	return lists;
}


static void fill_list(struct edit *e, size_t list)
{
	const struct span *span = &e->s->v[list];
	size_t last = span_last(e->s, list, NS_LISTS);
	struct pl lists, indent = span_space(e->s, list), name;
	const char *more = indent.l ? "  " : "";
	struct mbuf *mb;

	if (!span_ns_prefix(e->s, list, NS_LISTS, &lists))
		lists = declare_lists(e, list);
	if (last != SIZE_MAX) {
		indent = span_space(e->s, last);
		mb = splice_put(&e->changes, e->s->v[last].end, 0);
		put_entries(e, mb, &indent, "", &lists);
		return;
	}
	if (!span_is_empty(e->s, list)) {
		mb = splice_put(&e->changes, span->open_end, 0);
		put_entries(e, mb, &indent, more, &lists);
		return;
	}
	mb = splice_put(&e->changes, span->open_end - 2, 2);
	(void)mbuf_write_str(mb, ">");
	put_entries(e, mb, &indent, more, &lists);
	name = span_name(e->s, list);
	(void)mbuf_printf(mb, "%.*s</%.*s>", PL_ARG(&indent), PL_ARG(&name));
}


static void look_at_entry(struct edit *e, size_t i)
{
	char *address = rlsservices_address(xml_attr(e->s->v[i].node, "uri"));
	struct one *one = address ? find(e, address) : NULL;

	mem_deref(address);
	if (one && one->add)
		one->there = true;
	else if (one)
		splice_cut(&e->changes, e->s, i);
}


static void look_at_list(struct edit *e, size_t list)
{
	const struct spans *s = e->s;
	size_t i = list + 1;

	while (i < s->v[list].next) {
		const struct xml_node *node = s->v[i].node;

		if (xml_is(node, NS_LISTS, "entry"))
			look_at_entry(e, i);
		/* What others put in lists is not looked into. */
		i = xml_is(node, NS_LISTS, "list") ? i + 1 : s->v[i].next;
	}
	if (any_missing(e))
		fill_list(e, list);
}


static void allow_presence(struct edit *e, size_t service)
{
	size_t i = span_find(e->s, service, NS_SERVICES, "packages");
	struct pl prefix;
	struct mbuf *mb;

	if (rlsservices_has_presence(e->s->v[service].node))
		return;
	prefix = span_prefix(e->s, i);
	mb = splice_begin(&e->changes, e->s, i);
	(void)mbuf_printf(mb, "<%.*spackage>presence</%.*spackage>",
		PL_ARG(&prefix), PL_ARG(&prefix));
	splice_end(mb, e->s, i);
}


/* A service that has neither a list nor a place of one. */
static void give_list(struct edit *e, size_t service)
{
	const struct span *span = &e->s->v[service];
	struct pl prefix = span_prefix(e->s, service);
	struct mbuf *mb;

	mb = span_is_empty(e->s, service)
		? splice_begin(&e->changes, e->s, service)
		: splice_put(&e->changes, span->open_end, 0);
	(void)mbuf_write_str(mb, "\n");
	put_list(e, mb, service, &prefix);
	splice_end(mb, e->s, service);
}


static int edit_service(struct edit *e, size_t service)
{
	size_t i = span_child(e->s, service);

	if (xml_find(e->s->v[service].node, NS_SERVICES, "resource-list"))
		return ENOTSUP;
	while (i != SIZE_MAX && !rlsservices_is_list(e->s->v[i].node))
		i = span_next(e->s, i);
	if (i != SIZE_MAX)
		look_at_list(e, i);
	else
		give_list(e, service);
	allow_presence(e, service);
	return 0;
}


/* ---- public ---------------------------------------------------------- */

/* *SERVICE is that of ours; SIZE_MAX: there is none. */
static int find_service(size_t *service, const struct edit *e)
{
	const char *key = uri_aor_key(e->service);
	bool found = false;
	size_t i;

	if (!xml_is(e->s->v[0].node, NS_SERVICES, "rls-services"))
		return EBADMSG;
	for (i = span_child(e->s, 0); i != SIZE_MAX && !found;) {
		const struct xml_node *node = e->s->v[i].node;
		char *address = rlsservices_address(xml_attr(node, "uri"));

		found = xml_is(node, NS_SERVICES, "service") && address &&
			!strcmp(uri_aor_key(address), key);
		mem_deref(address);
		if (!found)
			i = span_next(e->s, i);
	}
	*service = i;
	return 0;
}


static int edit_open(
	struct edit *e, size_t *service, const struct pl *text, const char *uri)
{
	static const struct pl empty =
		PL("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<rls-services xmlns=\"" NS_SERVICES "\"\n"
		   "    xmlns:rl=\"" NS_LISTS "\">\n"
		   "</rls-services>\n");
	int err;

	e->changes.max = rlsservices_limits.bytes;
	e->service = rlsservices_address(uri);
	if (!e->service)
		return EINVAL;
	err = spans_alloc(
		&e->s, pl_isset(text) ? text : &empty, &rlsservices_limits);
	return err ? err : find_service(service, e);
}


int rlsservices_edit(struct mbuf **freshp, const struct pl *text,
	const struct rlsservices_change *change)
{
	struct edit *e = mem_zalloc(sizeof(*e), edit_destructor);
	size_t service;
	int err = want_all(e, change);

	if (!err)
		err = edit_open(e, &service, text, change->service);
	if (!err && service == SIZE_MAX)
		put_service(e);
	else if (!err)
		err = edit_service(e, service);
	if (!err && e->changes.n)
		err = splices_apply(freshp, &e->changes, e->s);
	mem_deref(e);
	return err;
}
