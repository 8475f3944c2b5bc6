/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files.c - names of files for a word that is being completed, read beside
 * the loop: a directory may be on a server that does not answer.
 */
#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include "cmd_int.h"
#include "file.h"
#include "work.h"


enum {
	NAMES_MAX = 2000, /* of one directory */
	ENTRIES_MAX = 100000, /* looked at */
	WAIT_MS = 100, /* that a Tab may take */
	NAP_US = 200,
};

/* A directory that is read, or was. It belongs to the job until that is over,
 * and to the commands. */
struct cmd_files {
	struct cmd *cmd; /* NULL: nobody wants it */
	char *word;
	bool fold; /* case is ignored */
	bool flying; /* the job is not over in the loop */
	atomic_bool done; /* what follows is complete */
	char **names;
	size_t n;
};


static void files_destructor(void *data)
{
	struct cmd_files *f = data;
	size_t i;

	for (i = 0; i < f->n; i++)
		mem_deref(f->names[i]);
	mem_deref(f->names);
	mem_deref(f->word);
}


/* ---- beside the loop ------------------------------------------------ */

static bool is_directory(const char *dir, const struct dirent *entry)
{
	struct stat st;
	char *path;
	bool yes;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	path = mem_printf("%s/%s", dir, entry->d_name);
	yes = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	mem_deref(path);
	return yes;
}


static bool fits(const struct cmd_files *f, const char *name, const char *part)
{
	size_t n = strlen(part);

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return f->fold ? !strncasecmp(name, part, n) : !strncmp(name, part, n);
}


static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}


/* LEAD stands before each name; PART is the beginning of those that fit. */
static void read_names(
	struct cmd_files *f, DIR *d, const char *dir, const struct pl *lead)
{
	const char *part = f->word + lead->l;
	size_t looked = 0;
	struct dirent *entry;

	while (f->n < NAMES_MAX && looked++ < ENTRIES_MAX &&
		(entry = readdir(d))) {
		if (!fits(f, entry->d_name, part))
			continue;
		f->names =
			mem_reallocarray(f->names, f->n + 1, sizeof(*f->names));
		f->names[f->n++] = mem_printf("%.*s%s%s", PL_ARG(lead),
			entry->d_name, is_directory(dir, entry) ? "/" : "");
	}
	if (f->n)
		qsort(f->names, f->n, sizeof(*f->names), compare);
}


static void run_handler(void *arg)
{
	struct cmd_files *f = arg;
	const char *slash = strrchr(f->word, '/');
	struct pl lead = {f->word, slash ? (size_t)(slash + 1 - f->word) : 0};
	char *typed = lead.l ? pl_strdup(&lead) : mem_strdup(".");
	char *dir = file_expand(typed);
	DIR *d = dir ? opendir(dir) : NULL;

	if (d) {
		read_names(f, d, dir, &lead);
		(void)closedir(d);
	}
	mem_deref(dir);
	mem_deref(typed);
	atomic_store(&f->done, true);
}


/* ---- in the loop ---------------------------------------------------- */

static void done_handler(void *arg)
{
	struct cmd_files *f = arg;

	f->flying = false;
	if (!f->cmd)
		mem_deref(f);
}


void files_forget(struct cmd *cmd)
{
	struct cmd_files *f = cmd->files;

	cmd->files = NULL;
	if (f && f->flying)
		f->cmd = NULL;
	else
		mem_deref(f);
}


static void begin(struct cmd *cmd, const char *word, bool fold)
{
	const struct work *work = core_work(cmd->core);
	struct cmd_files *f = mem_zalloc(sizeof(*f), files_destructor);

	f->cmd = cmd;
	f->word = mem_strdup(word);
	f->fold = fold;
	f->flying = true;
	atomic_init(&f->done, false);
	if (work->submit(work->ctx, run_handler, done_handler, f))
		mem_deref(f);
	else
		cmd->files = f;
}


/* A moment is not noticed; in it a disk of this machine has answered. */
static bool await(const struct cmd_files *f)
{
	const struct timespec nap = {.tv_nsec = NAP_US * 1000L};
	int naps = WAIT_MS * 1000 / NAP_US;

	while (!atomic_load(&f->done) && naps--)
		(void)nanosleep(&nap, NULL);
	return atomic_load(&f->done);
}


bool cmd_files(
	struct cmd *cmd, const char *word, bool fold, cmd_file_h *h, void *arg)
{
	size_t i;

	/* While one does not answer, no other is asked: each would take a
	 * thread that names and passwords need. */
	if (cmd->files && !atomic_load(&cmd->files->done) &&
		(strcmp(cmd->files->word, word) != 0))
		return false;
	if (cmd->files && strcmp(cmd->files->word, word) != 0)
		files_forget(cmd);
	if (!cmd->files)
		begin(cmd, word, fold);
	if (!cmd->files || !await(cmd->files))
		return false;
	for (i = 0; i < cmd->files->n; i++)
		h(cmd->files->names[i], arg);
	/* The next time there may be others. */
	files_forget(cmd);
	return true;
}
