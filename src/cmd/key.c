/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.c - names of keys, and what they are bound to in which place. */
#include <ctype.h>
#include <string.h>
#include <uthash.h>
#include "cmd_int.h"
#include "utf8.h"


/* Where keys may mean something of their own; "any" is asked last. */
const char *const cmd_places[] = {"any", "chat", "buddies", "search", "results",
	"find", "hits", "command", "text", "question", "choice", NULL};


/* Keys that are no single character; the second name is taken too. */
static const struct {
	const char *name;
	const char *also;
} key_words[] = {
	{"Up", NULL},
	{"Down", NULL},
	{"Left", NULL},
	{"Right", NULL},
	{"Home", NULL},
	{"End", NULL},
	{"PageUp", "PgUp"},
	{"PageDown", "PgDn"},
	{"Insert", "Ins"},
	{"Delete", "Del"},
	{"Backspace", "BS"},
	{"Tab", NULL},
	{"Enter", "Return"},
	{"Escape", "Esc"},
	{"Space", "SPC"},
	{"F1", NULL},
	{"F2", NULL},
	{"F3", NULL},
	{"F4", NULL},
	{"F5", NULL},
	{"F6", NULL},
	{"F7", NULL},
	{"F8", NULL},
	{"F9", NULL},
	{"F10", NULL},
	{"F11", NULL},
	{"F12", NULL},
};


struct binding {
	struct le le;
	char *place;
	char *key;
	char *command;
};


/* An answer of cmd_key_of(), which is asked for every hint of a frame. */
struct known {
	UT_hash_handle hh;
	const char *key; /* NULL: none */
	char asked[];
};


struct key_table {
	struct list bindings;
	struct known *known; /* until keys are bound */
};


enum {
	ASKED_SIZE = 128, /* bytes of a question that is worth remembering */
	KNOWN_MAX = 256,
};


static void binding_destructor(void *data)
{
	struct binding *b = data;

	list_unlink(&b->le);
	mem_deref(b->place);
	mem_deref(b->key);
	mem_deref(b->command);
}


static void forget_known(struct key_table *t)
{
	struct known *k, *next;

	HASH_ITER (hh, t->known, k, next) {
		HASH_DEL(t->known, k);
		mem_deref(k);
	}
}


static void table_destructor(void *data)
{
	struct key_table *t = data;

	forget_known(t);
	list_flush(&t->bindings);
}


/* ---- names ---------------------------------------------------------- */


struct modifiers {
	bool control, meta, shift;
};


/* Takes "C-", "M-" and "S-" off *NAME. False if one stands twice. */
static bool read_modifiers(struct modifiers *m, const char **name)
{
	const char *p = *name;

	for (; p[0] && p[1] == '-' && p[2]; p += 2) {
		bool *which = p[0] == 'C' ? &m->control
			: p[0] == 'M'	  ? &m->meta
			: p[0] == 'S'	  ? &m->shift
					  : NULL;

		if (!which)
			break;
		if (*which)
			return false;
		*which = true;
	}
	*name = p;
	return true;
}


static const char *find_word(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(key_words) / sizeof(key_words[0]); i++) {
		if (!strcasecmp(key_words[i].name, name) ||
			(key_words[i].also &&
				!strcasecmp(key_words[i].also, name)))
			return key_words[i].name;
	}
	return NULL;
}


/* One printable character, whole. */
static bool is_character(const char *name)
{
	size_t len = strlen(name);
	uint32_t cp;

	return len && utf8_decode(&cp, name, len) == len && cp > ' ' &&
		cp != 0x7f && cp != 0xfffd && (cp < 0x80 || cp > 0x9f);
}


char *cmd_key_name(const char *key)
{
	struct modifiers m = {0};
	const char *word;
	char one[2] = "";

	if (!read_modifiers(&m, &key))
		return NULL;
	word = find_word(key);
	if (!word && !strcmp(key, " "))
		word = "Space";
	if (!word) {
		if (!is_character(key))
			return NULL;
		word = key;
		/* Terminals do not tell C-A from C-a, and S-a is A. */
		if (!key[1] && isalpha((unsigned char)key[0])) {
			one[0] = m.control ? (char)tolower(key[0])
				: m.shift  ? (char)toupper(key[0])
					   : key[0];
			word = one;
			m.shift = false;
		}
		if (m.shift)
			return NULL;
	}
	return mem_printf("%s%s%s%s", m.control ? "C-" : "", m.meta ? "M-" : "",
		m.shift ? "S-" : "", word);
}


void key_names(void (*h)(const char *name, void *arg), void *arg)
{
	size_t i;

	for (i = 0; i < sizeof(key_words) / sizeof(key_words[0]); i++)
		h(key_words[i].name, arg);
}


bool key_place_exists(const char *place)
{
	size_t i;

	for (i = 0; cmd_places[i]; i++) {
		if (!strcmp(cmd_places[i], place))
			return true;
	}
	return false;
}


/* ---- the table ------------------------------------------------------ */


static struct binding *find(
	const struct key_table *t, const char *place, const char *key)
{
	struct le *le, *next;

	LIST_FOREACH (&t->bindings, le, next) {
		struct binding *b = le->data;

		if (!strcmp(b->place, place) && !strcmp(b->key, key))
			return b;
	}
	return NULL;
}


