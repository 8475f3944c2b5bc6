/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fold.c - groups of the buddy list that are folded, kept over the end of the
 * program. */
#include <string.h>
#include "core_int.h"


enum {
	FOLDS_MAX = 1000, /* groups come and go; the oldest is forgotten */
};

/* A row of "fold" is the name of a group. */
struct fold {
	struct le le;
	char *group;
};


static void destructor(void *data)
{
	struct fold *f = data;

	list_unlink(&f->le);
	mem_deref(f->group);
}


static struct fold *find(const struct core *core, const char *group)
{
	struct le *le;

	for (le = core->folds.head; le; le = le->next) {
		struct fold *f = le->data;

		if (!strcmp(f->group, group))
			return f;
	}
	return NULL;
}


static void kept_h(int err, uint64_t id, void *data)
{
	/* It is a convenience: nothing is said, nothing tried again. */
	(void)err;
	(void)id;
	(void)data;
}


static void put(struct core *core, const char *group, const char *value)
{
	core->store->ops->put(core->store, "fold", group, value, core_job_done,
		core_job_alloc(core, kept_h, NULL));
}


static void add(struct core *core, const char *group)
{
	struct fold *f = mem_zalloc(sizeof(*f), destructor);

	f->group = mem_strdup(group);
	list_append(&core->folds, &f->le, f);
}


bool core_folded(const struct core *core, const char *group)
{
	return find(core, group) != NULL;
}


void core_fold(struct core *core, const char *group, bool on)
{
	struct fold *f = find(core, group), *oldest;

	if (on == (f != NULL))
		return;
	put(core, group, on ? "1" : NULL);
	if (!on) {
		mem_deref(f);
		return;
	}
	if (core->folds.count == FOLDS_MAX) {
		oldest = list_data(core->folds.head);
		put(core, oldest->group, NULL);
		mem_deref(oldest);
	}
	add(core, group);
}


void core_fold_load(struct core *core, const char *key, const char *value)
{
	(void)value;
	if (core->folds.count < FOLDS_MAX && !find(core, key))
		add(core, key);
}
