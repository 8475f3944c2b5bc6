/* SPDX-License-Identifier: GPL-3.0-or-later */
/* via.c - Via (RFC 3261 20.42 and 25.1, RFC 3581, RFC 5118 4.5). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


/* "SIP / 2.0 / UDP" */
static bool take_protocol(struct cur *c, struct msg_via *via)
{
	struct pl name, version;

	name = cur_run(c, CH_TOKEN);
	cur_lws(c);
	if (!name.l || !cur_take(c, '/'))
		return false;
	cur_lws(c);
	version = cur_run(c, CH_TOKEN);
	cur_lws(c);
	if (!version.l || !cur_take(c, '/'))
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


static bool set_param(
	struct msg_via *via, const struct pl *name, const struct pl *value)
{
	/* By length first: most are the branch. */
	switch (name->l) {
	case 5:
		return !pl_strcaseeq(name, "rport") || set_rport(via, value);
	case 6:
		if (!pl_strcaseeq(name, "branch"))
			return true;
		via->branch = *value;
		return msg_token_ok(value);
	case 8:
		if (pl_strcaseeq(name, "received"))
			set_received(via, value);
		return true;
	default:
		return true;
	}
}


int via_read(struct msg_via *via, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct pl name, value;
	int err;

	memset(via, 0, sizeof(*via));
	via->all = *pl;
	cur_lws(&c);
	if (!take_protocol(&c, via) || !take_sent_by(&c, via))
		return EBADMSG;
	cur_lws(&c);
	if (cur_more(&c))
		via->params = cur_rest(&c);
	while (!(err = cur_param(&c, &name, &value, NULL))) {
		if (!set_param(via, &name, &value))
			return EBADMSG;
	}
	return err == ENOENT ? 0 : err;
}


int msg_via_decode(struct msg_via *via, const struct pl *pl)
{
	struct msg_via v;
	int err = via_read(&v, pl);

	if (!err)
		*via = v;
	return err;
}
