/* SPDX-License-Identifier: GPL-3.0-or-later */
/* setup_text.c - what the setup dialogue was answered, and the lines of the
 * configuration that come of it. */
#include <string.h>
#include "cmd_int.h"
#include "mbuf.h"
#include "setup.h"


static void setting_destructor(void *data)
{
	struct setup_setting *x = data;

	list_unlink(&x->le);
	mem_deref(x->name);
	mem_deref(x->value);
}


static void setup_destructor(void *data)
{
	struct setup *s = data;

	mem_deref(s->account);
	mem_deref(s->name);
	mem_deref(s->aor);
	mem_deref(s->how);
	mem_deref(s->command);
	mem_deref(s->password);
	list_flush(&s->settings);
	mem_deref(s->why);
}


struct setup *setup_alloc(void)
{
	return mem_zalloc(sizeof(struct setup), setup_destructor);
}


void setup_set(char **slot, const char *answer)
{
	char *copy = mem_secret_strndup(answer, strlen(answer));

	mem_deref(*slot);
	*slot = copy;
}


static struct setup_setting *find(const struct setup *s, const char *name)
{
	struct le *le;

	for (le = s->settings.head; le; le = le->next) {
		struct setup_setting *x = le->data;

		if (!strcmp(x->name, name))
			return x;
	}
	return NULL;
}


void setup_put(struct setup *s, const char *name, const char *value)
{
	struct setup_setting *x = find(s, name);

	if (!x) {
		x = mem_zalloc(sizeof(*x), setting_destructor);
		x->name = mem_strdup(name);
		list_append(&s->settings, &x->le, x);
	}
	mem_deref(x->value);
	x->value = mem_strdup(value);
}


const char *setup_get(const struct setup *s, const char *name)
{
	const struct setup_setting *x = find(s, name);

	return x ? x->value : NULL;
}


void setup_each(const struct setup *s,
	void (*h)(const char *name, const char *value, void *arg), void *arg)
{
	const char *how = s->how ? s->how : "";
	struct le *le;

	if (!strcmp(how, "file") && s->password)
		h("password", s->password, arg);
	if (!strcmp(how, "command") && s->command)
		h("password-command", s->command, arg);
	for (le = s->settings.head; le; le = le->next) {
		const struct setup_setting *x = le->data;

		h(x->name, x->value, arg);
	}
}


/* ---- the lines ------------------------------------------------------ */


struct lines {
	struct mbuf *mb;
	const char *name;
};


static void write_setting(const char *name, const char *value, void *arg)
{
	const struct lines *l = arg;
	char *quoted = cmd_quote(value);

	/* What begins as a flag does is none behind --. */
	mbuf_printf(l->mb, "account set %s %s %s%s\n", l->name, name,
		*value == '-' ? "-- " : "", quoted);
	mem_wipe(quoted, strlen(quoted));
	mem_deref(quoted);
}


char *setup_text(const struct setup *s)
{
	struct lines l = {mbuf_alloc(SIZE_MAX), s->name};
	char *aor = cmd_quote(s->aor), *text;

	/* A comment is also what ends a line before it that goes on. */
	mbuf_printf(
		l.mb, "# by `account add`\naccount add %s %s\n", s->name, aor);
	setup_each(s, write_setting, &l);
	mbuf_printf(l.mb, "login %s\n", s->name);
	text = mem_secret_strndup((char *)l.mb->buf, l.mb->end);
	mem_wipe(l.mb->buf, l.mb->size);
	mem_deref(l.mb);
	mem_deref(aor);
	return text;
}


/* ---- what is typed -------------------------------------------------- */


char *setup_server(const char *typed)
{
	struct pl pl = pl_str(typed);

	pl = pl_trim(&pl);
	/* As the domain says. */
	if (pl_streq(&pl, "auto"))
		return mem_strdup("");
	if (!pl.l || pl_startswith(&pl, "sip:") || pl_startswith(&pl, "sips:"))
		return pl_strdup(&pl);
	return mem_printf("sip:%.*s", PL_ARG(&pl));
}


bool setup_split(const char *typed, char **name, char **value)
{
	struct pl pl = pl_str(typed), rest;
	size_t n;

	pl = pl_trim(&pl);
	n = 0;
	while (n < pl.l && !strchr("= \t", pl.p[n]))
		n++;
	if (!n || n == pl.l)
		return false;
	rest = pl_make(pl.p + n, pl.l - n);
	rest = pl_trim(&rest);
	if (rest.l && *rest.p == '=')
		pl_skip(&rest, 1);
	rest = pl_trim(&rest);
	if (!rest.l)
		return false;
	*name = mem_strndup(pl.p, n);
	*value = pl_strdup(&rest);
	return true;
}
