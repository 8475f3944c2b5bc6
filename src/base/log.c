/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.c - lines for the person who wants to know why. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "log.h"
#include "mem.h"
#include "utf8.h"


enum {
	LINE_SIZE = 4096, /* longer lines are cut */
};


struct log {
	enum log_level level;
	log_h *sink;
	void *arg;
};


struct log *log_alloc(enum log_level level, log_h *sink, void *arg)
{
	struct log *log = mem_zalloc(sizeof(*log), NULL);

	log->level = level;
	log_set_sink(log, sink, arg);
	return log;
}


void log_set_sink(struct log *log, log_h *sink, void *arg)
{
	if (!log)
		return;
	log->sink = sink;
	log->arg = arg;
}


void log_set_level(struct log *log, enum log_level level)
{
	if (log)
		log->level = level;
}


bool log_wants(const struct log *log, enum log_level level)
{
	return log && log->sink && level <= log->level;
}


const char *log_level_name(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error";
	case LOG_WARN:
		return "warning";
	case LOG_INFO:
		return "info";
	case LOG_DEBUG:
		return "debug";
	}
	return "unknown";
}


void log_print(struct log *log, enum log_level level, const char *topic,
	const char *fmt, ...)
{
	char line[LINE_SIZE];
	struct pl pl;
	va_list ap;
	char *text;

	if (!log_wants(log, level))
		return;
	va_start(ap, fmt);
	if (vsnprintf(line, sizeof(line), fmt, ap) < 0)
		line[0] = '\0';
	va_end(ap);
	pl = pl_str(line);
	text = utf8_clean_dup(&pl, UTF8_NAME);
	log->sink(level, topic, text, log->arg);
	mem_deref(text);
}
