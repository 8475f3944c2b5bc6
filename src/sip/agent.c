/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.c - what all requests of one account share. */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "sip_int.h"


enum {
	/* Bytes of a MESSAGE besides its body: fixed words, tags, branch and
	 * an answer to a digest challenge; texts of ours are counted. */
	PAGE_OVERHEAD = 640,
	PAGE_LEAST = 160,
};


struct sip_agent {
	struct sip *sip;
	struct sip_agent_config config; /* its texts are ours */
	struct uri uri; /* of config.aor */
	struct uri proxy; /* of config.proxy, where set */
	char *moved; /* where the server sent us instead; NULL: nowhere */
	struct uri moved_uri;
	char *domain; /* of uri, as a C string */
	struct sip_auth *auth;
	struct tls *tls; /* made at first use */
	struct list ports; /* struct port */
	struct list requests;
	struct list dialogs;
	struct sip_flow *flow;
	struct sip_flow_watch *watch;
	bool secure; /* the last flow was TLS */
	char *service_route;
	char *contact; /* instead of our address */
};

/* One reference of the agent to a port. */
struct port {
	struct le le;
	struct sip_port *port;
};


static void port_destructor(void *data)
{
	struct port *port = data;

	list_unlink(&port->le);
	mem_deref(port->port);
}


static void config_release(struct sip_agent_config *c)
{
	mem_deref((char *)c->aor);
	mem_deref((char *)c->display_name);
	mem_deref((char *)c->proxy);
	mem_deref((char *)c->user_agent);
	mem_deref((char *)c->tls.ca_file);
	mem_deref((char *)c->tls.certificate);
	mem_deref((char *)c->tls.key);
	mem_deref((char *)c->tls_name);
	mem_deref((char *)c->tls_pin);
	mem_deref((char *)c->from_params);
}


static void agent_destructor(void *data)
{
	struct sip_agent *a = data;
	struct le *le;

	while ((le = a->requests.head)) {
		list_unlink(le);
		sip_request_agent_gone(le->data);
	}
	while ((le = a->dialogs.head)) {
		list_unlink(le);
		sip_dialog_agent_gone(le->data);
	}
	mem_deref(a->watch);
	mem_deref(a->flow);
	list_flush(&a->ports);
	mem_deref(a->tls);
	sip_auth_close(a->auth);
	mem_deref(a->service_route);
	mem_deref(a->contact);
	mem_deref(a->moved);
	mem_deref(a->domain);
	config_release(&a->config);
	mem_deref(a->sip);
}


static void config_copy(
	struct sip_agent_config *dst, const struct sip_agent_config *src)
{
	*dst = *src;
	dst->aor = mem_strdup(src->aor);
	dst->display_name = mem_strdup(src->display_name);
	dst->proxy = mem_strdup(src->proxy);
	dst->user_agent = mem_strdup(src->user_agent);
	dst->tls.ca_file = mem_strdup(src->tls.ca_file);
	dst->tls.certificate = mem_strdup(src->tls.certificate);
	dst->tls.key = mem_strdup(src->tls.key);
	dst->tls_name = mem_strdup(src->tls_name);
	dst->tls_pin = mem_strdup(src->tls_pin);
	dst->from_params = mem_strdup(src->from_params);
}


static int sip_uri_decode(struct uri *uri, const char *text)
{
	struct pl pl = pl_str(text);
	int err = uri_decode(uri, &pl);

	if (err)
		return err;
	if (uri->scheme != URI_SIP && uri->scheme != URI_SIPS)
		return EBADMSG;
	return 0;
}


static void flow_down_h(const struct stream_end *end, void *arg)
{
	struct sip_agent *a = arg;

	(void)end;
	a->watch = mem_deref(a->watch);
	a->flow = mem_deref(a->flow);
}


int sip_agent_alloc(struct sip_agent **ap, struct sip *sip,
	const struct sip_agent_config *config)
{
	struct sip_agent *a;
	int err;

	if (!ap || !sip || !config || !config->aor)
		return EINVAL;
	a = mem_zalloc(sizeof(*a), agent_destructor);
	a->sip = mem_ref(sip);
	config_copy(&a->config, config);
	err = sip_uri_decode(&a->uri, a->config.aor);
	if (!err && a->config.proxy)
		err = sip_uri_decode(&a->proxy, a->config.proxy);
	if (!err) {
		a->domain = pl_strdup(&a->uri.host);
		err = sip_auth_alloc(&a->auth, a);
	}
	if (err) {
		mem_deref(a);
		return err;
	}
	*ap = a;
	return 0;
}


const char *sip_agent_aor(const struct sip_agent *agent)
{
	return agent->config.aor;
}


