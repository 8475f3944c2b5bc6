/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.c - names of keys, and what they are bound to in which place. */
#include <ctype.h>
#include <string.h>
#include "cmd_int.h"
#include "utf8.h"


/* Where keys may mean something of their own; "any" is asked last. */
const char *const cmd_places[] = {
	"any", "chat", "buddies", "search", "text", "question", NULL};


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


/* The keys of a fresh program, as a user would have written them. */
static const struct {
	const char *place;
	const char *key;
	const char *command;
} default_keys[] = {
	{"any", "F1", "screen show keys"},
	{"any", "F6", "screen show buddies"},
	{"any", "F7", "screen show search"},
	{"any", "F8", "screen show log"},
	{"any", "F9", "toggle buddies-hidden"},
	{"any", "C-l", "screen redraw"},
	{"any", "C-z", "screen suspend"},
	{"any", "M-n", "chat next"},
	{"any", "M-p", "chat previous"},
	{"any", "M-a", "chat unread"},
	{"any", "M-s", "chat split"},
	{"any", "M-o", "chat focus"},
	{"any", "M-z", "chat zoom"},
	{"any", "M-1", "chat tab 1"},
	{"any", "M-2", "chat tab 2"},
	{"any", "M-3", "chat tab 3"},
	{"any", "M-4", "chat tab 4"},
	{"any", "M-5", "chat tab 5"},
	{"any", "M-6", "chat tab 6"},
	{"any", "M-7", "chat tab 7"},
	{"any", "M-8", "chat tab 8"},
	{"any", "M-9", "chat tab 9"},
	{"any", "PageUp", "screen move page-up"},
	{"any", "PageDown", "screen move page-down"},
	{"any", "M-<", "screen move first"},
	{"any", "M->", "screen move last"},
	{"any", "M-/", "screen show find"},
	{"chat", "M-w", "chat close"},
	{"chat", "M-y", "chat why"},
	{"buddies", "Up", "screen move up"},
	{"buddies", "Down", "screen move down"},
	{"buddies", "Enter", "screen move select"},
	{"buddies", "Space", "screen move fold"},
	{"buddies", "+", "screen move wider"},
	{"buddies", "-", "screen move narrower"},
	{"buddies", "Home", "screen move first"},
	{"buddies", "End", "screen move last"},
	{"buddies", "Escape", "screen show chat"},
	{"buddies", "i", "buddy show %"},
	{"buddies", "?", "screen show keys"},
	{"search", "Up", "screen move up"},
	{"search", "Down", "screen move down"},
	{"search", "Enter", "screen move select"},
	{"search", "M-i", "buddy add %"},
	{"search", "Escape", "screen show close"},
	{"text", "Up", "screen move up"},
	{"text", "Down", "screen move down"},
	{"text", "Home", "screen move first"},
	{"text", "End", "screen move last"},
	{"text", "Space", "screen move page-down"},
	{"text", "Enter", "screen move select"},
	{"text", "n", "screen find -n"},
	{"text", "N", "screen find -p"},
	{"text", "Escape", "screen show close"},
	{"text", "q", "screen show close"},
	{"question", "F2", "screen answer accept"},
	{"question", "F3", "screen answer decline"},
	{"question", "F4", "screen answer block"},
	{"question", "F5", "screen answer later"},
};


struct binding {
	struct le le;
	char *place;
	char *key;
	char *command;
};


struct key_table {
	struct list bindings;
};


static void binding_destructor(void *data)
{
	struct binding *b = data;

	list_unlink(&b->le);
	mem_deref(b->place);
	mem_deref(b->key);
	mem_deref(b->command);
}


static void table_destructor(void *data)
{
	struct key_table *t = data;

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
	size_t i;

	for (i = 0; i < sizeof(default_keys) / sizeof(default_keys[0]); i++)
		key_table_bind(t, default_keys[i].place, default_keys[i].key,
			default_keys[i].command);
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
