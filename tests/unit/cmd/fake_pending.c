/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include "fake_pending.h"
#include "mem.h"


struct pending {
	struct le le;
	char *verb;
	core_done_h *done;
	void *arg;
};


static void destructor(void *data)
{
	struct pending *p = data;

	list_unlink(&p->le);
	mem_deref(p->verb);
}


void fake_pending_add(
	struct list *list, const char *verb, core_done_h *done, void *arg)
{
	struct pending *p = mem_zalloc(sizeof(*p), destructor);

	p->verb = mem_strdup(verb);
	p->done = done;
	p->arg = arg;
	list_append(list, &p->le, p);
}


bool fake_pending_end(struct list *list, const char *verb,
	const struct core_outcome *outcome)
{
	struct le *le, *next;

	LIST_FOREACH (list, le, next) {
		struct pending *p = le->data;

		if (strcmp(p->verb, verb))
			continue;
		list_unlink(&p->le);
		p->done(outcome, p->arg);
		mem_deref(p);
		return true;
	}
	return false;
}
