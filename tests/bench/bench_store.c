/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_store.c - the store with many messages: how fast they are kept and
 * indexed, found, opened, and how large they are. One JSON object a line.
 *
 *	bench-store [MESSAGES [DIR]]
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "loop.h"
#include "mem.h"
#include "rand.h"
#include "store.h"


enum {
	MESSAGES = 200000,
	WAITING = 2000, /* unanswered at a time */
	CHATS = 50,
	ROUNDS = 100, /* of each query */
	WORDS = 20000,
};

struct bench {
	char dir[200];
	struct loop *loop;
	struct work *work;
	struct store *store;
	struct loop_hook *hook;
	struct rand *rand;
	unsigned total, asked, told;
	size_t bytes;
	size_t found;
	double slept, longest; /* ms */
	char text[600];
};


static double now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1000 + (double)ts.tv_nsec / 1e6;
}


static void die(const char *what)
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
		die(why);
}


/* A dozen words, the common ones often; every tenth text is not ASCII. */
static void make_text(struct bench *b)
{
	static const char *const accents[] = {"caf\xc3\xa9",
		"\xe6\x98\x8e\xe5\xa4\xa9\xe4\xb8\x8b\xe5\x8d\x88",
		"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"};
	size_t len = 0;
	int i;

	if (!rand_below(b->rand, 10))
		len = (size_t)sprintf(
			b->text, "%s ", accents[rand_below(b->rand, 3)]);
	for (i = 0; i < 12; i++) {
		uint32_t n = rand_below(b->rand, WORDS);
		uint32_t word = rand_below(b->rand, n + 1);

		word = rand_below(b->rand, word + 1);
		len += (size_t)sprintf(b->text + len, "%c%c%c%u ",
			'a' + (int)(word % 26), 'a' + (int)(word / 26 % 26),
			'a' + (int)(word % 7), word);
	}
	b->text[len - 1] = '\0';
	b->bytes += len - 1;
}


static void more(struct bench *b);


static void added_h(int err, uint64_t id, void *arg)
{
	struct bench *b = arg;

	(void)id;
	if (err)
		die("a message was not stored");
	if (++b->told == b->total)
		loop_stop(b->loop, 0);
	else
		more(b);
}


static void more(struct bench *b)
{
	char peer[40];

	while (b->asked < b->total && b->asked - b->told < WAITING) {
		make_text(b);
		(void)snprintf(peer, sizeof(peer), "sip:peer%u@example.org",
			rand_below(b->rand, CHATS));
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
		die("a search failed");
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


static void report(const char *what, double *ms, size_t n, size_t found)
{
	qsort(ms, n, sizeof(*ms), order);
	(void)printf("{\"op\":\"%s\",\"median_ms\":%.3f,\"p99_ms\":%.3f,"
		     "\"found\":%zu}\n",
		what, ms[n / 2], ms[n - 1 - n / 100], found);
	(void)fflush(stdout);
}


static void measure(struct bench *b, const char *what, const char *query)
{
	double ms[ROUNDS];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		double start = now();

		if (query)
			b->store->ops->search(b->store,
				&(struct store_query){.text = query, .n = 50},
				hits_h, b);
		else
			b->store->ops->page(b->store, "sip:alice@example.org",
				"sip:peer7@example.org", 0, 50, page_h, b);
		(void)loop_run(b->loop);
		ms[i] = now() - start;
	}
	report(what, ms, ROUNDS, b->found);
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
		die("no answer");
	loop_stop(b->loop, 0);
}


static void tick_h(void *arg)
{
	loop_stop(((struct bench *)arg)->loop, 0);
}


/* Waits until the file stays as it is: all is indexed. */
static void settle(struct bench *b)
{
	size_t quiet = 0, size = 0;
	struct tmr tmr = {0};
	char path[300];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/sotto.db-wal", b->dir);
	while (quiet < 6) {
		struct timespec last;

		last = stat(path, &st) ? (struct timespec){0} : st.st_mtim;
		tmr_start(loop_tmrs(b->loop), &tmr, 500, tick_h, b);
		(void)loop_run(b->loop);
		if (stat(path, &st))
			memset(&st, 0, sizeof(st));
		size = last.tv_sec == st.st_mtim.tv_sec &&
			last.tv_nsec == st.st_mtim.tv_nsec;
		quiet = size ? quiet + 1 : 0;
	}
}


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


static void fill(struct bench *b)
{
	double start = now(), stored;

	more(b);
	(void)loop_run(b->loop);
	stored = now() - start;
	(void)printf("{\"op\":\"add\",\"messages\":%u,\"per_second\":%.0f,"
		     "\"longest_turn_ms\":%.2f}\n",
		b->total, b->total * 1000.0 / stored, b->longest);
	(void)fflush(stdout);
	settle(b);
	(void)printf("{\"op\":\"index\",\"behind_ms\":%.0f}\n",
		now() - start - stored - 3000);
}


static void reopen(struct bench *b)
{
	double start;

	b->store = mem_deref(b->store);
	start = now();
	open_store(b);
	(void)printf("{\"op\":\"open\",\"ms\":%.2f,", now() - start);
	start = now();
	b->store->ops->put(b->store, "t", "k", "v", first_h, b);
	(void)loop_run(b->loop);
	(void)printf("\"first_answer_ms\":%.2f}\n", now() - start);
	(void)printf("{\"op\":\"size\",\"text\":%zu,\"disk\":%zu,"
		     "\"ratio\":%.2f}\n",
		b->bytes, disk_bytes(b), (double)disk_bytes(b) / b->bytes);
}


int main(int argc, char **argv)
{
	struct bench b = {.total = MESSAGES};
	const char *dir = argc > 2 ? argv[2] : "/tmp";

	if (argc > 1)
		b.total = (unsigned)strtoul(argv[1], NULL, 10);
	(void)snprintf(b.dir, sizeof(b.dir), "%s/bench-store-XXXXXX", dir);
	if (!b.total || !mkdtemp(b.dir) || loop_alloc(&b.loop))
		die("cannot begin");
	b.work = work_alloc(b.loop);
	b.rand = rand_seeded(1);
	open_store(&b);
	(void)loop_before_sleep(&b.hook, b.loop, before_sleep, &b);
	fill(&b);
	reopen(&b);
	measure(&b, "newest fifty", NULL);
	measure(&b, "common word", "aaa0");
	measure(&b, "rare word", "hdb19999");
	measure(&b, "two words", "aaa0 bab1");
	measure(&b, "phrase", "\"aaa0 aaa0\"");
	measure(&b, "prefix of two", "aa*");
	measure(&b, "prefix of four", "aab7*");
	measure(&b, "from and word", "from:peer7 aaa0");
	measure(&b, "from", "from:peer7");
	measure(&b, "CJK", "\xe4\xb8\x8b\xe5\x8d\x88");
	mem_deref(b.hook);
	b.store = mem_deref(b.store);
	mem_deref(b.rand);
	(void)printf("{\"op\":\"left behind\",\"dir\":\"%s\"}\n", b.dir);
	return 0;
}
