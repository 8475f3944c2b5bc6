/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rlmi_int.h - what the files that read lists of presence share. */
#ifndef SOTTO_RLMI_INT_H
#define SOTTO_RLMI_INT_H

#include "list.h"
#include "mbuf.h"
#include "msg.h"
#include "rlmi.h"

/* ---- rlmi_index.c: the parts of a multipart by their Content-ID ------- */

struct rlmi_index;

/* *IP (mem_deref) borrows both. EBADMSG: no boundary. */
int rlmi_index_alloc(struct rlmi_index **ip, const struct pl *content_type,
	const struct pl *body);

/* Takes in what is about *UNITS of work, which become fewer. EAGAIN: there is
 * more; 0: that is all; EBADMSG: no part; EMSGSIZE. */
int rlmi_index_next(struct rlmi_index *index, size_t *units);

/* The part that CID means; NULL: none. */
const struct msg_part *rlmi_index_find(
	const struct rlmi_index *index, const struct pl *cid);

/* The one that the others are told by (RFC 2387 3.2); NULL: none. */
const struct msg_part *rlmi_index_root(const struct rlmi_index *index);

/* ---- rlmi_list.c: the list itself ------------------------------------ */

/* Texts are places in `text`; SIZE_MAX: none. */
struct rlmi_entry {
	size_t id;
	size_t reason;
	size_t cid;
	enum rlmi_state state;
};

/* A resource as it was read, refcounted. */
struct rlmi_item {
	struct le le;
	struct mbuf *text; /* C strings */
	size_t uri;
	size_t name;
	struct rlmi_entry *v;
	size_t n, room;
};

struct rlmi_doc;

/* *DP (mem_deref) borrows both. */
int rlmi_doc_alloc(
	struct rlmi_doc **dp, const struct pl *body, const char *lang);

/* Reads on, N bytes or a little more: EAGAIN, 0, EBADMSG, EMSGSIZE. */
int rlmi_doc_next(struct rlmi_doc *doc, size_t n);

/* NULL: not known yet. */
const struct rlmi_list *rlmi_doc_list(const struct rlmi_doc *doc);

/* The next one that was read (mem_deref); NULL: none now. */
struct rlmi_item *rlmi_doc_take(struct rlmi_doc *doc);

const char *rlmi_item_text(const struct rlmi_item *item, size_t at);

#endif
