/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file.h - paths, private modes, whole files, atomic replacement, locks.
 *
 * These calls block on the disk; they are for the start, for small files
 * and for net/work jobs.
 */
#ifndef SOTTO_FILE_H
#define SOTTO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "mbuf.h"

/* Default configuration file and state directory by the XDG rules; NULL
 * where neither XDG variable nor HOME is set (mem_deref). */
char *file_config_path(void);
char *file_state_dir(void);

/* PATH with a leading "~/" replaced by HOME (mem_deref). */
char *file_expand(const char *path);

/* Makes DIR and its parents, DIR itself with mode 0700. Errno. */
int file_private_dir(const char *dir);

/* Reads PATH whole. EFBIG if it has more than MAX bytes, else errno. */
int file_read(struct mbuf **mbp, const char *path, size_t max);

/* True if others than the owner may read PATH (group or world bits). */
bool file_others_read(const char *path);

/* Writes a new file of mode MODE beside PATH, syncs, renames. Errno. */
int file_replace(const char *path, const void *p, size_t n, mode_t mode);

/* Puts the N bytes at P behind what PATH holds, which stays as it is, but that
 * its last line is ended; at most MAX bytes in all (EFBIG). The file is put in
 * place as a whole and synced: a full disk loses nothing. Its mode and owner
 * stay; what it is a link to is written. A missing file is made with mode
 * 0600, its directory with 0700. SECRET: nobody but the owner may read it from
 * now on. *LINES: how many stand before P. Errno; EBUSY: somebody else was
 * writing. */
int file_append(const char *path, const void *p, size_t n, size_t max,
	bool secret, unsigned *lines);

/* Holds DIR for this program: DIR/lock, an exclusive lock with our pid in it
 * where there is room. EAGAIN: held by *PID (0 if unknown). The lock ends
 * with mem_deref(). */
struct file_lock;
int file_lock(struct file_lock **lockp, const char *dir, pid_t *pid);

#endif
