/* SPDX-License-Identifier: GPL-3.0-or-later */
/* files.c - names of files for a word, from a disk that answers or not. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "mbuf.h"
#include "unit.h"
#include "world.h"

int test_files(void);


static void name_h(const char *name, void *arg)
{
	mbuf_printf(arg, "%s ", name);
}


/* What is found, each behind its directory, or "-". */
static void assert_files(struct world *w, const char *dir, const char *typed,
	bool fold, const char *expected)
{
	struct mbuf *mb = mbuf_alloc(SIZE_MAX);
	char *word = mem_printf("%s/%s", dir, typed), *found, *p, *to;
	size_t n = strlen(dir) + 1;

	if (!cmd_files(w->cmd, word, fold, name_h, mb))
		mbuf_write_str(mb, "-");
	found = mbuf_strdup(mb);
	for (p = to = found; *p;) {
		if (!strncmp(p, dir, n - 1))
			p += n;
		else
			*to++ = *p++;
	}
	*to = '\0';
	assert_string_equal(found, expected);
	mem_deref(found);
	mem_deref(word);
	mem_deref(mb);
}


static void touch(const char *dir, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
	mem_deref(path);
}


static void forget(const char *dir, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);

	assert_int_equal(remove(path), 0);
	mem_deref(path);
}


static void files(void **state)
{
	static const char *const names[] = {"beta", "alpha", "Alps", "a b"};
	char dir[] = "/tmp/sotto-files-XXXXXX";
	struct world *w = world_alloc(0);
	char *sub, *link;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(dir));
	sub = mem_printf("%s/album", dir);
	link = mem_printf("%s/apart", dir);
	assert_int_equal(mkdir(sub, 0700), 0);
	assert_int_equal(symlink("album", link), 0);
	for (i = 0; i < UNIT_N(names); i++)
		touch(dir, names[i]);

	assert_files(w, dir, "", false, "Alps a b album/ alpha apart/ beta ");
	assert_files(w, dir, "al", false, "album/ alpha ");
	assert_files(w, dir, "al", true, "Alps album/ alpha ");
	assert_files(w, dir, "moon", false, "");
	assert_files(w, dir, "moon/x", false, "");
	assert_files(w, dir, "album/", false, "");

	/* A disk that takes its time is asked once; what it said is there
	 * when it is asked for again. */
	fake_job.slow = true;
	assert_files(w, dir, "al", false, "-");
	assert_files(w, dir, "b", false, "-");
	fake_job.run(fake_job.arg);
	assert_files(w, dir, "al", false, "album/ alpha ");
	fake_job.done(fake_job.arg);
	fake_job = (struct fake_job){.slow = true};
	assert_files(w, dir, "b", false, "-");
	fake_job.run(fake_job.arg);
	fake_job.done(fake_job.arg);
	fake_job = (struct fake_job){.slow = true};
	assert_files(w, dir, "b", false, "beta ");
	/* ... and one that does not answer outlives us. */
	assert_files(w, dir, "b", false, "-");
	world_free(w);
	fake_job.run(fake_job.arg);
	fake_job.done(fake_job.arg);
	fake_job = (struct fake_job){.slow = false};

	for (i = 0; i < UNIT_N(names); i++)
		forget(dir, names[i]);
	forget(dir, "apart");
	forget(dir, "album");
	assert_int_equal(rmdir(dir), 0);
	mem_deref(link);
	mem_deref(sub);
}


int test_files(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
