/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saved.c - what was typed is kept in tables of the store and read again at
 * the start: accounts, settings, buddies, decisions; with these come drafts,
 * lines of the history of input and what was unread. */
#include <string.h>
#include "mbuf.h"
#include "contacts.h"
#include "message_int.h"


enum {
	READ_AGAIN_MS = 5000, /* what could not be read */
	ROWS_A_TURN = 500, /* taken, so that no turn of the loop is long */
};


/* Keys of "setting", "buddy", "decision" and "ruled" begin with an account's
 * name and a tab; a buddy's value is its name and its groups, a line each. */

/* Who waits until the changes after MARK and up to LAST are kept. */
struct saver {
	struct le le;
	uint64_t mark, last;
	int err;
	core_done_h *done;
	void *arg;
};


/* A row that was read and waits to be taken; KEY NULL: the end of a table. */
struct row {
	struct le le;
	char *key;
	char *value;
	int err;
};


static void saver_destructor(void *data)
{
	struct saver *s = data;

	list_unlink(&s->le);
}


static void tell(struct core *core, struct saver *s)
{
	char *why = NULL;

	if (s->err)
		why = mem_printf("the store failed: this will be lost at the "
				 "end: %s",
			strerror(s->err));
	core_outcome_post(core, s->done, s->arg, s->err ? EX_IOERR : 0, why);
	mem_deref(why);
	mem_deref(s);
}


/* The store completes in order: this was number CORE->kept. */
static void kept_h(int err, uint64_t id, void *data)
{
	struct core *core = data;
	struct le *le, *next;

	(void)id;
	++core->kept;
	core_store_failed(core, "a change will be lost at the end", err);
	LIST_FOREACH (&core->savers, le, next) {
		struct saver *s = le->data;

		if (err && core->kept > s->mark)
			s->err = err;
		if (core->kept >= s->last)
			tell(core, s);
	}
}


static void own_kept_h(int err, uint64_t id, void *data)
{
	(void)id;
	core_store_failed(data, "a change will be lost at the end", err);
}


uint64_t core_saved_mark(const struct core *core)
{
	return core->asked;
}


bool core_saved_await(
	struct core *core, uint64_t mark, core_done_h *done, void *arg)
{
	struct saver *s;

	if (core->asked == mark || core->kept == core->asked)
		return false;
	s = mem_zalloc(sizeof(*s), saver_destructor);
	s->mark = mark;
	s->last = core->asked;
	s->done = done;
	s->arg = arg;
	list_append(&core->savers, &s->le, s);
	return true;
}


static void put(struct core *core, const char *table, const char *key,
	const char *value)
{
	if (!core || core->restoring || core->dying)
		return;
	++core->asked;
	core->store->ops->put(core->store, table, key, value, core_job_done,
		core_job_alloc(core, kept_h, NULL));
}


static void put_of(const struct core_account *a, const char *table,
	const char *what, const char *value)
{
	char *key = mem_printf("%s\t%s", a->name, what);

	put(a->core, table, key, value);
	mem_deref(key);
}


void core_saved_account(const struct core_account *a, bool removed)
{
	if (a->typed)
		put(a->core, "account", a->name, removed ? NULL : a->aor);
}


void core_saved_setting(
	const struct core_account *a, const char *name, const char *value)
{
	/* Those of a file are read from the file again, and a password in
	 * clear is its owner's to write down. */
	if (a->typed && strcmp(name, "password"))
		put_of(a, "setting", name, value);
}


void core_saved_instance(const struct core_account *a)
{
	struct core *core = a->core;

	/* Nobody asked for it. */
	if (core && !a->trial && !core->restoring && !core->dying)
		core->store->ops->put(core->store, "instance", a->aor,
			a->instance, core_job_done,
			core_job_alloc(core, own_kept_h, NULL));
}


