/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts without a server: settings, ports, states. */
#include <errno.h>
#include "../net/cert.h"
#include "world.h"

int test_listen(void);


static void test_online(void **state)
{
	struct world w;
	struct node a;

	(void)state;
	world_open(&w, 1);
	node_open(&a, &w, "alice", "192.0.2.1", NULL);
	node_start(&a);
	assert_int_equal(ua_state(a.ua), UA_CONNECTING);
	assert_log(&a, "");
	world_run(&w, 10);
	assert_log(&a, "connecting online ");
	assert_string_equal(a.address, "192.0.2.1:5060");
	assert_string_equal(ua_aor(a.ua), "sip:alice@192.0.2.1");
	assert_pl(ua_uri(a.ua)->user, "alice");
	assert_ptr_equal(ua_stack_of(a.ua), a.stack);
	assert_null(ua_transport(a.ua));
	ua_stop(a.ua, 2000, node_done_h, &a);
	assert_log(&a, "");
	world_run(&w, 10);
	assert_log(&a, "offline done ");
	/* The port is free again, and this account can have it. */
	ua_start(a.ua);
	world_run(&w, 10);
	assert_log(&a, "connecting online ");
	node_close(&a);
	world_close(&w);
}


/* Port 0: one that UDP and TCP share, told in the address. */
static void test_port_zero(void **state)
{
	struct world w;
	struct node a, b;
	struct pl pl = body("hi");
	char to[128];

	(void)state;
	world_open(&w, 1);
	node_open(&a, &w, "alice", "192.0.2.1", NULL);
	node_open(&b, &w, "bob", "192.0.2.2", NULL);
	mem_deref((void *)(uintptr_t)b.config.listen);
	b.config.listen = mem_strdup("192.0.2.2:0");
	node_start(&a);
	node_start(&b);
	world_run(&w, 10);
	assert_ptr_equal(strstr(b.address, "192.0.2.2:"), b.address);
	assert_string_not_equal(b.address, "192.0.2.2:0");
	a.log[0] = b.log[0] = '\0';
	(void)snprintf(to, sizeof(to), "sip:bob@%s;transport=tcp", b.address);
	assert_int_equal(ua_message(NULL, a.ua, to, "text/plain", &pl, NULL,
				 node_result_h, &a),
		0);
	world_run(&w, 100);
	assert_log(&a, "result:200 ");
	assert_log(&b, "MESSAGE:hi ");
	node_close(&a);
	node_close(&b);
	world_close(&w);
}


/* The address is taken: the sentence names it, later it works. */
static void test_address_taken(void **state)
{
	struct world w;
	struct server s;
	struct node a;

	(void)state;
	world_open(&w, 1);
	node_open(&a, &w, "alice", "192.0.2.1", NULL);
	memset(&s, 0, sizeof(s));
	s.net = memnet_net(a.host);
	{
		static const struct sip_net_handlers none = {0};
		struct sa sa;

		assert_int_equal(sa_set_str(&sa, "192.0.2.1", 5060), 0);
		assert_int_equal(
			s.net->udp_open(&s.end, s.net->ctx, &sa, &none, NULL),
			0);
	}
	node_start(&a);
	world_run(&w, 10);
	assert_log(&a, "connecting failed ");
	assert_non_null(strstr(a.why, "cannot listen at 192.0.2.1:5060"));
	assert_true(a.retry_at > 0);
	mem_deref(s.end);
	world_run(&w, 70 * 1000);
	assert_log(&a, "connecting online ");
	node_close(&a);
	world_close(&w);
}


/* TLS on the next port where there are certificate and key; a peer that
 * proves another name is refused, and the sentence says so. */
