/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_child.c - commands of the user that run only in the notes. */
#include <errno.h>
#include "child.h"
#include "world.h"


struct child {
	struct le le;
	child_h *h;
	void *arg;
};


static void destructor(void *data)
{
	struct child *c = data;

	list_unlink(&c->le);
}


int child_run_env(struct child **cp, struct loop *loop, const char *const *argv,
	const char *const *env, uint64_t timeout, size_t max_output, child_h *h,
	void *arg)
{
	struct child *c;

	assert_non_null(loop);
	assert_true(timeout > 0 && max_output > 0);
	if (!strcmp(argv[0], "missing"))
		return ENOENT;
	mbuf_write_str(world->calls, "run");
	for (; *argv; argv++)
		mbuf_printf(world->calls, " [%s]", *argv);
	for (; env && *env; env++)
		mbuf_printf(world->calls, " %s", *env);
	mbuf_write_u8(world->calls, '\n');
	c = mem_zalloc(sizeof(*c), destructor);
	c->h = h;
	c->arg = arg;
	list_append(&world->children, &c->le, c);
	*cp = c;
	return 0;
}


int child_run(struct child **cp, struct loop *loop, const char *const *argv,
	uint64_t timeout, size_t max_output, child_h *h, void *arg)
{
	return child_run_env(cp, loop, argv, NULL, timeout, max_output, h, arg);
}


void fake_child_end(int status, const char *out, const char *why)
{
	struct child *c = list_data(world->children.head);
	struct pl text = pl_str(out), errtext = PL("words of stderr");

	assert_non_null(c);
	mem_ref(c);
	list_unlink(&c->le);
	c->h(status, &text, &errtext, why, c->arg);
	mem_deref(c);
}
