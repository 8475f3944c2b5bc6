/* SPDX-License-Identifier: GPL-3.0-or-later */
/* option.c - values of options: checked against their rows, set, watched. */
#include <string.h>
#include "message_int.h"
#include "hash.h"
#include "notify.h"
#include "uri.h"
#include "utf8.h"


struct core_watch {
	struct le le;
	char *name; /* NULL: any */
	void (*h)(const char *name, void *arg);
	void *arg;
};


static void watch_destructor(void *data)
{
	struct core_watch *w = data;

	list_unlink(&w->le);
	mem_deref(w->name);
}


const struct core_option *core_option_find(
	const struct core_option *table, const char *name, size_t *index)
{
	size_t i;

	for (i = 0; table[i].name; i++) {
		if (strcmp(table[i].name, name))
			continue;
		if (index)
			*index = i;
		return &table[i];
	}
	return NULL;
}


bool core_yes(const char *value)
{
	return value && !strcmp(value, "yes");
}


static int check_choice(
	const struct core_option *row, const char *value, char **why)
{
	static const char *const yes_no[] = {"yes", "no", NULL};
	const char *const *choice =
		row->type == CORE_BOOL ? yes_no : row->choices;
	char *all = NULL;

	for (; *choice; choice++) {
		char *more;

		if (!strcmp(*choice, value)) {
			mem_deref(all);
			return 0;
		}
		more = all ? mem_printf("%s, %s", all, *choice)
			   : mem_strdup(*choice);
		mem_deref(all);
		all = more;
	}
	(void)core_fail(EX_USAGE, why, "%s: \"%s\" is not one of %s", row->name,
		value, all);
	mem_deref(all);
	return EX_USAGE;
}


static int check_number(
	const struct core_option *row, const char *value, char **why)
{
	struct pl pl = pl_str(value);
	uint64_t n;

	if (pl_u64(&pl, &n) || n < (uint64_t)row->min || n > (uint64_t)row->max)
		return core_fail(EX_USAGE, why,
			"%s: \"%s\" is not a number from %lld to %lld",
			row->name, value, (long long)row->min,
			(long long)row->max);
	return 0;
}


static int check_address(
	const struct core_option *row, const char *value, char **why)
{
	const char *colon = strrchr(value, ':');
	struct pl host = pl_make(value, colon ? (size_t)(colon - value) : 0);
	struct pl port = pl_str(colon ? colon + 1 : "");
	uint32_t n;
	bool v6 = pl_startswith(&host, "[") && host.p[host.l - 1] == ']';

	if (!pl_isset(&host) || (!v6 && pl_chr(&host, ':')) ||
		pl_u32(&port, &n) || n > 65535)
		return core_fail(EX_USAGE, why,
			"%s: \"%s\" is not ADDRESS:PORT", row->name, value);
	return 0;
}


static int check_hours(
	const struct core_option *row, const char *value, char **why)
{
	unsigned from, to;

	if (!core_hours_decode(value, &from, &to))
		return core_fail(EX_USAGE, why,
			"%s: \"%s\" is not HH:MM-HH:MM such as 22:00-07:00",
			row->name, value);
	return 0;
}


static int check_uri(
	const struct core_option *row, const char *value, char **why)
{
	struct pl pl = pl_str(value);
	struct uri uri;

	if (uri_decode(&uri, &pl) ||
		(uri.scheme != URI_SIP && uri.scheme != URI_SIPS))
		return core_fail(EX_DATAERR, why,
			"%s: \"%s\" is not a SIP URI such as "
			"sip:proxy.example.org;transport=tls",
			row->name, value);
	return 0;
}


static int check_url(
	const struct core_option *row, const char *value, char **why)
{
	struct pl pl = pl_str(value);

	if ((pl_startswith(&pl, "http://") || pl_startswith(&pl, "https://")) &&
		!strpbrk(value, " ?#"))
		return 0;
	return core_fail(EX_DATAERR, why,
		"%s: \"%s\" is not a URL such as https://xcap.example.org/root",
		row->name, value);
}


static int check_words(
	const struct core_option *row, const char *value, char **why)
{
	size_t n;
	char **words = core_words(value, &n);

	if (!words)
		return core_fail(EX_USAGE, why,
			"%s: no command, or a quote is not closed", row->name);
	mem_deref(words);
	return 0;
}


static int check_pin(
	const struct core_option *row, const char *value, char **why)
{
	struct pl rest = pl_str(value), word;
	bool more, good;

	do {
		size_t n = 0;
		uint8_t *pin;

		more = pl_split(&rest, ' ', &word);
		pin = hash_base64_decode(&word, &n);
		good = pin && n == hash_len(HASH_SHA256);
		mem_deref(pin);
	} while (more && good);
	if (!good)
		return core_fail(EX_USAGE, why,
			"%s: not the base64 of a SHA-256", row->name);
	return 0;
}


/* These end up in headers and in front of users: no control characters. */
static bool is_line(const char *value)
{
	struct pl pl = pl_str(value);
	const char *p;

	for (p = value; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	}
	return pl.l <= CORE_VALUE_MAX && utf8_valid(&pl);
}


