/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "world.h"

int test_account(void);


static void add(void **state)
{
	static const struct {
		const char *name;
		const char *uri;
		int status;
		const char *why;
	} cases[] = {
		{"work", "sip:alice@Example.ORG;transport=tcp", 0, ""},
		{"work", "alice@example.org", 0, ""},
		{"work", "sips:alice@example.org", 0, ""},
		{"work", "sip:bob@example.org", 64,
			"account work exists and is " ALICE},
		{"a b", "sip:bob@example.org", 64,
			"\"a b\" is no name for an account: letters, digits, - "
			"and _"},
		{"", "sip:bob@example.org", 64,
			"\"\" is no name for an account: letters, digits, - "
			"and _"},
		{"x", "sip:@", 65, "\"sip:@\" is not an address"},
		{"x", "example.org", 65,
			"\"example.org\" is not a SIP address such as "
			"sip:alice@example.org"},
		{"x", "tel:+4912345", 65,
			"\"tel:+4912345\" is not a SIP address such as "
			"sip:alice@example.org"},
		{"x", "mailto:bob@example.org", 65,
			"\"mailto:bob@example.org\" is not a SIP address"},
	};
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	for (i = 0; i < UNIT_N(cases); i++) {
		char *why = NULL;

		assert_int_equal(core_account_add(w.core, cases[i].name,
					 cases[i].uri, NULL, NULL, &why),
			cases[i].status);
		assert_string_equal(why ? why : "", cases[i].why);
		mem_deref(why);
	}
	assert_string_equal(
		core_account_aor(core_account_find(w.core, "work")), ALICE);
	assert_null(core_account_next(core_account_first(w.core)));
	world_run(&w, 0);
	assert_log(&w, "account work offline\n");
	world_close(&w);
}


