/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doc.h - what the tests of presence documents share. */
#ifndef SOTTO_UNIT_DOC_H
#define SOTTO_UNIT_DOC_H

#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "file.h"
#include "mbuf.h"
#include "pres.h"
#include "unit.h"

#define DOC_HEAD                                                         \
	"<presence xmlns='urn:ietf:params:xml:ns:pidf' "                 \
	"xmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' "             \
	"xmlns:r='urn:ietf:params:xml:ns:pidf:rpid' "                    \
	"xmlns:p='urn:ietf:params:xml:ns:pidf' xmlns:z='urn:example:z' " \
	"entity='sip:bob@example.org'>"
#define DOC_OPEN "<tuple id='t'><status><basic>open</basic></status></tuple>"
#define DOC_TAIL "</presence>"

/* Decodes TEXT without a media type. */
static inline int doc_decode(
	struct pres_doc **dp, const char *text, const struct pres_query *query)
{
	struct pl pl = pl_str(text);

	return pres_decode(dp, NULL, &pl, query);
}

/* NAME below the shared test data, or NULL where there is none (mem_deref). */
static inline char *doc_path(const char *name)
{
	const char *shared = getenv("SOTTO_SHARED");
	char *path;

	path = shared ? mem_printf("%s/data/%s", shared, name)
		      : mem_printf("%s/../shared/data/%s", TEST_SRCDIR, name);
	return path;
}

static inline struct mbuf *doc_read(const char *name)
{
	char *path = doc_path(name);
	struct mbuf *mb = NULL;

	if (file_read(&mb, path, 1024 * 1024))
		mb = NULL;
	mem_deref(path);
	return mb;
}

/* Exit status of xmllint for the document MB; -1: it cannot be run. */
static inline int doc_validate(const char *schema, const struct mbuf *mb)
{
	char path[] = "/tmp/sotto-unit-XXXXXX";
	char *argv[] = {"xmllint", "--nonet", "--noout", "--schema",
		(char *)(uintptr_t)schema, path, NULL};
	char *const env[] = {NULL};
	int fd = mkstemp(path), status = -1;
	pid_t pid;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, mb->buf, mb->end), mb->end);
	close(fd);
	if (!posix_spawnp(&pid, argv[0], NULL, NULL, argv, env) &&
		waitpid(pid, &status, 0) == pid)
		status = WEXITSTATUS(status);
	unlink(path);
	return status == 127 ? -1 : status;
}

#endif
