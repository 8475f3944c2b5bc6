/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a URI to targets (DN1, DN2, DN3, DN6, TL2, TL6). */
#include <errno.h>
#include "lab.h"

int test_locate(void);


static const struct lab_name names[] = {
	/* Everything. */
	{.name = "_sips._tcp.example.org",
		.priority = 10,
		.weight = 1,
		.port = 5061,
		.target = "tls.example.org"},
	{.name = "_sip._tcp.example.org",
		.priority = 10,
		.port = 5060,
		.target = "tcp.example.org"},
	{.name = "_sip._udp.example.org",
		.priority = 10,
		.port = 5060,
		.target = "udp.example.org"},
	{.name = "tls.example.org", .addr = "192.0.2.10"},
	{.name = "tls.example.org", .addr = "2001:db8::10"},
	{.name = "tcp.example.org", .addr = "192.0.2.11"},
	{.name = "udp.example.org", .addr = "192.0.2.12"},
	{.name = "example.org", .addr = "192.0.2.13"},

	/* TCP and UDP. */
	{.name = "_sip._tcp.plain.example",
		.priority = 1,
		.port = 5070,
		.target = "tcp.example.org"},
	{.name = "_sip._udp.plain.example",
		.priority = 1,
		.port = 5071,
		.target = "udp.example.org"},

	/* Priorities, one host missing. */
	{.name = "_sip._udp.three.example",
		.priority = 30,
		.port = 5060,
		.target = "udp.example.org"},
	{.name = "_sip._udp.three.example",
		.priority = 10,
		.port = 5062,
		.target = "tcp.example.org"},
	{.name = "_sip._udp.three.example",
		.priority = 20,
		.port = 5060,
		.target = "gone.example.org"},

	/* No service records. */
	{.name = "bare.example", .addr = "192.0.2.20"},

	/* "." */
	{.name = "_sip._udp.none.example", .target = ""},
	{.name = "none.example", .addr = "192.0.2.21"},

	/* No answer about TLS. */
	{.name = "_sips._tcp.mute.example", .err = ETIMEDOUT},
	{.name = "_sip._udp.mute.example",
		.priority = 1,
		.port = 5060,
		.target = "udp.example.org"},
	{.name = "mute.example", .addr = "192.0.2.22"},
	{.name = "_sips._tcp.lone", .err = EAGAIN},
	{.name = "_sip._tcp.lone", .err = EAGAIN},
	{.name = "_sip._udp.lone", .err = EAGAIN},
	{.name = "lone", .addr = "192.0.2.23"},
	{.name = "slow.example", .err = ETIMEDOUT},

	/* Of Microsoft: inside, outside, by hosts alone, no answer. */
	{.name = "_sipinternaltls._tcp.in.example",
		.priority = 1,
		.port = 5061,
		.target = "tls.example.org"},
	{.name = "_sip._tls.in.example",
		.priority = 1,
		.port = 443,
		.target = "tls.example.org"},
	{.name = "_sipinternal._tcp.in.example",
		.priority = 1,
		.port = 5060,
		.target = "tcp.example.org"},
	{.name = "_sip._tcp.out.example",
		.priority = 1,
		.port = 5060,
		.target = "tcp.example.org"},
	{.name = "_sip._udp.out.example",
		.priority = 1,
		.port = 5060,
		.target = "udp.example.org"},
	{.name = "_sipinternaltls._tcp.corp.example",
		.priority = 1,
		.port = 5061,
		.target = "pool.Corp.example"},
	{.name = "pool.Corp.example", .addr = "192.0.2.26"},
	{.name = "_sipinternaltls._tcp.trap.example",
		.priority = 1,
		.port = 5061,
		.target = "poortrap.example"},
	{.name = "poortrap.example", .addr = "192.0.2.27"},
	{.name = "sipexternal.hosts.example", .addr = "192.0.2.24"},
	{.name = "hosts.example", .addr = "192.0.2.25"},
	{.name = "_sipinternaltls._tcp.dumb.example", .err = ETIMEDOUT},
	{.name = "_sipinternal._tcp.dumb.example",
		.priority = 1,
		.port = 5060,
		.target = "tcp.example.org"},
	{0},
};


