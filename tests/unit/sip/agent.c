/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the requests of one account share (TL2, TR18, FL5, DI8). */
#include <errno.h>
#include "lab.h"

int test_agent(void);


static void refused(void **state)
{
	static const struct {
		const char *aor;
		const char *proxy;
		int err;
	} cases[] = {
		{"sip:alice@example.org", NULL, 0},
		{"sips:alice@example.org", "sip:192.0.2.2;transport=tls", 0},
		{"alice@example.org", NULL, EBADMSG},
		{"tel:+1234", NULL, EBADMSG},
		{"", NULL, EBADMSG},
		{"sip:alice@example.org", "proxy.example.org", EBADMSG},
		{"sip:alice@example.org", "", EBADMSG},
		{NULL, NULL, EINVAL},
	};
	struct lab *lab = lab_new(1);
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct sip_agent_config c = {0};
		struct sip_agent *agent = NULL;

		c.aor = cases[i].aor;
		c.proxy = cases[i].proxy;
		assert_int_equal(
			sip_agent_alloc(&agent, lab->sip, &c), cases[i].err);
		mem_deref(agent);
	}
	mem_deref(lab);
}


/* The config is the caller's and may change afterwards. */
static void copied(void **state)
{
	char aor[] = "sip:alice@example.org", proxy[] = "sip:192.0.2.2";
	const struct sip_agent_config config = {.aor = aor, .proxy = proxy};
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, &config);

	(void)state;
	memset(aor, 'x', sizeof(aor) - 1);
	memset(proxy, 'x', sizeof(proxy) - 1);
	assert_string_equal(sip_agent_aor(agent), "sip:alice@example.org");
	assert_pl(sip_agent_uri(agent)->host, "example.org");
	assert_pl(sip_agent_proxy(agent)->host, "192.0.2.2");
	assert_ptr_equal(sip_agent_stack(agent), lab->sip);
	mem_deref(agent);
	mem_deref(lab);
}


static void service_route(void **state)
{
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);

	(void)state;
	assert_int_equal(
		sip_agent_set_service_route(agent, "<sip:a;lr>, <sip:b;lr>"),
		0);
	assert_int_equal(sip_agent_set_service_route(agent, "<sip:a"), EBADMSG);
	assert_int_equal(
		sip_agent_set_service_route(agent, "<sip:a;lr>\r\nEvil: 1"),
		EBADMSG);
	assert_string_equal(
		sip_agent_service_route(agent), "<sip:a;lr>, <sip:b;lr>");
	assert_int_equal(sip_agent_set_service_route(agent, NULL), 0);
	assert_null(sip_agent_service_route(agent));
	mem_deref(agent);
	mem_deref(lab);
}


static void flow_up_h(
	struct sip_flow *flow, const struct stream_end *failed, void *arg)
{
	(void)flow;
	assert_null(failed);
	*(bool *)arg = true;
}


/* A flow of AGENT to a new peer at ADDR. */
static struct sip_flow *flow_new(struct lab *lab, struct sip_agent *agent,
	struct memnet_host *host, enum sip_tp tp, uint16_t port)
{
	static const char *const names[] = {"192.0.2.2", NULL};
	struct sip_target target = {.tp = tp};
	char name[] = "192.0.2.2";
	struct sip_flow_wait *wait = NULL;
	struct sip_flow *flow;
	bool up = false;

	memnet_set_names(host, names);
	target.name = name;
	assert_int_equal(sa_set_str(&target.addr, name, port), 0);
	(void)lab_peer(lab, host, tp, port, NULL, 0);
	assert_int_equal(
		sip_flow_get(&flow, &wait, agent, &target, flow_up_h, &up), 0);
	memnet_run(lab->net, 1000);
	assert_true(up);
	mem_deref(wait);
	return flow;
}


static void assert_contact(const struct sip_agent *agent,
	const struct sip_flow *flow, bool sips, const char *before,
	uint16_t port, const char *after)
{
	char *expected = mem_printf("%s:%u%s", before,
		port ? port : sa_port(sip_flow_local(flow)), after);
	struct mbuf *mb = mbuf_alloc(1024);

	assert_int_equal(sip_agent_put_contact_uri(agent, flow, sips, mb), 0);
	assert_pl(mbuf_all(mb), expected);
	mem_deref(mb);
	mem_deref(expected);
}


