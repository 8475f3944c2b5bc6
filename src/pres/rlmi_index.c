/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlmi_index.c - the parts of a list's notification by their Content-ID
 * (RFC 2387, RFC 2392) */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "rlmi_int.h"

enum {
	WINDOW = 32 * 1024, /* bytes searched for a delimiter at a time */
	UNIT = 2 * 1024, /* ... that are one unit of work */
	CHAIN_MAX = 64, /* of parts that meet: nobody who means well */
	ROOM_FIRST = 64,
};

struct entry {
	struct msg_part part;
	uint32_t hash;
	uint32_t next; /* 1 + index of that in the same slot; 0: none */
};

struct rlmi_index {
	struct msg_multipart mp;
	struct pl content_type;
	struct entry *v;
	size_t n, room;
	uint32_t *slots; /* as many as there is room; 1 + index */
};


static void destructor(void *data)
{
	struct rlmi_index *index = data;

	mem_deref(index->v);
	mem_deref(index->slots);
}


/* ---- Content-IDs ----------------------------------------------------- */

/* Without white space, <> around and cid: in front. */
static struct pl bare(const struct pl *cid)
{
	struct pl pl = pl_trim(cid), head;

	if (pl.l > 2 && pl.p[0] == '<' && pl.p[pl.l - 1] == '>')
		pl = pl_make(pl.p + 1, pl.l - 2);
	head = pl_make(pl.p, 4);
	if (pl.l > 4 && pl_strcaseeq(&head, "cid:"))
		pl_skip(&pl, 4);
	return pl;
}


static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}


/* The next byte of REST, which is not empty, with %HH undone. */
static char take_byte(struct pl *rest)
{
	char c = rest->p[0];
	int high, low;

	if (c == '%' && rest->l > 2) {
		high = hex_digit(rest->p[1]);
		low = hex_digit(rest->p[2]);
		if (high >= 0 && low >= 0) {
			c = (char)(high << 4 | low);
			pl_skip(rest, 2);
		}
	}
	pl_skip(rest, 1);
	return c;
}


static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}


/* The same for all that one may mean. */
static uint32_t hash_of(const struct pl *cid)
{
	struct pl rest = *cid;
	uint64_t h = 0xcbf29ce484222325;

	while (rest.l)
		h = (h ^ (uint8_t)lower(take_byte(&rest))) * 0x100000001b3;
	return (uint32_t)(h ^ h >> 32);
}


/* How well they fit: 3 the same, 2 but for %HH, 1 but for case too, 0 not. */
static int fit(const struct pl *x, const struct pl *y)
{
	struct pl a = *x, b = *y;
	int rank = pl_eq(x, y) ? 3 : 2;

	while (rank < 3 && rank && a.l && b.l) {
		char c = take_byte(&a), d = take_byte(&b);

		if (c != d)
			rank = lower(c) == lower(d) ? 1 : 0;
	}
	return rank < 3 && a.l != b.l ? 0 : rank;
}


/* ---- the table ------------------------------------------------------- */

static uint32_t *slot_of(const struct rlmi_index *index, uint32_t hash)
{
	return &index->slots[hash & (index->room - 1)];
}


static void chain(struct rlmi_index *index, size_t i)
{
	struct entry *e = &index->v[i];
	uint32_t *slot = slot_of(index, e->hash);

	e->next = *slot;
	*slot = (uint32_t)i + 1;
}


static void grow(struct rlmi_index *index)
{
	size_t i;

	index->room = index->room ? 2 * index->room : ROOM_FIRST;
	index->v = mem_reallocarray(index->v, index->room, sizeof(*index->v));
	mem_deref(index->slots);
	index->slots = mem_zalloc(index->room * sizeof(*index->slots), NULL);
	for (i = 0; i < index->n; i++) {
		if (pl_isset(&index->v[i].part.content_id))
			chain(index, i);
	}
}


/* The best one for CID; *MET counts those looked at. */
static const struct entry *find(const struct rlmi_index *index,
	const struct pl *cid, uint32_t hash, size_t *met)
{
	const struct entry *best = NULL;
	uint32_t i = index->n ? *slot_of(index, hash) : 0;
	int rank = 0;

	for (*met = 0; i && rank < 3; ++*met) {
		const struct entry *e = &index->v[i - 1];
		int r = e->hash == hash ? fit(&e->part.content_id, cid) : 0;

		/* Later parts come first. */
		if (r && r >= rank) {
			best = e;
			rank = r;
		}
		i = e->next;
	}
	return best;
}


static int add(struct rlmi_index *index, const struct msg_part *part)
{
	struct entry e = {.part = *part};
	const struct entry *same;
	size_t met = 0;

	e.part.content_id = bare(&part->content_id);
	e.hash = hash_of(&e.part.content_id);
	same = find(index, &e.part.content_id, e.hash, &met);
	if (met > CHAIN_MAX)
		return EMSGSIZE;
	/* It is found by nothing: the first one stands. */
	if (same && pl_eq(&same->part.content_id, &e.part.content_id))
		e.part.content_id = pl_make(NULL, 0);
	if (index->n == index->room)
		grow(index);
	index->v[index->n] = e;
	if (pl_isset(&e.part.content_id))
		chain(index, index->n);
	index->n++;
	return 0;
}


int rlmi_index_alloc(struct rlmi_index **ip, const struct pl *content_type,
	const struct pl *body)
{
	struct rlmi_index *index = mem_zalloc(sizeof(*index), destructor);
	struct msg_limits limits = msg_limits_default;
	int err;

	limits.parts = RLMI_PARTS_MAX;
	index->content_type = *content_type;
	err = msg_multipart_open(&index->mp, content_type, body, &limits);
	if (err)
		mem_deref(index);
	else
		*ip = index;
	return err;
}


int rlmi_index_next(struct rlmi_index *index, size_t *units)
{
	int err = EAGAIN;

	while (*units && err == EAGAIN) {
		const char *from = index->mp.rest.p;
		struct msg_part part;
		size_t cost = WINDOW;

		err = msg_multipart_step(&index->mp, WINDOW, &part);
		if (!err) {
			cost = (size_t)(part.body.p + part.body.l - from);
			err = add(index, &part);
			err = err ? err : EAGAIN;
		}
		cost = 1 + (cost < WINDOW ? cost : WINDOW) / UNIT;
		*units -= cost < *units ? cost : *units;
	}
	if (err == ENOENT)
		err = index->n ? 0 : EBADMSG;
	return err;
}


const struct msg_part *rlmi_index_find(
	const struct rlmi_index *index, const struct pl *cid)
{
	struct pl pl = bare(cid);
	const struct entry *e;
	size_t met;

	if (!pl.l)
		return NULL;
	e = find(index, &pl, hash_of(&pl), &met);
	return e ? &e->part : NULL;
}


const struct msg_part *rlmi_index_root(const struct rlmi_index *index)
{
	const struct msg_part *root = NULL;
	struct msg_type type;
	struct pl start;

	if (!msg_type_decode(&type, &index->content_type) &&
		msg_param(&type.params, "start", &start))
		root = rlmi_index_find(index, &start);
	return root || !index->n ? root : &index->v[0].part;
}
