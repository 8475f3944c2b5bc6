/* SPDX-License-Identifier: GPL-3.0-or-later */
/* presrules_set.c - one person's presence rule among those that others wrote
 * (RFC 5025 3, RFC 4745 7 and 10) */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "presrules_int.h"
#include "span.h"
#include "uri.h"
#include "utf8.h"

enum {
	NAMES_MAX = 100, /* tried for a new rule */
};

/* One person's rule on its way into a document. */
struct edit {
	struct spans *s;
	struct pl peer;
	struct uri uri;
	enum presrules_handling handling;
	bool there; /* a rule says so already */
	struct splices changes;
};


static void edit_destructor(void *data)
{
	struct edit *e = data;

	splices_flush(&e->changes);
	mem_deref(e->s);
}


/* <one id="PEER"/> or the like. */
static void put_id(struct edit *e, struct mbuf *mb, const struct pl *prefix,
	const char *element)
{
	(void)mbuf_printf(mb, "<%.*s%s id=\"", PL_ARG(prefix), element);
	(void)xml_write_text_pl(mb, &e->peer);
	(void)mbuf_write_str(mb, "\"/>");
}


/* ---- the rules that are there ---------------------------------------- */


static bool is_peer(const struct edit *e, const struct xml_node *node)
{
	struct pl all = pl_str(xml_attr(node, "id"));
	struct pl id = pl_trim(&all);
	struct uri uri;

	return pl_isset(&id) &&
		(pl_eq(&id, &e->peer) ||
			(!uri_decode(&uri, &id) &&
				uri_aor_eq(&uri, &e->uri, true)));
}


static bool in_domain(const struct edit *e, const struct xml_node *node)
{
	const char *domain = xml_attr(node, "domain");

	return domain && pl_strcaseeq(&e->uri.host, domain);
}


/* True if NODE, which is <many>, counts the peer in. */
static bool is_among(const struct edit *e, const struct xml_node *node)
{
	if (xml_attr(node, "domain") && !in_domain(e, node))
		return false;
	for (node = xml_child(node); node; node = xml_next(node)) {
		if (xml_is(node, NS_POLICY, "except") &&
			(is_peer(e, node) || in_domain(e, node)))
			return false;
	}
	return true;
}


/* A rule for everybody that gives more: for everybody else now. */
static void except_from_all(struct edit *e, size_t rule)
{
	const struct span *span = &e->s->v[rule];
	struct pl prefix = span_prefix(e->s, rule);
	size_t i = span_find(e->s, rule, NS_POLICY, "conditions");
	bool conditions = i != SIZE_MAX;
	struct mbuf *mb;

	if (conditions) {
		prefix = span_prefix(e->s, i);
		mb = splice_begin(&e->changes, e->s, i);
	} else {
		mb = splice_put(&e->changes, span->open_end, 0);
		(void)mbuf_printf(mb, "<%.*sconditions>", PL_ARG(&prefix));
	}
	(void)mbuf_printf(mb, "<%.*sidentity><%.*smany>", PL_ARG(&prefix),
		PL_ARG(&prefix));
	put_id(e, mb, &prefix, "except");
	(void)mbuf_printf(mb, "</%.*smany></%.*sidentity>", PL_ARG(&prefix),
		PL_ARG(&prefix));
	if (conditions)
		splice_end(mb, e->s, i);
	else
		(void)mbuf_printf(mb, "</%.*sconditions>", PL_ARG(&prefix));
}


static void except_from_many(struct edit *e, size_t many)
{
	struct pl prefix = span_prefix(e->s, many);
	struct mbuf *mb = splice_begin(&e->changes, e->s, many);

	put_id(e, mb, &prefix, "except");
	splice_end(mb, e->s, many);
}


/* Takes the peer out of the rule with IDENTITY, that says otherwise; the rule
 * goes with its last identity: without one it would be for everybody. */
static void take_out(struct edit *e, size_t rule, size_t identity, bool more)
{
	size_t before = e->changes.n, left = 0, i;

	for (i = span_child(e->s, identity); i != SIZE_MAX;
		i = span_next(e->s, i)) {
		const struct xml_node *node = e->s->v[i].node;

		if (xml_is(node, NS_POLICY, "one") && is_peer(e, node)) {
			splice_cut(&e->changes, e->s, i);
			continue;
		}
		left++;
		if (more && xml_is(node, NS_POLICY, "many") &&
			is_among(e, node))
			except_from_many(e, i);
	}
	if (left || e->changes.n == before)
		return;
	splices_cut_to(&e->changes, before);
	splice_cut(&e->changes, e->s, rule);
}


static bool names_peer(const struct edit *e, const struct xml_node *identity)
{
	const struct xml_node *node = xml_child(identity);

	while (node && !(xml_is(node, NS_POLICY, "one") && is_peer(e, node)))
		node = xml_next(node);
	return node != NULL;
}


static size_t span_of(
	const struct spans *s, size_t rule, const struct xml_node *node)
{
	size_t i;

	for (i = rule; i < s->v[rule].next; i++) {
		if (s->v[i].node == node)
			return i;
	}
	return SIZE_MAX;
}


static void look_at_rule(struct edit *e, size_t rule)
{
	const struct xml_node *node = e->s->v[rule].node, *identity;
	enum presrules_handling handling;
	bool conditional, more;

	if (!presrules_handling_of(&handling, node))
		return;
	more = handling > e->handling;
	identity = presrules_identity_of(node, &conditional);
	if (handling == e->handling) {
		if (identity && !conditional && names_peer(e, identity))
			e->there = true;
	} else if (identity && (more || !conditional)) {
		take_out(e, rule, span_of(e->s, rule, identity), more);
	} else if (!identity && !conditional && more) {
		except_from_all(e, rule);
	}
}


