/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup.c - header fields of a decoded message (RFC 3261 7.3.1). */
#include "msg_int.h"


const struct msg_hdr *msg_hdr(const struct msg *msg, enum hdr_id id)
{
	uint16_t i = msg->first[id];

	return i ? &msg->hdrs[i - 1] : NULL;
}


const struct msg_hdr *msg_hdr_next(
	const struct msg *msg, const struct msg_hdr *h)
{
	return h->next ? &msg->hdrs[h->next] : NULL;
}


const struct msg_hdr *msg_hdr_named(const struct msg *msg, const char *name)
{
	struct pl key = pl_str(name);
	enum hdr_id id = hdr_find(&key);
	size_t i;

	if (id != HDR_OTHER)
		return msg_hdr(msg, id);
	for (i = 0; i < msg->nhdrs; i++) {
		if (pl_caseeq(&msg->hdrs[i].name, &key))
			return &msg->hdrs[i];
	}
	return NULL;
}


bool msg_value(const struct msg *msg, enum hdr_id id, struct pl *value)
{
	const struct msg_hdr *h = msg_hdr(msg, id);

	*value = h ? h->value : pl_make(NULL, 0);
	return h;
}


bool msg_list_next(const struct msg *msg, enum hdr_id id, struct msg_list *it,
	struct pl *value)
{
	for (;;) {
		/* An element without text is nobody's value. */
		while (msg_split_list(&it->rest, value)) {
			if (value->l)
				return true;
		}
		if (!it->started)
			it->h = msg_hdr(msg, id);
		else if (it->h)
			it->h = msg_hdr_next(msg, it->h);
		it->started = true;
		if (!it->h)
			break;
		it->rest = it->h->value;
	}
	*value = pl_make(NULL, 0);
	return false;
}


bool msg_has_token(const struct msg *msg, enum hdr_id id, const char *token)
{
	struct msg_list it = {0};
	struct pl value, key = pl_str(token);

	while (msg_list_next(msg, id, &it, &value)) {
		if (pl_caseeq(&value, &key))
			return true;
	}
	return false;
}
