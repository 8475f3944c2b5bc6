/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_store.c - the store with many messages: how fast they are kept and
 * indexed, found, opened, cleared, and how large they are; and the same texts
 * in a plain SQLite database. One JSON object a line.
 *
 *	bench-store [MESSAGES [DIR]]
 *
 * `longest_turn_ms` is what the thread of the loop worked between two sleeps.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "bench_store.h"
#include "loop.h"
#include "mem.h"
#include "rand.h"
#include "store.h"


enum {
	MESSAGES = 1000000,
	WAITING = 2000, /* unanswered at a time */
	CHATS = 50,
	ROUNDS = 100, /* of each query */
	WORDS = 20000,
	BURST = 100000,
	BIG_ONE_IN = 5, /* messages that are of the big chat */
	PATIENCE = 600000, /* ms */
};

#define ALICE "sip:alice@example.org"
#define BIG   "sip:big@example.org"

struct bench {
	char dir[200];
	struct loop *loop;
	struct work *work;
	struct store *store;
	struct loop_hook *hook;
	struct rand *rand;
	sqlite3 *sql; /* a connection beside, which only reads */
	unsigned total, asked, told;
	size_t bytes;
	size_t found;
	double slept, longest; /* ms */
	double added; /* longest wait for one that was added */
	char text[600];
};


double bench_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
}


void bench_die(const char *what)
{
	(void)fprintf(stderr, "bench-store: %s\n", what);
	exit(1);
}


static void open_store(struct bench *b)
{
	char *why;

	if (store_sqlite_alloc(&b->store,
		    &(struct store_config){
			    .dir = b->dir,
			    .tmrs = loop_tmrs(b->loop),
			    .work = b->work,
		    },
		    &why))
		bench_die(why);
}


/* A dozen words, the common ones often; every tenth text is not ASCII. */
size_t bench_text(char *text, struct rand *rand)
{
	static const char *const accents[] = {"caf\xc3\xa9",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88",
		"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"};
	size_t len = 0;
	int i;

	if (!rand_below(rand, 10))
		len = (size_t)sprintf(
			text, "%s ", accents[rand_below(rand, 3)]);
	for (i = 0; i < 12; i++) {
		uint32_t n = rand_below(rand, WORDS);
		uint32_t word = rand_below(rand, n + 1);

		word = rand_below(rand, word + 1);
		len += (size_t)sprintf(text + len, "%c%c%c%c%u ",
			'a' + (int)(word % 26), 'a' + (int)(word / 26 % 26),
			'a' + (int)(word % 7), 'a' + (int)(word % 5), word);
	}
	text[--len] = '\0';
	return len;
}


static void more(struct bench *b);


static void added_h(int err, uint64_t id, void *arg)
{
	struct bench *b = arg;

	(void)id;
	if (err)
		bench_die("a message was not stored");
	if (++b->told == b->total)
		loop_stop(b->loop, 0);
	else
		more(b);
}


static void more(struct bench *b)
{
	char peer[40];

	while (b->asked < b->total && b->asked - b->told < WAITING) {
		b->bytes += bench_text(b->text, b->rand);
		if (rand_below(b->rand, BIG_ONE_IN))
			(void)snprintf(peer, sizeof(peer),
				"sip:peer%u@example.org",
				rand_below(b->rand, CHATS));
		else
			(void)snprintf(peer, sizeof(peer), "%s", BIG);
		++b->asked;
		b->store->ops->add(b->store,
			&(struct store_message){
				.account = "sip:alice@example.org",
				.peer = peer,
				.text = b->text,
				.via = "page",
				.out = rand_below(b->rand, 2),
				.state = STORE_RECEIVED,
				.at = tmrs_wall(loop_tmrs(b->loop)),
			},
			rand_u32(b->rand) | (uint64_t)rand_u32(b->rand) << 32,
			added_h, b);
	}
}


static void hits_h(int err, const struct store_hit *hits, size_t n, void *arg)
{
	struct bench *b = arg;

	(void)hits;
	if (err)
		bench_die("a search failed");
	b->found = n;
	loop_stop(b->loop, 0);
}


static void page_h(
	int err, const struct store_message *messages, size_t n, void *arg)
{
	(void)messages;
	hits_h(err, NULL, n, arg);
}


static int order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}


void bench_report(const char *what, double *ms, size_t n, size_t found)
{
	qsort(ms, n, sizeof(*ms), order);
	(void)printf("{\"op\":\"%s\",\"median_ms\":%.3f,\"p99_ms\":%.3f,"
		     "\"found\":%zu}\n",
		what, ms[n / 2], ms[n - 1 - n / 100], found);
	(void)fflush(stdout);
}


static void page(struct bench *b)
{
	b->store->ops->page(
		b->store, ALICE, "sip:peer7@example.org", 0, 50, page_h, b);
	(void)loop_run(b->loop);
}


