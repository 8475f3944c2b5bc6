/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - how a request ended, and where a 3xx sends us (RFC 3261
 * 8.1.3.4). */
#include <errno.h>
#include <string.h>
#include "ua_int.h"


void ua_result_set(struct ua_result *to, const struct sip_result *from)
{
	*to = (struct ua_result){
		.msg = from->msg,
		.status = from->status,
		.err = from->err,
		.why = from->why,
		.wrong_password = from->wrong_password,
		.tls = !from->msg && from->err == EPROTO,
		.retry_after = from->retry_after,
		.maybe = from->maybe,
	};
	if (to->wrong_password)
		to->why = "wrong password";
	else if (!to->why && (to->err || to->status >= 300))
		to->why = to->err ? strerror(to->err)
				  : msg_reason_phrase(to->status);
}


void ua_result_fail(struct ua_result *to, int err, const char *why)
{
	*to = (struct ua_result){
		.status = 503,
		.err = err,
		.why = why ? why : strerror(err),
	};
}


void ua_redirect_reset(struct ua_redirect *rd)
{
	size_t i;

	for (i = 0; i < rd->n; i++)
		mem_deref(rd->uri[i]);
	*rd = (struct ua_redirect){0};
}


/* "0.7" in thousandths; 1 where there is no q or no sense in it. */
static uint32_t q_decode(const struct msg_addr *addr)
{
	struct pl q, whole, part = PL_INIT;
	uint32_t v, n = 0;
	size_t i;

	if (!msg_param(&addr->params, "q", &q))
		return 1000;
	(void)pl_split(&q, '.', &whole);
	part = q;
	if (pl_u32(&whole, &v) || v > 0)
		return 1000;
	for (i = 0; i < 3; i++) {
		n *= 10;
		if (i >= part.l)
			continue;
		if (part.p[i] < '0' || part.p[i] > '9')
			return 1000;
		n += (uint32_t)(part.p[i] - '0');
	}
	return n;
}


static bool uri_str_eq(const char *text, const struct uri *uri)
{
	struct pl pl = pl_str(text);
	struct uri other;

	return !uri_decode(&other, &pl) && uri_eq(&other, uri);
}


static bool is_known(
	const struct ua_redirect *rd, const struct uri *uri, const char *first)
{
	size_t i;

	if (uri_str_eq(first, uri))
		return true;
	for (i = 0; i < rd->n; i++) {
		if (uri_str_eq(rd->uri[i], uri))
			return true;
	}
	return false;
}


/* Behind those of the same or a higher q, among what is not tried yet. */
static void insert(struct ua_redirect *rd, const struct uri *uri, uint32_t q)
{
	struct uri bare = *uri;
	struct mbuf *mb;
	size_t i;

	/* What stands behind a '?' would become headers of ours. */
	bare.headers = (struct pl)PL_INIT;
	mb = mbuf_alloc(URI_MAX);
	if (uri_encode(mb, &bare)) {
		mem_deref(mb);
		return;
	}
	for (i = rd->n; i > rd->next && rd->q[i - 1] < q; i--) {
		rd->uri[i] = rd->uri[i - 1];
		rd->q[i] = rd->q[i - 1];
	}
	rd->uri[i] = mbuf_strdup(mb);
	rd->q[i] = q;
	++rd->n;
	mem_deref(mb);
}


void ua_redirect_add(
	struct ua_redirect *rd, const struct msg *resp, const char *first)
{
	struct pl pl_first = pl_str(first), value;
	struct msg_list it = {0};
	struct msg_addr addr;
	struct uri uri;
	bool secure;

	secure = !uri_decode(&uri, &pl_first) && uri.scheme == URI_SIPS;
	while (rd->n < UA_REDIRECT_MAX &&
		msg_list_next(resp, HDR_CONTACT, &it, &value)) {
		if (msg_addr_decode(&addr, &value))
			continue;
		if (addr.uri.scheme != URI_SIPS &&
			(addr.uri.scheme != URI_SIP || secure))
			continue;
		if (!is_known(rd, &addr.uri, first))
			insert(rd, &addr.uri, q_decode(&addr));
	}
}


const char *ua_redirect_next(struct ua_redirect *rd, uint16_t status)
{
	if (status >= 600 || rd->next >= rd->n)
		return NULL;
	return rd->uri[rd->next++];
}
