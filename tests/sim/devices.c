/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * devices.c - one user, several devices, a server of documents (RFC 4825) and
 * somebody else's program: whatever is done where, in whatever order, whoever
 * dies meanwhile, the devices and the documents come to agree, nobody is lost,
 * no decision is turned around, and it comes to rest.
 *
 * SOTTO_SEEDS=N runs so many seeds from SOTTO_SEED on; SOTTO_TRACE=1 tells
 * what happens.
 */
#include <stdlib.h>
#include "buddylist.h"
#include "core_int.h"
#include "device.h"
#include "presrules.h"
#include "registrar.h"


enum {
	DEVICES = 3,
	FOREIGN = DEVICES, /* the other program, as one who writes */
	WRITERS,
	BUDDIES = 6,
	STRANGERS = 4,
	PEOPLE = BUDDIES + STRANGERS,
	PHASES = 3,
	SEEDS = 50,
	MINUTE = 60 * 1000,
	REST = 11 * MINUTE, /* two polls and more */
	TRIED = 65 * MINUTE, /* the longest wait after trouble */
	AGREE_MAX = 4 * 60, /* minutes */
	ASKED_MAX = 2000, /* requests in a phase */
	MARKS_MAX = 64,
};

/* What is said of somebody in one phase. */
struct said {
	char *before; /* what all agree on; NULL: not in the list */
	bool must; /* whom nobody removed */
	unsigned writers; /* bits */
	char *last; /* what the last of them made of it */
	char decided; /* by all, before */
	unsigned deciders;
	char words[WRITERS]; /* the last of each */
};

struct sim {
	struct world w;
	struct registrar registrar;
	struct documents documents;
	struct device devices[DEVICES];
	size_t n;
	struct said said[PEOPLE];
	char *marks[MARKS_MAX]; /* of the other program */
	enum document_kind marked[MARKS_MAX];
	size_t n_marks;
	size_t overwritten;
	bool died; /* one of them, in this phase */
	uint64_t seed;
	bool trace;
};

static const char *const some_names[] = {"A", "B", "C & D"};
static const char *const labels[] = {"Kim", "K <k>", ""};


static void tell(const struct sim *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));


static void tell(const struct sim *s, const char *fmt, ...)
{
	va_list ap;

	if (!s->trace)
		return;
	(void)fprintf(stderr, "%9.1f ", (double)memnet_now(s->w.mn) / 1000);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}


static void wrong(const struct sim *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));


static void wrong(const struct sim *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail_msg("SOTTO_SEED=%llu: %s", (unsigned long long)s->seed, text);
}


static unsigned below(struct sim *s, unsigned n)
{
	return rand_below(memnet_rand(s->w.mn), n);
}


static const char *peer_of(size_t i)
{
	static const char *const peers[PEOPLE] = {
		"sip:kim@example.org",
		"sip:kim@example.com",
		"sip:kim@a.example.org",
		"sip:kim@b.example.org",
		"sip:kim.a@example.org",
		"sip:kim.b@example.org",
		"sip:bob@example.org",
		"sip:bob@example.com",
		"sip:bob@a.example.org",
		"sip:bob@b.example.org",
	};

	return peers[i];
}


/* ---- what there is -------------------------------------------------- */

static int text_order(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}


/* Name and groups, sorted (mem_deref). */
static char *value_of(const char *name, const char *const *in)
{
	struct mbuf *mb = mbuf_alloc(4096);
	const char *sorted[64];
	size_t n = 0, i;
	char *text;

	while (in && in[n] && n < UNIT_N(sorted)) {
		sorted[n] = in[n];
		n++;
	}
	qsort(sorted, n, sizeof(*sorted), text_order);
	(void)mbuf_write_str(mb, name ? name : "");
	for (i = 0; i < n; i++)
		(void)mbuf_printf(mb, "|%s", sorted[i]);
	text = mbuf_strdup(mb);
	mem_deref(mb);
	return text;
}


/* As DEVICE has it (mem_deref); NULL: not in the list. */
static char *here(const struct device *d, size_t i)
{
	const struct core_buddy *b = core_buddy_find(d->account, peer_of(i));

	if (!b || !core_buddy_added(b))
		return NULL;
	return value_of(core_buddy_name(b), core_buddy_groups(b));
}


struct there {
	char *values[PEOPLE];
	int handling[PEOPLE]; /* -1: no rule */
	bool declined[PEOPLE];
};


static int index_of(const char *peer)
{
	int i = PEOPLE;

	while (i-- && strcmp(peer_of((size_t)i), peer))
		;
	return i;
}