static void measure(struct bench *b, const char *what, const char *query)
{
	double ms[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		double start = bench_now();

		if (query) {
			b->store->ops->search(b->store,
				&(struct store_query){.text = query, .n = 50},
				hits_h, b);
			(void)loop_run(b->loop);
		} else {
			page(b);
		}
		ms[i] = bench_now() - start;
	}
	bench_report(what, ms, ROUNDS, b->found);
}


static size_t disk_bytes(const struct bench *b)
{
	char path[300];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/sotto.db", b->dir);
	return stat(path, &st) ? 0 : (size_t)st.st_size;
}


static void first_h(int err, uint64_t id, void *arg)
{
	struct bench *b = arg;

	(void)id;
	if (err)
		bench_die("no answer");
	loop_stop(b->loop, 0);
}


static void tick_h(void *arg)
{
	loop_stop(((struct bench *)arg)->loop, 0);
}


static int64_t number(struct bench *b, const char *sql)
{
	sqlite3_stmt *stmt = NULL;
	int64_t n = 0;

	if (sqlite3_prepare_v2(b->sql, sql, -1, &stmt, NULL) ||
		sqlite3_step(stmt) != SQLITE_ROW)
		bench_die(sqlite3_errmsg(b->sql));
	n = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return n;
}


static void look(struct bench *b)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/sotto.db", b->dir);
	if (sqlite3_open_v2(path, &b->sql, SQLITE_OPEN_READONLY, NULL))
		bench_die(sqlite3_errmsg(b->sql));
	(void)sqlite3_busy_timeout(b->sql, 5000);
}


static void pause_ms(struct bench *b, unsigned ms)
{
	struct tmr tmr = {0};

	tmr_start(loop_tmrs(b->loop), &tmr, ms, tick_h, b);
	(void)loop_run(b->loop);
	tmr_cancel(&tmr);
}


/* Runs the loop until SQL gives 1; returns how long that took. */
static double until(struct bench *b, const char *sql)
{
	double start = bench_now();

	while (number(b, sql) != 1) {
		if (bench_now() - start > PATIENCE)
			bench_die("it takes too long");
		pause_ms(b, 20);
	}
	return bench_now() - start;
}

#define META(name) "(SELECT value FROM meta WHERE name='" name "')"
#define INDEXED	   "SELECT " META("indexed") "=max(id) FROM message"


/* The longest time between two sleeps of the loop is its longest turn, for
 * the thread clock stands still while it sleeps. */
