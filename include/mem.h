/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem.h - refcounted memory blocks with destructors.
 *
 * Every object of sotto is a block of this kind. A block is born with one
 * reference; mem_ref() takes another, mem_deref() gives one back, and the
 * last one runs the destructor and frees the block. No call here returns
 * NULL for want of memory: the program ends with status 71 (EX_OSERR) after
 * the handler set with mem_oom_handler() has restored the terminal. Sizes
 * that a peer controls must therefore be bounded before they come here.
 *
 * References are not atomic: a block belongs to one thread at a time.
 */
#ifndef SOTTO_MEM_H
#define SOTTO_MEM_H

#include <stddef.h>
#include <stdint.h>

/* Called once with the block when its last reference goes; it releases what
 * the block owns, not the block itself. */
typedef void(mem_destroy_h)(void *data);

/* A block of SIZE bytes, contents undefined; DESTROY may be NULL. */
void *mem_alloc(size_t size, mem_destroy_h *destroy);

/* As mem_alloc(), the first CLEAR bytes, SIZE at most, zero. */
void *mem_alloc_clear(size_t size, size_t clear, mem_destroy_h *destroy);

/* As mem_alloc(), filled with zero bytes. */
void *mem_zalloc(size_t size, mem_destroy_h *destroy);

/* DATA (or NULL) moved to a block of N * SIZE bytes; destructor and
 * references stay. DATA must have one reference only. */
void *mem_reallocarray(void *data, size_t n, size_t size);

/* One more reference to DATA, which is returned; NULL is allowed. */
void *mem_ref(void *data);

/* One reference less. Always returns NULL, so that `p = mem_deref(p)`
 * releases and clears; NULL is allowed. */
void *mem_deref(void *data);

/* Number of references to DATA; 0 for NULL. */
uint32_t mem_nrefs(const void *data);

/* A copy of the N bytes at P with a NUL behind them. */
char *mem_strndup(const char *p, size_t n);

/* A copy of the C string S; NULL gives NULL. */
char *mem_strdup(const char *s);

/* A reference to *LAST where that has the text of S; else *LAST becomes a copy
 * of S, and that is. For texts that many objects have in common and none
 * writes to; NULL gives NULL. */
char *mem_strshare(char **last, const char *s);

/* A printf()ed string. */
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Gives back to the system what is free, after work that took much in small
 * pieces: a document of BYTES. Nothing where that is little. */
void mem_trim(size_t bytes);

/* Overwrites the N bytes at P in a way the compiler cannot leave out. */
void mem_wipe(void *p, size_t n);

/* A destructor for blocks that hold a NUL-terminated secret: wipes it. */
char *mem_secret_strndup(const char *p, size_t n);

/* Blocks alive now in the whole process: tests compare it before and
 * after. */
size_t mem_live_count(void);

/* Ends the program for want of memory: for libraries that report it. */
_Noreturn void mem_oom(void);

/* What runs before the program ends for want of memory; it must not
 * allocate. */
struct mem_last {
	void (*run)(void *arg);
	void *arg;
};

/* LAST is borrowed until the next call; NULL: nothing runs. */
void mem_oom_handler(const struct mem_last *last);

#endif