void core_saved_buddy(const struct core_buddy *b, bool removed)
{
	struct mbuf *mb;
	char *value;
	size_t i;

	if (!b->typed)
		return;
	mb = mbuf_alloc(CORE_TEXT_MAX);
	(void)mbuf_write_str(mb, b->name ? b->name : "");
	for (i = 0; b->groups && b->groups[i]; i++)
		(void)mbuf_printf(mb, "\n%s", b->groups[i]);
	value = mbuf_strdup(mb);
	put_of(b->account, "buddy", b->aor, removed ? NULL : value);
	mem_deref(value);
	mem_deref(mb);
}


/* Nobody asked for it. */
static void put_own(const struct core_account *a, const char *table,
	const char *aor, const char *value)
{
	struct core *core = a->core;
	char *key;

	if (!core || core->restoring || core->dying)
		return;
	key = mem_printf("%s\t%s", a->name, aor);
	core->store->ops->put(core->store, table, key, value, core_job_done,
		core_job_alloc(core, own_kept_h, NULL));
	mem_deref(key);
}


void core_saved_contact(
	const struct core_account *a, const char *aor, const char *value)
{
	put_own(a, "contact", aor, value);
}


void core_saved_tried(
	const struct core_account *a, const char *aor, const char *value)
{
	put_own(a, "tried", aor, value);
}


void core_saved_way(
	const struct core_account *a, const char *aor, const char *transport)
{
	put_of(a, "way", aor, transport);
}


void core_saved_decision(
	const struct core_account *a, const char *aor, const char *word)
{
	put_of(a, "decision", aor, word);
}


void core_saved_ruled(
	const struct core_account *a, const char *aor, const char *value)
{
	put_of(a, "ruled", aor, value);
}


struct core_account *core_saved_account_of(
	struct core *core, const char *key, const char **rest)
{
	const char *tab = strchr(key, '\t');
	struct core_account *a;
	char *name;

	if (!tab)
		return NULL;
	*rest = tab + 1;
	name = mem_strndup(key, (size_t)(tab - key));
	a = core_account_find(core, name);
	mem_deref(name);
	return a;
}


static void load_account(struct core *core, const char *key, const char *value)
{
	(void)core_account_add(core, key, value, NULL, NULL, NULL);
}


static void load_setting(struct core *core, const char *key, const char *value)
{
	const char *name;
	struct core_account *a = core_saved_account_of(core, key, &name);

	/* A file that was read meanwhile comes first. */
	if (a && !a->file)
		(void)core_account_set(a, name, value, NULL);
}


static void load_instance(struct core *core, const char *key, const char *value)
{
	struct le *le;

	for (le = core->accounts.head; le; le = le->next) {
		struct core_account *a = le->data;

		if (strcmp(a->aor, key))
			continue;
		mem_deref(a->instance);
		a->instance = mem_strdup(value);
	}
}


static void load_buddy(struct core *core, const char *key, const char *value)
{
	struct pl rest = pl_str(value), line;
	const char *groups[CORE_GROUPS_MAX + 1] = {NULL};
	const char *aor;
	struct core_account *a = core_saved_account_of(core, key, &aor);
	const struct core_buddy *b = a ? core_buddy_find(a, aor) : NULL;
	bool named = b && b->file && b->name;
	bool grouped = b && b->file && b->groups;
	char *name;
	size_t n = 0;
	bool more;

	if (!a)
		return;
	more = pl_split(&rest, '\n', &line);
	name = pl_strdup(&line);
	while (more && n < CORE_GROUPS_MAX) {
		more = pl_split(&rest, '\n', &line);
		groups[n++] = pl_strdup(&line);
	}
	/* What a file says of it comes first. */
	(void)core_buddy_add(a, aor, *name && !named ? name : NULL,
		n && !grouped ? groups : NULL, NULL, NULL, NULL);
	while (n)
		mem_deref((char *)groups[--n]);
	mem_deref(name);
}


static void load_decision(struct core *core, const char *key, const char *value)
{
	const char *aor;
	struct core_account *a = core_saved_account_of(core, key, &aor);
	enum core_decision d;

	for (d = CORE_ACCEPT; a && d <= CORE_BLOCK; d++) {
		if (!strcmp(core_decision_word(d), value))
			core_watcher_load(a, aor, d);
	}
}


