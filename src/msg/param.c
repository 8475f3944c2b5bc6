/* SPDX-License-Identifier: GPL-3.0-or-later */
/* param.c - comma lists, ;name=value parameters, quoted strings and
 * authentication parameters (RFC 3261 7.3.1 and 25.1, RFC 7616). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msg_int.h"


/* Behind a quoted string, or at the end where it does not end. */
static const char *skip_quoted(const char *p, const char *e)
{
	for (++p; p < e && *p != '"'; p++) {
		if (*p == '\\' && e - p > 1)
			++p;
	}
	return p < e ? p + 1 : e;
}


/* First C outside quotes and angle brackets, or the end. */
static const char *find_outside(const char *p, const char *e, char c)
{
	const char *at = p < e ? memchr(p, c, (size_t)(e - p)) : NULL;
	const char *close = e;

	/* Most texts have none, or nothing to be careful of before it. */
	if (!at)
		return e;
	if (!memchr(p, '"', (size_t)(at - p)) &&
		!memchr(p, '<', (size_t)(at - p)))
		return at;
	while (p < e && *p != c) {
		if (*p == '"') {
			p = skip_quoted(p, e);
			continue;
		}
		/* Looked for no more once there is none: a text of brackets
		 * would make this slow. */
		if (*p == '<' && close) {
			close = memchr(p, '>', (size_t)(e - p));
			p = close ? close : p;
		}
		++p;
	}
	return p;
}


bool msg_split_list(struct pl *rest, struct pl *head)
{
	struct pl t;
	const char *e, *p;

	*head = pl_make(NULL, 0);
	if (!rest->p)
		return false;
	e = rest->p + rest->l;
	p = find_outside(rest->p, e, ',');
	t = span(rest->p, p);
	*head = pl_trim(&t);
	if (p == e) {
		*rest = pl_make(NULL, 0);
		return head->l;
	}
	*rest = pl_make(p + 1, (size_t)(e - p - 1));
	return true;
}


bool msg_param_next(struct pl *rest, struct pl *name, struct pl *value)
{
	struct cur c = cur_of(rest);
	enum cur_form form;
	int err;

	for (;;) {
		err = cur_param(&c, name, value, &form);
		if (err != EBADMSG)
			break;
		/* What is no parameter is passed over. */
		c.p = find_outside(c.p, c.e, ';');
		if (!cur_more(&c))
			break;
	}
	if (err) {
		*rest = pl_make(NULL, 0);
		return false;
	}
	*rest = cur_rest(&c);
	return true;
}


bool msg_param(const struct pl *params, const char *name, struct pl *value)
{
	struct pl rest = *params, found, v, key = pl_str(name);

	while (msg_param_next(&rest, &found, &v)) {
		if (pl_caseeq(&found, &key)) {
			*value = v;
			return true;
		}
	}
	*value = pl_make(NULL, 0);
	return false;
}


char *msg_unquote(const struct pl *inside, size_t *len)
{
	char *s = mem_alloc(inside->l + 1, NULL);
	size_t i, n = 0;

	for (i = 0; i < inside->l; i++) {
		if (inside->p[i] == '\\' && i + 1 < inside->l)
			++i;
		s[n++] = inside->p[i];
	}
	s[n] = '\0';
	if (len)
		*len = n;
	return s;
}


int msg_challenge_decode(struct msg_challenge *ch, const struct pl *pl)
{
	struct cur c = cur_of(pl);
	struct pl word;

	cur_lws(&c);
	ch->scheme = pl_make(NULL, 0);
	ch->params = cur_rest(&c);
	word = cur_run(&c, CH_TOKEN);
	if (!word.l)
		return EBADMSG;
	if (cur_more(&c) && !ch_is(*c.p, CH_LWS) && *c.p != '=')
		return EBADMSG;
	cur_lws(&c);
	/* "nextnonce=..." of an -Info has no scheme before it. */
	if (cur_at(&c, '='))
		return 0;
	ch->scheme = word;
	ch->params = cur_rest(&c);
	return 0;
}


/* "name = value" that begins at C; false where it is something else. */
static bool take_auth_param(
	struct cur *c, struct pl *name, struct pl *value, bool *quoted)
{
	cur_lws(c);
	*name = cur_run(c, CH_TOKEN);
	cur_lws(c);
	if (!name->l || !cur_take(c, '='))
		return false;
	cur_lws(c);
	*quoted = cur_at(c, '"');
	if (*quoted)
		return cur_quoted(c, value);
	/* URIs and base64 stand without quotes in the field. */
	*value = pl_make(c->p, 0);
	while (cur_more(c) && *c->p != ',' && !ch_is(*c->p, CH_LWS))
		++c->p;
	value->l = (size_t)(c->p - value->p);
	return true;
}


bool msg_challenge_param(const struct msg_challenge *ch, const char *name,
	struct pl *value, bool *quoted)
{
	struct cur c = cur_of(&ch->params);
	struct pl found, v, key = pl_str(name);
	bool q = false;

	*value = pl_make(NULL, 0);
	while (cur_more(&c)) {
		if (take_auth_param(&c, &found, &v, &q) &&
			pl_caseeq(&found, &key)) {
			*value = v;
			if (quoted)
				*quoted = q;
			return true;
		}
		cur_lws(&c);
		if (!cur_at(&c, ','))
			c.p = find_outside(c.p, c.e, ',');
		(void)cur_take(&c, ',');
	}
	return false;
}