const struct uri *sip_agent_uri(const struct sip_agent *agent)
{
	return &agent->uri;
}


struct sip *sip_agent_stack(const struct sip_agent *agent)
{
	return agent->sip;
}


const struct sip_agent_config *sip_agent_config(const struct sip_agent *agent)
{
	return &agent->config;
}


/* TLS is not left on the way. */
int sip_agent_move(struct sip_agent *agent, const char *uri)
{
	char *moved = mem_strdup(uri);
	struct uri to;
	struct pl transport;
	int err = moved ? sip_uri_decode(&to, moved) : 0;

	if (!err && moved && sip_agent_secure(agent) && to.scheme != URI_SIPS &&
		!(uri_param(&to, "transport", &transport) &&
			pl_strcaseeq(&transport, "tls")))
		err = EACCES;
	if (err) {
		mem_deref(moved);
		return err;
	}
	mem_deref(agent->moved);
	agent->moved = moved;
	if (moved)
		agent->moved_uri = to;
	return 0;
}


const struct uri *sip_agent_proxy(const struct sip_agent *agent)
{
	if (agent->moved)
		return &agent->moved_uri;
	return agent->config.proxy ? &agent->proxy : NULL;
}


struct sip_auth *sip_agent_auth(struct sip_agent *agent)
{
	return agent->auth;
}


void sip_agent_reset_credentials(struct sip_agent *agent)
{
	sip_auth_reset(agent->auth);
}


void sip_agent_link_request(
	struct sip_agent *agent, struct le *le, struct sip_request *r)
{
	list_append(&agent->requests, le, r);
}


void sip_agent_link_dialog(
	struct sip_agent *agent, struct le *le, struct sip_dialog *d)
{
	list_append(&agent->dialogs, le, d);
}


/* ---- routes and flow ---- */

int sip_agent_set_service_route(struct sip_agent *agent, const char *route)
{
	struct pl rest = pl_str(route), value;
	struct msg_addr addr;
	int err;

	while (msg_split_list(&rest, &value)) {
		if (!msg_value_ok(&value))
			return EBADMSG;
		err = msg_addr_decode(&addr, &value);
		if (err)
			return err;
	}
	mem_deref(agent->service_route);
	agent->service_route = mem_strdup(route);
	return 0;
}


const char *sip_agent_service_route(const struct sip_agent *agent)
{
	return agent->service_route;
}


void sip_agent_set_flow(struct sip_agent *agent, struct sip_flow *flow)
{
	struct sip_flow *old = agent->flow;

	agent->watch = mem_deref(agent->watch);
	agent->flow = mem_ref(flow);
	if (flow)
		agent->secure = sip_flow_tp(flow) == SIP_TLS;
	mem_deref(old);
	if (flow && sip_flow_watch(&agent->watch, flow, flow_down_h, agent))
		agent->flow = mem_deref(agent->flow);
}


/* Found once, TLS is what the server is reached by; else the user has said
 * so. */
bool sip_agent_secure(const struct sip_agent *agent)
{
	const struct uri *server =
		agent->config.proxy ? &agent->proxy : &agent->uri;
	struct pl transport;

	if (agent->secure || server->scheme == URI_SIPS)
		return true;
	if (uri_param(server, "transport", &transport))
		return pl_strcaseeq(&transport, "tls");
	return agent->config.transport == SIP_TRANSPORT_TLS;
}


struct sip_flow *sip_agent_flow(const struct sip_agent *agent)
{
	return agent->flow;
}


/* ---- ports and Contact ---- */

void sip_agent_add_port(struct sip_agent *agent, struct sip_port *port)
{
	struct port *p = mem_zalloc(sizeof(*p), port_destructor);

	p->port = mem_ref(port);
	list_append(&agent->ports, &p->le, p);
}


void sip_agent_clear_ports(struct sip_agent *agent)
{
	list_flush(&agent->ports);
}


static struct sip_port *port_find(
	const struct sip_agent *agent, enum sip_tp tp, int family)
{
	struct le *le, *next;

	LIST_FOREACH (&agent->ports, le, next) {
		const struct port *p = le->data;

		if (sip_port_tp(p->port) == tp &&
			sa_family(sip_port_local(p->port)) == family)
			return p->port;
	}
	return NULL;
}


struct sip_port *sip_agent_udp_port(
	struct sip_agent *agent, const struct sa *dst, int *err)
{
	int family = sa_family(dst);
	struct sip_port *port = port_find(agent, SIP_UDP, family);
	struct sa any;

	*err = 0;
	if (port)
		return port;
	*err = sa_set_str(&any, family == AF_INET6 ? "::" : "0.0.0.0", 0);
	if (!*err)
		*err = sip_listen(&port, agent->sip, SIP_UDP, &any, NULL);
	if (*err)
		return NULL;
	sip_agent_add_port(agent, port);
	mem_deref(port); /* the agent's reference is the only one */
	return port;
}