int core_option_check(
	const struct core_option *row, const char *value, char **why)
{
	if (!is_line(value))
		return core_fail(EX_USAGE, why,
			"%s: the value is not one line of UTF-8", row->name);
	switch (row->type) {
	case CORE_BOOL:
	case CORE_CHOICE:
		return check_choice(row, value, why);
	case CORE_NUMBER:
		return check_number(row, value, why);
	case CORE_WORDS:
		return *value ? check_words(row, value, why) : 0;
	case CORE_URI:
		return *value ? check_uri(row, value, why) : 0;
	case CORE_URL:
		return *value ? check_url(row, value, why) : 0;
	case CORE_ADDRESS:
		return *value ? check_address(row, value, why) : 0;
	case CORE_HOURS:
		return *value ? check_hours(row, value, why) : 0;
	case CORE_STRING:
		if (*value && !strcmp(row->name, "tls-pin"))
			return check_pin(row, value, why);
		return 0;
	case CORE_FILE:
	case CORE_SECRET:
		return 0;
	}
	return 0;
}


/* The length of the word that starts at P, unquoted into OUT (may be NULL);
 * *END behind it. False: a quote is not closed. */
static bool word_take(const char *p, char *out, size_t *len, const char **end)
{
	char quote = '\0';
	size_t n = 0;

	for (; *p && (quote || (*p != ' ' && *p != '\t')); p++) {
		char c = *p;

		if (quote && c == quote) {
			quote = '\0';
			continue;
		}
		if (!quote && (c == '\'' || c == '"')) {
			quote = c;
			continue;
		}
		if (c == '\\' && p[1] && quote != '\'' &&
			(!quote || strchr("\"\\$`", p[1])))
			c = *++p;
		if (out)
			out[n] = c;
		n++;
	}
	if (out)
		out[n] = '\0';
	*len = n;
	*end = p;
	return !quote;
}


char **core_words(const char *text, size_t *n)
{
	size_t i, len, count = 0, bytes = 0;
	const char *p, *end;
	char **words;
	char *out;

	for (p = text + strspn(text, " \t"); *p; p = end + strspn(end, " \t")) {
		if (!word_take(p, NULL, &len, &end))
			return NULL;
		bytes += len + 1;
		count++;
	}
	if (!count)
		return NULL;
	words = mem_alloc((count + 1) * sizeof(*words) + bytes, NULL);
	out = (char *)(words + count + 1);
	p = text + strspn(text, " \t");
	for (i = 0; i < count; i++) {
		(void)word_take(p, out, &len, &end);
		words[i] = out;
		out += len + 1;
		p = end + strspn(end, " \t");
	}
	words[count] = NULL;
	*n = count;
	return words;
}


static void apply_log_level(struct core *core)
{
	const char *level = core_option_get(core, "log-level");
	enum log_level l;

	for (l = LOG_ERROR; l <= LOG_DEBUG; l++) {
		if (!strcmp(level, log_level_name(l)))
			log_set_level(core->config.log, l);
	}
}


void core_option_apply(struct core *core, const char *name)
{
	if (!strcmp(name, "log-level") && core->config.log)
		apply_log_level(core);
	if (!strcmp(name, "auto-away"))
		core_attention_option(core);
	if (!strcmp(name, "outbox-expiry"))
		core_outbox_expiry(core);
	if (!strcmp(name, "input-history"))
		core_lines_trim(core);
	if (!strcmp(name, "retention"))
		core_retention(core);
	/* A store that cannot do it answers so, and nobody asks. */
	if (!strcmp(name, "word-parts") && core->store->ops->parts)
		core->store->ops->parts(
			core->store, core_option_bool(core, name), NULL, NULL);
	if (core->stack &&
		(!strcmp(name, "dns-servers") ||
			!strcmp(name, "max-transactions")))
		core_say(core, LOG_WARN,
			"%s takes effect when sotto starts again", name);
}


void core_options_read(struct core *core)
{
	core_option_apply(core, "word-parts");
}


static void tell_watches(struct core *core, const char *name)
{
	size_t i, n;
	void **watches = core_list_hold(&core->watches, &n);

	for (i = 0; i < n; i++) {
		struct core_watch *w = watches[i];

		if (mem_nrefs(w) > 1 && (!w->name || !strcmp(w->name, name)))
			w->h(name, w->arg);
	}
	core_list_release(watches, n);
}


int core_option_set(
	struct core *core, const char *name, const char *value, char **why)
{
	const struct core_option *row;
	size_t i;
	int status;

	row = core_option_find(core_options, name, &i);
	if (!row)
		return core_fail(EX_USAGE, why, "no option \"%s\"", name);
	status = core_option_check(row, value, why);
	if (status)
		return status;
	mem_deref(core->options[i]);
	core->options[i] = *value ? mem_strdup(value) : NULL;
	core_option_apply(core, row->name);
	tell_watches(core, row->name);
	return 0;
}


const char *core_option_get(const struct core *core, const char *name)
{
	const struct core_option *row;
	size_t i;

	row = core_option_find(core_options, name, &i);
	if (!row)
		return NULL;
	return core->options[i] ? core->options[i] : row->initial;
}


int64_t core_option_number(const struct core *core, const char *name)
{
	const char *value = core_option_get(core, name);
	struct pl pl = pl_str(value);
	uint64_t n = 0;

	(void)pl_u64(&pl, &n);
	return (int64_t)n;
}


bool core_option_bool(const struct core *core, const char *name)
{
	return core_yes(core_option_get(core, name));
}


void core_option_watch(struct core_watch **wp, struct core *core,
	const char *name, void (*h)(const char *name, void *arg), void *arg)
{
	struct core_watch *w = mem_zalloc(sizeof(*w), watch_destructor);

	w->name = mem_strdup(name);
	w->h = h;
	w->arg = arg;
	list_append(&core->watches, &w->le, w);
	*wp = w;
}
