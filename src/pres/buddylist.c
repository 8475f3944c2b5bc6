/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddylist.c - who is in resource lists, and in which groups (RFC 4826 3). */
#include <errno.h>
#include <string.h>
#include "buddylist_int.h"
#include "mem.h"
#include "uri.h"
#include "utf8.h"


const struct xml_limits buddylist_limits = {
	.bytes = 8 * 1024 * 1024,
	.depth = 64,
	.nodes = 500000,
};

/* Lists in the root that are no groups. */
static const struct {
	const char *name; /* how it begins, where the kind is FOREIGN */
	enum buddylist_kind kind;
} known[] = {
	{BUDDYLIST_ROOT, BUDDYLIST_PLAIN},
	{"rcs", BUDDYLIST_ALL},
	{"oma_buddylist", BUDDYLIST_ALL},
	{"oma_", BUDDYLIST_FOREIGN},
	{"rcs_", BUDDYLIST_FOREIGN},
	{"dialog_", BUDDYLIST_FOREIGN},
	{"sipsimple_", BUDDYLIST_FOREIGN},
};


static void index_flush(struct buddylist_index **hash)
{
	struct buddylist_index *x, *next;

	HASH_ITER (hh, *hash, x, next) {
		HASH_DEL(*hash, x);
		mem_deref(x->key);
		mem_deref(x);
	}
}


static void destructor(void *data)
{
	struct buddylist *l = data;
	struct buddylist_one *one, *next;
	size_t i;

	for (i = 0; i < l->n_lists; i++) {
		mem_deref(l->lists[i].label);
		mem_deref(l->lists[i].put);
	}
	HASH_ITER (hh, l->people, one, next) {
		HASH_DEL(l->people, one);
		mem_deref(one->peer);
		mem_deref(one->name);
		mem_deref(one->fresh);
		mem_deref(one);
	}
	index_flush(&l->labels);
	index_flush(&l->names);
	mem_deref(l->lists);
	mem_deref(l->entries);
	mem_deref(l->adds);
	mem_deref(l->s);
}


/* ---- texts ----------------------------------------------------------- */

char *buddylist_label(const char *text)
{
	struct pl all = pl_str(text), pl = pl_trim(&all);
	char *label, *p;
	size_t n;

	if (pl.l > BUDDYLIST_NAME_MAX) {
		/* Whole characters only. */
		for (n = BUDDYLIST_NAME_MAX;
			n && ((unsigned char)pl.p[n] & 0xc0) == 0x80; n--)
			;
		pl.l = n;
		pl = pl_trim(&pl);
	}
	if (!pl_isset(&pl))
		return NULL;
	label = pl_strdup(&pl);
	for (p = label; *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	}
	return label;
}


char *buddylist_display_name(const struct spans *s, size_t i)
{
	const struct xml_node *node =
		xml_find(s->v[i].node, BUDDYLIST_NS, "display-name");
	char *text = node ? xml_text(node) : NULL;
	char *label = buddylist_label(text);

	mem_deref(text);
	return label;
}


char *buddylist_address(const char *text)
{
	struct pl all = pl_str(text), pl = pl_trim(&all);
	struct uri uri;

	if (!pl_isset(&pl) || !utf8_valid(&pl) || uri_decode(&uri, &pl))
		return NULL;
	if (uri.scheme != URI_SIP && uri.scheme != URI_SIPS &&
		uri.scheme != URI_TEL)
		return NULL;
	return uri_aor(&uri);
}


/* ---- what there is --------------------------------------------------- */

struct buddylist_index *buddylist_index_find(
	struct buddylist_index *const *hash, const char *key)
{
	struct buddylist_index *x;

	HASH_FIND_STR(*hash, key, x);
	return x;
}


void buddylist_index_set(
	struct buddylist_index **hash, const char *key, size_t list)
{
	struct buddylist_index *x = buddylist_index_find(hash, key);

	if (!x) {
		x = mem_zalloc(sizeof(*x), NULL);
		x->key = mem_strdup(key);
		HASH_ADD_KEYPTR(hh, *hash, x->key, strlen(x->key), x);
	}
	x->list = list;
}


struct buddylist_one *buddylist_find(
	const struct buddylist *l, const char *peer)
{
	struct buddylist_one *one;

	HASH_FIND_STR(l->people, uri_aor_key(peer), one);
	return one;
}


/* Takes PEER over. */
struct buddylist_one *buddylist_get(struct buddylist *l, char *peer)
{
	struct buddylist_one *one = buddylist_find(l, peer);
	const char *key;

	if (one) {
		mem_deref(peer);
		return one;
	}
	one = mem_zalloc(sizeof(*one), NULL);
	one->peer = peer;
	one->first = one->last = SIZE_MAX;
	key = uri_aor_key(peer);
	HASH_ADD_KEYPTR(hh, l->people, key, strlen(key), one);
	return one;
}


