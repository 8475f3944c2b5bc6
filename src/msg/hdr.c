/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hdr.c - names of methods and header fields (RFC 3261 7.1, 7.3 and 20). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"
#include "word.h"


enum hdr_kind {
	KIND_MANY,
	KIND_ONE,
	KIND_FIRST,
	KIND_LIST,
};

/* Names have zeros behind them, so that words of them can be compared. */
static const struct {
	char name[30];
	char compact;
	uint8_t kind;
} fields[HDR_IDS] = {
#define HDR_X(id, name, compact, kind) \
	[HDR_##id] = {name, compact, KIND_##kind},
	HDR_TABLE(HDR_X)
#undef HDR_X
};

/* Names by their length, so that few are compared. */
#define ROW(len, ...)                  \
	[len] = (const uint8_t[])      \
	{                              \
		__VA_ARGS__, HDR_OTHER \
	}
static const uint8_t *const by_length[] = {
	ROW(2, HDR_TO),
	ROW(3, HDR_VIA),
	ROW(4, HDR_FROM, HDR_CSEQ, HDR_DATE, HDR_PATH, HDR_RACK, HDR_RSEQ),
	ROW(5, HDR_EVENT, HDR_ALLOW, HDR_ROUTE),
	ROW(6, HDR_ACCEPT, HDR_SERVER, HDR_MIN_SE, HDR_REASON),
	ROW(7, HDR_CALL_ID, HDR_CONTACT, HDR_EXPIRES, HDR_PRIVACY, HDR_REQUIRE,
		HDR_SUBJECT, HDR_WARNING),
	ROW(8, HDR_IDENTITY, HDR_PRIORITY, HDR_REFER_TO, HDR_REPLACES,
		HDR_REPLY_TO, HDR_SIP_ETAG),
	ROW(9, HDR_SUPPORTED, HDR_CALL_INFO, HDR_TIMESTAMP),
	ROW(10, HDR_USER_AGENT, HDR_ALERT_INFO, HDR_CONTENT_ID, HDR_ERROR_INFO,
		HDR_FLOW_TIMER),
	ROW(11, HDR_RETRY_AFTER, HDR_IN_REPLY_TO, HDR_MIN_EXPIRES,
		HDR_REFERRED_BY, HDR_UNSUPPORTED),
	ROW(12, HDR_MAX_FORWARDS, HDR_CONTENT_TYPE, HDR_RECORD_ROUTE,
		HDR_ALLOW_EVENTS, HDR_HISTORY_INFO, HDR_MIME_VERSION,
		HDR_ORGANIZATION, HDR_SIP_IF_MATCH),
	ROW(13, HDR_AUTHORIZATION, HDR_IDENTITY_INFO, HDR_MS_KEEP_ALIVE,
		HDR_PROXY_REQUIRE, HDR_SERVICE_ROUTE, HDR_TARGET_DIALOG),
	ROW(14, HDR_CONTENT_LENGTH, HDR_ACCEPT_CONTACT, HDR_MS_DIAGNOSTICS,
		HDR_REJECT_CONTACT),
	ROW(15, HDR_ACCEPT_ENCODING, HDR_ACCEPT_LANGUAGE, HDR_SESSION_EXPIRES),
	ROW(16, HDR_CONTENT_ENCODING, HDR_CONTENT_LANGUAGE,
		HDR_P_ASSOCIATED_URI, HDR_WWW_AUTHENTICATE),
	ROW(17, HDR_MS_PIGGYBACK_CSEQ, HDR_SUPPRESS_IF_MATCH),
	ROW(18, HDR_MS_CONVERSATION_ID, HDR_PROXY_AUTHENTICATE,
		HDR_SUBSCRIPTION_STATE),
	ROW(19, HDR_AUTHENTICATION_INFO, HDR_CONTENT_DISPOSITION,
		HDR_P_ASSERTED_IDENTITY, HDR_PROXY_AUTHORIZATION,
		HDR_REQUEST_DISPOSITION),
	ROW(20, HDR_P_PREFERRED_IDENTITY),
	ROW(21, HDR_MS_DIAGNOSTICS_PUBLIC),
	ROW(25, HDR_CONTENT_TRANSFER_ENCODING, HDR_PROXY_AUTHENTICATION_INFO),
};

static const uint8_t by_letter[26] = {
	['a' - 'a'] = HDR_ACCEPT_CONTACT,
	['b' - 'a'] = HDR_REFERRED_BY,
	['c' - 'a'] = HDR_CONTENT_TYPE,
	['d' - 'a'] = HDR_REQUEST_DISPOSITION,
	['e' - 'a'] = HDR_CONTENT_ENCODING,
	['f' - 'a'] = HDR_FROM,
	['i' - 'a'] = HDR_CALL_ID,
	['j' - 'a'] = HDR_REJECT_CONTACT,
	['k' - 'a'] = HDR_SUPPORTED,
	['l' - 'a'] = HDR_CONTENT_LENGTH,
	['m' - 'a'] = HDR_CONTACT,
	['n' - 'a'] = HDR_IDENTITY_INFO,
	['o' - 'a'] = HDR_EVENT,
	['r' - 'a'] = HDR_REFER_TO,
	['s' - 'a'] = HDR_SUBJECT,
	['t' - 'a'] = HDR_TO,
	['u' - 'a'] = HDR_ALLOW_EVENTS,
	['v' - 'a'] = HDR_VIA,
	['x' - 'a'] = HDR_SESSION_EXPIRES,
	['y' - 'a'] = HDR_IDENTITY,
};

static const struct {
	char name[15];
	uint8_t len;
} methods[MSG_METHODS] = {
#define METHOD(name) [MSG_##name] = {#name, sizeof(#name) - 1}
	METHOD(ACK),
	METHOD(BENOTIFY),
	METHOD(BYE),
	METHOD(CANCEL),
	METHOD(INFO),
	METHOD(INVITE),
	METHOD(MESSAGE),
	METHOD(NOTIFY),
	METHOD(OPTIONS),
	METHOD(PRACK),
	METHOD(PUBLISH),
	METHOD(REFER),
	METHOD(REGISTER),
	METHOD(SERVICE),
	METHOD(SUBSCRIBE),
	METHOD(UPDATE),
#undef METHOD
};


/* True where the N bytes at P, of which HEAD is the first eight (zeros if
 * there are fewer), are those of NAME, which is as long. By eight bytes; the
 * last eight overlap with those before. */
static inline bool name_is(
	const char *name, const char *p, size_t n, uint64_t head)
{
	size_t i;

	if (word_load(name) != head)
		return false;
	if (n <= 8)
		return true;
	for (i = 8; i + 8 < n; i += 8) {
		if (word_load(name + i) != word_load(p + i))
			return false;
	}
	return word_load(name + n - 8) == word_load(p + n - 8);
}


enum msg_method msg_method_find(const struct pl *pl)
{
	uint64_t head = word_load_part(pl->p, pl->l < 8 ? pl->l : 8);
	unsigned int i;

	for (i = MSG_UNKNOWN + 1; i < MSG_METHODS; i++) {
		if (methods[i].len == pl->l &&
			name_is(methods[i].name, pl->p, pl->l, head))
			return (enum msg_method)i;
	}
	return MSG_UNKNOWN;
}


const char *msg_method_name(enum msg_method method)
{
	return method != MSG_UNKNOWN && (unsigned int)method < MSG_METHODS
		? methods[method].name
		: NULL;
}


/* The name in some other mixture of cases. */
static enum hdr_id find_folded(const uint8_t *id, const struct pl *name)
{
	for (; *id; id++) {
		const char *p = fields[*id].name;
		size_t i;

		for (i = 0; i < name->l; i++) {
			if (ch_lower(p[i]) != ch_lower(name->p[i]))
				break;
		}
		if (i == name->l)
			return (enum hdr_id) * id;
	}
	return HDR_OTHER;
}


static enum hdr_id find_compact(char c)
{
	c = ch_lower(c);
	return c >= 'a' && c <= 'z' ? (enum hdr_id)by_letter[c - 'a']
				    : HDR_OTHER;
}


enum hdr_id hdr_find(const struct pl *name)
{
	const uint8_t *row, *id;
	uint64_t head;

	if (name->l == 1)
		return find_compact(name->p[0]);
	if (name->l >= sizeof(by_length) / sizeof(by_length[0]))
		return HDR_OTHER;
	row = by_length[name->l];
	if (!row)
		return HDR_OTHER;
	/* Most write a name as we do. */
	head = word_load_part(name->p, name->l < 8 ? name->l : 8);
	for (id = row; *id; id++) {
		if (name_is(fields[*id].name, name->p, name->l, head))
			return (enum hdr_id) * id;
	}
	return find_folded(row, name);
}


const char *hdr_name(enum hdr_id id)
{
	return id != HDR_OTHER && (unsigned int)id < HDR_IDS ? fields[id].name
							     : NULL;
}


bool hdr_is_list(enum hdr_id id)
{
	return (unsigned int)id < HDR_IDS && fields[id].kind == KIND_LIST;
}


bool hdr_is_single(enum hdr_id id)
{
	return (unsigned int)id < HDR_IDS && fields[id].kind == KIND_ONE;
}


bool hdr_echo_ok(const struct pl *pl)
{
	size_t i;

	for (i = 0; i < pl->l; i++) {
		if (pl->p[i] == '\r' || pl->p[i] == '\n' ||
			(!pl->p[i] && (!i || pl->p[i - 1] != '\\')))
			return false;
	}
	return true;
}


/* Behind the line at P; *END is where its text ends. */
static const char *skip_line(const char *p, const char *e, const char **end)
{
	const char *lf = p < e ? memchr(p, '\n', (size_t)(e - p)) : NULL;

	*end = lf ? lf : e;
	if (*end > p && (*end)[-1] == '\r')
		--*end;
	return lf ? lf + 1 : e;
}


int hdr_line(struct cur *c, struct pl *name, struct pl *value)
{
	const char *line = c->p, *p, *end;

	c->p = skip_line(c->p, c->e, &end);
	if (end == line)
		return ENOENT;
	while (cur_at(c, ' ') || cur_at(c, '\t'))
		c->p = skip_line(c->p, c->e, &end);
	for (p = line; p < end && ch_is(*p, CH_TOKEN); p++)
		;
	*name = span(line, p);
	for (; p < end && (*p == ' ' || *p == '\t'); p++)
		;
	if (!name->l || p == end || *p != ':')
		return EBADMSG;
	*value = pl_make(p + 1, (size_t)(end - p - 1));
	*value = pl_trim(value);
	return 0;
}
