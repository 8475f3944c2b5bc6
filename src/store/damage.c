/* SPDX-License-Identifier: GPL-3.0-or-later */
/* damage.c - what to do with a file that is no database any more, and how to
 * say what is wrong with the disk. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "date.h"
#include "db.h"
#include "mem.h"


/* PATH with SUFFIX becomes NAME with SUFFIX. */
static int move(const char *path, const char *name, const char *suffix)
{
	char *from = mem_printf("%s%s", path, suffix);
	char *to = mem_printf("%s%s", name, suffix);
	int err = rename(from, to) ? errno : 0;

	mem_deref(from);
	mem_deref(to);
	return err;
}


int damage_set_aside(const char *path, int64_t now, char **name)
{
	char date[DATE_SIZE];
	char *shm = mem_printf("%s-shm", path);
	int i, err;

	date_rfc3339(date, now);
	date[strcspn(date, ".")] = '\0';
	*name = mem_printf("%s.damaged-%s", path, date);
	for (i = 2; !access(*name, F_OK) && i < 1000; i++) {
		mem_deref(*name);
		*name = mem_printf("%s.damaged-%s-%d", path, date, i);
	}
	err = move(path, *name, "");
	/* With what was not yet carried over from its log. */
	if (!err)
		(void)move(path, *name, "-wal");
	(void)unlink(shm);
	mem_deref(shm);
	if (err)
		*name = mem_deref(*name);
	return err;
}


void damage_forget(const char *path)
{
	char *wal = mem_printf("%s-wal", path);
	char *shm = mem_printf("%s-shm", path);

	(void)unlink(wal);
	(void)unlink(shm);
	mem_deref(wal);
	mem_deref(shm);
}


const char *damage_sentence(int err)
{
	switch (err) {
	case ENOSPC:
		return "the disk is full: messages are not stored until "
		       "there is room";
	case EROFS:
	case EACCES:
		return "the store may not be written: messages are not "
		       "stored until it may";
	default:
		return "the disk fails: messages are not stored until it "
		       "works again";
	}
}
