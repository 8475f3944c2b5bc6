/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_int.h - what the files of the JSON front end share. */
#ifndef SOTTO_JSON_INT_H
#define SOTTO_JSON_INT_H

#include "core.h"
#include "json.h"

/* A new object that begins with "event" and "time" (wall ms). */
struct json *json_event_begin(const char *event, int64_t time);

/* EVENT of the core as its object. */
struct json *json_event_of(const struct core_event *event);

#endif
