/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_tables.c - options, settings, blocks and messages for tests of
 * commands. */
#include <assert.h>
#include <errno.h>
#include <sysexits.h>
#include <string.h>
#include "fake_core.h"
#include "mbuf.h"
#include "mem.h"


const struct core_option core_options[] = {
	{.name = "theme", .type = CORE_STRING, .help = "the colours"},
	{.name = "notify-command", .type = CORE_WORDS},
	{.name = NULL},
};

const struct core_option core_settings[] = {
	{.name = "password", .type = CORE_SECRET},
	{.name = "password-command", .type = CORE_WORDS},
	{.name = "proxy", .type = CORE_URI},
	{.name = "display-name", .type = CORE_STRING},
	{.name = NULL},
};


static const struct store_message messages[] = {
	{.id = 1000,
		.account = "work",
		.peer = "sip:bob@example.org",
		.text = "one\ntwo",
		.via = "page",
		.state = STORE_RECEIVED,
		.at = 1699990000000},
	{.id = 1001,
		.account = "work",
		.peer = "sip:bob@example.org",
		.text = "h\xc3\xa9llo \x1b[31mred",
		.via = "page",
		.out = true,
		.state = STORE_FAILED,
		.reason = "Not\nFound",
		.code = 404,
		.at = 1600000000000},
	{.id = 1002,
		.account = "sip:gone@example.org",
		.peer = "sip:kim@example.com",
		.text = "three",
		.via = "session",
		.out = true,
		.state = STORE_DELIVERED,
		.at = 1600000000000},
};


void core_history_page(struct core *core, struct core_account *a,
	const char *peer, uint64_t before, size_t n, store_page_h *h, void *arg)
{
	size_t from = n < 3 ? 3 - n : 0;

	fake_note(core, "page %s %s %llu %zu", a ? core_account_name(a) : "-",
		peer ? peer : "-", (unsigned long long)before, n);
	if (fake_store_err(core))
		h(fake_store_err(core), NULL, 0, arg);
	else
		h(0, messages + from, 3 - from, arg);
}


void core_history_around(struct core *core, struct core_account *a,
	const char *peer, uint64_t id, size_t n, store_page_h *h, void *arg)
{
	fake_note(core, "around %s %s %llu %zu", core_account_name(a), peer,
		(unsigned long long)id, n);
	if (id == 1001)
		h(0, messages, 2, arg);
	else
		h(ENOENT, NULL, 0, arg);
}


void core_history_clear(
	struct core_account *a, const char *peer, core_cleared_h *h, void *arg)
{
	fake_note(fake_core_of(a), "clear %s %s", core_account_name(a), peer);
	h(fake_store_err(fake_core_of(a)), 3, 0, arg);
}


void core_history_export(struct core *core, const char *path,
	struct core_account *a, const char *peer, core_format_h *format,
	core_exported_h *h, void *arg)
{
	struct mbuf *mb = mbuf_alloc(65536);
	size_t i;

	for (i = 0; i < 3; i++)
		format(mb, &messages[i], "Bob");
	fake_note(core, "export %s %s %s %.*s", path,
		a ? core_account_name(a) : "-", peer ? peer : "-", (int)mb->end,
		(const char *)mb->buf);
	mem_deref(mb);
	if (fake_store_err(core))
		h(EX_OSERR, "out: No space left on device", 0, arg);
	else
		h(0, NULL, 3, arg);
}


int core_exchange_import(struct core *core, struct core_account *a,
	const char *path, core_bad_row_h *bad, core_imported_h *h, void *arg,
	char **why)
{
	const struct core_imported n = {2, 1, 4, 1};

	fake_note(core, "import %s %s", a ? core_account_name(a) : "-", path);
	if (!strcmp(path, "early")) {
		*why = mem_strdup("there is no account");
		return EX_CONFIG;
	}
	if (fake_store_err(core)) {
		h(EX_OSERR, "in: Permission denied", &n, arg);
		return 0;
	}
	bad(7, "no address", arg);
	h(EX_DATAERR, NULL, &n, arg);
	return 0;
}


int core_exchange_export(struct core *core, struct core_account *a,
	const char *path, core_listed_h *h, void *arg, char **why)
{
	fake_note(core, "list %s %s", a ? core_account_name(a) : "-", path);
	if (!strcmp(path, "early")) {
		*why = mem_strdup("not that one");
		return EX_USAGE;
	}
	if (fake_store_err(core))
		h(EX_OSERR, "out: No space left on device", 0, arg);
	else
		h(0, NULL, 2, arg);
	return 0;
}


void core_search_messages(struct core *core, struct core_account *a,
	const char *query, uint64_t before, size_t n, store_hits_h *h,
	void *arg)
{
	static const struct store_mark marks[] = {{0, 6}, {12, 15}};
	const struct store_hit hits[] = {
		{messages[1], marks, 2}, {messages[0], NULL, 0}};

	fake_note(core, "messages %s %s %llu %zu",
		a ? core_account_name(a) : "-", query,
		(unsigned long long)before, n);
	if (fake_store_err(core))
		h(fake_store_err(core), NULL, 0, arg);
	else
		h(0, hits, n < 2 ? n : 2, arg);
}


const char *store_state_name(enum store_state state)
{
	return state == STORE_FAILED ? "failed" : "delivered";
}


char *dialect_trace_key(bool sent, const struct pl *text)
{
	return mem_printf("%s %zu", sent ? "out" : "in", text->l);
}


bool core_watcher_blocked(struct core_account *a, const char *peer)
{
	(void)a;
	return strstr(peer, "evil") != NULL;
}


bool core_watcher_asks(struct core_account *a, const char *peer)
{
	(void)a;
	return strstr(peer, "asks@") != NULL;
}


int core_way_learn(struct core_account *a, const char *peer, const char *typed,
	const struct core_origin *origin, char **why)
{
	(void)a;
	(void)peer;
	(void)typed;
	(void)origin;
	(void)why;
	return 0;
}


struct fake_job fake_job;


static int submit(void *ctx, work_run_h *run, work_done_h *done, void *arg)
{
	(void)ctx;
	if (fake_job.slow) {
		assert(!fake_job.run);
		fake_job.run = run;
		fake_job.done = done;
		fake_job.arg = arg;
		return 0;
	}
	run(arg);
	done(arg);
	return 0;
}


const struct work *core_work(const struct core *core)
{
	static const struct work work = {.submit = submit};

	(void)core;
	return &work;
}