static void before_sleep(void *arg)
{
	struct bench *b = arg;
	struct timespec ts;
	double t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	t = (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
	if (b->slept > 0 && t - b->slept > b->longest)
		b->longest = t - b->slept;
	b->slept = t;
}


static double take_longest(struct bench *b)
{
	double longest = b->longest;

	b->longest = 0;
	return longest;
}


static void fill(struct bench *b, const char *what, unsigned n)
{
	double start = bench_now(), stored, behind;

	b->total += n;
	more(b);
	(void)loop_run(b->loop);
	stored = bench_now() - start;
	behind = until(b, INDEXED);
	(void)printf("{\"op\":\"%s\",\"messages\":%u,\"per_second\":%.0f,"
		     "\"index_behind_ms\":%.0f,\"longest_turn_ms\":%.2f}\n",
		what, n, n * 1000.0 / stored, behind, take_longest(b));
	(void)fflush(stdout);
}


static void size(struct bench *b, const char *what)
{
	(void)printf("{\"op\":\"%s\",\"text\":%zu,\"disk\":%zu,"
		     "\"ratio\":%.2f}\n",
		what, b->bytes, disk_bytes(b),
		(double)disk_bytes(b) / (double)b->bytes);
	(void)fflush(stdout);
}


static void reopen(struct bench *b)
{
	double start, opened;

	(void)sqlite3_close(b->sql);
	b->store = mem_deref(b->store);
	start = bench_now();
	open_store(b);
	opened = bench_now();
	page(b);
	(void)printf("{\"op\":\"start\",\"open_ms\":%.2f,"
		     "\"open_and_page_ms\":%.2f}\n",
		opened - start, bench_now() - start);
	look(b);
	/* Closing the store waits for all of it. */
	pause_ms(b, 1);
	(void)take_longest(b);
}


static void searches(struct bench *b)
{
	measure(b, "newest fifty", NULL);
	measure(b, "common word", "aaaa0");
	measure(b, "rare word", "eacd16228");
	measure(b, "two words", "aaaa0 babb1");
	measure(b, "phrase", "\"aaaa0 babb1\"");
	measure(b, "prefix of two", "aa*");
	measure(b, "prefix of five", "haac7*");
	measure(b, "from and word", "from:peer7 aaaa0");
	measure(b, "from", "from:peer7");
	measure(b, "CJK", "\xe4\xb8\x8b\xe5\x8d\x88");
	(void)printf("{\"op\":\"searches\",\"longest_turn_ms\":%.2f}\n",
		take_longest(b));
}


static void parts(struct bench *b)
{
	double start = bench_now(), made;

	b->store->ops->parts(b->store, true, first_h, b);
	(void)loop_run(b->loop);
	(void)until(b, "SELECT " META("parts") "=2");
	made = bench_now() - start;
	(void)printf("{\"op\":\"parts made\",\"ms\":%.0f,"
		     "\"longest_turn_ms\":%.2f}\n",
		made, take_longest(b));
	reopen(b);
	pause_ms(b, 500);
	size(b, "size with parts");
	measure(b, "part, common", "*aaa*");
	measure(b, "part, of many words", "*1622*");
	measure(b, "part, of one word", "acd1622");
	measure(b, "part, in none", "*zzyzx*");
	measure(b, "part, groups of many", "*aaaab*");
	measure(b, "part and from", "from:peer7 *acd16*");
	measure(b, "two parts", "*aaa0* *622*");
	measure(b, "part or phrase", "*acd16* OR \"aaaa0 babb1\"");
	(void)printf("{\"op\":\"parts\",\"longest_turn_ms\":%.2f}\n",
		take_longest(b));
}


static void one_h(int err, uint64_t id, void *arg)
{
	first_h(err, id, arg);
}


/* A message while the big chat is removed; how long it took to be stored. */
static void add_one(struct bench *b)
{
	double start = bench_now();

	b->store->ops->add(b->store,
		&(struct store_message){.account = ALICE,
			.peer = "sip:peer1@example.org",
			.text = "meanwhile",
			.state = STORE_RECEIVED},
		0, one_h, b);
	(void)loop_run(b->loop);
	if (bench_now() - start > b->added)
		b->added = bench_now() - start;
}


static void cleared_h(int err, uint64_t id, void *arg)
{
	struct bench *b = arg;

	b->found = (size_t)id;
	first_h(err, id, b);
}


static void clear(struct bench *b)
{
	double start = bench_now(), told, gone;
	size_t n;

	b->store->ops->clear(b->store, ALICE, BIG, cleared_h, b);
	(void)loop_run(b->loop);
	told = bench_now() - start;
	n = b->found;
	measure(b, "from the cleared", "from:big aaaa0");
	if (b->found)
		bench_die("what is cleared is found");
	measure(b, "beside the cleared", "aaaa0");
	while (number(b,
		"SELECT (SELECT count(*) FROM chat WHERE sweep)"
		"+" META("merge") "+" META("parts_merge"))) {
		add_one(b);
		pause_ms(b, 10);
		if (bench_now() - start > PATIENCE)
			bench_die("clearing takes too long");
	}
	gone = bench_now() - start;
	(void)printf("{\"op\":\"clear\",\"messages\":%zu,\"told_ms\":%.1f,"
		     "\"gone_ms\":%.0f,\"longest_add_ms\":%.1f,"
		     "\"longest_turn_ms\":%.2f}\n",
		n, told, gone, b->added, take_longest(b));
}


static void parts_away(struct bench *b)
{
	double start = bench_now();

	b->added = 0;
	b->store->ops->parts(b->store, false, first_h, b);
	(void)loop_run(b->loop);
	while (number(b, "SELECT " META("parts"))) {
		add_one(b);
		pause_ms(b, 10);
	}
	(void)printf("{\"op\":\"parts away\",\"ms\":%.0f,"
		     "\"longest_add_ms\":%.1f,\"longest_turn_ms\":%.2f}\n",
		bench_now() - start, b->added, take_longest(b));
}


static void clean_up(const struct bench *b)
{
	static const char *const names[] = {
		"sotto.db", "sotto.db-wal", "sotto.db-shm", "peer.db"};
	char path[300];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", b->dir, names[i]);
		(void)unlink(path);
	}
	if (rmdir(b->dir))
		bench_die(b->dir);
}


int main(int argc, char **argv)
{
	struct bench b = {0};
	const char *dir = argc > 2 ? argv[2] : "/tmp";
	unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : MESSAGES;

	(void)snprintf(b.dir, sizeof(b.dir), "%s/bench-store-XXXXXX", dir);
	if (!n || !mkdtemp(b.dir) || loop_alloc(&b.loop))
		bench_die("cannot begin");
	b.work = work_alloc(b.loop);
	b.rand = rand_seeded(1);
	open_store(&b);
	look(&b);
	(void)loop_before_sleep(&b.hook, b.loop, before_sleep, &b);
	fill(&b, "add", n);
	reopen(&b);
	size(&b, "size");
	searches(&b);
	fill(&b, "burst", BURST);
	parts(&b);
	fill(&b, "burst with parts", BURST);
	clear(&b);
	parts_away(&b);
	(void)sqlite3_close(b.sql);
	b.store = mem_deref(b.store);
	mem_deref(b.hook);
	mem_deref(b.rand);
	bench_peer(b.dir, n);
	clean_up(&b);
	return 0;
}
