/* SPDX-License-Identifier: GPL-3.0-or-later */
/* args.c - flags and arguments by an entry's spec; the usage line. */
#include <ctype.h>
#include <string.h>
#include "cmd_int.h"
#include "mbuf.h"


const struct cmd_item args_common[] = {
	{.flag = "-a", .name = "NAME", .kind = CMD_ACCOUNT},
	{.flag = "-t", .name = "SECONDS", .kind = CMD_SECONDS},
	{.flag = NULL},
};


static void args_destructor(void *data)
{
	struct args *args = data;
	size_t i;

	for (i = 0; i < CMD_ITEMS_MAX; i++)
		mem_deref(args->values[i]);
	mem_deref(args->account);
	mem_deref(args->seconds);
}


/* ---- the spec ------------------------------------------------------- */


static bool item_ends(const struct cmd_item *item)
{
	return !item->flag && !item->name;
}


/* True for kinds that take the words to the end as one value. */
static bool kind_joins(enum cmd_kind kind)
{
	return kind == CMD_TEXT || kind == CMD_COMMAND || kind == CMD_VALUE;
}


static const struct cmd_item *find_flag(
	const struct cmd_item *item, const char *word, size_t len)
{
	for (; !item_ends(item); item++) {
		if (item->flag && strlen(item->flag) == len &&
			!memcmp(item->flag, word, len))
			return item;
	}
	return NULL;
}


/* The N-th argument that is no flag; NULL behind the last one. */
static const struct cmd_item *find_argument(
	const struct cmd_entry *entry, size_t n)
{
	const struct cmd_item *item;

	for (item = entry->items; !item_ends(item); item++) {
		if (item->flag)
			continue;
		if (item->repeat || !n)
			return item;
		n--;
	}
	return NULL;
}


bool args_is_flag(const char *word)
{
	return word[0] == '-' &&
		(isalpha((unsigned char)word[1]) ||
			(word[1] == '-' && isalpha((unsigned char)word[2])));
}


/* ---- usage ---------------------------------------------------------- */


static void write_item(struct mbuf *mb, const struct cmd_item *item)
{
	bool optional = item->optional || (item->flag && !item->alone);

	mbuf_write_str(mb, optional ? " [" : " ");
	if (item->flag)
		mbuf_write_str(mb, item->flag);
	if (item->flag && item->name)
		mbuf_write_str(mb, " ");
	if (item->name)
		mbuf_write_str(mb, item->name);
	if (item->repeat && !item->flag)
		mbuf_write_str(mb, "...");
	if (optional)
		mbuf_write_str(mb, "]");
}


