/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rlmi.c - notifications about lists, read bit by bit (RFC 4662 5).
 *
 * The parts are found first, then the list is read and its resources told with
 * their parts. A list in a part is told as soon as the resource is that it
 * belongs to, before the next one: it stands on top of the one it is in.
 */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "rlmi_int.h"

enum {
	BIT = 1024, /* bytes of a list read at a time */

	/* Units of work; one is about a microsecond. */
	UNITS_EACH = 8, /* of a resource, with all that goes with it */
	UNITS_TELL = 3, /* the telling of it */
	UNITS_BIT = 8,
	UNITS_LIST = 24, /* to begin one */
};

/* A list on its way. */
struct level {
	struct le le;
	struct level *above; /* the one it is in; NULL: none */
	struct pl content_type, body;
	struct rlmi_index *index; /* NULL: there are no parts */
	bool indexed;
	struct pl text; /* of the list */
	struct rlmi_doc *doc;
	struct rlmi_list list;
	bool told;
	int err; /* of reading: EAGAIN: there is more */
};

struct rlmi_reader {
	void *owner;
	char *own[2];
	char *lang;
	struct list levels; /* the innermost is the first */
	size_t bodies; /* bytes of states that may be told still */
	size_t lists; /* bytes of lists within that may be read still */
	int err; /* EAGAIN: there is more */
};


static void level_destructor(void *data)
{
	struct level *level = data;

	list_unlink(&level->le);
	mem_deref(level->doc);
	mem_deref(level->index);
}


static void destructor(void *data)
{
	struct rlmi_reader *r = data;

	list_flush(&r->levels);
	mem_deref(r->owner);
	mem_deref(r->own[0]);
	mem_deref(r->own[1]);
	mem_deref(r->lang);
}


/* ---- lists within lists ---------------------------------------------- */

static bool is_related(const struct pl *content_type)
{
	struct msg_type type;
	struct pl root;

	if (!msg_type_is(content_type, "multipart/related") ||
		msg_type_decode(&type, content_type))
		return false;
	return !msg_param(&type.params, "type", &root) ||
		msg_type_is(&root, RLMI_TYPE);
}


static bool is_list(const struct pl *content_type)
{
	return is_related(content_type) || msg_type_is(content_type, RLMI_TYPE);
}


/* True if BODY is read already, by LEVEL or by one that it is in. */
static bool contains_itself(const struct level *level, const struct pl *body)
{
	while (level && level->text.p != body->p && level->body.p != body->p)
		level = level->above;
	return level != NULL;
}


static int level_add(struct rlmi_reader *r, struct level *above,
	const struct pl *content_type, const struct pl *body)
{
	struct level *level = mem_zalloc(sizeof(*level), level_destructor);
	int err = 0;

	level->above = above;
	level->content_type = *content_type;
	level->body = *body;
	level->list.depth = above ? above->list.depth + 1 : 0;
	level->err = EAGAIN;
	if (is_related(content_type)) {
		err = rlmi_index_alloc(&level->index, content_type, body);
	} else {
		/* A part that is a list alone means the parts beside it. */
		level->index = above ? mem_ref(above->index) : NULL;
		level->indexed = true;
		level->text = *body;
	}
	list_prepend(&r->levels, &level->le, level);
	return err;
}


/* A list in an instance of a resource in ABOVE. */
static int level_within(struct rlmi_reader *r, struct level *above,
	const struct rlmi_instance *in)
{
	if (contains_itself(above, &in->body))
		return EBADMSG;
	if (above->list.depth + 1 >= RLMI_DEPTH_MAX || in->body.l > r->lists)
		return EMSGSIZE;
	r->lists -= in->body.l;
	return level_add(r, above, &in->content_type, &in->body);
}


/* ---- telling --------------------------------------------------------- */

/* Only as it is: nobody packs the states of a list otherwise. */
static bool is_plain(const struct pl *encoding)
{
	return !encoding->l || pl_strcaseeq(encoding, "binary") ||
		pl_strcaseeq(encoding, "8bit") ||
		pl_strcaseeq(encoding, "7bit");
}


static int find_content(struct rlmi_reader *r, const struct level *level,
	struct rlmi_instance *in, const char *cid)
{
	struct pl pl = pl_str(cid);
	const struct msg_part *part = NULL;

	if (cid && level->index)
		part = rlmi_index_find(level->index, &pl);
	if (!part || !is_plain(&part->encoding))
		return 0;
	in->content_type = part->content_type;
	in->body = part->body;
	in->list = is_list(&part->content_type);
	if (in->list)
		return 0;
	if (in->body.l > r->bodies)
		return EMSGSIZE;
	r->bodies -= in->body.l;
	return 0;
}


/* The lists in it are read next, the first one first. */
static int go_within(struct rlmi_reader *r, struct level *level,
	const struct rlmi_resource *res)
{
	size_t i;
	int err = 0;

	for (i = res->n; i && !err; i--) {
		if (res->instances[i - 1].list)
			err = level_within(r, level, &res->instances[i - 1]);
	}
	return err;
}