static const struct {
	const char *table;
	void (*load)(struct core *core, const char *key, const char *value);
} tables[] = {
	{"account", load_account},
	{"setting", load_setting},
	{"instance", load_instance},
	{"buddy", load_buddy},
	{"way", core_way_load},
	{"contact", core_contacts_load},
	{"tried", core_contacts_load_tried},
	{"decision", load_decision},
	{"ruled", core_ruled_load},
	{"draft", core_draft_load},
	{"fold", core_fold_load},
	{"line", core_lines_load},
	{"read", core_read_load},
};


static void row_destructor(void *data)
{
	struct row *r = data;

	list_unlink(&r->le);
	mem_deref(r->key);
	mem_deref(r->value);
}


/* Told once; it is read again later, and meanwhile all else goes on. */
void core_saved_unread(struct core *core, int err)
{
	if (!core->unread_told)
		core_say(core, LOG_ERROR,
			"the store failed: what was kept cannot be read yet: "
			"%s",
			strerror(err));
	core->unread = core->unread_told = true;
}


static void read_again_h(void *arg)
{
	struct core *core = arg;

	if (!core->going_down && !core->loading)
		core_saved_load(core);
}


static void table_end(struct core *core, int err)
{
	if (err)
		core_saved_unread(core, err);
	if (--core->loading != 1)
		return;
	core_outbox_restore(core);
	if (!core->unread)
		core_read_restore(core);
}


/* Tables come one after the other, and then the outbox, so the number of those
 * still to come tells which one a row is of. */
static void take_row(struct core *core, const struct row *r)
{
	size_t n = sizeof(tables) / sizeof(*tables);

	if (!r->key) {
		table_end(core, r->err);
		return;
	}
	core->restoring = true;
	tables[n + 1 - core->loading].load(core, r->key, r->value);
	core->restoring = false;
}


static void rows_h(void *arg)
{
	struct core *core = arg;
	size_t n = ROWS_A_TURN;

	while (n-- && core->rows.head) {
		struct row *r = core->rows.head->data;

		list_unlink(&r->le);
		take_row(core, r);
		mem_deref(r);
	}
	if (core->rows.head)
		tmr_start(core->config.tmrs, &core->rows_tmr, 0, rows_h, core);
}


static struct row *add_row(struct core *core)
{
	struct row *r = mem_zalloc(sizeof(*r), row_destructor);

	list_append(&core->rows, &r->le, r);
	if (!tmr_isrunning(&core->rows_tmr))
		tmr_start(core->config.tmrs, &core->rows_tmr, 0, rows_h, core);
	return r;
}


static void row_h(const char *key, const char *value, void *arg)
{
	const struct core_job *job = arg;
	struct row *r;

	if (!job->core)
		return;
	r = add_row(job->core);
	r->key = mem_strdup(key);
	r->value = mem_strdup(value);
}


static void loaded_h(int err, uint64_t id, void *data)
{
	(void)id;
	add_row(data)->err = err;
}


void core_saved_loaded(struct core *core)
{
	bool again = core->unread_told;
	struct le *le, *next;

	core->loading = 0;
	if (core->read)
		core_call_post(core, core->read, core->read_arg);
	core->read = NULL;
	if (core->unread) {
		tmr_start(core->config.tmrs, &core->unread_tmr, READ_AGAIN_MS,
			read_again_h, core);
		core_read_failed(core);
	} else {
		core->unread_told = false;
	}
	LIST_FOREACH (&core->accounts, le, next) {
		struct core_account *a = le->data;

		if (a->wanted)
			core_account_start(a);
		if (again && core_account_online(a))
			core_outbox_online(a);
	}
}


void core_saved_load(struct core *core)
{
	size_t i;

	core->unread = false;
	core->loading = sizeof(tables) / sizeof(*tables) + 1;
	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		core->store->ops->each(core->store, tables[i].table, row_h,
			core_job_done, core_job_alloc(core, loaded_h, NULL));
}


void core_when_read(struct core *core, void (*h)(void *arg), void *arg)
{
	if (!core->loading) {
		core_call_post(core, h, arg);
		return;
	}
	core->read = h;
	core->read_arg = arg;
}
