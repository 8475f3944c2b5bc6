/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * auth_assoc_sign.c - a signature on all that leaves over a flow ([MS-SIPAE]
 * 3.2.4.1).
 *
 * It is put on whole messages at the flow's end: so it is of the bytes that
 * go, its numbers rise in the order in which they go, and no ACK, CANCEL or
 * refusal that the machine makes by itself is missed.
 */
#include <stdio.h>
#include "assoc.h"
#include "mem.h"


enum {
	ADDED_MAX = 16 * 1024, /* bytes that a signature adds */
	TEXT_EXTRA = 16 * 1024, /* ... that a signed string has besides what its
				   message has */

	/* An association is made anew after this. */
	LIFE_MS = (8 * 3600 - 5 * 60) * 1000,
};


/* The next REGISTER would come too late for A. */
static bool is_due(const struct sip_assoc *a)
{
	uint64_t now = tmrs_now(a->tmrs);

	return now - a->made + (now - a->registered) >= LIFE_MS;
}


static enum hdr_id answer_header(bool proxy)
{
	return proxy ? HDR_PROXY_AUTHORIZATION : HDR_AUTHORIZATION;
}


/* The NTLM line of a handshake that MSG carries, or NULL. */
static const struct msg_hdr *handshake_of(
	const struct msg *msg, bool proxy, struct msg_challenge *c)
{
	const struct msg_hdr *h;

	for (h = msg_hdr(msg, answer_header(proxy)); h;
		h = msg_hdr_next(msg, h))
		if (sip_assoc_params(c, &h->value))
			return h;
	return NULL;
}


/* Writes ", crand=..., cnum=..., response=..." for MSG. */
static int put_signature(
	struct mbuf *mb, struct sip_assoc *a, const struct msg *msg)
{
	char crand[9], cnum[11], hex[2 * NTLM_MAC + 1];
	struct sipae s = {.version = a->version,
		.realm = pl_str(a->realm),
		.target = pl_str(a->target)};
	struct mbuf *text = mbuf_alloc(TEXT_EXTRA + msg->all.l);
	uint8_t mac[NTLM_MAC];
	struct pl all;
	int err;

	(void)snprintf(crand, sizeof(crand), "%08x", rand_u32(a->rand));
	(void)snprintf(cnum, sizeof(cnum), "%u", ++a->cnum);
	s.rand = pl_str(crand);
	s.num = pl_str(cnum);
	err = sipae_text(text, &s, msg);
	if (!err) {
		all = mbuf_all(text);
		ntlm_sign(a->crypto, &a->keys, false, 0, &all, mac);
		hash_to_hex(mac, sizeof(mac), hex);
		err = mbuf_printf(mb,
			", crand=\"%s\", cnum=\"%s\", response=\"%s\"", crand,
			cnum, hex);
	}
	mem_deref(text);
	return err;
}


static int put_line(struct mbuf *mb, struct sip_assoc *a, const struct msg *msg)
{
	int err;

	(void)mbuf_printf(
		mb, "%s: NTLM qop=\"auth\"", hdr_name(answer_header(a->proxy)));
	if (a->opaque)
		(void)mbuf_printf(mb, ", opaque=\"%s\"", a->opaque);
	(void)mbuf_printf(
		mb, ", realm=\"%s\", targetname=\"%s\"", a->realm, a->target);
	err = put_signature(mb, a, msg);
	return err ? err : mbuf_write_str(mb, "\r\n");
}


/* The association whose making the line C completes: from version 4 on that
 * message is signed already. */
static struct sip_assoc *assoc_begun(
	const struct list *list, bool proxy, const struct msg_challenge *c)
{
	struct sip_assoc *found = NULL;
	struct pl realm, opaque, data;
	struct le *le, *next;

	if (!msg_challenge_param(c, "realm", &realm, NULL) ||
		!msg_challenge_param(c, "gssapi-data", &data, NULL) || !data.l)
		return NULL;
	if (!msg_challenge_param(c, "opaque", &opaque, NULL))
		opaque = pl_make(NULL, 0);
	LIST_FOREACH (list, le, next) {
		struct sip_assoc *a = le->data;

		if (a->version > 3 && !a->stands && a->proxy == proxy &&
			pl_streq(&realm, a->realm) &&
			pl_streq(&opaque, a->opaque ? a->opaque : ""))
			found = a;
	}
	return found;
}


/* What the signature of one kind adds, and where. */
struct addition {
	struct mbuf *mb; /* NULL: nothing */
	size_t at; /* in the message */
};


static int addition_make(struct addition *add, const struct list *list,
	const struct msg *msg, bool proxy)
{
	const struct msg_addr *who = msg->request ? &msg->from : &msg->to;
	struct msg_challenge c;
	const struct msg_hdr *h = handshake_of(msg, proxy, &c);
	struct sip_assoc *a;

	if (h)
		a = assoc_begun(list, proxy, &c);
	else
		a = sip_assoc_find(list, proxy, who, !msg->request);
	if (!a)
		return 0;
	if (!h && msg->request && msg->method == MSG_REGISTER) {
		if (is_due(a))
			return 0;
		a->registered = tmrs_now(a->tmrs);
	}
	add->mb = mbuf_alloc(ADDED_MAX);
	if (h) {
		add->at = (size_t)(h->value.p + h->value.l - msg->all.p);
		return put_signature(add->mb, a, msg);
	}
	/* Before the empty line. */
	add->at = msg->all.l - msg->body.l - 2;
	return put_line(add->mb, a, msg);
}


/* P with both additions, the one that is nearer to the start first. */
static struct mbuf *splice(
	const uint8_t *p, size_t n, const struct addition adds[2])
{
	struct mbuf *mb = mbuf_alloc_size(n + 512, n + 2 * ADDED_MAX);
	size_t first = adds[1].at < adds[0].at, done = 0, i;
	struct pl text;

	for (i = 0; i < 2; i++) {
		const struct addition *add = &adds[i ^ first];

		if (!add->mb)
			continue;
		(void)mbuf_write_mem(mb, p + done, add->at - done);
		text = mbuf_all(add->mb);
		(void)mbuf_write_pl(mb, &text);
		done = add->at;
	}
	(void)mbuf_write_mem(mb, p + done, n - done);
	return mb;
}


int sip_assoc_sign(
	struct mbuf **mbp, struct sip_flow *flow, const void *p, size_t n)
{
	const struct list *list = sip_flow_assocs(flow);
	const struct msg_limits limits = {n, n, n, n, 0, 0};
	struct addition adds[2] = {{NULL, 0}, {NULL, 0}};
	struct msg *msg = NULL;
	const char *why;
	int err;

	*mbp = NULL;
	if (list_isempty(list))
		return 0;
	/* An answer to what was no sound message is none either. */
	err = msg_decode(&msg, p, n, true, &limits, &why);
	if (err || msg->all.l != n) {
		mem_deref(msg);
		return 0;
	}
	err = addition_make(&adds[0], list, msg, false);
	if (!err)
		err = addition_make(&adds[1], list, msg, true);
	if (!err && (adds[0].mb || adds[1].mb)) {
		*mbp = splice(p, n, adds);
		err = mbuf_err(*mbp);
		if (err)
			*mbp = mem_deref(*mbp);
	}
	mem_deref(adds[0].mb);
	mem_deref(adds[1].mb);
	mem_deref(msg);
	return err;
}
