/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "sa.h"
#include "unit.h"

int test_sa(void);


static void decode(void **state)
{
	static const struct {
		const char *in;
		int err;
		const char *addr, *text, *host;
	} cases[] = {
		{"127.0.0.1:5070", 0, "127.0.0.1", "127.0.0.1:5070",
			"127.0.0.1"},
		{"127.0.0.1", 0, "127.0.0.1", "127.0.0.1:5060", "127.0.0.1"},
		{"192.0.2.1:0", 0, "192.0.2.1", "192.0.2.1:0", "192.0.2.1"},
		{"[2001:db8::1]:5061", 0, "2001:db8::1", "[2001:db8::1]:5061",
			"[2001:db8::1]"},
		{"[2001:DB8:0::1]", 0, "2001:db8::1", "[2001:db8::1]:5060",
			"[2001:db8::1]"},
		{"::1", 0, "::1", "[::1]:5060", "[::1]"},
		{"[fe80::1%2]:5060", 0, "fe80::1%2", "[fe80::1%2]:5060",
			"[fe80::1]"},
		{"127.0.0.1:65536", EINVAL, "", ":0", ""},
		{"127.0.0.1:", EINVAL, "", ":0", ""},
		{"127.0.0.1:x", EINVAL, "", ":0", ""},
		{"127.0.0", EINVAL, "", ":0", ""},
		{"127.0.0.256", EINVAL, "", ":0", ""},
		{"127.0.0.1 ", EINVAL, "", ":0", ""},
		{"[::1", EINVAL, "", ":0", ""},
		{"[::1]5060", EINVAL, "", ":0", ""},
		{"[127.0.0.1]:5060", EINVAL, "", ":0", ""},
		{"[]:5060", EINVAL, "", ":0", ""},
		{"[fe80::1%nosuchinterface0]:1", EINVAL, "", ":0", ""},
		{"example.org:5060", EINVAL, "", ":0", ""},
		{":5060", EINVAL, "", ":0", ""},
		{"", EINVAL, "", ":0", ""},
		{"1:2:3:4:5:6:7:8:9", EINVAL, "", ":0", ""},
		{"11111111111111111111111111111111111111111111:1", EINVAL, "",
			":0", ""},
	};
	char buf[SA_TEXT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		struct pl pl = pl_str(cases[i].in);
		struct sa sa = {0};

		assert_int_equal(sa_decode(&sa, &pl, 5060), cases[i].err);
		assert_int_equal(sa_isset(&sa), !cases[i].err);
		assert_string_equal(sa_addr_text(&sa, buf), cases[i].addr);
		assert_string_equal(sa_text(&sa, buf), cases[i].text);
		assert_string_equal(sa_host_text(&sa, buf), cases[i].host);
	}
}


static void compare(void **state)
{
	struct sa a = {0}, b = {0}, c = {0}, unset = {0};

	(void)state;
	assert_int_equal(sa_set_str(&a, "192.0.2.1", 1), 0);
	assert_int_equal(sa_set_str(&b, "192.0.2.1", 2), 0);
	assert_int_equal(sa_set_str(&c, "2001:db8::1", 1), 0);
	assert_true(sa_addr_eq(&a, &b));
	assert_false(sa_eq(&a, &b));
	assert_int_not_equal(sa_hash(&a), sa_hash(&b));
	sa_set_port(&b, 1);
	assert_true(sa_eq(&a, &b));
	assert_int_equal(sa_hash(&a), sa_hash(&b));
	assert_false(sa_addr_eq(&a, &c));
	assert_false(sa_addr_eq(&a, &unset));
	assert_true(sa_eq(&unset, &unset));
	assert_int_equal(sa_family(&unset), AF_UNSPEC);
	assert_int_equal(sa_port(&unset), 0);
	sa_set_port(&c, 99);
	assert_int_equal(sa_port(&c), 99);
}


static void kinds(void **state)
{
	static const struct {
		const char *addr;
		bool any, loopback;
	} cases[] = {
		{"0.0.0.0", true, false},
		{"::", true, false},
		{"127.0.0.1", false, true},
		{"127.1.2.3", false, true},
		{"::1", false, true},
		{"192.0.2.1", false, false},
		{"2001:db8::1", false, false},
	};
	struct sa sa;
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		assert_int_equal(sa_set_str(&sa, cases[i].addr, 0), 0);
		assert_int_equal(sa_isany(&sa), cases[i].any);
		assert_int_equal(sa_isloopback(&sa), cases[i].loopback);
	}
}


static void sockaddr(void **state)
{
	struct sa sa = {0}, copy = {0};

	(void)state;
	assert_int_equal(sa_set_str(&sa, "::1", 7), 0);
	sa_set_sockaddr(&copy, &sa.u.sa, sa.len);
	assert_true(sa_eq(&sa, &copy));
	sa_set_sockaddr(&copy, &sa.u.sa, sa.len - 1);
	assert_false(sa_isset(&copy));
	sa_set_sockaddr(&copy, &sa.u.sa, 0);
	assert_false(sa_isset(&copy));
}


static void local_for(void **state)
{
	char buf[SA_TEXT_SIZE];
	struct sa dst, local = {0};

	(void)state;
	assert_int_equal(sa_set_str(&dst, "127.0.0.1", 0), 0);
	assert_int_equal(sa_local_for(&local, &dst), 0);
	assert_string_equal(sa_text(&local, buf), "127.0.0.1:0");
	assert_int_equal(sa_set_str(&dst, "::1", 5060), 0);
	assert_int_equal(sa_local_for(&local, &dst), 0);
	assert_string_equal(sa_text(&local, buf), "[::1]:0");
	memset(&dst, 0, sizeof(dst));
	assert_int_not_equal(sa_local_for(&local, &dst), 0);
}


int test_sa(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(compare),
		cmocka_unit_test(kinds),
		cmocka_unit_test(sockaddr),
		cmocka_unit_test(local_for),
	};

	return cmocka_run_group_tests_name("sa", tests, NULL, NULL);
}
