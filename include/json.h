/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h - JSON values over jansson: one object a line, ASCII with escapes,
 * members in the order they were set.
 *
 * Values are refcounted by json_ref/json_drop (they are jansson's own).
 * Text that is not UTF-8 is repaired, never refused.
 */
#ifndef SOTTO_JSON_H
#define SOTTO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"

struct json;

struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_str(const char *s);
struct json *json_new_pl(const struct pl *pl);
struct json *json_new_int(int64_t v);
struct json *json_new_bool(bool v);
struct json *json_new_null(void);
struct json *json_ref(struct json *json);

/* Always returns NULL. */
struct json *json_drop(struct json *json);

/* Sets KEY of an object; VALUE's reference is taken over. A NULL value sets
 * nothing: unknown fields are absent. */
void json_put(struct json *object, const char *key, struct json *value);

/* Shorthands; a NULL string sets nothing. */
void json_put_str(struct json *object, const char *key, const char *s);
void json_put_int(struct json *object, const char *key, int64_t v);
void json_put_bool(struct json *object, const char *key, bool v);

/* Adds VALUE to an array; its reference is taken over. */
void json_append(struct json *array, struct json *value);

/* Reading: a missing key or another type gives NULL, false or 0. */
struct json *json_get(const struct json *object, const char *key);
const char *json_text(const struct json *json); /* NULL if no string */
bool json_int(const struct json *json, int64_t *v);
bool json_bool(const struct json *json);
bool json_is_object(const struct json *json);
bool json_is_array(const struct json *json);
bool json_is_null(const struct json *json);
size_t json_len(const struct json *array);
struct json *json_at(const struct json *array, size_t i); /* borrowed */

/* Calls H for every member of an object, in order. */
void json_each(const struct json *object,
	void (*h)(const char *key, const struct json *value, void *arg),
	void *arg);

/* One line without newline. Returns mbuf errors. */
int json_encode(struct mbuf *mb, const struct json *json);

/* EBADMSG with *WHY (mem_deref) set if PL is not one JSON text; depth is
 * bounded. */
int json_decode(struct json **jsonp, const struct pl *pl, char **why);

#endif
