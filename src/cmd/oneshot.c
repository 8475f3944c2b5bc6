/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oneshot.c - what a one-shot command needs before it runs. */
#include <string.h>
#include "cmd_int.h"


/* Flags and missing arguments that make a command do without. */
static bool stays_home(const struct args *args)
{
	if (args->entry == &cmd_search)
		return args_get(args, "-m") ||
			(args_get(args, "-b") && !args_get(args, "-p"));
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