struct outcome {
	bool done;
	int err;
	char *text; /* "TLS 192.0.2.10:5061 name|..." */
};


static void located(int err, const char *why, const struct sip_target *targets,
	size_t n, void *arg)
{
	struct outcome *o = arg;
	struct mbuf *mb = mbuf_alloc(1 << 16);
	char text[SA_TEXT_SIZE];
	size_t i;

	assert_false(o->done);
	o->done = true;
	o->err = err;
	if (err)
		mbuf_write_str(mb, why);
	for (i = 0; i < n; i++)
		mbuf_printf(mb, "%s%s %s %s%s%s", i ? "|" : "",
			sip_tp_name(targets[i].tp),
			sa_text(&targets[i].addr, text), targets[i].name,
			*targets[i].host ? " or " : "", targets[i].host);
	o->text = mbuf_strdup(mb);
	mem_deref(mb);
}


static void locate_names(struct lab *lab, enum sip_transport transport,
	enum sip_names which, const char *text, struct outcome *o)
{
	const struct sip_agent_config config = {
		.transport = transport, .names = which};
	struct sip_agent *agent = lab_agent(lab, &config);
	struct sip_locate *l;
	struct pl pl = pl_str(text);
	struct uri uri;

	memset(o, 0, sizeof(*o));
	assert_int_equal(uri_decode(&uri, &pl), 0);
	assert_int_equal(sip_locate(&l, agent, &uri, located, o), 0);
	assert_false(o->done);
	memnet_run(lab->net, 1000);
	assert_true(o->done);
	mem_deref(l);
	mem_deref(agent);
}


static void locate(struct lab *lab, enum sip_transport transport,
	const char *text, struct outcome *o)
{
	locate_names(lab, transport, SIP_NAMES_RFC, text, o);
}


#define AUTO SIP_TRANSPORT_AUTO

