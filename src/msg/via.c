/* SPDX-License-Identifier: GPL-3.0-or-later */
/* via.c - Via (RFC 3261 20.42 and 25.1, RFC 3581, RFC 5118 4.5). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


/* "SIP / 2.0 /", by any name and version. */
static bool take_version(struct cur *c)
{
	if (c->e - c->p >= 8 && !memcmp(c->p, "SIP/2.0/", 8)) {
		c->p += 8;
		return true;
	}
	if (!cur_run(c, CH_TOKEN).l)
		return false;
	cur_lws(c);
	if (!cur_take(c, '/'))
		return false;
	cur_lws(c);
	if (!cur_run(c, CH_TOKEN).l)
		return false;
	cur_lws(c);
	return cur_take(c, '/');
}


/* "SIP / 2.0 / UDP" */
static bool take_protocol(struct cur *c, struct msg_via *via)
{
	if (!take_version(c))
		return false;
	cur_lws(c);
	via->transport = cur_run(c, CH_TOKEN);
	return via->transport.l && cur_more(c) && ch_is(*c->p, CH_LWS);
}


static bool take_sent_by(struct cur *c, struct msg_via *via)
{
	cur_lws(c);
	if (!cur_host(c, &via->host))
		return false;
	cur_lws(c);
	if (!cur_take(c, ':'))
		return true;
	cur_lws(c);
	return cur_port(c, &via->port);
}


static bool set_rport(struct msg_via *via, const struct pl *value)
{
	struct cur c = cur_of(value);

	via->has_rport = true;
	via->rport = 0;
	return !value->l || (cur_port(&c, &via->rport) && !cur_more(&c));
}


static void set_received(struct msg_via *via, const struct pl *value)
{
	via->received = *value;
	if (value->l > 2 && value->p[0] == '[' && value->p[value->l - 1] == ']')
		via->received = pl_make(value->p + 1, value->l - 2);
}


static bool set_param(struct msg_via *via, const struct pl *name,
	const struct pl *value, enum cur_form form)
{
	if (SPAN_IS(name, "branch")) {
		via->branch = *value;
		return form == FORM_TOKEN;
	}
	if (SPAN_IS(name, "rport"))
		return set_rport(via, value);
	if (SPAN_IS(name, "received"))
		set_received(via, value);
	return true;
}


/* Up to the comma behind the value, or to the end. */
static int read_value(struct cur *c, struct msg_via *via)
{
	struct pl name, value;
	enum cur_form form;
	const char *end;

	cur_lws(c);
	via->all = cur_rest(c);
	if (!take_protocol(c, via) || !take_sent_by(c, via))
		return EBADMSG;
	end = c->p;
	cur_lws(c);
	via->params.p = cur_at(c, ';') ? c->p : NULL;
	while (cur_at(c, ';')) {
		if (cur_param(c, &name, &value, &form) ||
			!set_param(via, &name, &value, form))
			return EBADMSG;
		end = c->p;
		cur_lws(c);
	}
	via->all = span(via->all.p, end);
	if (via->params.p)
		via->params = span(via->params.p, end);
	return 0;
}


int via_read_first(struct msg_via *via, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct pl rest = *pl;

	if (!read_value(&c, via) && (!cur_more(&c) || *c.p == ','))
		return 0;
	/* Where it ends is then for the commas to say. */
	(void)msg_split_list(&rest, &via->all);
	if (via->params.p)
		via->params = span(via->params.p, via->all.p + via->all.l);
	return EBADMSG;
}


int msg_via_decode(struct msg_via *via, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct msg_via v;

	memset(&v, 0, sizeof(v));
	if (read_value(&c, &v) || cur_more(&c))
		return EBADMSG;
	*via = v;
	return 0;
}
