/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ids.c - the ids of the messages that a query finds, newest first: a stream
 * for each leaf of its tree, out of the indexes and of what these have not
 * come to yet, joined as the tree says.
 */
#include "ids.h"
#include "mem.h"
#include "part.h"


enum {
	STEPS = 40, /* on the way to an id before it is asked for afresh */
	GROUPS_MAX = 24, /* of letters that are asked for */
};

struct ids {
	struct db *db;
	const struct query_node *node; /* NULL: every message */
	struct ids_range range;
	sqlite3_stmt *tail, *main; /* NULL: nothing in it */
	bool tail_done, started;
	int64_t at; /* where it stands; 0: at the end */
	struct ids *a, *b;
};


static void destructor(void *data)
{
	struct ids *s = data;

	(void)sqlite3_finalize(s->tail);
	(void)sqlite3_finalize(s->main);
	mem_deref(s->a);
	mem_deref(s->b);
}


static sqlite3_stmt *prepare(struct ids *s, const char *sql, const char *match)
{
	sqlite3_stmt *stmt = NULL;

	if (db_errno(s->db,
		    sqlite3_prepare_v2(s->db->sql, sql, -1, &stmt, NULL)))
		return NULL;
	if (match)
		(void)sqlite3_bind_text(stmt, 3, match, -1, SQLITE_TRANSIENT);
	return stmt;
}


static bool some(const struct ids_range *r)
{
	return r->from <= r->to;
}


/* What is at most UPTO and above it. */
static void split(const struct ids *s, int64_t upto, struct ids_range *main,
	struct ids_range *tail)
{
	*main = *tail = s->range;
	if (tail->from <= upto)
		tail->from = upto + 1;
	if (main->to > upto)
		main->to = upto;
}


static void open_words(struct ids *s)
{
	struct ids_range main, tail;

	split(s, s->db->meta[DB_INDEXED], &main, &tail);
	if (some(&tail) && s->db->tail_used)
		s->tail = prepare(s,
			"SELECT rowid FROM temp.tail WHERE rowid>=? "
			"AND rowid<=? AND tail MATCH ? ORDER BY rowid DESC",
			s->node->words);
	if (some(&main))
		s->main = prepare(s,
			"SELECT rowid FROM word WHERE rowid>=? "
			"AND rowid<=? AND word MATCH ? ORDER BY rowid DESC",
			s->node->words);
}


/* Groups of three letters that cover each part: all of them would say little
 * more. */
