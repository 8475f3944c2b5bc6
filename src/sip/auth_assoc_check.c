/* SPDX-License-Identifier: GPL-3.0-or-later */
/* auth_assoc_check.c - whether what came over a flow is the server's
 * ([MS-SIPAE] 3.2.5.2). */
#include "assoc.h"
#include "auth.h"
#include "mem.h"


enum {
	TEXT_EXTRA = 1024, /* bytes of a signed string besides what is in the
			      message, some of it twice */
	WINDOW = 64, /* numbers remembered: servers sign in parallel */
};


static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}


static bool mac_decode(const struct pl *hex, uint8_t mac[NTLM_MAC])
{
	size_t i;

	if (hex->l != 2 * (size_t)NTLM_MAC)
		return false;
	for (i = 0; i < NTLM_MAC; i++) {
		int high = hex_digit(hex->p[2 * i]);
		int low = hex_digit(hex->p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}


/* Remembers number N; false if it was there before or is too old to tell. */
static bool number_take(struct sip_assoc *a, uint32_t n)
{
	uint32_t ahead, behind;

	if (!a->snum || n > a->snum) {
		ahead = a->snum ? n - a->snum : WINDOW;
		a->seen = ahead < WINDOW ? a->seen << ahead : 0;
		a->seen |= 1;
		a->snum = n;
		return true;
	}
	behind = a->snum - n;
	if (behind >= WINDOW || a->seen >> behind & 1)
		return false;
	a->seen |= (uint64_t)1 << behind;
	return true;
}


static void opaque_take(struct sip_assoc *a, const struct msg_challenge *c)
{
	struct pl opaque;

	if (!msg_challenge_param(c, "opaque", &opaque, NULL) ||
		!auth_echo_ok(&opaque) ||
		(a->opaque && pl_streq(&opaque, a->opaque)))
		return;
	mem_deref(a->opaque);
	a->opaque = pl_strdup(&opaque);
}


/* True if A is of realm and target that S names and MAC is its server's. */
static bool assoc_signed(const struct sip_assoc *a, struct sipae *s,
	const struct msg *msg, const uint8_t mac[NTLM_MAC])
{
	struct mbuf *text = mbuf_alloc(TEXT_EXTRA + 2 * msg->all.l);
	struct pl all;
	bool ok;

	s->version = a->version;
	ok = !sipae_text(text, s, msg);
	all = mbuf_all(text);
	ok = ok && ntlm_verify(a->crypto, &a->keys, &all, mac);
	mem_deref(text);
	return ok;
}


/* One line of the server's: PASS, REPLAY, WRONG, or UNSIGNED where it is of
 * no association that we know. */
static enum sip_assoc_check line_check(const struct list *list, bool proxy,
	const struct msg *msg, const struct msg_challenge *c)
{
	struct le *le, *next;
	uint8_t mac[NTLM_MAC];
	struct sipae s = {0};
	struct pl rspauth;
	bool known = false;
	uint32_t num;

	if (!msg_challenge_param(c, "rspauth", &rspauth, NULL) ||
		!msg_challenge_param(c, "realm", &s.realm, NULL) ||
		!msg_challenge_param(c, "targetname", &s.target, NULL))
		return SIP_ASSOC_UNSIGNED;
	(void)msg_challenge_param(c, "srand", &s.rand, NULL);
	(void)msg_challenge_param(c, "snum", &s.num, NULL);
	LIST_FOREACH (list, le, next) {
		struct sip_assoc *a = le->data;

		if (a->proxy != proxy || !pl_streq(&s.realm, a->realm) ||
			!pl_streq(&s.target, a->target))
			continue;
		known = true;
		if (!mac_decode(&rspauth, mac) || pl_u32(&s.num, &num) ||
			!assoc_signed(a, &s, msg, mac))
			continue;
		if (!number_take(a, num))
			return SIP_ASSOC_REPLAY;
		sip_assoc_settle(a);
		opaque_take(a, c);
		return SIP_ASSOC_PASS;
	}
	return known ? SIP_ASSOC_WRONG : SIP_ASSOC_UNSIGNED;
}


/* The worst of what the lines of one kind say; UNSIGNED: there is none. */
static enum sip_assoc_check lines_check(
	const struct list *list, bool proxy, const struct msg *msg)
{
	enum sip_assoc_check check, worst = SIP_ASSOC_UNSIGNED;
	const struct msg_hdr *h;
	struct msg_challenge c;

	h = msg_hdr(msg,
		proxy ? HDR_PROXY_AUTHENTICATION_INFO
		      : HDR_AUTHENTICATION_INFO);
	for (; h; h = msg_hdr_next(msg, h)) {
		if (!sip_assoc_params(&c, &h->value))
			continue;
		check = line_check(list, proxy, msg, &c);
		if (check == SIP_ASSOC_WRONG || check == SIP_ASSOC_REPLAY)
			return check;
		if (check == SIP_ASSOC_PASS)
			worst = check;
	}
	return worst;
}


/* Challenges and what a registrar says are taken as they are: the server may
 * know of no association any more. */
static bool is_exempt(const struct msg *msg)
{
	return !msg->request &&
		(msg->status == 401 || msg->status == 407 ||
			msg->method == MSG_REGISTER);
}


enum sip_assoc_check sip_assoc_check(
	struct sip_flow *flow, const struct msg *msg)
{
	const struct list *list = sip_flow_assocs(flow);
	const struct msg_addr *who = msg->request ? &msg->to : &msg->from;
	enum sip_assoc_check server, proxy;

	if (list_isempty(list))
		return SIP_ASSOC_PASS;
	server = lines_check(list, false, msg);
	if (server == SIP_ASSOC_WRONG || server == SIP_ASSOC_REPLAY)
		return server;
	proxy = lines_check(list, true, msg);
	if (proxy != SIP_ASSOC_UNSIGNED)
		return proxy;
	if (server == SIP_ASSOC_PASS || is_exempt(msg))
		return SIP_ASSOC_PASS;
	if (!sip_assoc_find(list, false, who, msg->request) &&
		!sip_assoc_find(list, true, who, msg->request))
		return SIP_ASSOC_PASS;
	return SIP_ASSOC_UNSIGNED;
}


bool sip_assoc_is_own(struct sip_flow *flow, const struct msg *resp)
{
	const struct list *list = sip_flow_assocs(flow);

	return !list_isempty(list) &&
		lines_check(list, false, resp) == SIP_ASSOC_UNSIGNED &&
		lines_check(list, true, resp) == SIP_ASSOC_UNSIGNED;
}