static void person_h(const struct buddylist_person *person, void *arg)
{
	struct there *t = arg;
	int i = index_of(person->peer);

	if (i >= 0)
		t->values[i] = value_of(person->name, person->groups);
}


static void rule_h(const char *id, const char *rule,
	enum presrules_handling handling, bool conditional, void *arg)
{
	struct there *t = arg;
	int i = index_of(id);

	if (conditional || i < 0 || (int)handling < t->handling[i])
		return;
	t->handling[i] = (int)handling;
	t->declined[i] = !strncmp(rule, "sotto-block", 11);
}


static void there(struct there *t, const struct sim *s)
{
	struct buddylist *list = NULL;
	struct pl text = pl_str(s->documents.docs[DOCUMENT_LIST].text);
	size_t i;

	memset(t, 0, sizeof(*t));
	for (i = 0; i < PEOPLE; i++)
		t->handling[i] = -1;
	assert_int_equal(buddylist_alloc(&list, &text), 0);
	buddylist_each(list, person_h, t);
	mem_deref(list);
	text = pl_str(s->documents.docs[DOCUMENT_RULES].text);
	if (text.p)
		assert_int_equal(presrules_decode(&text, rule_h, t), 0);
}


static void there_free(struct there *t)
{
	size_t i;

	for (i = 0; i < PEOPLE; i++)
		mem_deref(t->values[i]);
}


/* B blocked, D declined, A accepted, - nothing; of buddies, whom the list
 * lets in, accepted is nothing. */
static char word_here(const struct device *d, size_t i)
{
	const struct core_decision_entry *e =
		core_watcher_entry(d->account, peer_of(i));

	if (!e || !e->decided)
		return '-';
	if (e->decision == CORE_ACCEPT)
		return i < BUDDIES ? '-' : 'A';
	return e->decision == CORE_BLOCK ? 'B' : 'D';
}


static char word_there(const struct there *t, size_t i)
{
	switch (t->handling[i]) {
	case PRESRULES_ALLOW:
		return i < BUDDIES ? '-' : 'A';
	case PRESRULES_POLITE_BLOCK:
		return 'B';
	case PRESRULES_BLOCK:
		return t->declined[i] ? 'D' : 'B';
	default:
		return '-';
	}
}


static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}


/* Whether all have the same; VERBOSE: tells what not. */
static bool agree(struct sim *s, bool verbose)
{
	struct there t;
	bool all = true;
	size_t i, k;

	there(&t, s);
	for (k = 0; k < s->n; k++) {
		const struct device *d = &s->devices[k];

		for (i = 0; i < PEOPLE; i++) {
			char *value = here(d, i);
			char word = word_here(d, i);
			bool ok = same(value, t.values[i]) &&
				word == word_there(&t, i);

			if (!ok && verbose)
				print_error("%s is %s %c there, %s %c on "
					    "device %zu\n",
					peer_of(i),
					t.values[i] ? t.values[i] : "(none)",
					word_there(&t, i),
					value ? value : "(none)", word, k);
			mem_deref(value);
			all = all && ok;
		}
	}
	there_free(&t);
	return all;
}


/* ---- what the user does --------------------------------------------- */

static void wrote(struct sim *s, size_t i, size_t writer, const char *value)
{
	struct said *p = &s->said[i];

	p->writers |= 1u << writer;
	mem_deref(p->last);
	p->last = mem_strdup(value);
	if (!value)
		p->must = false;
	else if (p->writers == 1u << writer || p->must)
		p->must = true;
	tell(s, "%zu: %s is now %s", writer, peer_of(i),
		value ? value : "(removed)");
}


static void wrote_here(struct sim *s, size_t i, size_t k)
{
	char *value = here(&s->devices[k], i);

	wrote(s, i, k, value);
	mem_deref(value);
	/* What he is told is kept, is. */
	memnet_run(s->w.mn, 20);
}


static const char *const *some_groups(struct sim *s)
{
	static const char *some[4];
	size_t n = 0, i;

	for (i = 0; i < UNIT_N(some_names); i++) {
		if (!below(s, 3))
			some[n++] = some_names[i];
	}
	some[n] = NULL;
	return some;
}


static void edit(struct sim *s, size_t k)
{
	struct core_account *a = s->devices[k].account;
	size_t i = below(s, BUDDIES);
	struct core_buddy *b = core_buddy_find(a, peer_of(i));

	if (!b) {
		(void)core_buddy_add(a, peer_of(i),
			labels[below(s, UNIT_N(labels))], some_groups(s), NULL,
			NULL, NULL);
	} else {
		switch (below(s, 3)) {
		case 0:
			(void)core_buddy_remove(b, NULL);
			break;
		case 1:
			(void)core_buddy_rename(
				b, labels[below(s, UNIT_N(labels))]);
			break;
		default:
			(void)core_buddy_regroup(b, some_groups(s));
			break;
		}
	}
	wrote_here(s, i, k);
}