static void settings(void **state)
{
	static const struct {
		const char *name;
		const char *value;
		int status;
		const char *got; /* NULL: unset */
	} cases[] = {
		{"transport", "tls", 0, "tls"},
		{"transport", "sctp", 64, "tls"},
		{"dialect", "klingon", 64, "auto"},
		{"dialect", "microsoft", 0, "microsoft"},
		{"dialect", "simple", 0, "simple"},
		{"nonsense", "x", 64, NULL},
		{"expires", "9", 64, "3600"},
		{"expires", "60", 0, "60"},
		{"expires", "-60", 64, "60"},
		{"tls-verify", "no", 0, "no"},
		{"tls-verify", "perhaps", 64, "no"},
		{"listen", "127.0.0.1:0", 0, "127.0.0.1:0"},
		{"listen", "[::1]:5060", 0, "[::1]:5060"},
		{"listen", "::1:5060", 64, "[::1]:5060"},
		{"listen", "127.0.0.1", 64, "[::1]:5060"},
		{"listen", "127.0.0.1:70000", 64, "[::1]:5060"},
		{"listen", "", 0, NULL},
		{"proxy", "sip:p.example.org;transport=tls", 0,
			"sip:p.example.org;transport=tls"},
		{"proxy", "p.example.org", 65,
			"sip:p.example.org;transport=tls"},
		{"xcap-root", "https://xcap.example.org/root", 0,
			"https://xcap.example.org/root"},
		{"xcap-root", "xcap.example.org", 65,
			"https://xcap.example.org/root"},
		{"xcap-root", "http://x/?a", 65,
			"https://xcap.example.org/root"},
		{"xcap-root", "", 0, NULL},
		{"display-name", "Alice\r\nVia: x", 64, NULL},
		{"display-name", "Al\xff", 64, NULL},
		{"display-name", "Alice \xc3\x84", 0, "Alice \xc3\x84"},
		{"password", "secret", 0, "***"},
		{"password-command", "pass 'show", 64, NULL},
		{"password-command", "pass show sip", 0, "pass show sip"},
		{"tls-pin", "abc", 64, NULL},
		{"tls-pin", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= abc",
			64, NULL},
		{"tls-pin", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", 0,
			"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
	};
	struct core_account *a;
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	for (i = 0; i < UNIT_N(cases); i++) {
		const char *got;

		assert_int_equal(core_account_set(a, cases[i].name,
					 cases[i].value, NULL),
			cases[i].status);
		got = core_account_get(a, cases[i].name);
		if (cases[i].got)
			assert_string_equal(got, cases[i].got);
		else
			assert_null(got);
	}
	world_close(&w);
}


/* What a failure is told as, and what a login exits with. */
static void logins(void **state)
{
	static const struct {
		struct endpoint_status status;
		const char *log;
	} cases[] = {
		{{.state = ENDPOINT_FAILED,
			 .wrong_password = true,
			 .code = 401,
			 .why = "401 Unauthorized"},
			"account work failed: wrong password: 401 "
			"Unauthorized\nlogin: 77 wrong password: 401 "
			"Unauthorized\n"},
		{{.state = ENDPOINT_FAILED, .wrong_password = true},
			"account work failed: wrong password\n"
			"login: 77 wrong password\n"},
		{{.state = ENDPOINT_FAILED,
			 .refused = true,
			 .code = 403,
			 .why = "not here"},
			"account work failed: not here\nlogin: 77 not here\n"},
		{{.state = ENDPOINT_FAILED,
			 .refused = true,
			 .code = 404,
			 .why = "Not Found"},
			"account work failed: Not Found\n"
			"login: 69 Not Found\n"},
		{{.state = ENDPOINT_FAILED, .tls = true, .why = "expired"},
			"account work failed: certificate: expired\n"
			"login: 69 certificate: expired\n"},
		{{.state = ENDPOINT_FAILED,
			 .tls = true,
			 .why = "the certificate is not of example.org"},
			"account work failed: the certificate is not of "
			"example.org\nlogin: 69 the certificate is not of "
			"example.org\n"},
		{{.state = ENDPOINT_FAILED,
			 .code = 503,
			 .why = "Service Unavailable"},
			"account work failed: Service Unavailable\n"
			"login: 75 Service Unavailable\n"},
		{{.state = ENDPOINT_FAILED},
			"account work failed: no answer\n"
			"login: 75 no answer\n"},
		{{.state = ENDPOINT_ONLINE, .address = "192.0.2.1:5060"},
			"account work online 192.0.2.1:5060\nlogin: 0\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct core_account *a;
		struct endpoint *e;
		struct world w;

		world_open(&w);
		a = world_account(&w, "work", ALICE);
		core_login(a, world_done, "login");
		world_run(&w, 0);
		assert_log(&w,
			"account work offline\n"
			"account work connecting\n");
		e = fake_endpoint();
		e->h.status(&cases[i].status, e->h.arg);
		e->h.status(&cases[i].status, e->h.arg);
		assert_log(&w, "");
		world_run(&w, 0);
		assert_log(&w, cases[i].log);
		world_close(&w);
	}
}


static void misconfigured(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	w.refuse = "register=no needs listen";
	w.refuse_err = EINVAL;
	core_login(a, world_done, "login");
	world_run(&w, 0);
	assert_log(&w,
		"account work offline\n"
		"account work failed: register=no needs listen\n"
		"login: 78 register=no needs listen\n");
	assert_int_equal(core_account_state(a), ENDPOINT_FAILED);
	w.refuse = NULL;
	(void)world_login(&w, a);
	assert_log(&w,
		"account work connecting\n"
		"account work online 192.0.2.1:5060\n");
	assert_string_equal(core_account_transport(a), "TLS");
	/* A session may go another way than the account's. */
	assert_string_equal(core_chat_transport(core_chat_get(a, BOB)), "TCP");
	assert_string_equal(core_chat_transport(core_chat_get(a, KIM)), "TLS");
	assert_null(core_account_reason(a));
	core_login(a, world_done, "login");
	world_run(&w, 0);
	assert_log(&w, "login: 0\n");
	world_close(&w);
}


/* It tries every few seconds: only the time of the next try is new. */
static void the_same(void **state)
{
	struct endpoint_status status = {
		.state = ENDPOINT_FAILED, .why = "refused", .retry_at = 1000};
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_login(a, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	e = fake_endpoint();
	e->h.status(&status, e->h.arg);
	status.retry_at = 2000;
	e->h.status(&status, e->h.arg);
	status.why = "no answer";
	e->h.status(&status, e->h.arg);
	fake_state(e, ENDPOINT_ONLINE, NULL);
	e->h.status(&status, e->h.arg);
	world_run(&w, 0);
	assert_log(&w,
		"account work failed: refused\n"
		"account work failed again: refused\n"
		"account work failed: no answer\n"
		"account work online 192.0.2.1:5060\n"
		"account work failed: no answer\n");
	world_close(&w);
}


/* A failed account tries at once; with other settings by another endpoint. */
static void again(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;
	char *why = NULL;

	(void)state;
	world_open(&w);
	a = world_account(&w, "work", ALICE);
	core_login(a, NULL, NULL);
	e = fake_endpoint();
	fake_state(e, ENDPOINT_FAILED, "refused");
	world_run(&w, 0);
	world_quiet(&w);
	core_login(a, NULL, NULL);
	assert_ptr_equal(fake_endpoint(), e);
	assert_calls(&w, "sign in " ALICE "\n");
	fake_state(e, ENDPOINT_FAILED, "refused");
	assert_int_equal(
		core_account_set(a, "proxy", "sip:p.lab.test", NULL), 0);
	core_login(a, NULL, NULL);
	e = fake_endpoint();
	assert_string_equal(e->proxy, "sip:p.lab.test");
	assert_int_equal(e->expires, 3600);
	assert_memory_equal(e->instance, "urn:uuid:", 9);
	world_run(&w, 0);
	assert_log(&w,
		"account work connecting\n"
		"account work failed: refused\n"
		"account work offline\naccount work connecting\n");
	fake_state(e, ENDPOINT_ONLINE, NULL);
	assert_int_equal(core_account_set(a, "session", "page", &why), 0);
	assert_string_equal(
		why, "work is signed in: session holds from the next login");
	why = mem_deref(why);
	assert_int_equal(core_account_set(a, "accept", "all", &why), 0);
	assert_null(why);
	world_run(&w, 0);
	assert_log(&w, "account work online 192.0.2.1:5060\n");
	world_close(&w);
}


static void logout(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	a = world_online(&w, &e);
	core_logout(a, world_done, "logout");
	/* A login while it leaves comes after it. */
	core_login(a, world_done, "login");
	fake_state(e, ENDPOINT_OFFLINE, NULL);
	world_run(&w, 0);
	assert_log(&w, "");
	assert_calls(&w, "sign out " ALICE " 2000\n");
	fake_signed_out(e);
	world_run(&w, 0);
	assert_calls(&w, "publish online - - 0\nsign in " ALICE "\n");
	assert_log(&w,
		"account work offline\nlogout: 0\n"
		"account work connecting\n");
	fake_state(fake_endpoint(), ENDPOINT_ONLINE, NULL);
	world_run(&w, 0);
	assert_log(&w, "account work online 192.0.2.1:5060\nlogin: 0\n");
	core_logout(a, world_done, "logout");
	fake_signed_out(fake_endpoint());
	world_run(&w, 0);
	assert_null(fake_endpoint());
	core_logout(a, world_done, "logout");
	world_run(&w, 0);
	assert_log(&w, "account work offline\nlogout: 0\nlogout: 0\n");
	world_close(&w);
}


static void removed(void **state)
{
	const struct core_origin origin = {"sotto.conf", 7};
	struct core_account *a;
	char *why = NULL;
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(
		core_account_add(w.core, "work", ALICE, &origin, &a, NULL), 0);
	core_login(a, world_done, "login");
	mem_ref(a);
	assert_int_equal(core_account_remove(a, &why), 0);
	assert_string_equal(why,
		"account work is declared in sotto.conf, line 7: it comes "
		"back at the next start");
	assert_null(core_account_find(w.core, "work"));
	assert_null(core_account_first(w.core));
	world_run(&w, 0);
	assert_log(&w,
		"account work offline\naccount work connecting\n"
		"login: 75 signed out\n");
	fake_signed_out(fake_endpoint());
	world_run(&w, 0);
	assert_log(&w, "account work offline\n");
	/* Whoever still holds it finds nothing to do with it. */
	core_login(a, world_done, "login");
	core_logout(a, world_done, "logout");
	assert_int_equal(core_account_remove(a, NULL), 0);
	assert_null(core_chat_get(a, BOB));
	assert_int_equal(
		core_buddy_add(a, BOB, NULL, NULL, NULL, NULL, NULL), 78);
	world_run(&w, 0);
	assert_log(&w, "");
	mem_deref(a);
	mem_deref(why);
	world_close(&w);
}


int test_account(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add),
		cmocka_unit_test(settings),
		cmocka_unit_test(logins),
		cmocka_unit_test(misconfigured),
		cmocka_unit_test(the_same),
		cmocka_unit_test(again),
		cmocka_unit_test(logout),
		cmocka_unit_test(removed),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
