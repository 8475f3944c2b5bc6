/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buddy_people.c: who was moved stands where sorting them all would put them;
 * on a core that is a double. */
#include "buddy_people.h"
#include "rand.h"
#include "unit.h"


enum {
	BUDDIES = 300,
	STRANGERS = 5,
	ROUNDS = 400,
};

struct core_account {
	int unused;
};

struct core_buddy {
	char aor[40];
	char name[20];
	const char *groups[3];
	struct presence presence;
};

struct core_chat {
	char peer[40];
	unsigned unread;
};

struct core {
	const char *order;
	struct core_account *account;
	struct core_buddy *buddies[BUDDIES];
	struct core_chat *chats[BUDDIES + STRANGERS];
	size_t n_chats;
};

/* What the doubles answer from. */
static struct core *fake;


int test_buddy_people(void);


/* ---- doubles -------------------------------------------------------- */

struct core_account *core_account_first(struct core *core)
{
	return core->account;
}


struct core_account *core_account_next(struct core_account *a)
{
	(void)a;
	return NULL;
}


const char *core_account_name(const struct core_account *a)
{
	(void)a;
	return "me";
}


const char *core_option_get(const struct core *core, const char *name)
{
	assert_string_equal(name, "buddies-order");
	return core->order;
}


bool core_folded(const struct core *core, const char *group)
{
	(void)core;
	return group[0] == 'Z';
}


struct core_buddy *core_buddy_first(struct core_account *a)
{
	(void)a;
	return fake->buddies[0];
}


struct core_buddy *core_buddy_next(struct core_buddy *b)
{
	size_t i;

	for (i = 0; fake->buddies[i] != b; i++)
		;
	return i + 1 < BUDDIES ? fake->buddies[i + 1] : NULL;
}


struct core_account *core_buddy_account(const struct core_buddy *b)
{
	(void)b;
	return fake->account;
}


const char *core_buddy_aor(const struct core_buddy *b)
{
	return b->aor;
}


const char *const *core_buddy_groups(const struct core_buddy *b)
{
	return b->groups;
}


const struct presence *core_buddy_presence(const struct core_buddy *b)
{
	return &b->presence;
}


struct core_buddy *core_buddy_find(struct core_account *a, const char *peer)
{
	size_t i;

	(void)a;
	for (i = 0; i < BUDDIES; i++) {
		if (!strcmp(fake->buddies[i]->aor, peer))
			return fake->buddies[i];
	}
	return NULL;
}


const char *core_peer_name(struct core_account *a, const char *peer)
{
	const struct core_buddy *b = core_buddy_find(a, peer);

	return b ? b->name : peer;
}


struct core_chat *core_chat_first(struct core *core)
{
	return core->chats[0];
}


struct core_chat *core_chat_next(struct core_chat *c)
{
	size_t i;

	for (i = 0; fake->chats[i] != c; i++)
		;
	return i + 1 < fake->n_chats ? fake->chats[i + 1] : NULL;
}


struct core_account *core_chat_account(const struct core_chat *c)
{
	(void)c;
	return fake->account;
}


const char *core_chat_peer(const struct core_chat *c)
{
	return c->peer;
}


struct core_chat *core_chat_find(struct core_account *a, const char *peer)
{
	size_t i;

	(void)a;
	for (i = 0; i < fake->n_chats; i++) {
		if (!strcmp(fake->chats[i]->peer, peer))
			return fake->chats[i];
	}
	return NULL;
}


unsigned core_chat_unread(const struct core_chat *c)
{
	return c->unread;
}


/* ---- the people ----------------------------------------------------- */

static struct core_chat *add_chat(const char *peer)
{
	struct core_chat *c = mem_zalloc(sizeof(*c), NULL);

	(void)snprintf(c->peer, sizeof(c->peer), "%s", peer);
	fake->chats[fake->n_chats++] = c;
	return c;
}


/* Some in no group, some in two; names that come twice. */
static int set_up(void **state)
{
	static const char *const groups[] = {
		"work", "Friends", "family", "Zebra", "a"};
	size_t i;
	char peer[40];

	fake = mem_zalloc(sizeof(*fake), NULL);
	fake->order = "presence";
	fake->account = mem_zalloc(sizeof(*fake->account), NULL);
	for (i = 0; i < BUDDIES; i++) {
		struct core_buddy *b = mem_zalloc(sizeof(*b), NULL);

		(void)snprintf(b->aor, sizeof(b->aor), "sip:b%zu@lab.test", i);
		(void)snprintf(b->name, sizeof(b->name), "%s %zu",
			i % 2 ? "kim" : "Bob", i * 7 % 100);
		if (i % 4)
			b->groups[0] = groups[i % UNIT_N(groups)];
		if (i % 4 == 3)
			b->groups[1] = groups[(i + 1) % UNIT_N(groups)];
		fake->buddies[i] = b;
		if (i % 3 == 0)
			add_chat(b->aor)->unread = (unsigned)(i % 5);
	}
	for (i = 0; i < STRANGERS; i++) {
		(void)snprintf(peer, sizeof(peer), "sip:s%zu@lab.test", i);
		add_chat(peer)->unread = (unsigned)i;
	}
	*state = fake;
	return 0;
}