static void rename_group(struct sim *s, size_t k)
{
	struct device *d = &s->devices[k];
	char *before[BUDDIES];
	size_t i;

	for (i = 0; i < BUDDIES; i++)
		before[i] = here(d, i);
	(void)core_group_rename(d->core,
		some_names[below(s, UNIT_N(some_names))],
		some_names[below(s, UNIT_N(some_names))], NULL);
	for (i = 0; i < BUDDIES; i++) {
		char *now = here(d, i);

		if (!same(before[i], now))
			wrote_here(s, i, k);
		mem_deref(now);
		mem_deref(before[i]);
	}
}


static void decide(struct sim *s, size_t k)
{
	size_t i =
		below(s, 4) ? BUDDIES + below(s, STRANGERS) : below(s, BUDDIES);
	enum core_decision decision = (enum core_decision)below(s, 4);
	struct said *p = &s->said[i];

	(void)core_watcher_decide(
		s->devices[k].account, peer_of(i), decision, NULL);
	p->deciders |= 1u << k;
	p->words[k] = word_here(&s->devices[k], i);
	tell(s, "%zu: %s is decided: %c", k, peer_of(i), p->words[k]);
	memnet_run(s->w.mn, 20);
}


/* ---- the other program ---------------------------------------------- */

static void write_there(struct sim *s, enum document_kind kind, char *text)
{
	documents_set(&s->documents, kind, text);
}


/* Bytes that mean nothing to us, at the end of the document. */
static void mark(struct sim *s, enum document_kind kind)
{
	const char *text = s->documents.docs[kind].text, *end = text;
	const char *last;
	char *fresh;

	if (!text || s->n_marks == MARKS_MAX)
		return;
	while ((last = strstr(end, "</")))
		end = last + 2;
	end -= 2;
	s->marks[s->n_marks] = mem_printf("<!-- %zu --><x:y "
					  "xmlns:x='urn:example:x' n='%zu'>"
					  "<x:z/> </x:y>",
		s->n_marks, s->n_marks);
	fresh = mem_printf(
		"%.*s%s%s", (int)(end - text), text, s->marks[s->n_marks], end);
	s->marked[s->n_marks++] = kind;
	tell(s, "foreign: mark %zu", s->n_marks - 1);
	write_there(s, kind, fresh);
}


static void edit_there(struct sim *s)
{
	struct buddylist *list = NULL;
	struct mbuf *fresh = NULL;
	struct pl text = pl_str(s->documents.docs[DOCUMENT_LIST].text);
	size_t i = below(s, BUDDIES);
	struct buddylist_person person = {
		.peer = peer_of(i),
		.name = labels[below(s, UNIT_N(labels))],
		.groups = some_groups(s),
	};
	bool drop = !below(s, 3);

	if (!text.p)
		return;
	assert_int_equal(buddylist_alloc(&list, &text), 0);
	if (drop)
		(void)buddylist_drop(list, person.peer);
	else
		(void)buddylist_set(list, &person);
	assert_int_equal(buddylist_write(&fresh, list), 0);
	if (fresh) {
		char *value = value_of(person.name, person.groups);

		wrote(s, i, FOREIGN, drop ? NULL : value);
		write_there(s, DOCUMENT_LIST, mbuf_strdup(fresh));
		mem_deref(value);
	}
	mem_deref(fresh);
	mem_deref(list);
}


static void decide_there(struct sim *s)
{
	struct pl text = pl_str(s->documents.docs[DOCUMENT_RULES].text);
	size_t i = BUDDIES + below(s, STRANGERS);
	struct said *p = &s->said[i];
	bool block = below(s, 2);
	struct mbuf *fresh = NULL;

	if (!text.p)
		return;
	assert_int_equal(
		presrules_set(&fresh, &text, peer_of(i),
			block ? PRESRULES_POLITE_BLOCK : PRESRULES_ALLOW),
		0);
	if (!fresh)
		return;
	p->deciders |= 1u << FOREIGN;
	p->words[FOREIGN] = block ? 'B' : 'A';
	tell(s, "foreign: %s is decided: %c", peer_of(i), p->words[FOREIGN]);
	write_there(s, DOCUMENT_RULES, mbuf_strdup(fresh));
	mem_deref(fresh);
}


