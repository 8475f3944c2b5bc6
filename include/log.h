/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log.h - lines for the person who wants to know why.
 *
 * A struct log is handed down from main to every floor; NULL is a log that
 * drops everything. Each line passes utf8_clean() here, so callers may print
 * text of strangers; secrets they must leave out themselves.
 */
#ifndef SOTTO_LOG_H
#define SOTTO_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG,
};

struct log;

/* Gets one cleaned line without newline. */
typedef void(log_h)(enum log_level level, const char *topic, const char *text,
	void *arg);

/* A log whose lines of LEVEL and more urgent go to SINK (mem_deref). */
struct log *log_alloc(enum log_level level, log_h *sink, void *arg);

/* Sends further lines to another sink. */
void log_set_sink(struct log *log, log_h *sink, void *arg);
void log_set_level(struct log *log, enum log_level level);

/* True if a line of LEVEL would be shown: guards costly arguments. */
bool log_wants(const struct log *log, enum log_level level);

/* "error", "warning", "info", "debug". */
const char *log_level_name(enum log_level level);

/* TOPIC is a floor or a noun: "sip", "tls", "register". */
void log_print(struct log *log, enum log_level level, const char *topic,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
