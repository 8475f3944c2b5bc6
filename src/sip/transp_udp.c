/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transp_udp.c - SIP over UDP (RFC 3261 18, RFC 3581).
 *
 * A flow here is a path: our port, the peer's address and the address of ours
 * that it uses. It lives as long as somebody refers to it, and ends when ICMP
 * says that nobody is there; the next use makes another.
 */
#include <errno.h>
#include <string.h>
#include "stack.h"


enum {
	SIP_PORT = 5060,
};


static void addr_key_set(struct sip_addr_key *key, const struct sa *sa)
{
	memset(key, 0, sizeof(*key));
	key->family = (uint16_t)sa_family(sa);
	key->port = sa_port(sa);
	if (sa_family(sa) == AF_INET6) {
		memcpy(key->addr, &sa->u.in6.sin6_addr, 16);
		key->scope = sa->u.in6.sin6_scope_id;
	} else {
		memcpy(key->addr, &sa->u.in.sin_addr, 4);
	}
}


/* The path between LOCAL, an address of PORT, and PEER: a reference. */
static struct sip_flow *path_get(
	struct sip_port *port, const struct sa *local, const struct sa *peer)
{
	struct sip *sip = port->sip;
	struct sip_path_key key;
	struct sip_flow *flow;

	memset(&key, 0, sizeof(key));
	key.port = port;
	addr_key_set(&key.peer, peer);
	addr_key_set(&key.local, local);
	HASH_FIND(hh, sip->paths, &key, sizeof(key), flow);
	if (flow)
		return mem_ref(flow);
	flow = sip_flow_alloc(sip, &sip_transp_udp, local, peer);
	flow->port = port;
	flow->key = key;
	flow->up = true;
	list_append(&port->paths, &flow->le, flow);
	HASH_ADD(hh, sip->paths, key, sizeof(flow->key), flow);
	return flow;
}


static void udp_recv(const struct sa *src, const struct sa *dst,
	const uint8_t *p, size_t n, void *arg)
{
	struct sip_port *port = arg;
	struct sip_flow *flow;
	struct sa local = port->local;

	if (!port->sip || !n)
		return;
	if (dst && sa_isset(dst) && !sa_isany(dst)) {
		local = *dst;
		sa_set_port(&local, sa_port(&port->local));
	}
	flow = path_get(port, &local, src);
	sip_flow_recv(flow, p, n);
	mem_deref(flow);
}


/*
 * ICMP about a datagram says that this one did not arrive, nor did what was
 * sent to the same place after it. Of what was sent before it nothing is
 * known: it may have arrived while somebody was still there.
 */
static void udp_error(
	const struct sa *peer, int err, const uint8_t *p, size_t n, void *arg)
{
	struct sip_port *port = arg;
	struct stream_end end = {.err = err};
	struct sip_flow *flow;
	struct le *le;

	/* Telling may change the list: begin again after each. */
	mem_ref(port);
	do {
		flow = NULL;
		for (le = port->paths.head; le && !flow; le = le->next) {
			flow = list_data(le);
			if (flow->ended || !sa_eq(&flow->peer, peer))
				flow = NULL;
		}
		if (flow) {
			flow->dead_from = sip_ctrans_quoted(flow, p, n);
			sip_flow_end(flow, &end);
		}
	} while (flow);
	mem_deref(port);
}


static int udp_listen(struct sip_port *port, const struct sa *local)
{
	static const struct sip_net_handlers handlers = {
		.recv = udp_recv,
		.error = udp_error,
	};
	const struct sip_net *net = port->sip->config.net;

	return net->udp_open(&port->end, net->ctx, local, &handlers, port);
}


static int udp_get(struct sip_flow **fp, struct sip_agent *agent,
	const struct sip_target *target)
{
	const struct sip_net *net;
	struct sip_port *port;
	struct sa local;
	int err = 0;

	port = sip_agent_udp_port(agent, &target->addr, &err);
	if (!port || !port->sip)
		return err ? err : ENOTCONN;
	local = port->local;
	if (sa_isany(&local)) {
		net = port->sip->config.net;
		err = net->local_for(net->ctx, &local, &target->addr);
		if (err)
			return err;
		sa_set_port(&local, sa_port(&port->local));
	}
	*fp = path_get(port, &local, &target->addr);
	return 0;
}


static int udp_send_to(
	struct sip_flow *flow, const struct sa *dst, const void *p, size_t n)
{
	int err;

	if (!flow->port)
		return ENOTCONN;
	err = flow->sip->config.net->udp_send(
		flow->port->end, &flow->local, dst, p, n);
	++flow->nsent;
	/* A full buffer of the kernel is a lost datagram: timers cure it. */
	return err == EAGAIN || err == ENOBUFS ? 0 : err;
}


static int udp_send(struct sip_flow *flow, const void *p, size_t n)
{
	return udp_send_to(flow, &flow->peer, p, n);
}


static int udp_reply(struct sip *sip, struct sip_flow *flow,
	const struct msg_via *via, const void *p, size_t n)
{
	struct sa dst = flow->peer;

	(void)sip;
	/* Without rport the answer goes to the port that Via names, at the
	 * address that the request really came from. */
	if (!via->has_rport)
		sa_set_port(&dst, via->port ? via->port : SIP_PORT);
	return udp_send_to(flow, &dst, p, n);
}


static void udp_close(struct sip_flow *flow)
{
	if (flow->hh.tbl)
		HASH_DEL(flow->sip->paths, flow);
	flow->hh.tbl = NULL;
}


const struct sip_transp sip_transp_udp = {
	.tp = SIP_UDP,
	.name = "UDP",
	.param = "udp",
	.reliable = false,
	.listen = udp_listen,
	.get = udp_get,
	.send = udp_send,
	.reply = udp_reply,
	.close = udp_close,
};