size_t buddylist_list_add(struct buddylist *l, size_t span)
{
	struct buddylist_list *list;

	if (l->n_lists == l->lists_room) {
		l->lists_room = l->lists_room ? 2 * l->lists_room : 16;
		l->lists = mem_reallocarray(
			l->lists, l->lists_room, sizeof(*l->lists));
	}
	list = &l->lists[l->n_lists];
	*list = (struct buddylist_list){
		.span = span, .from = SIZE_MAX, .renamed = SIZE_MAX};
	return l->n_lists++;
}


static void entry_add(struct buddylist *l, struct buddylist_one *one,
	size_t span, size_t list)
{
	struct buddylist_entry *entry;

	if (l->n_entries == l->entries_room) {
		l->entries_room = l->entries_room ? 2 * l->entries_room : 64;
		l->entries = mem_reallocarray(
			l->entries, l->entries_room, sizeof(*l->entries));
	}
	entry = &l->entries[l->n_entries];
	*entry = (struct buddylist_entry){
		.span = span, .list = list, .next = SIZE_MAX, .one = one};
	if (one->last == SIZE_MAX)
		one->first = l->n_entries;
	else
		l->entries[one->last].next = l->n_entries;
	one->last = l->n_entries++;
	l->lists[list].people++;
}


/* ---- reading --------------------------------------------------------- */

static enum buddylist_kind kind_of(const char *name)
{
	struct pl pl = pl_str(name);
	size_t i;

	for (i = 0; name && i < sizeof(known) / sizeof(*known); i++) {
		if (known[i].kind == BUDDYLIST_FOREIGN
				? pl_startswith(&pl, known[i].name)
				: !strcmp(name, known[i].name))
			return known[i].kind;
	}
	return BUDDYLIST_GROUP;
}


/* The kind and label of list X in list ABOVE; SIZE_MAX: in the root. */
static void classify(struct buddylist *l, size_t x, size_t above)
{
	struct buddylist_list *list = &l->lists[x];
	const char *name = xml_attr(l->s->v[list->span].node, "name");

	list->kind = BUDDYLIST_GROUP;
	if (above == SIZE_MAX)
		list->kind = kind_of(name);
	else if (l->lists[above].kind == BUDDYLIST_FOREIGN)
		list->kind = BUDDYLIST_FOREIGN;
	if (list->kind != BUDDYLIST_GROUP)
		return;
	list->label = buddylist_display_name(l->s, list->span);
	if (!list->label)
		list->label = buddylist_label(name);
	if (!list->label && above != SIZE_MAX) {
		list->kind = l->lists[above].kind;
		list->label = mem_strdup(l->lists[above].label);
		l->lists[above].lent = true;
	} else if (!list->label) {
		list->kind = BUDDYLIST_PLAIN;
	}
}


/* A list in the root is the better one to add somebody to. */
static void note_list(struct buddylist *l, size_t x, bool top)
{
	const struct buddylist_list *list = &l->lists[x];
	const char *name = xml_attr(l->s->v[list->span].node, "name");
	const struct buddylist_index *old = NULL;

	if (top && name && !buddylist_index_find(&l->names, name))
		buddylist_index_set(&l->names, name, x);
	if (list->kind != BUDDYLIST_GROUP)
		return;
	old = buddylist_index_find(&l->labels, list->label);
	if (!old || (top && l->s->v[l->lists[old->list].span].above != 0))
		buddylist_index_set(&l->labels, list->label, x);
}


static size_t read_list(struct buddylist *l, size_t span, size_t above)
{
	size_t x = buddylist_list_add(l, span);

	classify(l, x, above);
	note_list(l, x, above == SIZE_MAX);
	return x;
}


/* True if ONE is in group LABEL already, or may be in another. */
static bool may_have(const struct buddylist *l, const struct buddylist_one *one,
	const char *label)
{
	const char *seen[BUDDYLIST_GROUPS_MAX];
	size_t n = 0, e, i;

	for (e = one->first; e != SIZE_MAX; e = l->entries[e].next) {
		const char *other = l->lists[l->entries[e].list].label;

		if (!other)
			continue;
		if (!strcmp(other, label))
			return true;
		for (i = 0; i < n && strcmp(seen[i], other); i++)
			;
		if (i == n && n < BUDDYLIST_GROUPS_MAX)
			seen[n++] = other;
	}
	return n < BUDDYLIST_GROUPS_MAX;
}


static int read_entry(struct buddylist *l, size_t span, size_t list)
{
	const char *label = l->lists[list].label;
	struct buddylist_one *one;
	char *peer;

	if (l->lists[list].kind == BUDDYLIST_FOREIGN)
		return 0;
	peer = buddylist_address(xml_attr(l->s->v[span].node, "uri"));
	if (!peer)
		return 0;
	one = buddylist_get(l, peer);
	if (HASH_COUNT(l->people) > BUDDYLIST_PEOPLE_MAX)
		return E2BIG;
	if (label && !may_have(l, one, label))
		return 0;
	if (!one->name)
		one->name = buddylist_display_name(l->s, span);
	entry_add(l, one, span, list);
	return 0;
}