static int tell(struct rlmi_reader *r, struct level *level,
	const struct rlmi_item *item, const struct rlmi_handlers *h)
{
	struct rlmi_instance v[RLMI_INSTANCES_MAX];
	struct rlmi_resource res = {
		.list = &level->list,
		.uri = rlmi_item_text(item, item->uri),
		.name = rlmi_item_text(item, item->name),
		.instances = v,
		.n = item->n,
	};
	size_t i;
	int err = 0;

	for (i = 0; i < item->n && !err; i++) {
		const struct rlmi_entry *e = &item->v[i];

		memset(&v[i], 0, sizeof(v[i]));
		v[i].id = rlmi_item_text(item, e->id);
		v[i].reason = rlmi_item_text(item, e->reason);
		v[i].state = e->state;
		err = find_content(
			r, level, &v[i], rlmi_item_text(item, e->cid));
	}
	if (err)
		return err;
	h->resource(&res, h->arg);
	return go_within(r, level, &res);
}


/* ---- steps ----------------------------------------------------------- */

static int find_list(struct level *level)
{
	const struct msg_part *root = rlmi_index_root(level->index);

	if (!root || !msg_type_is(&root->content_type, RLMI_TYPE) ||
		!is_plain(&root->encoding))
		return EBADMSG;
	level->text = root->body;
	return 0;
}


static void spend(size_t *units, size_t n)
{
	*units -= n < *units ? n : *units;
}


static int step_index(struct level *level, size_t *units)
{
	int err = rlmi_index_next(level->index, units);

	if (err)
		return err == EAGAIN ? 0 : err;
	level->indexed = true;
	return find_list(level);
}


/* Reads on; *ENDED: nobody listens any more. */
static int step_read(struct rlmi_reader *r, struct level *level,
	const struct rlmi_handlers *h, bool *ended)
{
	const struct rlmi_list *list;
	size_t depth = level->list.depth;

	if (!level->doc) {
		int err = rlmi_doc_alloc(&level->doc, &level->text, r->lang);

		if (err)
			return err;
	}
	level->err = rlmi_doc_next(level->doc, BIT);
	list = rlmi_doc_list(level->doc);
	if (!list || level->told)
		return 0;
	level->told = true;
	level->list = *list;
	level->list.depth = depth;
	*ended = !h->list(&level->list, h->arg);
	return 0;
}


/* All of it was read and told. */
static int step_end(struct level *level, const struct rlmi_handlers *h)
{
	if (level->err)
		return level->err;
	if (h->end)
		h->end(&level->list, h->arg);
	return 0;
}


/* One piece of work. *MAX resources may be told still. */
static int step(struct rlmi_reader *r, const struct rlmi_handlers *h,
	size_t *units, size_t *max, bool *ended)
{
	struct level *level = r->levels.head->data;
	struct rlmi_item *item;
	int err;

	if (!level->indexed)
		return step_index(level, units);
	item = level->doc ? rlmi_doc_take(level->doc) : NULL;
	if (item) {
		--*max;
		spend(units, UNITS_TELL);
		err = tell(r, level, item, h);
		mem_deref(item);
		return err;
	}
	if (level->err == EAGAIN) {
		spend(units, level->doc ? UNITS_BIT : UNITS_LIST);
		return step_read(r, level, h, ended);
	}
	err = step_end(level, h);
	mem_deref(level);
	return err;
}


int rlmi_reader_alloc(struct rlmi_reader **rp, const struct pl *content_type,
	const struct pl *body, const char *lang, void *owner)
{
	struct pl type = *content_type, all = *body;
	struct rlmi_reader *r;
	int err;

	if (!is_list(content_type))
		return ENOTSUP;
	if (!pl_isset(body))
		return EBADMSG;
	if (body->l > RLMI_BODY_MAX)
		return EMSGSIZE;
	r = mem_zalloc(sizeof(*r), destructor);
	r->owner = mem_ref(owner);
	if (!owner) {
		r->own[0] = pl_strdup(content_type);
		r->own[1] = pl_strdup(body);
		type.p = r->own[0];
		all.p = r->own[1];
	}
	r->lang = mem_strdup(lang);
	r->bodies = 2 * body->l;
	r->lists = RLMI_DEPTH_MAX * body->l;
	r->err = EAGAIN;
	err = level_add(r, NULL, &type, &all);
	if (err)
		mem_deref(r);
	else
		*rp = r;
	return err;
}


int rlmi_reader_next(
	struct rlmi_reader *r, size_t max, const struct rlmi_handlers *h)
{
	size_t units = UNITS_EACH * max;
	bool ended = false;
	int err = r->err;

	(void)mem_ref(r);
	while (err == EAGAIN && units && max) {
		int e = step(r, h, &units, &max, &ended);

		if (mem_nrefs(r) == 1)
			ended = true;
		if (e)
			err = e;
		else if (ended || list_isempty(&r->levels))
			err = 0;
	}
	r->err = err;
	if (err != EAGAIN)
		list_flush(&r->levels);
	(void)mem_deref(r);
	return err;
}
