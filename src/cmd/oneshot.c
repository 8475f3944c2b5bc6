/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oneshot.c - what a one-shot command needs before it runs. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cmd_int.h"
#include "json.h"


/* Flags and missing arguments that make a command do without. */
static bool stays_home(const struct args *args)
{
	if (args->entry == &cmd_search)
		return (args_get(args, "-m") || args_get(args, "-b")) &&
			!args_get(args, "-p");
	if (args->entry == &cmd_presence_show)
		return !args_get(args, "B");
	return false;
}


/* The person or account that the command names; NULL: none. */
static const char *target_of(const struct args *args, enum cmd_kind *kind)
{
	const char *b;

	if (args->entry == &cmd_wait)
		return wait_target(args_list(args, "CONDITION"), kind);
	*kind = CMD_BUDDY;
	b = args_get(args, "B");
	if (!b && args->entry == &cmd_search) {
		b = args_get(args, "QUERY");
		return strchr(b, '@') ? b : NULL;
	}
	return b;
}


static struct core_account *account_of(
	const struct cmd *cmd, const struct args *args)
{
	struct core_account *a = NULL;
	enum cmd_kind kind;
	const char *target = target_of(args, &kind);
	char *peer = NULL, *why = NULL;
	int status;

	if (args->account)
		return core_account_find(cmd->core, args->account);
	if (cmd->account)
		return core_account_find(cmd->core, cmd->account);
	if (target && kind == CMD_ACCOUNT)
		return core_account_find(cmd->core, target);
	if (target)
		status = core_resolve(cmd->core, NULL, target, &a, &peer, &why);
	else
		status = core_pick_account(cmd->core, NULL, NULL, &a, &why);
	mem_deref(peer);
	mem_deref(why);
	return status ? NULL : a;
}


bool cmd_needs_network(struct cmd *cmd, size_t argc, const char *const argv[],
	struct core_account **ap, uint64_t *limit)
{
	struct words *w = words_alloc(), *out = NULL;
	const struct cmd_entry *entry;
	struct args *args = NULL;
	bool needs = false;
	char *why = NULL;
	size_t i, at;

	*ap = NULL;
	for (i = 0; i < argc; i++)
		words_add(w, argv[i]);
	entry = line_entry(cmd, w, &out, &at, &why);
	if (entry && !args_parse(&args, entry, out, at, &why)) {
		if (args->seconds)
			(void)args_seconds(args->seconds, limit);
		if ((entry->needs & CMD_NETWORK) && !stays_home(args))
			*ap = account_of(cmd, args);
		needs = *ap != NULL;
	}
	mem_deref(args);
	mem_deref(why);
	mem_deref(out);
	mem_deref(w);
	return needs;
}


bool cmd_resends(
	struct cmd *cmd, size_t argc, const char *const argv[], uint64_t *id)
{
	struct words *w = words_alloc(), *out = NULL;
	const struct cmd_entry *entry;
	struct args *args = NULL;
	char *why = NULL;
	bool yes = false;
	size_t i, at;

	for (i = 0; i < argc; i++)
		words_add(w, argv[i]);
	entry = line_entry(cmd, w, &out, &at, &why);
	if (entry == &cmd_msg && !args_parse(&args, entry, out, at, &why)) {
		struct pl pl = pl_str(args_get(args, "--resend"));

		yes = pl_isset(&pl) && !pl_u64(&pl, id);
	}
	mem_deref(args);
	mem_deref(why);
	mem_deref(out);
	mem_deref(w);
	return yes;
}


bool cmd_is_kept(struct cmd *cmd, size_t argc, const char *const argv[])
{
	struct words *w = words_alloc(), *out = NULL;
	const struct cmd_entry *entry;
	char *why = NULL;
	size_t i, at;

	for (i = 0; i < argc; i++)
		words_add(w, argv[i]);
	entry = line_entry(cmd, w, &out, &at, &why);
	mem_deref(why);
	mem_deref(out);
	mem_deref(w);
	return entry == &cmd_msg && core_keeps(cmd->core);
}


bool cmd_needs_nothing(size_t argc, const char *const argv[])
{
	struct words *w = words_alloc();
	const struct cmd_entry *entry = NULL;
	char *why = NULL;
	size_t i, at;

	for (i = 0; i < argc; i++)
		words_add(w, argv[i]);
	if (argc)
		entry = lookup_entry(w, &at, &why);
	mem_deref(why);
	mem_deref(w);
	return entry && (entry->needs & CMD_FREE);
}


/* True if the word behind the words W is the name of a file. */
static bool file_next(
	const struct cmd_entry *entry, const struct words *w, size_t at)
{
	struct args_next next = {0};

	args_next(&next, entry, w, at);
	return next.item && next.item->kind == CMD_FILE;
}


static bool takes_file(const struct cmd_entry *entry)
{
	const struct cmd_item *item;

	for (item = entry->items; item->flag || item->name; item++) {
		if (item->kind == CMD_FILE)
			return true;
	}
	return false;
}


/* NAME as it is called from anywhere (mem_deref). */
static char *absolute(const char *name)
{
	char *cwd = NULL, *path;

	if (name[0] != '/' && strncmp(name, "~/", 2) != 0)
		cwd = getcwd(NULL, 0);
	path = cwd ? mem_printf("%s/%s", cwd, name) : mem_strdup(name);
	free(cwd);
	return path;
}


struct json *cmd_words_away(
	size_t argc, const char *const argv[], uint64_t *limit, bool *endless)
{
	struct words *w = words_alloc(), *so_far = words_alloc();
	struct json *json = json_new_array();
	const struct cmd_entry *entry;
	struct args *args = NULL;
	char *why = NULL;
	bool files;
	size_t i, at;

	for (i = 0; i < argc; i++)
		words_add(w, argv[i]);
	entry = lookup_entry(w, &at, NULL);
	*endless = !entry || (entry->needs & CMD_HOLDS);
	files = entry && takes_file(entry);
	for (i = 0; i < argc; i++) {
		char *word = files && i >= at && !args_is_flag(argv[i]) &&
				file_next(entry, so_far, at)
			? absolute(argv[i])
			: mem_strdup(argv[i]);

		json_append(json, json_new_str(word));
		words_add(so_far, argv[i]);
		mem_deref(word);
	}
	if (entry && !args_parse(&args, entry, w, at, &why) && args->seconds)
		(void)args_seconds(args->seconds, limit);
	mem_deref(why);
	mem_deref(args);
	mem_deref(so_far);
	mem_deref(w);
	return json;
}