static int tear_down(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < BUDDIES; i++)
		mem_deref(fake->buddies[i]);
	while (fake->n_chats)
		mem_deref(fake->chats[--fake->n_chats]);
	mem_deref(fake->account);
	fake = mem_deref(fake);
	return 0;
}


static void same_group(const struct buddy_group *a, const struct buddy_group *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->online, b->online);
	assert_int_equal(a->unread, b->unread);
}


/* As if they had all been collected just now. */
static void is_as_new(const struct buddy_people *bp)
{
	struct buddy_people anew = {.core = fake};
	size_t i;

	buddy_people_make(&anew);
	assert_int_equal(bp->n, anew.n);
	assert_int_equal(bp->n_groups, anew.n_groups);
	assert_int_equal(bp->buddies, anew.buddies);
	assert_int_equal(bp->online, anew.online);
	assert_true(bp->buddies < bp->n && bp->online <= bp->buddies);
	for (i = 0; i < bp->n; i++) {
		const struct buddy_person *p = bp->all[i], *q = anew.all[i];

		assert_string_equal(p->peer, q->peer);
		assert_string_equal(p->group->name, q->group->name);
		assert_int_equal(p->rank, q->rank);
		assert_int_equal(p->unread, q->unread);
		assert_false(p->touched);
	}
	for (i = 0; i < bp->n_groups; i++)
		same_group(bp->groups[i], anew.groups[i]);
	buddy_people_clear(&anew);
}


static const char *change_one(struct rand *rand)
{
	struct core_buddy *b = fake->buddies[rand_below(rand, BUDDIES)];
	struct core_chat *c =
		fake->chats[rand_below(rand, (uint32_t)fake->n_chats)];

	if (rand_below(rand, 3) == 0) {
		c->unread = rand_below(rand, 4);
		return c->peer;
	}
	b->presence.state = (enum presence_state)rand_below(rand, 3);
	b->presence.activity =
		b->presence.state == PRESENCE_ONLINE && rand_below(rand, 2)
		? PRESENCE_AWAY
		: PRESENCE_NONE;
	return b->aor;
}


static void moved_as_sorted(const char *order)
{
	struct buddy_people bp = {.core = fake};
	struct rand *rand = rand_seeded(7);
	unsigned round, n;

	fake->order = order;
	buddy_people_make(&bp);
	is_as_new(&bp);
	for (round = 0; round < ROUNDS; round++) {
		for (n = rand_below(rand, round % 50 ? 4 : BUDDIES); n; n--)
			assert_true(buddy_people_touch(
				&bp, "me", change_one(rand)));
		buddy_people_update(&bp);
		is_as_new(&bp);
	}
	buddy_people_clear(&bp);
	mem_deref(rand);
}


static void by_presence(void **state)
{
	(void)state;
	moved_as_sorted("presence");
}


static void by_name(void **state)
{
	(void)state;
	moved_as_sorted("name");
}


static void fixed(void **state)
{
	(void)state;
	moved_as_sorted("fixed");
}


static void who_is_there(void **state)
{
	struct buddy_people bp = {.core = fake};

	(void)state;
	assert_false(buddy_people_touch(&bp, "me", "sip:b1@lab.test"));
	buddy_people_update(&bp);
	buddy_people_make(&bp);
	assert_true(buddy_people_touch(&bp, "me", "sip:b1@lab.test"));
	assert_true(buddy_people_touch(&bp, "me", "sips:b1@lab.test"));
	assert_true(buddy_people_touch(&bp, "me", "sip:s1@lab.test"));
	assert_false(buddy_people_touch(&bp, "other", "sip:b1@lab.test"));
	assert_false(buddy_people_touch(&bp, "me", "sip:s9@lab.test"));
	/* A stranger's chat was closed. */
	mem_deref(fake->chats[--fake->n_chats]);
	assert_false(buddy_people_touch(&bp, "me", "sip:s4@lab.test"));
	buddy_people_make(&bp);
	is_as_new(&bp);
	assert_ptr_equal(
		buddy_people_group(&bp, bp.groups[1]->name), bp.groups[1]);
	assert_null(buddy_people_group(&bp, NULL));
	buddy_people_clear(&bp);
}


int test_buddy_people(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_presence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fixed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			who_is_there, set_up, tear_down),
	};

	return cmocka_run_group_tests_name(
		"ui/buddy_people", tests, NULL, NULL);
}


UNIT_MAIN(test_buddy_people)
