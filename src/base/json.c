/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - JSON values over jansson (RFC 8259). */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include "mem.h"
#include "utf8.h"

/* jansson's macros of the names that we have functions for. */
#undef json_is_object
#undef json_is_array
#undef json_is_null
#include "json.h"


/* A struct json is a json_t; it is never looked into but through these. */
static json_t *to(const struct json *json)
{
	return (json_t *)(uintptr_t)json;
}


static struct json *from(json_t *j)
{
	return (struct json *)j;
}


/* For constructors, which fail only for want of memory. */
static struct json *made(json_t *j)
{
	if (!j)
		mem_oom();
	return from(j);
}


struct json *json_new_object(void)
{
	return made(json_object());
}


struct json *json_new_array(void)
{
	return made(json_array());
}


struct json *json_new_str(const char *s)
{
	struct pl pl = pl_str(s);

	return json_new_pl(&pl);
}


/* Not utf8_repair_dup(): a NUL must not cut the text. */
static struct json *repaired(const struct pl *pl)
{
	char *s = mem_alloc(3 * pl->l, NULL);
	size_t at = 0, n = 0;
	struct json *json;
	uint32_t cp;

	while (at < pl->l) {
		at += utf8_decode(&cp, pl->p + at, pl->l - at);
		n += utf8_encode(s + n, cp);
	}
	json = made(json_stringn_nocheck(s, n));
	mem_deref(s);
	return json;
}


struct json *json_new_pl(const struct pl *pl)
{
	if (utf8_valid(pl))
		return made(json_stringn_nocheck(pl->p ? pl->p : "", pl->l));
	return repaired(pl);
}


struct json *json_new_int(int64_t v)
{
	return made(json_integer(v));
}


struct json *json_new_bool(bool v)
{
	return made(json_boolean(v));
}


struct json *json_new_null(void)
{
	return made(json_null());
}


struct json *json_ref(struct json *json)
{
	return from(json_incref(to(json)));
}


struct json *json_drop(struct json *json)
{
	json_decref(to(json));
	return NULL;
}


void json_put(struct json *object, const char *key, struct json *value)
{
	if (value && json_object_set_new(to(object), key, to(value)))
		mem_oom();
}


void json_put_str(struct json *object, const char *key, const char *s)
{
	if (s)
		json_put(object, key, json_new_str(s));
}


void json_put_int(struct json *object, const char *key, int64_t v)
{
	json_put(object, key, json_new_int(v));
}


void json_put_bool(struct json *object, const char *key, bool v)
{
	json_put(object, key, json_new_bool(v));
}


void json_append(struct json *array, struct json *value)
{
	if (value && json_array_append_new(to(array), to(value)))
		mem_oom();
}


struct json *json_get(const struct json *object, const char *key)
{
	return from(json_object_get(to(object), key));
}


const char *json_text(const struct json *json)
{
	return json_string_value(to(json));
}


bool json_int(const struct json *json, int64_t *v)
{
	if (!json || !json_is_integer(to(json)))
		return false;
	*v = json_integer_value(to(json));
	return true;
}


bool json_bool(const struct json *json)
{
	return json && json_is_true(to(json));
}


bool json_is_object(const struct json *json)
{
	return json && json_typeof(to(json)) == JSON_OBJECT;
}


bool json_is_array(const struct json *json)
{
	return json && json_typeof(to(json)) == JSON_ARRAY;
}


bool json_is_null(const struct json *json)
{
	return json && json_typeof(to(json)) == JSON_NULL;
}


size_t json_len(const struct json *array)
{
	return json_array_size(to(array));
}


struct json *json_at(const struct json *array, size_t i)
{
	return from(json_array_get(to(array), i));
}


void json_each(const struct json *object,
	void (*h)(const char *key, const struct json *value, void *arg),
	void *arg)
{
	const char *key;
	json_t *value;

	json_object_foreach(to(object), key, value) h(key, from(value), arg);
}


/* ---- writing: jansson's own gives each piece of a text to a handler, which
 * costs more than all the rest of an event ---- */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}


static void write_unit(struct mbuf *mb, uint32_t unit)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[] = "\\u0000";
	size_t i;

	for (i = sizeof(text) - 1; unit; unit >>= 4)
		text[--i] = digits[unit & 15];
	(void)mbuf_write_mem(mb, text, sizeof(text) - 1);
}


/* Writes a code point that must not stand as it is. */
static void write_escape(struct mbuf *mb, uint32_t cp)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = cp && cp < 0x80 ? strchr(from, (int)cp) : NULL;
	char text[] = {'\\', at ? to[at - from] : 'u'};

	if (at) {
		(void)mbuf_write_mem(mb, text, sizeof(text));
	} else if (cp < 0x10000) {
		write_unit(mb, cp);
	} else {
		write_unit(mb, 0xd7c0 + (cp >> 10));
		write_unit(mb, 0xdc00 + (cp & 0x3ff));
	}
}


static void write_text(struct mbuf *mb, const char *p, size_t n)
{
	size_t i = 0, plain;
	uint32_t cp;

	(void)mbuf_write_u8(mb, '"');
	while (i < n) {
		for (plain = i; i < n && is_plain((unsigned char)p[i]);)
			++i;
		(void)mbuf_write_mem(mb, p + plain, i - plain);
		if (i < n) {
			i += utf8_decode(&cp, p + i, n - i);
			write_escape(mb, cp);
		}
	}
	(void)mbuf_write_u8(mb, '"');
}


static int dump_handler(const char *p, size_t n, void *arg)
{
	return mbuf_write_mem(arg, p, n) ? -1 : 0;
}


static void write_value(struct mbuf *mb, json_t *j);


static void write_object(struct mbuf *mb, json_t *object)
{
	void *at = json_object_iter(object);
	const char *key;

	(void)mbuf_write_u8(mb, '{');
	while (at) {
		key = json_object_iter_key(at);
		write_text(mb, key, strlen(key));
		(void)mbuf_write_u8(mb, ':');
		write_value(mb, json_object_iter_value(at));
		at = json_object_iter_next(object, at);
		if (at)
			(void)mbuf_write_u8(mb, ',');
	}
	(void)mbuf_write_u8(mb, '}');
}


static void write_array(struct mbuf *mb, const json_t *array)
{
	size_t i, n = json_array_size(array);

	(void)mbuf_write_u8(mb, '[');
	for (i = 0; i < n; i++) {
		if (i)
			(void)mbuf_write_u8(mb, ',');
		write_value(mb, json_array_get(array, i));
	}
	(void)mbuf_write_u8(mb, ']');
}


static void write_value(struct mbuf *mb, json_t *j)
{
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		write_object(mb, j);
		break;
	case JSON_ARRAY:
		write_array(mb, j);
		break;
	case JSON_STRING:
		write_text(mb, json_string_value(j), json_string_length(j));
		break;
	default:
		(void)json_dump_callback(j, dump_handler, mb, JSON_ENCODE_ANY);
		break;
	}
}


int json_encode(struct mbuf *mb, const struct json *json)
{
	write_value(mb, to(json));
	return mbuf_err(mb);
}


int json_decode(struct json **jsonp, const struct pl *pl, char **why)
{
	json_error_t error;
	json_t *j = json_loadb(pl->p ? pl->p : "", pl->l,
		JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);

	if (!j) {
		if (why)
			*why = mem_printf(
				"%s at byte %d", error.text, error.position);
		return EBADMSG;
	}
	*jsonp = from(j);
	return 0;
}
