/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.c - the store on disk as its callers see it: requests wait for the
 * turn after theirs, go to the writing lane in batches, and complete in
 * order. Searches and scans go to the reading lane, once all that was asked
 * for before them is carried out.
 */
#include <errno.h>
#include <string.h>
#include "file.h"
#include "mem.h"
#include "store_writer.h"


enum {
	BATCH = 1000, /* requests of one transaction, or those of one turn */
	TELL = 64, /* completions of one turn: it must stay short */
	TAIL = 2000, /* messages that are indexed without delay */
	REST_MS = 2000, /* then what is left is indexed too */
	STARVE = 8, /* batches, after which maintenance gets a slice */
};


struct sqlite;

/* What the work table holds while a turn is awaited; it outlives the store
 * if it must. */
struct turn {
	struct sqlite *s; /* NULL: the store is gone */
};

struct sqlite {
	struct store store; /* first: a struct store * points here */
	struct tmrs *tmrs;
	const struct work *work;
	store_notice_h *notice;
	void *arg;

	struct writer *writer;
	struct work_lane *writing;
	struct list requests; /* not begun */
	struct list ended; /* not told */
	uint64_t turns;
	uint64_t asked, carried; /* requests of the writing lane */
	bool damaged, index_damaged, parts_damaged; /* reading found out */
	bool busy; /* the writing lane */
	bool maintain; /* there is maintenance to do */
	unsigned batches; /* since it got a slice */
	size_t unindexed;
	struct tmr rest;

	struct reader *reader;
	struct work_lane *reading;
	struct list reads;
	bool reads_busy;

	unsigned generation; /* of the file */

	struct turn *turn; /* NULL: none awaited */
};


static void turn_h(void *arg);
static void batch_h(void *arg);


static void batch_run(void *arg)
{
	struct sqlite *s = arg;

	store_writer_batch(s->writer);
}


static void take_batch(struct sqlite *s)
{
	struct list *batch = &s->writer->batch;
	uint64_t turn = 0;

	while (s->requests.head) {
		struct request *r = s->requests.head->data;

		/* What came in one turn stays together. */
		if (batch->count >= BATCH && r->turn != turn)
			break;
		turn = r->turn;
		list_unlink(&r->le);
		list_append(batch, &r->le, r);
	}
	s->writer->now = tmrs_wall(s->tmrs);
}


static void destructor(void *data)
{
	struct sqlite *s = data;

	tmr_cancel(&s->rest);
	if (s->turn)
		s->turn->s = NULL;
	/* Waits for what is under way. */
	mem_deref(s->reading);
	mem_deref(s->writing);
	mem_deref(s->reader);
	/* What was asked for is kept, though nobody is told any more. */
	list_flush(&s->reads);
	list_flush(&s->ended);
	while (s->writer && s->requests.head) {
		list_flush(&s->writer->batch);
		take_batch(s);
		batch_run(s);
	}
	mem_deref(s->writer);
	mem_deref(s->tmrs);
}


static void await_turn(struct sqlite *s)
{
	struct turn *turn;

	if (s->turn)
		return;
	turn = mem_zalloc(sizeof(*turn), NULL);
	turn->s = s;
	if (s->work->later(s->work->ctx, turn_h, turn))
		mem_deref(turn);
	else
		s->turn = turn;
}


static void maintain_run(void *arg)
{
	struct sqlite *s = arg;

	store_writer_maintain(s->writer);
}


static void tell_notices(struct sqlite *s)
{
	while (s->writer->notices.head && mem_nrefs(s) > 1) {
		struct notice *n = s->writer->notices.head->data;

		list_unlink(&n->le);
		if (s->notice)
			s->notice(n->level, n->text, s->arg);
		mem_deref(n);
	}
}


static void rest_h(void *arg)
{
	struct sqlite *s = arg;

	s->unindexed = 0;
	s->maintain = true;
	await_turn(s);
}


static void maintain_h(void *arg)
{
	struct sqlite *s = mem_ref(arg);

	s->busy = false;
	s->generation = s->writer->generation;
	s->maintain = s->writer->more || s->damaged || s->index_damaged ||
		s->parts_damaged;
	if (s->writer->later && !tmr_isrunning(&s->rest))
		tmr_start(s->tmrs, &s->rest, REST_MS, rest_h, s);
	tell_notices(s);
	await_turn(s);
	mem_deref(s);
}


/* Gives the writing lane something to do. */
static void dispatch(struct sqlite *s)
{
	bool starved = s->maintain && s->batches >= STARVE;

	if (s->busy)
		return;
	if (s->requests.head && !starved) {
		take_batch(s);
		++s->batches;
		s->busy = true;
		s->writing->submit(s->writing, batch_run, batch_h, s);
	} else if (s->maintain) {
		s->writer->now = tmrs_wall(s->tmrs);
		s->writer->damaged = s->damaged;
		s->writer->index_damaged = s->index_damaged;
		s->writer->parts_damaged = s->parts_damaged;
		s->damaged = s->index_damaged = s->parts_damaged = false;
		s->batches = 0;
		s->busy = true;
		s->writing->submit(s->writing, maintain_run, maintain_h, s);
	}
}