static const struct {
	enum sip_transport transport;
	const char *uri;
	int err;
	const char *targets;
} cases[] = {
	/* DN1: numeric. */
	{AUTO, "sip:bob@192.0.2.9", 0, "UDP 192.0.2.9:5060 192.0.2.9"},
	{AUTO, "sip:bob@192.0.2.9:5070", 0, "UDP 192.0.2.9:5070 192.0.2.9"},
	{AUTO, "sip:bob@[2001:db8::9]", 0,
		"UDP [2001:db8::9]:5060 2001:db8::9"},
	{AUTO, "sips:bob@192.0.2.9", 0, "TLS 192.0.2.9:5061 192.0.2.9"},
	{AUTO, "sip:192.0.2.9;transport=tcp", 0,
		"TCP 192.0.2.9:5060 192.0.2.9"},
	{AUTO, "sip:192.0.2.9;transport=TLS", 0,
		"TLS 192.0.2.9:5061 192.0.2.9"},
	{SIP_TRANSPORT_TLS, "sip:192.0.2.9", 0, "TLS 192.0.2.9:5061 192.0.2.9"},
	{SIP_TRANSPORT_TCP, "sip:192.0.2.9:5070", 0,
		"TCP 192.0.2.9:5070 192.0.2.9"},
	/* DN2: the parameter wins. */
	{SIP_TRANSPORT_TLS, "sip:192.0.2.9;transport=udp", 0,
		"UDP 192.0.2.9:5060 192.0.2.9"},
	/* DN1: a port asks for addresses alone. */
	{AUTO, "sip:bob@example.org:5062", 0,
		"UDP 192.0.2.13:5062 example.org"},
	{AUTO, "sips:bob@example.org:5062", 0,
		"TLS 192.0.2.13:5062 example.org"},
	{AUTO, "sip:nobody.example:5062", ENOENT,
		"no such host: nobody.example"},
	{AUTO, "sip:slow.example:5062", ETIMEDOUT,
		"no answer from the name service about slow.example"},
	/* TLS found: nothing else; TL2: the domain is the name; DN6. */
	{AUTO, "sip:bob@example.org", 0,
		"TLS 192.0.2.10:5061 example.org|"
		"TLS [2001:db8::10]:5061 example.org"},
	{AUTO, "sips:bob@example.org", 0,
		"TLS 192.0.2.10:5061 example.org|"
		"TLS [2001:db8::10]:5061 example.org"},
	{SIP_TRANSPORT_UDP, "sip:bob@example.org", 0,
		"UDP 192.0.2.12:5060 example.org"},
	{SIP_TRANSPORT_TCP, "sip:bob@example.org", 0,
		"TCP 192.0.2.11:5060 example.org"},
	{AUTO, "sip:bob@example.org;transport=tcp", 0,
		"TCP 192.0.2.11:5060 example.org"},
	{AUTO, "sip:bob@plain.example", 0,
		"TCP 192.0.2.11:5070 plain.example|"
		"UDP 192.0.2.12:5071 plain.example"},
	/* TL6: sips never ends on UDP or TCP. */
	{AUTO, "sips:bob@plain.example", ENOENT, "no such host: plain.example"},
	{AUTO, "sips:bob@example.org;transport=udp", EPROTONOSUPPORT,
		"this transport cannot be used: "
		"sips:bob@example.org;transport=udp"},
	{AUTO, "sips:bob@example.org;transport=tcp", 0,
		"TLS 192.0.2.10:5061 example.org|"
		"TLS [2001:db8::10]:5061 example.org"},
	{AUTO, "sip:bob@example.org;transport=ws", EPROTONOSUPPORT,
		"this transport cannot be used: "
		"sip:bob@example.org;transport=ws"},
	{SIP_TRANSPORT_TLS, "sip:bob@plain.example", ENOENT,
		"no such host: plain.example"},
	/* DN3. */
	{AUTO, "sip:three.example", 0,
		"UDP 192.0.2.11:5062 three.example|"
		"UDP 192.0.2.12:5060 three.example"},
	{AUTO, "sip:none.example", ENOENT,
		"none.example offers no SIP service"},
	/* Nothing found. */
	{AUTO, "sip:bare.example", 0, "UDP 192.0.2.20:5060 bare.example"},
	{AUTO, "sips:bare.example", 0, "TLS 192.0.2.20:5061 bare.example"},
	{SIP_TRANSPORT_TLS, "sip:bare.example", 0,
		"TLS 192.0.2.20:5061 bare.example"},
	{AUTO, "sip:nobody.example", ENOENT, "no such host: nobody.example"},
	/* maddr says where, the host who. */
	{AUTO, "sip:example.org;maddr=192.0.2.30", 0,
		"UDP 192.0.2.30:5060 example.org"},
	/* Silence about TLS is no permission to go without it. */
	{AUTO, "sip:mute.example", ETIMEDOUT,
		"no answer from the name service about "
		"_sips._tcp.mute.example"},
	{SIP_TRANSPORT_UDP, "sip:mute.example", 0,
		"UDP 192.0.2.12:5060 mute.example"},
	{AUTO, "sip:lone", 0, "UDP 192.0.2.23:5060 lone"},
};


static void targets(void **state)
{
	struct lab *lab = lab_new(1);
	struct outcome o;
	size_t i;

	(void)state;
	lab->names = names;
	for (i = 0; i < UNIT_N(cases); i++) {
		locate(lab, cases[i].transport, cases[i].uri, &o);
		assert_string_equal(o.text, cases[i].targets);
		assert_int_equal(o.err, cases[i].err);
		mem_deref(o.text);
	}
	mem_deref(lab);
}


/* A domain of Microsoft servers; "any" asks for their records where there are
 * none of the RFC's. */