/* ---- our own rule ---------------------------------------------------- */


/* The identity of a rule that has single ones alone; SIZE_MAX: it is not
 * so. */
static size_t singles(const struct edit *e, size_t rule)
{
	const struct xml_node *node = e->s->v[rule].node, *identity, *child;
	enum presrules_handling handling;
	bool conditional;

	if (e->s->v[rule].above != 0 || !xml_is(node, NS_POLICY, "rule"))
		return SIZE_MAX;
	identity = presrules_identity_of(node, &conditional);
	if (!identity || conditional ||
		!presrules_handling_of(&handling, node) ||
		handling != e->handling)
		return SIZE_MAX;
	for (child = xml_child(identity); child; child = xml_next(child)) {
		if (!xml_is(child, NS_POLICY, "one"))
			return SIZE_MAX;
	}
	return span_of(e->s, rule, identity);
}


/* The span with that id; SIZE_MAX: there is none. */
static size_t find_id(const struct spans *s, const char *id)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		const char *attr = xml_attr(s->v[i].node, "id");
		struct pl all = pl_str(attr), trimmed = pl_trim(&all);

		if (attr && pl_streq(&trimmed, id))
			return i;
	}
	return SIZE_MAX;
}


static void put_rule(struct edit *e, const char *id)
{
	static const struct pl none = PL("");
	struct mbuf *mb = splice_begin(&e->changes, e->s, 0);

	(void)mbuf_printf(mb,
		"  <rule xmlns=\"" NS_POLICY "\" xmlns:pr=\"" NS_RULES
		"\" id=\"%s\">\n"
		"    <conditions>\n"
		"      <identity>\n"
		"        ",
		id);
	put_id(e, mb, &none, "one");
	(void)mbuf_printf(mb,
		"\n"
		"      </identity>\n"
		"    </conditions>\n"
		"    <actions>\n"
		"      <pr:sub-handling>%s</pr:sub-handling>\n"
		"    </actions>\n",
		presrules_word(e->handling));
	if (e->handling == PRESRULES_ALLOW)
		(void)mbuf_write_str(mb,
			"    <transformations>\n"
			"      <pr:provide-services><pr:all-services/>"
			"</pr:provide-services>\n"
			"      <pr:provide-persons><pr:all-persons/>"
			"</pr:provide-persons>\n"
			"      <pr:provide-devices><pr:all-devices/>"
			"</pr:provide-devices>\n"
			"      <pr:provide-all-attributes/>\n"
			"    </transformations>\n");
	(void)mbuf_write_str(mb, "  </rule>\n");
	splice_end(mb, e->s, 0);
}


static void put_one(struct edit *e, size_t identity)
{
	struct pl prefix = span_prefix(e->s, identity);
	struct mbuf *mb = splice_begin(&e->changes, e->s, identity);

	(void)mbuf_write_str(mb, "  ");
	put_id(e, mb, &prefix, "one");
	(void)mbuf_write_str(mb, "\n      ");
	splice_end(mb, e->s, identity);
}


/* Into the rule of ours, or into a new one; others may have made our name
 * theirs. */
static int put_in(struct edit *e)
{
	const char *word = presrules_word(e->handling);
	bool done = false;
	unsigned n;

	for (n = 1; !done && n <= NAMES_MAX; n++) {
		char *id = n == 1 ? mem_printf("sotto-%s", word)
				  : mem_printf("sotto-%s-%u", word, n);
		size_t i = find_id(e->s, id), identity;

		identity = i == SIZE_MAX ? SIZE_MAX : singles(e, i);
		done = i == SIZE_MAX || identity != SIZE_MAX;
		if (identity != SIZE_MAX)
			put_one(e, identity);
		else if (done)
			put_rule(e, id);
		mem_deref(id);
	}
	return done ? 0 : EBADMSG;
}


static int edit_rules(struct mbuf **freshp, struct edit *e)
{
	int err = 0;
	size_t i;

	if (!xml_is(e->s->v[0].node, NS_POLICY, "ruleset"))
		return EBADMSG;
	for (i = span_child(e->s, 0); i != SIZE_MAX; i = span_next(e->s, i)) {
		if (xml_is(e->s->v[i].node, NS_POLICY, "rule"))
			look_at_rule(e, i);
	}
	if (!e->there)
		err = put_in(e);
	if (err || !e->changes.n)
		return err;
	return splices_apply(freshp, &e->changes, e->s);
}


int presrules_set(struct mbuf **freshp, const struct pl *text, const char *peer,
	enum presrules_handling handling)
{
	static const struct pl empty =
		PL("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<ruleset xmlns=\"" NS_POLICY "\">\n"
		   "</ruleset>\n");
	struct edit *e = mem_zalloc(sizeof(*e), edit_destructor);
	int err;

	e->peer = pl_str(peer);
	e->handling = handling;
	e->changes.max = presrules_limits.bytes;
	if (uri_decode(&e->uri, &e->peer) || !utf8_valid(&e->peer))
		err = EINVAL;
	else
		err = spans_alloc(
			&e->s, text->p ? text : &empty, &presrules_limits);
	if (!err)
		err = edit_rules(freshp, e);
	mem_deref(e);
	return err;
}