/* The server has lost the list. */
static void lose(struct sim *s)
{
	size_t i, k;

	tell(s, "the server loses the list");
	documents_set(&s->documents, DOCUMENT_LIST, NULL);
	for (i = 0; i < s->n_marks; i++) {
		if (s->marked[i] == DOCUMENT_LIST)
			s->marked[i] = DOCUMENTS;
	}
	for (i = 0; i < BUDDIES; i++) {
		struct said *p = &s->said[i];
		bool everywhere = true;

		for (k = 0; k < s->n; k++) {
			struct device *d = &s->devices[k];
			char *value = d->core ? here(d, i) : NULL;

			everywhere = everywhere && value;
			mem_deref(value);
		}
		p->must = p->must && everywhere;
		p->writers = ~0u;
	}
}


static void foreign(struct sim *s)
{
	switch (below(s, 10)) {
	case 0:
	case 1:
	case 2:
		mark(s, DOCUMENT_LIST);
		break;
	case 3:
		mark(s, DOCUMENT_RULES);
		break;
	case 4:
	case 5:
	case 6:
		edit_there(s);
		break;
	case 7:
		if (!below(s, 4))
			lose(s);
		break;
	default:
		decide_there(s);
		break;
	}
}


/* ---- the run -------------------------------------------------------- */

/* Two created a document at once, and the server took both: what a third did
 * in between is gone, which nobody can help. */
static void note_overwritten(struct sim *s)
{
	size_t i;

	if (s->documents.overwritten == s->overwritten)
		return;
	tell(s, "a new document took the place of another");
	s->overwritten = s->documents.overwritten;
	for (i = 0; i < s->n_marks; i++)
		s->marked[i] = DOCUMENTS;
	for (i = 0; i < PEOPLE; i++) {
		struct said *p = &s->said[i];

		if (p->writers &&
			(p->writers & 1u << FOREIGN || s->n > 2 || s->died)) {
			p->must = false;
			p->writers = ~0u;
		}
		if (p->deciders &&
			(p->deciders & 1u << FOREIGN || s->n > 2 || s->died))
			p->deciders = ~0u;
	}
}


static void pass(struct sim *s, uint64_t ms)
{
	memnet_run(s->w.mn, ms);
	server_forget(&s->registrar.server);
	note_overwritten(s);
}


static void step(struct sim *s)
{
	static const unsigned waits[] = {
		0, 1, 10, 100, 1000, 10 * 1000, MINUTE, 6 * MINUTE};
	size_t k = below(s, (unsigned)s->n);
	struct device *d = &s->devices[k];
	unsigned what = below(s, 100);

	if (!d->core) {
		tell(s, "%zu: starts", k);
		device_start(d);
	} else if (what < 45) {
		edit(s, k);
	} else if (what < 50) {
		rename_group(s, k);
	} else if (what < 62) {
		decide(s, k);
	} else if (what < 75) {
		tell(s, "%zu: logs in", k);
		device_login(d);
	} else if (what < 82) {
		tell(s, "%zu: logs out", k);
		device_logout(d);
	} else if (what < 88) {
		tell(s, "%zu: dies", k);
		device_die(d);
		s->died = true;
	} else {
		foreign(s);
	}
	pass(s, below(s, waits[below(s, UNIT_N(waits))] + 1));
}


static void settle(struct sim *s)
{
	unsigned minutes = 0;
	size_t k;

	s->documents.trouble = s->documents.lost = 0;
	s->documents.delay = 50;
	tell(s, "all sign in");
	for (k = 0; k < s->n; k++) {
		device_start(&s->devices[k]);
		device_login(&s->devices[k]);
	}
	pass(s, MINUTE);
	while (!agree(s, false) && minutes++ < AGREE_MAX)
		pass(s, MINUTE);
	if (!agree(s, true))
		wrong(s, "no agreement");
	/* What went wrong before is tried again by then. */
	pass(s, TRIED);
	s->documents.puts = 0;
	pass(s, REST);
	if (!agree(s, true) || s->documents.puts)
		wrong(s, "no rest: %zu written", s->documents.puts);
	tell(s, "all agree");
}


static bool one_of(const struct said *p, char word)
{
	size_t k;

	if (!p->deciders)
		return word == p->decided;
	for (k = 0; k < WRITERS; k++) {
		if (p->deciders & 1u << k && p->words[k] == word)
			return true;
	}
	return false;
}


static bool is_one(unsigned bits)
{
	return bits && !(bits & (bits - 1));
}