static void microsoft(void **state)
{
	static const struct {
		enum sip_transport transport;
		enum sip_names names;
		const char *uri;
		const char *targets;
	} rows[] = {
		{AUTO, SIP_NAMES_MICROSOFT, "sip:in.example",
			"TLS 192.0.2.10:5061 in.example|"
			"TLS [2001:db8::10]:5061 in.example|"
			"TLS 192.0.2.10:443 in.example|"
			"TLS [2001:db8::10]:443 in.example"},
		{SIP_TRANSPORT_TCP, SIP_NAMES_MICROSOFT, "sip:in.example",
			"TCP 192.0.2.11:5060 in.example"},
		{AUTO, SIP_NAMES_ANY, "sip:in.example",
			"TLS 192.0.2.10:5061 in.example|"
			"TLS [2001:db8::10]:5061 in.example|"
			"TLS 192.0.2.10:443 in.example|"
			"TLS [2001:db8::10]:443 in.example"},
		{AUTO, SIP_NAMES_RFC, "sip:in.example",
			"no such host: in.example"},
		{AUTO, SIP_NAMES_MICROSOFT, "sip:out.example",
			"TCP 192.0.2.11:5060 out.example"},
		{AUTO, SIP_NAMES_ANY, "sip:out.example",
			"TCP 192.0.2.11:5060 out.example|"
			"UDP 192.0.2.12:5060 out.example"},
		{AUTO, SIP_NAMES_ANY, "sip:example.org",
			"TLS 192.0.2.10:5061 example.org|"
			"TLS [2001:db8::10]:5061 example.org"},
		{AUTO, SIP_NAMES_MICROSOFT, "sip:corp.example",
			"TLS 192.0.2.26:5061 corp.example or "
			"pool.Corp.example"},
		{AUTO, SIP_NAMES_MICROSOFT, "sip:trap.example",
			"TLS 192.0.2.27:5061 trap.example"},
		{AUTO, SIP_NAMES_MICROSOFT, "sip:hosts.example",
			"TLS 192.0.2.24:5061 hosts.example or "
			"sipexternal.hosts.example|"
			"TLS 192.0.2.25:5061 hosts.example"},
		{AUTO, SIP_NAMES_ANY, "sip:hosts.example",
			"UDP 192.0.2.25:5060 hosts.example"},
		{AUTO, SIP_NAMES_MICROSOFT, "sip:dumb.example",
			"no answer from the name service about "
			"_sipinternaltls._tcp.dumb.example"},
		{AUTO, SIP_NAMES_ANY, "sip:dumb.example",
			"no answer from the name service about "
			"_sipinternaltls._tcp.dumb.example"},
		{AUTO, SIP_NAMES_MICROSOFT, "sip:nobody.example",
			"no such host: nobody.example"},
	};
	struct lab *lab = lab_new(1);
	struct outcome o;
	size_t i;

	(void)state;
	lab->names = names;
	for (i = 0; i < UNIT_N(rows); i++) {
		locate_names(
			lab, rows[i].transport, rows[i].names, rows[i].uri, &o);
		assert_string_equal(o.text, rows[i].targets);
		mem_deref(o.text);
	}
	mem_deref(lab);
}


/* DN1: what needs no name asks for none. */
static void no_lookups(void **state)
{
	struct lab *lab = lab_new(1);
	struct outcome o;

	(void)state;
	lab->names = names;
	locate(lab, AUTO, "sip:192.0.2.9", &o);
	assert_int_equal(lab->lookups, 0);
	mem_deref(o.text);
	locate(lab, AUTO, "sip:example.org:5060", &o);
	assert_string_equal(lab->asked, "example.org ");
	mem_deref(o.text);
	mem_deref(lab);
}