/* Where people without a group go: the better, the greater; 0: not there. */
static unsigned rank_of(const struct buddylist *l, size_t x)
{
	const struct buddylist_list *list = &l->lists[x];
	const char *name = xml_attr(l->s->v[list->span].node, "name");

	if (l->s->v[list->span].above != 0)
		return 0;
	if (list->kind == BUDDYLIST_PLAIN)
		return name ? 4 : 1;
	if (list->kind == BUDDYLIST_ALL)
		return !strcmp(name, "rcs") ? 3 : list->people ? 2 : 0;
	return 0;
}


static void choose_plain(struct buddylist *l)
{
	size_t i;

	l->plain = SIZE_MAX;
	for (i = 0; i < l->n_lists; i++) {
		unsigned rank = rank_of(l, i);

		if (rank > l->plain_rank) {
			l->plain = i;
			l->plain_rank = rank;
		}
	}
}


static int read_all(struct buddylist *l)
{
	/* Of each span, the list that it is; SIZE_MAX: none. */
	size_t *of = mem_zalloc(l->s->n * sizeof(*of), NULL), i;
	int err = 0;

	of[0] = SIZE_MAX;
	for (i = 1; i < l->s->n && !err; i++) {
		const struct span *span = &l->s->v[i];
		size_t above = of[span->above];

		of[i] = SIZE_MAX;
		if (strcmp(xml_ns(span->node), BUDDYLIST_NS) != 0 ||
			(span->above && above == SIZE_MAX))
			continue;
		if (!strcmp(xml_name(span->node), "list"))
			of[i] = read_list(l, i, above);
		else if (above == SIZE_MAX)
			continue;
		else if (!strcmp(xml_name(span->node), "entry"))
			err = read_entry(l, i, above);
		else if (strcmp(xml_name(span->node), "display-name") != 0 &&
			l->lists[above].kind != BUDDYLIST_FOREIGN)
			l->references++;
	}
	mem_deref(of);
	choose_plain(l);
	return err;
}


int buddylist_alloc(struct buddylist **lp, const struct pl *text)
{
	static const struct pl empty =
		PL("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		   "<resource-lists xmlns=\"" BUDDYLIST_NS "\">\n"
		   "</resource-lists>\n");
	struct buddylist *l = mem_zalloc(sizeof(*l), destructor);
	int err =
		spans_alloc(&l->s, text->p ? text : &empty, &buddylist_limits);

	if (!err && !xml_is(l->s->v[0].node, BUDDYLIST_NS, "resource-lists"))
		err = EBADMSG;
	if (!err)
		err = read_all(l);
	if (err)
		mem_deref(l);
	else
		*lp = l;
	return err;
}


/* ---- telling --------------------------------------------------------- */

static void tell(const struct buddylist *l, const struct buddylist_one *one,
	buddylist_person_h *h, void *arg)
{
	const char *groups[BUDDYLIST_GROUPS_MAX + 1];
	const struct buddylist_person person = {
		.peer = one->peer, .name = one->name, .groups = groups};
	size_t n = 0, e, i;

	for (e = one->first; e != SIZE_MAX; e = l->entries[e].next) {
		const char *label = l->lists[l->entries[e].list].label;

		for (i = 0; label && i < n && strcmp(groups[i], label); i++)
			;
		if (label && i == n && n < BUDDYLIST_GROUPS_MAX)
			groups[n++] = label;
	}
	groups[n] = NULL;
	h(&person, arg);
}


void buddylist_each(const struct buddylist *l, buddylist_person_h *h, void *arg)
{
	const struct buddylist_one *one;

	for (one = l->people; one; one = one->hh.next) {
		if (one->first != SIZE_MAX)
			tell(l, one, h, arg);
	}
}


size_t buddylist_count(const struct buddylist *l)
{
	return HASH_COUNT(l->people);
}


static const struct buddylist_one *read_one(
	const struct buddylist *l, const char *peer)
{
	char *address = buddylist_address(peer);
	const struct buddylist_one *one =
		address ? buddylist_find(l, address) : NULL;

	mem_deref(address);
	return one && one->first != SIZE_MAX ? one : NULL;
}


bool buddylist_has(const struct buddylist *l, const char *peer)
{
	return read_one(l, peer) != NULL;
}


bool buddylist_one(const struct buddylist *l, const char *peer,
	buddylist_person_h *h, void *arg)
{
	const struct buddylist_one *one = read_one(l, peer);

	if (one)
		tell(l, one, h, arg);
	return one != NULL;
}


size_t buddylist_references(const struct buddylist *l)
{
	return l->references;
}