static char *groups(const struct query_node *node)
{
	struct mbuf *mb = mbuf_alloc(65536);
	const char *and = "";
	size_t i, k, n = 0;
	char *s;

	for (i = 0; i < node->n && n < GROUPS_MAX; i++) {
		const struct query_letters *part = &node->parts[i];

		for (k = 0; k < part->n && n < GROUPS_MAX; k += PART_MIN) {
			size_t at = k + PART_MIN <= part->n
				? k
				: part->n - PART_MIN;

			(void)mbuf_printf(mb, "%s\"", and);
			part_write_group(mb, part->letters + at);
			(void)mbuf_write_str(mb, "\"");
			and = " AND ";
			++n;
		}
	}
	s = mbuf_err(mb) ? NULL : mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


static void open_parts(struct ids *s)
{
	struct ids_range main, tail;
	char *match = groups(s->node);

	split(s, s->db->meta[DB_PARTED], &main, &tail);
	if (some(&tail))
		s->tail = prepare(s,
			"SELECT id FROM message WHERE id>=? AND id<=? "
			"ORDER BY id DESC",
			NULL);
	if (some(&main) && match)
		s->main = prepare(s,
			"SELECT rowid FROM part WHERE rowid>=? "
			"AND rowid<=? AND part MATCH ? ORDER BY rowid DESC",
			match);
	mem_deref(match);
}


struct ids *ids_alloc(struct db *db, const struct query_node *node,
	const struct ids_range *range)
{
	struct ids *s = mem_zalloc(sizeof(*s), destructor);

	s->db = db;
	s->node = node;
	s->range = *range;
	if (!node) {
		s->main = prepare(s,
			"SELECT id FROM message WHERE id>=? AND id<=? "
			"ORDER BY id DESC",
			NULL);
	} else if (node->kind == QUERY_WORDS) {
		open_words(s);
	} else if (node->kind == QUERY_PARTS) {
		open_parts(s);
	} else {
		s->a = ids_alloc(db, node->a, range);
		s->b = ids_alloc(db, node->b, range);
	}
	return s;
}


/* FTS5 did not take an expression of ours: that is no error of the store,
 * and not for the user. */
static bool step(struct ids *s, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return true;
	if ((rc & 0xff) == SQLITE_ERROR)
		s->db->refused = true;
	(void)db_errno(s->db, rc);
	if (s->db->index_damaged && s->node && s->node->kind == QUERY_PARTS) {
		s->db->index_damaged = false;
		s->db->parts_damaged = true;
	}
	return false;
}


static void aim(struct ids *s, sqlite3_stmt *stmt, int64_t upto)
{
	struct ids_range main, tail, *r = stmt == s->tail ? &tail : &main;
	bool parts = s->node && s->node->kind == QUERY_PARTS;

	split(s,
		!s->node ? INT64_MAX
			 : s->db->meta[parts ? DB_PARTED : DB_INDEXED],
		&main, &tail);
	(void)sqlite3_reset(stmt);
	(void)sqlite3_bind_int64(stmt, 1, r->from);
	(void)sqlite3_bind_int64(stmt, 2, upto < r->to ? upto : r->to);
}


/* The next one of STMT at UPTO or below; 0: none. */
static int64_t seek(struct ids *s, sqlite3_stmt *stmt, int64_t upto)
{
	int i;

	if (!s->started)
		aim(s, stmt, upto);
	s->started = true;
	for (i = 0; step(s, stmt); i++) {
		int64_t id = sqlite3_column_int64(stmt, 0);

		if (id <= upto)
			return id;
		if (i == STEPS)
			aim(s, stmt, upto);
	}
	s->started = false;
	return 0;
}


static int64_t candidate(struct ids *s, int64_t upto)
{
	int64_t id;

	if (s->tail && !s->tail_done) {
		id = seek(s, s->tail, upto);
		if (id || s->db->err)
			return id;
		s->tail_done = true;
	}
	return s->main ? seek(s, s->main, upto) : 0;
}


/* The index knows groups of letters: whether they are one part only the text
 * tells. */
static bool holds(struct ids *s, int64_t id)
{
	sqlite3_stmt *stmt = db_stmt(
		s->db, DB_SEARCH_TEXT, "SELECT text FROM message WHERE id=?");
	struct folded *f;
	struct pl text;
	bool found = true;
	size_t i, at;

	if (!stmt)
		return false;
	(void)sqlite3_bind_int64(stmt, 1, id);
	if (!db_next(s->db, stmt))
		return false;
	if (!s->db->folded)
		s->db->folded = part_folded_alloc();
	f = s->db->folded;
	text = pl_str((const char *)sqlite3_column_text(stmt, 0));
	part_fold(f, &text);
	(void)sqlite3_reset(stmt);
	for (i = 0; i < s->node->n && found; i++) {
		at = 0;
		found = part_find(
			f, s->node->parts[i].letters, s->node->parts[i].n, &at);
	}
	return found;
}


static int64_t next_leaf(struct ids *s, int64_t upto)
{
	int64_t id = candidate(s, upto);

	while (id && s->node && s->node->kind == QUERY_PARTS && !holds(s, id))
		id = s->db->err || id == 1 ? 0 : candidate(s, id - 1);
	return s->db->err ? 0 : id;
}


static int64_t next_and(struct ids *s, int64_t upto)
{
	while (upto > 0) {
		int64_t a = ids_next(s->a, upto);
		int64_t b = a ? ids_next(s->b, a) : 0;

		if (a == b)
			return a;
		upto = b;
	}
	return 0;
}


static int64_t next_not(struct ids *s, int64_t upto)
{
	int64_t a;

	while ((a = ids_next(s->a, upto)) && ids_next(s->b, a) == a)
		upto = a - 1;
	return a;
}


int64_t ids_next(struct ids *s, int64_t upto)
{
	int64_t a, b;

	if (s->db->err || upto < s->range.from)
		return 0;
	/* It stands at the first one below what was asked for before. */
	if (s->at && s->at <= upto)
		return s->at;
	if (s->at < 0)
		return 0;
	if (!s->a) {
		s->at = next_leaf(s, upto);
	} else if (s->node->kind == QUERY_AND) {
		s->at = next_and(s, upto);
	} else if (s->node->kind == QUERY_NOT) {
		s->at = next_not(s, upto);
	} else {
		a = ids_next(s->a, upto);
		b = ids_next(s->b, upto);
		s->at = a > b ? a : b;
	}
	if (!s->at)
		s->at = -1;
	return s->at < 0 ? 0 : s->at;
}
