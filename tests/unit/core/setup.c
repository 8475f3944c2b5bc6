/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include "file.h"
#include "world.h"

int test_setup(void);


static void row_h(const char *key, const char *value, void *arg)
{
	mbuf_printf(arg, "%s=%s\n", key, value);
}


static void assert_rows(
	struct world *w, const char *table, const char *expected)
{
	w->memory->ops->each(w->memory, table, row_h, NULL, w->calls);
	world_run(w, 0);
	assert_calls(w, expected);
}


static struct core_account *try(struct world *w)
{
	struct core_account *a = NULL;
	char *why = NULL;

	assert_int_equal(core_account_try(w->core, "work", ALICE, &a, &why), 0);
	assert_null(why);
	assert_int_equal(
		core_account_set(a, "proxy", "sip:p.lab.test", NULL), 0);
	return a;
}


/* Signed in, and gone without a trace. */
static void tried(void **state)
{
	struct core_account *a, *b = NULL;
	struct endpoint *e;
	struct world w;
	char *why = NULL;

	(void)state;
	world_open(&w);
	a = try(&w);
	assert_int_equal(core_account_try(w.core, "work", BOB, &b, &why), 64);
	assert_string_equal(why, "account work exists and is " ALICE);
	why = mem_deref(why);
	assert_int_equal(core_account_try(w.core, "w", "x y", &b, &why), 65);
	assert_null(b);
	why = mem_deref(why);
	e = world_login(&w, a);
	assert_string_equal(e->proxy, "sip:p.lab.test");
	assert_int_equal(core_account_remove(a, &why), 0);
	assert_null(why);
	fake_signed_out(e);
	world_run(&w, 0);
	assert_null(core_account_first(w.core));
	world_quiet(&w);
	assert_rows(&w, "account", "");
	assert_rows(&w, "setting", "");
	assert_rows(&w, "instance", "");
	world_close(&w);
}


/* Typed after all: the store has it, but for the password. */
static void kept(void **state)
{
	struct core_account *a;
	struct world w;

	(void)state;
	world_open(&w);
	a = try(&w);
	core_account_set(a, "password", "secret", NULL);
	world_login(&w, a);
	assert_int_equal(w.n_put, 0);
	core_account_keep(a);
	world_run(&w, 0);
	world_quiet(&w);
	assert_rows(&w, "account", "work=" ALICE "\n");
	assert_rows(&w, "setting", "work\tproxy=sip:p.lab.test\n");
	world_close(&w);
}


static void secret_h(const char *user, const char *password, void *ctx)
{
	(void)ctx;
	mbuf_printf(world->calls, "%s %s\n", user, password ? password : "-");
}


static void ask_h(
	const char *prompt, core_secret_h *answer, void *ctx, void *arg)
{
	(void)prompt;
	(void)arg;
	mbuf_write_str(world->calls, "asked\n");
	answer(NULL, ctx);
}


/* The password is known until it is refused. */
static void secret(void **state)
{
	struct core_account *a;
	struct endpoint *e;
	struct world w;

	(void)state;
	world_open(&w);
	core_set_ask(w.core, ask_h, NULL);
	a = try(&w);
	core_account_secret(a, "s3cret");
	core_login(a, world_done, "login");
	world_run(&w, 0);
	e = fake_endpoint();
	world_quiet(&w);
	e->h.credentials("lab.test", secret_h, NULL, e->h.arg);
	assert_calls(&w, "alice s3cret\n");
	e->h.status(&(const struct endpoint_status){.state = ENDPOINT_FAILED,
			    .wrong_password = true},
		e->h.arg);
	world_run(&w, 0);
	e->h.credentials("lab.test", secret_h, NULL, e->h.arg);
	assert_calls(&w, "asked\nalice -\n");
	world_close(&w);
}


static void assert_file(const char *path, const char *expected)
{
	struct mbuf *mb = NULL;

	assert_int_equal(file_read(&mb, path, 1000), 0);
	assert_pl(mbuf_all(mb), expected);
	mem_deref(mb);
}


static void written(void **state)
{
	static const char text[] = "# c\naccount add work " ALICE "\n";
	char dir[] = "/tmp/sotto-unit.XXXXXX";
	struct core_account *a;
	char *file, *why = NULL, *expected;
	struct world w;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = mem_printf("%s/sotto.conf", dir);
	world_open(&w);
	a = try(&w);
	world_login(&w, a);
	/* It cannot be: nothing is known of it yet. */
	core_account_write(a, dir, text, 2, false, world_done, "write");
	world_run(&w, 0);
	expected = mem_printf("write: 71 %s: Is a directory", dir);
	assert_true(world_has(w.log, expected));
	mem_deref(expected);
	assert_int_equal(w.n_put, 0);

	assert_int_equal(file_replace(file, "a\nb", 3, 0644), 0);
	core_account_write(a, file, text, 2, true, world_done, "write");
	world_run(&w, 0);
	assert_true(world_has(w.log, "write: 0"));
	assert_file(file, "a\nb\n# c\naccount add work " ALICE "\n");
	assert_false(file_others_read(file));
	world_quiet(&w);
	assert_rows(&w, "account", "");
	assert_int_equal(core_account_remove(a, &why), 0);
	expected = mem_printf("account work is declared in %s, line 4: it "
			      "comes back at the next start",
		file);
	assert_string_equal(why, expected);
	mem_deref(expected);
	mem_deref(why);

	/* The core goes while it is written. */
	a = world_account(&w, "home", "sip:alice@lab.test");
	w.hold = true;
	core_account_write(a, file, text, 2, false, world_done, "write");
	world_close(&w);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(dir), 0);
	mem_deref(file);
}


static void names(void **state)
{
	static const struct {
		const char *aor;
		const char *name;
	} cases[] = {
		{"sip:alice@example.org", "alice"},
		{"sip:kim@example.org", "kim-2"},
		{"sip:kim.lee+1@example.org", "kimlee1"},
		{"sip:%c3%a4@example.org", "me"},
		{"sip:-@example.org", "me"},
		{"sip:a-very-long-name-that-goes-on-and-on@example.org",
			"a-very-long-name-that-goes-on-an"},
	};
	struct world w;
	size_t i;

	(void)state;
	world_open(&w);
	world_account(&w, "kim", KIM);
	for (i = 0; i < UNIT_N(cases); i++) {
		char *name = core_account_propose(w.core, cases[i].aor);
		char *why = NULL;

		assert_string_equal(name, cases[i].name);
		assert_int_equal(
			core_account_name_check(w.core, name, &why), 0);
		mem_deref(name);
	}
	world_close(&w);
}


int test_setup(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tried),
		cmocka_unit_test(kept),
		cmocka_unit_test(secret),
		cmocka_unit_test(written),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