/* DN3: a weight of 3 to 1 shows, and zero comes last nearly always. */
static void weights(void **state)
{
	static const struct lab_name weighted[] = {
		{.name = "_sip._udp.w.example",
			.priority = 1,
			.weight = 0,
			.port = 1,
			.target = "a.example"},
		{.name = "_sip._udp.w.example",
			.priority = 1,
			.weight = 30,
			.port = 2,
			.target = "a.example"},
		{.name = "_sip._udp.w.example",
			.priority = 1,
			.weight = 10,
			.port = 3,
			.target = "a.example"},
		{.name = "a.example", .addr = "192.0.2.1"},
		{0},
	};
	struct lab *lab = lab_new(7);
	size_t first[4] = {0}, i;
	struct outcome o;

	(void)state;
	lab->names = weighted;
	for (i = 0; i < 400; i++) {
		locate(lab, SIP_TRANSPORT_UDP, "sip:w.example", &o);
		first[o.text[strlen("UDP 192.0.2.1:")] - '0']++;
		mem_deref(o.text);
	}
	assert_in_range(first[1], 0, 30);
	assert_in_range(first[2], 260, 330);
	assert_in_range(first[3], 60, 130);
	mem_deref(lab);
}


/* A zone with more records than anybody needs is cut, not swallowed. */
static void bounded(void **state)
{
	struct lab_name many[61];
	struct lab *lab = lab_new(1);
	struct outcome o;
	size_t i, n = 1;

	(void)state;
	memset(many, 0, sizeof(many));
	for (i = 0; i < 30; i++) {
		many[i].name = "_sip._udp.big.example";
		many[i].port = (uint16_t)(5000 + i);
		many[i].priority = (uint16_t)i;
		many[i].target = "h.example";
		many[30 + i].name = "h.example";
		many[30 + i].addr = "192.0.2.1";
	}
	lab->names = many;
	locate(lab, SIP_TRANSPORT_UDP, "sip:big.example", &o);
	for (i = 0; o.text[i]; i++)
		n += o.text[i] == '|';
	assert_int_equal(n, 16 * 8);
	mem_deref(o.text);
	mem_deref(lab);
}


/* Released at any moment: no call, no leak. */
static void cancelled(void **state)
{
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);
	struct pl pl = PL("sip:example.org"), numeric = PL("sip:192.0.2.1");
	struct sip_locate *l;
	struct outcome o = {0};
	struct uri uri;
	size_t ms;

	(void)state;
	lab->names = names;
	for (ms = 0; ms < 12; ms++) {
		assert_int_equal(uri_decode(&uri, ms % 2 ? &pl : &numeric), 0);
		assert_int_equal(sip_locate(&l, agent, &uri, located, &o), 0);
		memnet_run(lab->net, ms / 2 ? ms / 2 - 1 : 0);
		mem_deref(l);
		memnet_run(lab->net, 100);
		o.text = mem_deref(o.text);
		o.done = false;
	}
	mem_deref(agent);
	mem_deref(lab);
}


struct suicide {
	struct sip_locate *l;
	bool called;
};


static void release_h(int err, const char *why, const struct sip_target *found,
	size_t n, void *arg)
{
	struct suicide *s = arg;

	(void)err;
	(void)why;
	s->called = true;
	s->l = mem_deref(s->l);
	assert_true(!n || found[n - 1].name[0]);
}


static void released_in_handler(void **state)
{
	static const char *const uris[] = {"sip:192.0.2.1", "sip:example.org",
		"sip:nobody.example", "sip:none.example", "sip:mute.example",
		"sip:a;transport=ws"};
	struct lab *lab = lab_new(1);
	struct sip_agent *agent = lab_agent(lab, NULL);
	size_t i;

	(void)state;
	lab->names = names;
	for (i = 0; i < UNIT_N(uris); i++) {
		struct suicide s = {0};
		struct pl pl = pl_str(uris[i]);
		struct uri uri;

		assert_int_equal(uri_decode(&uri, &pl), 0);
		assert_int_equal(
			sip_locate(&s.l, agent, &uri, release_h, &s), 0);
		memnet_run(lab->net, 100);
		assert_true(s.called);
	}
	mem_deref(agent);
	mem_deref(lab);
}


int test_locate(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets),
		cmocka_unit_test(microsoft),
		cmocka_unit_test(no_lookups),
		cmocka_unit_test(weights),
		cmocka_unit_test(bounded),
		cmocka_unit_test(cancelled),
		cmocka_unit_test(released_in_handler),
	};

	return cmocka_run_group_tests_name("locate", tests, NULL, NULL);
}
