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


/* jansson leaves DEL as it is, which a terminal must not see. */
static int dump_handler(const char *p, size_t n, void *arg)
{
	struct pl left = {p, n}, head;
	struct mbuf *mb = arg;

	while (pl_split(&left, 0x7f, &head)) {
		(void)mbuf_write_pl(mb, &head);
		(void)mbuf_write_str(mb, "\\u007f");
	}
	return mbuf_write_pl(mb, &head) ? -1 : 0;
}


int json_encode(struct mbuf *mb, const struct json *json)
{
	int err = json_dump_callback(to(json), dump_handler, mb,
		JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY);

	if (err && !mbuf_err(mb))
		return EINVAL;
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
