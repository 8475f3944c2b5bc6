/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_sipae.c - the string that a signature of a SIP message is made of
 * ([MS-SIPAE] 3.2.5.2; version 2: [MS-SIP] 3.1.4.2). Its fields are the bytes
 * of the message, in whatever case they came. */
#include "assoc.h"


static void put(struct mbuf *mb, const struct pl *value)
{
	(void)mbuf_write_u8(mb, '<');
	(void)mbuf_write_pl(mb, value);
	(void)mbuf_write_u8(mb, '>');
}


/* The number of CSeq as it was written. */
static struct pl cseq_text(const struct msg *msg)
{
	struct pl value = PL_INIT;
	size_t n = 0;

	(void)msg_value(msg, HDR_CSEQ, &value);
	while (n < value.l && value.p[n] >= '0' && value.p[n] <= '9')
		++n;
	return pl_make(value.p, n);
}


/* What stands between < and > of one value, or all of it. */
static struct pl uri_of(const struct pl *value)
{
	struct pl rest = *value, uri;
	bool quoted = false;
	size_t i;

	for (i = 0; i < value->l; i++) {
		char c = value->p[i];

		if (quoted && c == '\\')
			++i;
		else if (c == '"')
			quoted = !quoted;
		else if (c == '<' && !quoted)
			break;
	}
	if (i >= value->l)
		return pl_trim(value);
	pl_skip(&rest, i + 1);
	(void)pl_split(&rest, '>', &uri);
	return uri;
}


static bool has_scheme(const struct pl *uri, const char *scheme)
{
	struct pl rest = *uri, head;

	return pl_split(&rest, ':', &head) && pl_strcaseeq(&head, scheme);
}


/* The first URI of each kind that the server vouches for, or the client
 * wishes. */
static void put_identity(struct mbuf *mb, const struct msg *msg)
{
	enum hdr_id id = msg_hdr(msg, HDR_P_ASSERTED_IDENTITY)
		? HDR_P_ASSERTED_IDENTITY
		: HDR_P_PREFERRED_IDENTITY;
	struct pl value, uri, sip = PL_INIT, tel = PL_INIT;
	struct msg_list it = {0};

	while (msg_list_next(msg, id, &it, &value)) {
		uri = uri_of(&value);
		if (!pl_isset(&sip) && has_scheme(&uri, "sip"))
			sip = uri;
		else if (!pl_isset(&tel) && has_scheme(&uri, "tel"))
			tel = uri;
	}
	put(mb, &sip);
	put(mb, &tel);
}


int sipae_text(struct mbuf *mb, const struct sipae *s, const struct msg *msg)
{
	static const struct pl scheme = PL("NTLM");
	struct pl cseq = cseq_text(msg), expires = PL_INIT;

	(void)msg_value(msg, HDR_EXPIRES, &expires);
	put(mb, &scheme);
	put(mb, &s->rand);
	put(mb, &s->num);
	put(mb, &s->realm);
	put(mb, &s->target);
	put(mb, &msg->call_id);
	put(mb, &cseq);
	put(mb, &msg->method_text);
	put(mb, &msg->from.uri_text);
	put(mb, &msg->from.tag);
	if (s->version > 2)
		put(mb, &msg->to.uri_text);
	put(mb, &msg->to.tag);
	if (s->version > 2)
		put_identity(mb, msg);
	put(mb, &expires);
	if (!msg->request)
		(void)mbuf_printf(mb, "<%u>", msg->status);
	return mbuf_err(mb);
}
