/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.c - runs a fuzz target on files and folders of them, without a
 * fuzzer: the seeds, and whatever was once found. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "fuzz.h"
#include "mem.h"

enum {
	FILE_MAX = 1 << 20,
};


/* As the fuzzer gives it: a block of just that size. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	size_t before = mem_live_count();

	MUST(copy);
	memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	MUST(mem_live_count() == before);
	free(copy);
}


/* The whole file and some of its beginnings. */
static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(FILE_MAX);
	size_t n, size;

	MUST(data);
	if (!f) {
		(void)fprintf(stderr, "cannot read %s\n", path);
		free(data);
		return 1;
	}
	size = fread(data, 1, FILE_MAX, f);
	(void)fclose(f);
	run(data, size);
	for (n = 0; n < size; n += 1 + size / 64)
		run(data, n);
	free(data);
	return 0;
}


static int replay(const char *path, size_t *count)
{
	struct dirent **names;
	char below[4096];
	struct stat st;
	int i, n, failed = 0;

	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		++*count;
		return replay_file(path);
	}
	n = scandir(path, &names, NULL, alphasort);
	for (i = 0; i < n; i++) {
		if (names[i]->d_name[0] != '.') {
			(void)snprintf(below, sizeof(below), "%s/%s", path,
				names[i]->d_name);
			failed |= replay(below, count);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return failed;
}


int main(int argc, char **argv)
{
	size_t count = 0;
	int i, failed = 0;

	for (i = 1; i < argc; i++)
		failed |= replay(argv[i], &count);
	(void)printf("%zu files\n", count);
	return failed || !count;
}