void sip_agent_set_contact(struct sip_agent *agent, const char *uri)
{
	struct uri decoded;

	agent->contact = mem_deref(agent->contact);
	/* A GRUU comes off the wire. */
	if (uri && !sip_uri_decode(&decoded, uri))
		agent->contact = mem_strdup(uri);
}


/* Where we are reached over FLOW, whatever GRUU there is. */
static int put_address(const struct sip_agent *agent,
	const struct sip_flow *flow, bool sips, struct mbuf *mb)
{
	enum sip_tp tp = sip_flow_tp(flow);
	struct sa addr = *sip_flow_local(flow);
	const struct sip_port *port;
	char text[SA_TEXT_SIZE];

	/* A connection's near port takes no calls: name where we listen. */
	port = sip_tp_reliable(tp) ? port_find(agent, tp, sa_family(&addr))
				   : NULL;
	if (port)
		sa_set_port(&addr, sa_port(sip_port_local(port)));
	sips = sips || agent->uri.scheme == URI_SIPS;
	mbuf_write_str(mb, sips ? "sips:" : "sip:");
	if (pl_isset(&agent->uri.user)) {
		mbuf_write_pl(mb, &agent->uri.user);
		mbuf_write_u8(mb, '@');
	}
	mbuf_printf(mb, "%s:%u", sa_host_text(&addr, text), sa_port(&addr));
	/* sips means TLS already (RFC 3261 26.2.2). */
	if (sip_tp_reliable(tp) && !sips)
		mbuf_printf(mb, ";transport=%s", sip_tp_param(tp));
	return mbuf_err(mb);
}


int sip_agent_put_contact_uri(const struct sip_agent *agent,
	const struct sip_flow *flow, bool sips, struct mbuf *mb)
{
	if (agent->contact)
		return mbuf_write_str(mb, agent->contact);
	return put_address(agent, flow, sips, mb);
}


int sip_agent_put_contact(const struct sip_agent *agent,
	const struct sip_flow *flow, struct mbuf *mb)
{
	return put_address(agent, flow, false, mb);
}


static size_t text_len(const char *s)
{
	return s ? strlen(s) : 0;
}


size_t sip_agent_page_max(const struct sip_agent *agent)
{
	const struct sip_agent_config *c = &agent->config;
	size_t used = PAGE_OVERHEAD;
	bool stream;

	stream = agent->flow ? sip_tp_reliable(sip_flow_tp(agent->flow))
			     : c->transport == SIP_TRANSPORT_TCP ||
			c->transport == SIP_TRANSPORT_TLS;
	if (c->long_messages == SIP_LONG_YES ||
		(c->long_messages == SIP_LONG_AUTO && stream))
		return SIZE_MAX;
	/* The peer's address is taken to be about as long as ours. */
	used += 3 * text_len(c->aor) + text_len(c->display_name) +
		text_len(c->user_agent) + text_len(c->proxy) +
		text_len(c->from_params) + text_len(agent->service_route);
	return used + PAGE_LEAST < SIP_UDP_MAX ? SIP_UDP_MAX - used
					       : PAGE_LEAST;
}


/* ---- TLS ---- */

int sip_agent_tls(struct sip_agent *agent, struct tls **tlsp, char **why)
{
	int err;

	if (!agent->tls) {
		err = tls_alloc(&agent->tls, &agent->config.tls, why);
		if (err)
			return err;
	}
	*tlsp = agent->tls;
	return 0;
}


/* A name of URI's host, as the URI's text has it, is HOST. */
static bool host_is(const struct uri *uri, const char *host)
{
	return pl_strcaseeq(&uri->host, host);
}


void sip_agent_tls_peer(const struct sip_agent *agent,
	const struct sip_target *target, struct tls_peer *peer,
	const char *names[SIP_TLS_NAMES])
{
	const struct sip_agent_config *c = &agent->config;
	const struct uri *proxy = sip_agent_proxy(agent);
	struct sa numeric;
	size_t n = 0;

	names[n++] = target->name;
	if (*target->host)
		names[n++] = target->host;
	if (proxy && host_is(proxy, target->name) &&
		!host_is(&agent->uri, target->name))
		names[n++] = agent->domain;
	if (c->tls_name)
		names[n++] = c->tls_name;
	names[n] = NULL;
	peer->server_name =
		sa_set_str(&numeric, target->name, 0) ? target->name : NULL;
	peer->names = names;
	peer->verify = c->tls_verify;
	peer->pin = c->tls_pin;
}