char *cmd_usage(const struct cmd_entry *entry)
{
	struct mbuf *mb = mbuf_alloc(4096);
	const struct cmd_item *item;
	char *s;

	mbuf_write_str(mb, entry->name);
	for (item = entry->items; !item_ends(item); item++) {
		if (!item->alone)
			write_item(mb, item);
	}
	for (item = entry->items; !item_ends(item); item++) {
		if (item->alone) {
			mbuf_printf(mb, "\n%s", entry->name);
			write_item(mb, item);
		}
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	return s;
}


/* The usage on one line, for a sentence. */
static char *usage_line(const struct cmd_entry *entry)
{
	struct mbuf *mb = mbuf_alloc(8192);
	char *usage = cmd_usage(entry), *s, *p;

	for (p = usage; *p; p++) {
		if (*p == '\n')
			mbuf_write_str(mb, " or ");
		else
			mbuf_write_u8(mb, (uint8_t)*p);
	}
	s = mbuf_strdup(mb);
	mem_deref(mb);
	mem_deref(usage);
	return s;
}


/* ---- parsing -------------------------------------------------------- */


static int add_value(
	struct args *args, const struct cmd_item *item, char *word, char **why)
{
	ptrdiff_t i = item - args->entry->items;
	bool flag = item->flag != NULL;
	int err = args_check(item, word, why);

	if (err) {
		mem_deref(word);
		return err;
	}
	if (flag && args->values[i] && !item->repeat) {
		*why = mem_printf(T_FLAG_TWICE, item->flag);
		mem_deref(word);
		return EX_USAGE;
	}
	if (!args->values[i])
		args->values[i] = words_alloc();
	words_take(args->values[i], word);
	return 0;
}


static int add_common(struct args *args, const struct cmd_item *item,
	const char *word, char **why)
{
	char **slot = item == &args_common[0] ? &args->account : &args->seconds;
	int err = args_check(item, word, why);

	if (err)
		return err;
	if (*slot) {
		*why = mem_printf(T_FLAG_TWICE, item->flag);
		return EX_USAGE;
	}
	*slot = mem_strdup(word);
	return 0;
}


/* A password may begin as a flag does, and is not repeated. */
static char *no_such_flag(
	const struct args *args, const struct words *w, size_t i)
{
	char *usage = usage_line(args->entry), *why;
	bool secret = false;
	size_t k;

	for (k = 0; k <= i; k++)
		secret = secret || line_names_secret(w->v[k]);
	why = secret ? mem_printf(T_SECRET_FLAG, usage)
		     : mem_printf(T_NO_FLAG, w->v[i], usage);
	mem_deref(usage);
	return why;
}


/* Reads the flag at word *I, and its value. */
static int read_flag(
	struct args *args, const struct words *w, size_t *i, char **why)
{
	const char *word = w->v[*i], *eq = strchr(word, '='), *value;
	size_t len = eq ? (size_t)(eq - word) : strlen(word);
	const struct cmd_item *own, *item;

	own = find_flag(args->entry->items, word, len);
	item = own ? own : find_flag(args_common, word, len);
	if (!item) {
		*why = no_such_flag(args, w, *i);
		return EX_USAGE;
	}
	if (!item->name && eq) {
		*why = mem_printf(T_FLAG_PLAIN, item->flag);
		return EX_USAGE;
	}
	value = eq ? eq + 1 : "";
	if (item->name && !eq) {
		if (*i + 1 == w->n) {
			*why = mem_printf(T_FLAG_VALUE, item->flag, item->name);
			return EX_USAGE;
		}
		value = w->v[++*i];
	}
	++*i;
	return own ? add_value(args, own, mem_strdup(value), why)
		   : add_common(args, item, value, why);
}


/* One word is a command line as it stands; several are quoted anew. */
static char *join_command(const struct words *w, size_t at)
{
	return w->n - at == 1 ? mem_secret_strndup(w->v[at], strlen(w->v[at]))
			      : words_quote(w, at);
}


/* Reads the argument at word *I, or all to the end where its kind joins. */
static int read_argument(struct args *args, const struct words *w, size_t *i,
	size_t n, char **why)
{
	const struct cmd_item *item = find_argument(args->entry, n);
	const char *word = w->v[*i];
	char *usage;

	if (!item) {
		usage = usage_line(args->entry);
		*why = mem_printf(T_TOO_MANY, word, usage);
		mem_deref(usage);
		return EX_USAGE;
	}
	if (kind_joins(item->kind)) {
		char *value = item->kind == CMD_TEXT ? words_join(w, *i)
						     : join_command(w, *i);

		*i = w->n;
		return add_value(args, item, value, why);
	}
	++*i;
	return add_value(
		args, item, mem_secret_strndup(word, strlen(word)), why);
}


/* Nothing that must be there is missing. */
static int check_complete(const struct args *args, char **why)
{
	const struct cmd_item *item;
	char *usage;
	size_t i;

	for (i = 0; i < CMD_ITEMS_MAX; i++) {
		if (args->values[i] && args->entry->items[i].alone)
			return 0;
	}
	for (i = 0; i < CMD_ITEMS_MAX; i++) {
		item = &args->entry->items[i];
		if (item_ends(item))
			return 0;
		if (item->flag || item->optional || args->values[i])
			continue;
		usage = usage_line(args->entry);
		*why = mem_printf(T_MISSING, item->name, usage);
		mem_deref(usage);
		return EX_USAGE;
	}
	return 0;
}


/* A flag that stands alone has no arguments beside it. */
static int check_alone(const struct args *args, size_t n, char **why)
{
	char *usage;
	size_t i;

	for (i = 0; n && i < CMD_ITEMS_MAX; i++) {
		if (!args->values[i] || !args->entry->items[i].alone)
			continue;
		usage = usage_line(args->entry);
		*why = mem_printf(T_USAGE, usage);
		mem_deref(usage);
		return EX_USAGE;
	}
	return 0;
}


static int read_words(
	struct args *args, const struct words *w, size_t at, char **why)
{
	bool flags = true;
	size_t i = at, n = 0;
	int err = 0;

	while (!err && i < w->n) {
		if (flags && !strcmp(w->v[i], "--")) {
			flags = false;
			i++;
		} else if (flags && args_is_flag(w->v[i])) {
			err = read_flag(args, w, &i, why);
		} else {
			err = read_argument(args, w, &i, n++, why);
		}
	}
	if (!err)
		err = check_alone(args, n, why);
	return err ? err : check_complete(args, why);
}


int args_parse(struct args **ap, const struct cmd_entry *entry,
	const struct words *w, size_t at, char **why)
{
	struct args *args = mem_zalloc(sizeof(*args), args_destructor);
	int err;

	args->entry = entry;
	err = read_words(args, w, at, why);
	if (err)
		mem_deref(args);
	else
		*ap = args;
	return err;
}


const struct words *args_list(const struct args *args, const char *name)
{
	size_t i;

	for (i = 0; i < CMD_ITEMS_MAX; i++) {
		const struct cmd_item *item = &args->entry->items[i];

		if (item_ends(item))
			break;
		if (!strcmp(item->flag ? item->flag : item->name, name))
			return args->values[i];
	}
	return NULL;
}


const char *args_get(const struct args *args, const char *name)
{
	const struct words *w = args_list(args, name);

	return w ? w->v[w->n - 1] : NULL;
}


/* The flag WORD of ENTRY, or one that every command has. */
static const struct cmd_item *any_flag(
	const struct cmd_entry *entry, const char *word)
{
	const struct cmd_item *item =
		find_flag(entry->items, word, strlen(word));

	return item ? item : find_flag(args_common, word, strlen(word));
}


void args_next(struct args_next *next, const struct cmd_entry *entry,
	const struct words *w, size_t at)
{
	const struct cmd_item *item = NULL;
	size_t i, n = 0;

	next->flags = true;
	next->begin = w->n;
	for (i = at; i < w->n; i++) {
		const char *word = w->v[i];

		if (next->flags && !strcmp(word, "--")) {
			next->flags = false;
		} else if (next->flags && args_is_flag(word)) {
			const struct cmd_item *flag = any_flag(entry, word);

			if (!flag || !flag->name || ++i < w->n)
				continue;
			next->flags = false;
			next->item = flag;
			return;
		} else if (!item || !kind_joins(item->kind)) {
			const struct cmd_item *here = find_argument(entry, n++);

			if (here != item)
				next->begin = i;
			item = here;
		}
	}
	next->item =
		item && kind_joins(item->kind) ? item : find_argument(entry, n);
	if (next->item != item)
		next->begin = w->n;
}