/* What we are reached at over each transport; DI8. */
static void contact(void **state)
{
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);
	struct memnet_host *host = lab_host(lab, "192.0.2.2");
	struct sip_flow *udp, *tcp, *tls;
	struct sip_port *port;
	struct sa any;
	struct mbuf *mb = mbuf_alloc(1024);

	(void)state;
	udp = flow_new(lab, agent, host, SIP_UDP, 5060);
	tcp = flow_new(lab, agent, host, SIP_TCP, 5060);
	tls = flow_new(lab, agent, host, SIP_TLS, 5061);
	assert_contact(agent, udp, false, "sip:alice@192.0.2.1", 0, "");
	assert_contact(
		agent, tcp, false, "sip:alice@192.0.2.1", 0, ";transport=tcp");
	assert_contact(
		agent, tls, false, "sip:alice@192.0.2.1", 0, ";transport=tls");
	assert_contact(agent, tls, true, "sips:alice@192.0.2.1", 0, "");

	/* A listening port is named instead of a connection's own. */
	assert_int_equal(sa_set_str(&any, "0.0.0.0", 5070), 0);
	assert_int_equal(sip_listen(&port, lab->sip, SIP_TCP, &any, NULL), 0);
	sip_agent_add_port(agent, port);
	mem_deref(port);
	assert_contact(agent, tcp, false, "sip:alice@192.0.2.1", 5070,
		";transport=tcp");
	assert_contact(
		agent, tls, false, "sip:alice@192.0.2.1", 0, ";transport=tls");
	sip_agent_clear_ports(agent);

	sip_agent_set_contact(agent, "sip:alice@example.org;gr=urn:uuid:1");
	assert_int_equal(sip_agent_put_contact_uri(agent, tcp, false, mb), 0);
	assert_pl(mbuf_all(mb), "sip:alice@example.org;gr=urn:uuid:1");
	/* What a REGISTER binds stays the address. */
	mbuf_reset(mb);
	assert_int_equal(sip_agent_put_contact(agent, tcp, mb), 0);
	assert_ptr_equal(pl_find(&(struct pl){(char *)mb->buf, mb->end},
				 &(struct pl)PL("sip:alice@192.0.2.1:")),
		mb->buf);
	sip_agent_set_contact(agent, "sip:a@b>\r\nEvil: 1");
	assert_contact(
		agent, tcp, false, "sip:alice@192.0.2.1", 0, ";transport=tcp");
	mem_deref(mb);
	mem_deref(udp);
	mem_deref(tcp);
	mem_deref(tls);
	mem_deref(agent);
	mem_deref(lab);
}


/* SU13: what TLS has begun goes on over TLS alone. */
static void weaker(void **state)
{
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);
	struct memnet_host *host = lab_host(lab, "192.0.2.2");
	struct sip_flow *udp, *tls;
	struct sip_dialog *d;
	struct msg *msg;

	(void)state;
	udp = flow_new(lab, agent, host, SIP_UDP, 5060);
	tls = flow_new(lab, agent, host, SIP_TLS, 5061);
	msg = lab_msg("MESSAGE sip:alice@192.0.2.1 SIP/2.0\n"
		      "Via: SIP/2.0/TLS 192.0.2.2;branch=z9hG4bKa\n"
		      "From: <sip:bob@example.org>;tag=b\n"
		      "To: <sip:alice@example.org>;tag=a\n"
		      "Call-ID: c\nCSeq: 1 MESSAGE\nContent-Length: 0\n\n");
	assert_int_equal(sip_dialog_accept(&d, agent, msg, tls), 0);
	msg->to.tag = *sip_dialog_local_tag(d);
	assert_true(sip_dialog_match(d, msg, NULL));
	assert_true(sip_dialog_match(d, msg, tls));
	assert_false(sip_dialog_match(d, msg, udp));
	sip_dialog_set_flow(d, udp, false);
	assert_true(sip_dialog_match(d, msg, udp));
	assert_true(sip_dialog_match(d, msg, tls));
	mem_deref(d);
	mem_deref(msg);
	mem_deref(udp);
	mem_deref(tls);
	mem_deref(agent);
	mem_deref(lab);
}


/* A UDP port is made once for a family, and not where one was given. */
static void udp_port(void **state)
{
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);
	struct sip_port *port, *given;
	struct sa v4, v6;
	int err;

	(void)state;
	assert_int_equal(memnet_host_add_addr(lab->host, "2001:db8::1"), 0);
	assert_int_equal(sa_set_str(&v4, "192.0.2.2", 5060), 0);
	assert_int_equal(sa_set_str(&v6, "2001:db8::2", 5060), 0);
	port = sip_agent_udp_port(agent, &v4, &err);
	assert_non_null(port);
	assert_ptr_equal(sip_agent_udp_port(agent, &v4, &err), port);
	assert_ptr_not_equal(sip_agent_udp_port(agent, &v6, &err), port);
	mem_deref(agent);

	agent = lab_agent(lab, NULL);
	assert_int_equal(sa_set_str(&v4, "192.0.2.1", 5062), 0);
	assert_int_equal(sip_listen(&given, lab->sip, SIP_UDP, &v4, NULL), 0);
	sip_agent_add_port(agent, given);
	mem_deref(given);
	assert_ptr_equal(sip_agent_udp_port(agent, &v4, &err), given);
	mem_deref(agent);
	mem_deref(lab);
}


