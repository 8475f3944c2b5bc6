/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value.c - header values that are numbers and short sentences: CSeq,
 * Retry-After, Warning, Reason, seconds (RFC 3261 20, RFC 3326). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


/* Digits at C: 0, EBADMSG where there are none, ERANGE over 32 bits. */
static int take_u32(struct cur *c, uint32_t *v)
{
	uint64_t n;
	int err = cur_u64(c, &n);

	if (err)
		return err;
	if (n > UINT32_MAX)
		return ERANGE;
	*v = (uint32_t)n;
	return 0;
}


int msg_cseq_decode(uint32_t *n, struct pl *method, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct pl token;
	uint32_t v;

	cur_lws(&c);
	if (take_u32(&c, &v) || !cur_more(&c) || !ch_is(*c.p, CH_LWS))
		return EBADMSG;
	cur_lws(&c);
	token = cur_run(&c, CH_TOKEN);
	cur_lws(&c);
	if (!token.l || cur_more(&c))
		return EBADMSG;
	*n = v;
	*method = token;
	return 0;
}


/* "(text (nested) \) text)": INSIDE is without the outer pair. */
static bool take_comment(struct cur *c, struct pl *inside)
{
	const char *p = c->p;
	size_t depth = 0;

	for (; p < c->e; p++) {
		if (*p == '\\' && c->e - p > 1)
			++p;
		else if (*p == '(')
			++depth;
		else if (*p == ')' && --depth == 0)
			break;
	}
	if (p == c->e)
		return false;
	*inside = pl_make(c->p + 1, (size_t)(p - c->p - 1));
	c->p = p + 1;
	return true;
}


int msg_retry_after_decode(struct msg_retry_after *ra, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct msg_retry_after r;
	struct pl params, value;

	memset(&r, 0, sizeof(r));
	cur_lws(&c);
	if (take_u32(&c, &r.seconds))
		return EBADMSG;
	cur_lws(&c);
	if (cur_at(&c, '(') && !take_comment(&c, &r.comment))
		return EBADMSG;
	cur_lws(&c);
	if (cur_more(&c) && !cur_at(&c, ';'))
		return EBADMSG;
	params = cur_rest(&c);
	if (msg_param(&params, "duration", &value) &&
		pl_u32(&value, &r.duration))
		return EBADMSG;
	*ra = r;
	return 0;
}


int msg_warning_decode(struct msg_warning *w, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct msg_warning r;
	struct pl digits;
	uint32_t code;

	cur_lws(&c);
	digits = cur_run(&c, CH_DIGIT);
	if (digits.l != 3 || pl_u32(&digits, &code))
		return EBADMSG;
	r.code = (uint16_t)code;
	cur_lws(&c);
	r.agent = cur_run(&c, CH_GRAPH | CH_VALUE);
	cur_lws(&c);
	if (!r.agent.l || !cur_quoted(&c, &r.text))
		return EBADMSG;
	cur_lws(&c);
	if (cur_more(&c))
		return EBADMSG;
	*w = r;
	return 0;
}


int msg_reason_decode(struct msg_reason *reason, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct msg_reason r;
	struct pl params, value;

	memset(&r, 0, sizeof(r));
	cur_lws(&c);
	r.protocol = cur_run(&c, CH_TOKEN);
	cur_lws(&c);
	if (!r.protocol.l || (cur_more(&c) && !cur_at(&c, ';')))
		return EBADMSG;
	params = cur_rest(&c);
	r.has_cause = msg_param(&params, "cause", &value) &&
		!pl_u32(&value, &r.cause);
	(void)msg_param(&params, "text", &r.text);
	*reason = r;
	return 0;
}


int msg_seconds(const struct msg *msg, enum hdr_id id, uint32_t *seconds)
{
	const struct msg_hdr *h = msg_hdr(msg, id);
	struct cur c;
	uint32_t v = 0;
	int err;

	if (!h)
		return ENOENT;
	c = cur_of(&h->value);
	err = take_u32(&c, &v);
	if (err == ERANGE && id == HDR_EXPIRES) {
		v = UINT32_MAX;
		err = 0;
	}
	cur_lws(&c);
	if (err || (cur_more(&c) && !cur_at(&c, ';')))
		return EBADMSG;
	*seconds = v;
	return 0;
}


bool msg_value_ok(const struct pl *pl)
{
	return !pl->l ||
		(!memchr(pl->p, '\r', pl->l) && !memchr(pl->p, '\n', pl->l) &&
			!memchr(pl->p, '\0', pl->l));
}


bool msg_token_ok(const struct pl *pl)
{
	struct cur c = cur_of(pl);

	return cur_run(&c, CH_TOKEN).l && !cur_more(&c);
}