/* The batch is carried out; who asked is told in the turns to come. */
static void batch_h(void *arg)
{
	struct sqlite *s = mem_ref(arg);

	s->busy = false;
	s->generation = s->writer->generation;
	while (s->writer->batch.head) {
		struct request *r = s->writer->batch.head->data;

		list_unlink(&r->le);
		list_append(&s->ended, &r->le, r);
		++s->carried;
		s->unindexed += r->adds && !r->err;
		s->maintain |= r->removes && !r->err;
	}
	if (s->unindexed >= TAIL) {
		s->unindexed = 0;
		s->maintain = true;
	} else if (s->unindexed && !tmr_isrunning(&s->rest)) {
		tmr_start(s->tmrs, &s->rest, REST_MS, rest_h, s);
	}
	tell_notices(s);
	await_turn(s);
	mem_deref(s);
}


static void read_run(void *arg)
{
	struct sqlite *s = arg;

	store_reader_run(s->reader);
}


static void read_next(struct sqlite *s);


/* One that read a file that is set aside by now proves nothing. */
static void learn(struct sqlite *s)
{
	const struct reader *r = s->reader;

	if (r->generation != s->generation)
		return;
	s->damaged |= r->damaged;
	s->index_damaged |= r->index_damaged;
	s->parts_damaged |= r->parts_damaged;
	if (!s->damaged && !s->index_damaged && !s->parts_damaged)
		return;
	s->maintain = true;
	await_turn(s);
}


static void read_h(void *arg)
{
	struct sqlite *s = mem_ref(arg);
	struct request *r = s->reader->request;

	s->reader->request = NULL;
	s->reads_busy = false;
	learn(s);
	r->tell(r);
	mem_deref(r);
	if (mem_nrefs(s) > 1)
		read_next(s);
	mem_deref(s);
}


static void read_next(struct sqlite *s)
{
	struct request *r = list_data(s->reads.head);

	if (!r || s->reads_busy || r->behind > s->carried)
		return;
	list_unlink(&r->le);
	s->reads_busy = true;
	s->reader->request = r;
	s->reader->wanted = s->generation;
	s->reading->submit(s->reading, read_run, read_h, s);
}


static void tell_ended(struct sqlite *s)
{
	size_t n;

	for (n = 0; n < TELL && s->ended.head && mem_nrefs(s) > 1; n++) {
		struct request *r = s->ended.head->data;

		list_unlink(&r->le);
		r->tell(r);
		mem_deref(r);
	}
}


static void turn_h(void *arg)
{
	struct turn *turn = arg;
	struct sqlite *s = mem_ref(turn->s);

	mem_deref(turn);
	if (!s)
		return;
	s->turn = NULL;
	++s->turns;
	if (!s->busy)
		tell_notices(s);
	dispatch(s);
	tell_ended(s);
	if (mem_nrefs(s) > 1)
		read_next(s);
	if (s->ended.head && mem_nrefs(s) > 1)
		await_turn(s);
	mem_deref(s);
}


struct request *store_ask(struct store *store,
	int (*run)(struct db *db, struct request *r),
	void (*tell)(struct request *r), void *arg)
{
	struct sqlite *s = (struct sqlite *)store;
	struct request *r = request_alloc(run, tell, arg);

	r->turn = s->turns;
	list_append(&s->requests, &r->le, r);
	++s->asked;
	await_turn(s);
	return r;
}


struct request *store_ask_beside(struct store *store,
	int (*run)(struct db *db, struct request *r),
	void (*tell)(struct request *r), void *arg)
{
	struct sqlite *s = (struct sqlite *)store;
	struct request *r = request_alloc(run, tell, arg);

	r->behind = s->asked;
	list_append(&s->reads, &r->le, r);
	await_turn(s);
	return r;
}


static int open_lanes(struct sqlite *s)
{
	int err = s->work->lane(s->work->ctx, &s->writing);

	return err ? err : s->work->lane(s->work->ctx, &s->reading);
}


static int open_file(struct sqlite *s, const char *dir, char **why)
{
	int err = file_private_dir(dir);

	if (err) {
		*why = mem_printf("%s: %s", dir, strerror(err));
		return err;
	}
	s->writer->now = tmrs_wall(s->tmrs);
	err = store_writer_open(s->writer, why);
	switch (err) {
	case ENOSPC:
	case EROFS:
	case EIO:
		/* It may get better; who asks is told. */
		return 0;
	case 0:
	case EPROTO:
		return err;
	default:
		*why = mem_printf("%s: %s", s->writer->path, strerror(err));
		return err;
	}
}


int store_sqlite_alloc(
	struct store **sp, const struct store_config *config, char **why)
{
	struct sqlite *s;
	int err;

	*why = NULL;
	if (!config->dir || !config->tmrs || !config->work ||
		!config->work->lane)
		return EINVAL;
	s = mem_zalloc(sizeof(*s), destructor);
	s->store.ops = &store_sqlite_ops;
	s->tmrs = mem_ref(config->tmrs);
	s->work = config->work;
	s->notice = config->notice;
	s->arg = config->arg;
	s->writer = store_writer_alloc(config->dir);
	s->reader = store_reader_alloc(s->writer->path);
	err = open_file(s, config->dir, why);
	if (!err)
		err = open_lanes(s);
	if (err) {
		if (!*why)
			*why = mem_strdup(strerror(err));
		mem_deref(s);
		return err;
	}
	s->generation = s->writer->generation;
	s->maintain = true;
	await_turn(s);
	*sp = &s->store;
	return 0;
}