/* The agent's flow is forgotten when it ends. */
static void flow(void **state)
{
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);
	struct memnet_host *host = lab_host(lab, "192.0.2.2");
	struct sip_flow *tcp = flow_new(lab, agent, host, SIP_TCP, 5060);

	(void)state;
	sip_agent_set_flow(agent, tcp);
	sip_agent_set_flow(agent, tcp);
	assert_ptr_equal(sip_agent_flow(agent), tcp);
	mem_deref(tcp);
	memnet_reset(lab->host, host);
	memnet_run(lab->net, 1000);
	assert_null(sip_agent_flow(agent));
	sip_agent_set_flow(agent, NULL);
	mem_deref(agent);
	mem_deref(lab);
}


/* MS4: what fits, by flow and long-messages. */
static void page_max(void **state)
{
	static const struct {
		enum sip_transport transport;
		enum sip_long long_messages;
		bool stream;
		bool bound;
	} cases[] = {
		{SIP_TRANSPORT_AUTO, SIP_LONG_AUTO, false, true},
		{SIP_TRANSPORT_AUTO, SIP_LONG_AUTO, true, false},
		{SIP_TRANSPORT_TLS, SIP_LONG_AUTO, false, false},
		{SIP_TRANSPORT_TCP, SIP_LONG_AUTO, false, false},
		{SIP_TRANSPORT_UDP, SIP_LONG_AUTO, false, true},
		{SIP_TRANSPORT_AUTO, SIP_LONG_YES, false, false},
		{SIP_TRANSPORT_AUTO, SIP_LONG_NO, true, true},
		{SIP_TRANSPORT_TLS, SIP_LONG_NO, false, true},
	};
	struct lab *lab = lab_new(1);
	struct memnet_host *host = lab_host(lab, "192.0.2.2");
	size_t i, max;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct sip_agent_config config = {
			.transport = cases[i].transport,
			.long_messages = cases[i].long_messages,
		};
		struct sip_agent *agent = lab_agent(lab, &config);
		struct sip_flow *tcp = NULL;

		if (cases[i].stream)
			tcp = flow_new(lab, agent, host, SIP_TCP,
				(uint16_t)(6000 + i));
		sip_agent_set_flow(agent, tcp);
		max = sip_agent_page_max(agent);
		if (cases[i].bound)
			assert_in_range(max, 160, 1300);
		else
			assert_int_equal(max, SIZE_MAX);
		mem_deref(tcp);
		mem_deref(agent);
	}
	mem_deref(lab);
}


/* TL2: the domain as typed, or the host of the proxy as typed with the
 * account's domain beside it; tls-name adds one. */
static void tls_peer(void **state)
{
	static const struct {
		const char *proxy, *tls_name, *target;
		const char *names[SIP_TLS_NAMES];
		const char *server_name;
	} cases[] = {
		{NULL, NULL, "example.org", {"example.org"}, "example.org"},
		{NULL, NULL, "other.example", {"other.example"},
			"other.example"},
		{"sip:edge.example.com", NULL, "edge.example.com",
			{"edge.example.com", "example.org"},
			"edge.example.com"},
		{"sip:edge.example.com", NULL, "other.example",
			{"other.example"}, "other.example"},
		{"sip:192.0.2.7", "extra.example", "192.0.2.7",
			{"192.0.2.7", "example.org", "extra.example"}, NULL},
		{"sip:example.org", NULL, "example.org", {"example.org"},
			"example.org"},
	};
	struct lab *lab = lab_new(1);
	size_t i, k;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const struct sip_agent_config config = {
			.proxy = cases[i].proxy,
			.tls_name = cases[i].tls_name,
			.tls_pin = "pin",
		};
		struct sip_agent *agent = lab_agent(lab, &config);
		struct sip_target target = {.name = (char *)cases[i].target};
		const char *names[SIP_TLS_NAMES];
		struct tls_peer peer;

		sip_agent_tls_peer(agent, &target, &peer, names);
		for (k = 0; peer.names[k]; k++)
			assert_string_equal(peer.names[k], cases[i].names[k]);
		assert_null(cases[i].names[k]);
		if (cases[i].server_name)
			assert_string_equal(
				peer.server_name, cases[i].server_name);
		else
			assert_null(peer.server_name);
		assert_true(peer.verify);
		assert_string_equal(peer.pin, "pin");
		(void)snprintf(target.host, sizeof(target.host), "sip.%s",
			"example.org");
		sip_agent_tls_peer(agent, &target, &peer, names);
		assert_string_equal(names[1], "sip.example.org");
		mem_deref(agent);
	}
	mem_deref(lab);
}


int test_agent(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused),
		cmocka_unit_test(copied),
		cmocka_unit_test(service_route),
		cmocka_unit_test(contact),
		cmocka_unit_test(weaker),
		cmocka_unit_test(udp_port),
		cmocka_unit_test(flow),
		cmocka_unit_test(page_max),
		cmocka_unit_test(tls_peer),
	};

	return cmocka_run_group_tests_name("agent", tests, NULL, NULL);
}
