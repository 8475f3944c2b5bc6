/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "world.h"
#include "file.h"

int test_exchange_export(void);


static void done_h(int status, const char *why, size_t n, void *arg)
{
	struct world *w = arg;

	mbuf_printf(w->calls, "%d %zu %s\n", status, n, why ? why : "-");
}


static void export(struct world *w, struct core_account *a, const char *path)
{
	assert_int_equal(
		core_exchange_export(w->core, a, path, done_h, w, NULL), 0);
	world_run(w, 0);
}


static void assert_file(const char *path, const char *expected)
{
	struct mbuf *mb = NULL;
	struct stat st;

	assert_int_equal(file_read(&mb, path, 100000), 0);
	assert_pl(mbuf_all(mb), expected);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	mem_deref(mb);
}


static void written(void **state)
{
	static const char *const groups[] = {"Friends", "Work", NULL};
	char dir[] = "/tmp/sotto-unit.XXXXXX";
	struct core_account *work, *home;
	char *file, *why = NULL;
	struct world w;

	(void)state;
	assert_non_null(mkdtemp(dir));
	file = mem_printf("%s/a.csv", dir);
	world_open(&w);
	work = world_account(&w, "work", ALICE);
	home = world_account(&w, "home", "sip:alice@lab.test");
	core_buddy_add(work, BOB, "Bob", groups, NULL, NULL, NULL);
	core_buddy_found(work, "sip:found@x", NULL, NULL, NULL, NULL);
	core_buddy_add(home, KIM, NULL, NULL, NULL, NULL, NULL);
	core_buddy_add(home, BOB, NULL, groups + 1, NULL, NULL, NULL);
	world_run(&w, 0);
	world_quiet(&w);
	export(&w, NULL, file);
	assert_calls(&w, "0 2 -\n");
	assert_file(file,
		"uri,name,groups\r\n" BOB ",Bob,Friends;Work\r\n" KIM ",,\r\n");
	export(&w, home, file);
	assert_calls(&w, "0 2 -\n");
	assert_file(file, "uri,name,groups\r\n" KIM ",,\r\n" BOB ",,Work\r\n");
	assert_int_equal(
		core_exchange_export(w.core, NULL, "x.vcf", done_h, &w, &why),
		64);
	assert_string_equal(why, "x.vcf: the name has to end in .xml or .csv");
	/* Written while the core goes. */
	w.hold = true;
	export(&w, work, file);
	world_close(&w);
	mem_deref(why);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(dir), 0);
	mem_deref(file);
}


/* Neither what was there nor what is beside it is touched. */
static void refused(void **state)
{
	char dir[] = "/tmp/sotto-unit.XXXXXX";
	struct world w;
	char *file, *told;

	(void)state;
	assert_non_null(mkdtemp(dir));
	world_open(&w);
	world_account(&w, "work", ALICE);
	world_run(&w, 0);
	world_quiet(&w);
	file = mem_printf("%s/no/a.xml", dir);
	told = mem_printf("71 0 %s: No such file or directory\n", file);
	export(&w, NULL, file);
	assert_calls(&w, told);
	mem_deref(told);
	mem_deref(file);
	file = mem_printf("%s/a.xml", dir);
	told = mem_printf("71 0 %s: Is a directory\n", file);
	assert_int_equal(mkdir(file, 0700), 0);
	export(&w, NULL, file);
	assert_calls(&w, told);
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(rmdir(dir), 0);
	mem_deref(told);
	mem_deref(file);
	world_close(&w);
}


int test_exchange_export(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests_name(
		"exchange_export", tests, NULL, NULL);
}