static void judge(struct sim *s)
{
	struct there t;
	size_t i;

	there(&t, s);
	for (i = 0; i < PEOPLE; i++) {
		struct said *p = &s->said[i];
		char word = word_there(&t, i);
		const char *now = t.values[i];

		if (p->must && !now)
			wrong(s, "%s is lost", peer_of(i));
		if (!p->writers && !same(now, p->before))
			wrong(s, "%s was %s, is %s", peer_of(i), p->before,
				now);
		if (is_one(p->writers) && !same(now, p->last))
			wrong(s, "%s was made %s, is %s", peer_of(i), p->last,
				now);
		if (p->deciders != ~0u && !one_of(p, word))
			wrong(s, "%s is %c, which nobody said last (%c before)",
				peer_of(i), word, p->decided);
		mem_deref(p->before);
		p->before = mem_strdup(now);
		p->last = mem_deref(p->last);
		p->must = now != NULL;
		p->writers = p->deciders = 0;
		p->decided = word;
	}
	there_free(&t);
	for (i = 0; i < s->n_marks; i++) {
		if (s->marked[i] == DOCUMENTS)
			continue;
		if (!strstr(s->documents.docs[s->marked[i]].text, s->marks[i]))
			wrong(s, "mark %zu is gone", i);
	}
	if (s->documents.gets > ASKED_MAX)
		wrong(s, "%zu requests", s->documents.gets);
	s->documents.gets = 0;
}


static void changed_h(enum document_kind kind, const char *etag, void *arg)
{
	struct sim *s = arg;

	registrar_tell(&s->registrar, kind, etag);
}


static struct sim *sim_open(uint64_t seed)
{
	static const char *const addrs[DEVICES] = {
		"192.0.2.1", "192.0.2.2", "192.0.2.3"};
	struct sim *s = mem_zalloc(sizeof(*s), NULL);
	size_t i;

	s->seed = seed;
	s->trace = getenv("SOTTO_TRACE") != NULL;
	world_open(&s->w, seed);
	registrar_open(&s->registrar, &s->w, "192.0.2.9");
	s->registrar.tells = below(s, 2);
	documents_init(
		&s->documents, memnet_tmrs(s->w.mn), memnet_rand(s->w.mn));
	s->documents.changed = changed_h;
	s->documents.arg = s;
	s->documents.careless = below(s, 2);
	s->documents.trace = s->trace;
	s->n = 2 + below(s, 2);
	for (i = 0; i < s->n; i++) {
		device_open(&s->devices[i], s->w.mn, addrs[i], &s->documents,
			&s->w.resolver);
		s->devices[i].trace = s->trace;
		device_start(&s->devices[i]);
	}
	for (i = 0; i < PEOPLE; i++)
		s->said[i].decided = '-';
	return s;
}


static void sim_close(struct sim *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		device_close(&s->devices[i]);
	for (i = 0; i < PEOPLE; i++) {
		mem_deref(s->said[i].before);
		mem_deref(s->said[i].last);
	}
	while (s->n_marks)
		mem_deref(s->marks[--s->n_marks]);
	documents_close(&s->documents);
	memnet_run(s->w.mn, 40 * 1000);
	registrar_close(&s->registrar);
	world_close(&s->w);
	mem_deref(s);
}


static void run(uint64_t seed)
{
	struct sim *s = sim_open(seed);
	unsigned phase, steps;

	tell(s, "seed %llu: %zu devices%s", (unsigned long long)seed, s->n,
		s->documents.careless ? ", a careless server" : "");
	for (phase = 0; phase < PHASES; phase++) {
		static const unsigned delays[] = {1, 900, 3000};
		static const unsigned many[] = {6, 24, 100};

		/* Whether a new document is ours is looked at after 2 s. */
		s->documents.delay = delays[below(
			s, UNIT_N(delays) - s->documents.careless)];
		s->documents.trouble = below(s, 3) ? 0 : below(s, 400);
		s->documents.lost = below(s, 3) ? 0 : below(s, 400);
		steps = below(s, many[below(s, UNIT_N(many))]);
		for (; steps; steps--)
			step(s);
		settle(s);
		judge(s);
		s->died = false;
	}
	sim_close(s);
}


static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}


static void devices(void **state)
{
	uint64_t seed = number("SOTTO_SEED", 1);
	uint64_t n = number("SOTTO_SEEDS", getenv("SOTTO_SEED") ? 1 : SEEDS);

	(void)state;
	while (n--) {
		run(seed++);
	}
}


static int test_devices(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(devices),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}


UNIT_MAIN(test_devices)