static void test_tls(void **state)
{
	static const char *const good[] = {"192.0.2.2", NULL};
	static const char *const bad[] = {"other.example", NULL};
	const struct cert_spec spec = {.cn = "bob", .from = -1, .to = 1};
	struct pl pl = body("hi");
	struct world w;
	struct node a, b;
	struct cert cert;
	char *dir = cert_dir_make();

	(void)state;
	cert_make(&cert, dir, "bob", &spec);
	world_open(&w, 1);
	node_open(&a, &w, "alice", "192.0.2.1", NULL);
	node_open(&b, &w, "bob", "192.0.2.2", NULL);
	b.config.tls_certificate = cert.cert_file;
	b.config.tls_key = cert.key_file;
	node_start(&a);
	node_start(&b);
	world_run(&w, 10);
	a.log[0] = '\0';
	assert_log(&b, "connecting online ");
	memnet_set_names(b.host, bad);
	assert_int_equal(
		ua_message(NULL, a.ua, "sip:bob@192.0.2.2:5061;transport=tls",
			"text/plain", &pl, NULL, node_result_h, &a),
		0);
	world_run(&w, 100);
	assert_log(&a, "result:503 ");
	assert_true(a.why[0]);
	memnet_set_names(b.host, good);
	assert_int_equal(
		ua_message(NULL, a.ua, "sip:bob@192.0.2.2:5061;transport=tls",
			"text/plain", &pl, NULL, node_result_h, &a),
		0);
	world_run(&w, 100);
	assert_log(&a, "result:200 ");
	assert_log(&b, "MESSAGE:hi ");
	node_close(&a);
	node_close(&b);
	world_close(&w);
	cert_free(&cert);
	cert_dir_remove(dir);
}


/* A key that is not there fails with its name. */
static void test_tls_no_key(void **state)
{
	struct world w;
	struct node a;

	(void)state;
	world_open(&w, 1);
	node_open(&a, &w, "alice", "192.0.2.1", NULL);
	a.config.tls_certificate = "/nonexistent/alice.crt";
	a.config.tls_key = "/nonexistent/alice.key";
	node_start(&a);
	world_run(&w, 10);
	assert_log(&a, "connecting failed ");
	assert_non_null(strstr(a.why, "/nonexistent/alice"));
	node_close(&a);
	world_close(&w);
}


static void test_settings(void **state)
{
	static const struct {
		struct ua_config config;
		const char *word;
	} cases[] = {
		{{.aor = "alice"}, "address"},
		{{.aor = "sip:example.org"}, "address"},
		{{.aor = "tel:+1"}, "address"},
		{{.aor = "sip:a@b", .do_register = true, .proxy = "x y"},
			"proxy"},
		{{.aor = "sip:a@b", .do_register = true, .transport = "ip"},
			"transport"},
		{{.aor = "sip:a@b",
			 .do_register = true,
			 .long_messages = "maybe"},
			"long-messages"},
		{{.aor = "sip:a@b"}, "listen"},
		{{.aor = "sip:a@b", .listen = "here"}, "listen"},
		{{.aor = "sip:a@b",
			 .do_register = true,
			 .user_agent = "x\r\nEvil: 1"},
			"user-agent"},
		{{.aor = "sip:a@b",
			 .do_register = true,
			 .display_name = "x\r\nEvil: 1"},
			"display-name"},
	};
	const struct ua_handlers h = {0};
	struct world w;
	struct node a;
	struct ua *ua = NULL;
	char *why;
	size_t i;

	(void)state;
	world_open(&w, 1);
	node_open(&a, &w, "alice", "192.0.2.1", NULL);
	for (i = 0; i < UNIT_N(cases); i++) {
		assert_int_equal(
			ua_alloc(&ua, a.stack, &cases[i].config, &h, &why),
			EINVAL);
		assert_null(ua);
		assert_non_null(strstr(why, cases[i].word));
		mem_deref(why);
	}
	node_close(&a);
	world_close(&w);
}


int test_listen(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_online),
		cmocka_unit_test(test_port_zero),
		cmocka_unit_test(test_address_taken),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_tls_no_key),
		cmocka_unit_test(test_settings),
	};

	return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
