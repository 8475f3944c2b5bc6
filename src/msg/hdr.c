/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hdr.c - names of methods and header fields (RFC 3261 7.1, 7.3 and 20). */
#include <errno.h>
#include <string.h>
#include "msg_int.h"


enum hdr_kind {
	KIND_MANY,
	KIND_ONE,
	KIND_FIRST,
	KIND_LIST,
};

static const struct {
	struct pl name;
	char compact;
	uint8_t kind;
} fields[HDR_IDS] = {
#define HDR_X(id, name, compact, kind) \
	[HDR_##id] = {PL(name), compact, KIND_##kind},
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
	ROW(17, HDR_SUPPRESS_IF_MATCH),
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

static const struct pl methods[MSG_METHODS] = {
	[MSG_ACK] = PL("ACK"),
	[MSG_BENOTIFY] = PL("BENOTIFY"),
	[MSG_BYE] = PL("BYE"),
	[MSG_CANCEL] = PL("CANCEL"),
	[MSG_INFO] = PL("INFO"),
	[MSG_INVITE] = PL("INVITE"),
	[MSG_MESSAGE] = PL("MESSAGE"),
	[MSG_NOTIFY] = PL("NOTIFY"),
	[MSG_OPTIONS] = PL("OPTIONS"),
	[MSG_PRACK] = PL("PRACK"),
	[MSG_PUBLISH] = PL("PUBLISH"),
	[MSG_REFER] = PL("REFER"),
	[MSG_REGISTER] = PL("REGISTER"),
	[MSG_SERVICE] = PL("SERVICE"),
	[MSG_SUBSCRIBE] = PL("SUBSCRIBE"),
	[MSG_UPDATE] = PL("UPDATE"),
};


enum msg_method msg_method_find(const struct pl *pl)
{
	unsigned int i;

	for (i = MSG_UNKNOWN + 1; i < MSG_METHODS; i++) {
		if (methods[i].l == pl->l && methods[i].p[0] == pl->p[0] &&
			!memcmp(methods[i].p, pl->p, pl->l))
			return (enum msg_method)i;
	}
	return MSG_UNKNOWN;
}


const char *msg_method_name(enum msg_method method)
{
	return (unsigned int)method < MSG_METHODS ? methods[method].p : NULL;
}


static uint64_t load(const char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}


/* By eight bytes; the last eight overlap with those before. */
static bool bytes_eq(const char *a, const char *b, size_t n)
{
	size_t i;

	if (n < 8)
		return !memcmp(a, b, n);
	for (i = 0; n - i > 8; i += 8) {
		if (load(a + i) != load(b + i))
			return false;
	}
	return load(a + n - 8) == load(b + n - 8);
}


/* Most write a name as we do. */
static bool name_eq(const char *a, const char *b, size_t n)
{
	size_t i;

	if (bytes_eq(a, b, n))
		return true;
	for (i = 0; i < n; i++) {
		if (ch_lower(a[i]) != ch_lower(b[i]))
			return false;
	}
	return true;
}


enum hdr_id hdr_find(const struct pl *name)
{
	const uint8_t *id;
	char first;

	if (!name->l)
		return HDR_OTHER;
	first = ch_lower(name->p[0]);
	if (name->l == 1 && first >= 'a' && first <= 'z')
		return (enum hdr_id)by_letter[first - 'a'];
	if (name->l >= sizeof(by_length) / sizeof(by_length[0]))
		return HDR_OTHER;
	id = by_length[name->l];
	for (; id && *id; id++) {
		const char *p = fields[*id].name.p;

		if (ch_lower(p[0]) == first && name_eq(p, name->p, name->l))
			return (enum hdr_id) * id;
	}
	return HDR_OTHER;
}


const char *hdr_name(enum hdr_id id)
{
	return (unsigned int)id < HDR_IDS ? fields[id].name.p : NULL;
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
