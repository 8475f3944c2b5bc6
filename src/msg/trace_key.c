/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trace_key.c - which messages of a trace belong together (RFC 3261 17.1.3,
 * 17.2.3). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msg_int.h"


/* What tells one transaction from another; unset where it is missing. */
struct parts {
	struct pl via;
	struct pl cseq;
	struct pl call_id;
};


/* The first value of each counts: that of the top line. */
static void read_parts(struct parts *parts, struct cur *c)
{
	struct pl name, value;
	int err;

	while (cur_more(c)) {
		err = hdr_line(c, &name, &value);
		if (err == ENOENT)
			return;
		if (err)
			continue;
		switch (hdr_find(&name)) {
		case HDR_VIA:
			if (!parts->via.p)
				parts->via = value;
			break;
		case HDR_CSEQ:
			if (!parts->cseq.p)
				parts->cseq = value;
			break;
		case HDR_CALL_ID:
			if (!parts->call_id.p)
				parts->call_id = value;
			break;
		default:
			break;
		}
	}
}


/* VALUE, which is a part of a message of ours, on one line (mem_deref). */
static char *unfold(const struct pl *value)
{
	char *s = pl_strdup(value), *p;

	for (p = s; (p = strpbrk(p, "\r\n")); p++)
		*p = ' ';
	return s;
}


/* An ACK with the branch of the INVITE is part of its transaction; that of a
 * 2xx has a branch of its own. */
static struct pl method_of(const struct pl *method)
{
	static const struct pl ack = PL("ACK"), invite = PL("INVITE");

	return pl_eq(method, &ack) ? invite : *method;
}


char *msg_trace_key(bool sent, const struct pl *text)
{
	struct cur c = cur_of(text);
	struct parts parts = {0};
	struct msg_via via = {0};
	struct pl start, method = {0}, line;
	uint32_t n = 0;
	char *top, *cseq, *key = NULL;
	bool request;

	while (cur_at(&c, '\r') || cur_at(&c, '\n'))
		++c.p;
	start = cur_rest(&c);
	while (cur_more(&c) && *c.p != '\n')
		++c.p;
	(void)cur_take(&c, '\n');
	read_parts(&parts, &c);
	top = unfold(&parts.via);
	cseq = unfold(&parts.cseq);
	line = pl_str(top);
	(void)via_read_first(&via, &line);
	line = pl_str(cseq);
	request = start.l < 8 || memcmp(start.p, "SIP/2.0 ", 8) != 0;
	if (!msg_cseq_decode(&n, &method, &line)) {
		method = method_of(&method);
		key = mem_printf("%.*s %s %u %.*s %.*s", PL_ARG(&method),
			sent == request ? "client" : "server", n,
			PL_ARG(&via.branch), PL_ARG(&parts.call_id));
	}
	mem_deref(top);
	mem_deref(cseq);
	return key;
}