struct key_table *key_table_alloc(void)
{
	struct key_table *t = mem_zalloc(sizeof(*t), table_destructor);
	const struct key_default *d;

	for (d = key_defaults; d->place; d++)
		key_table_bind(t, d->place, d->key, d->command);
	return t;
}


const char *key_table_find(
	const struct key_table *t, const char *place, const char *key)
{
	struct binding *b = place ? find(t, place, key) : NULL;

	if (!b)
		b = find(t, cmd_places[0], key);
	return b ? b->command : NULL;
}


void key_table_bind(struct key_table *t, const char *place, const char *key,
	const char *command)
{
	struct binding *b = find(t, place, key);

	forget_known(t);
	if (!b) {
		b = mem_zalloc(sizeof(*b), binding_destructor);
		b->place = mem_strdup(place);
		b->key = mem_strdup(key);
		list_append(&t->bindings, &b->le, b);
	}
	mem_deref(b->command);
	b->command = mem_secret_strndup(command, strlen(command));
}


bool key_table_unbind(struct key_table *t, const char *place, const char *key)
{
	bool found = false;
	struct le *le, *next;

	forget_known(t);
	LIST_FOREACH (&t->bindings, le, next) {
		struct binding *b = le->data;

		if (strcmp(b->key, key) || (place && strcmp(b->place, place)))
			continue;
		found = true;
		mem_deref(b);
	}
	return found;
}


void key_table_each(const struct key_table *t,
	void (*h)(const char *place, const char *key, const char *command,
		void *arg),
	void *arg)
{
	struct le *le, *next;

	LIST_FOREACH (&t->bindings, le, next) {
		struct binding *b = le->data;

		h(b->place, b->key, b->command, arg);
	}
}


const char *cmd_key_command(
	const struct cmd *cmd, const char *place, const char *key)
{
	char *name = cmd_key_name(key);
	const char *command =
		name ? key_table_find(cmd->keys, place, name) : NULL;

	mem_deref(name);
	return command;
}


static const char *key_of(
	const struct key_table *t, const char *place, const char *command)
{
	const struct binding *found = NULL;
	struct le *le, *next;

	LIST_FOREACH (&t->bindings, le, next) {
		const struct binding *b = le->data;

		if (strcmp(b->command, command) != 0)
			continue;
		if (!strcmp(b->place, place))
			return b->key;
		if (!found && !strcmp(b->place, cmd_places[0]) &&
			!find(t, place, b->key))
			found = b;
	}
	return found ? found->key : NULL;
}


const char *cmd_key_of(
	const struct cmd *cmd, const char *place, const char *command)
{
	size_t at = strlen(place) + 1, n = at + strlen(command);
	struct key_table *t = cmd->keys;
	char asked[ASKED_SIZE];
	struct known *k;

	if (n > sizeof(asked))
		return key_of(t, place, command);
	memcpy(asked, place, at);
	memcpy(asked + at, command, n - at);
	HASH_FIND(hh, t->known, asked, n, k);
	if (k)
		return k->key;
	if (HASH_COUNT(t->known) >= KNOWN_MAX)
		forget_known(t);
	k = mem_zalloc(sizeof(*k) + n, NULL);
	k->key = key_of(t, place, command);
	memcpy(k->asked, asked, n);
	HASH_ADD_KEYPTR(hh, t->known, k->asked, n, k);
	return k->key;
}


/* In PLACE it may do something of its own. */
static const char *words_of(const char *place, const char *command)
{
	const struct key_default *d;
	const char *found = NULL;

	for (d = key_defaults; d->place; d++) {
		if (!d->help || strcmp(d->command, command) != 0)
			continue;
		if (!strcmp(d->place, place))
			return d->help;
		if (!found)
			found = d->help;
	}
	return found;
}


/* What COMMAND does in PLACE, in words (mem_deref). */
static char *say(const struct cmd *cmd, const char *place, const char *command)
{
	const char *words = words_of(place, command);
	const struct cmd_entry *entry;
	struct list list = {0};
	char *why = NULL, *help = NULL;
	struct words *out = NULL;
	size_t at;

	if (words)
		return mem_strdup(words);
	if (!line_commands(cmd, command, false, &list, &why) && list.head) {
		struct alias_command *c = list.head->data;

		entry = line_entry(cmd, c->words, &out, &at, &why);
		if (entry && cmd_line_secret(cmd, command))
			help = mem_strdup(entry->help);
		else if (entry)
			help = mem_printf("%s: %s", entry->help, command);
		mem_deref(out);
	}
	list_flush(&list);
	mem_deref(why);
	return help ? help : mem_strdup(command);
}


void cmd_keys_each(
	const struct cmd *cmd, const char *place, cmd_key_h *h, void *arg)
{
	struct le *le, *next;

	LIST_FOREACH (&cmd->keys->bindings, le, next) {
		const struct binding *b = le->data;
		char *help;

		if (strcmp(b->place, place) != 0)
			continue;
		help = say(cmd, place, b->command);
		h(b->key, b->command, help, arg);
		mem_deref(help);
	}
}
