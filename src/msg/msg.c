/* SPDX-License-Identifier: GPL-3.0-or-later */
/* msg.c - decode a message (RFC 3261 7, 18.3 and 20; RFC 4475). */
#include <errno.h>
#include <string.h>
#include "mem.h"
#include "msg_int.h"
#include "word.h"


const struct msg_limits msg_limits_default = {
	.header_bytes = 64 * 1024,
	.body_bytes = 1024 * 1024,
	.headers = 256,
	.uri_bytes = 4 * 1024,
	.parts = 1000,
	.part_depth = 8,
};

/* What a message's block begins with; hdrs[] and the bytes follow. */
struct block {
	struct msg msg;
	uint16_t first[HDR_IDS];
};

struct decoder {
	struct msg *msg;
	struct msg_hdr *hdrs;
	uint16_t *first;
	uint16_t last[HDR_IDS]; /* index of the last, where there is a first */
	const struct msg_limits *limits;
	bool stray_cr; /* one may be in a line */
	size_t body; /* bytes there behind the head */
	size_t copied; /* of them, never over the limit */
	bool stream;
};


/* Indices have 16 bits. */
static size_t headers_max(const struct msg_limits *limits)
{
	return limits->headers < UINT16_MAX ? limits->headers : UINT16_MAX - 1;
}


/* The first thing wrong is what is told. */
static void bad(struct decoder *d, uint16_t status, const char *why)
{
	if (d->msg->bad)
		return;
	d->msg->bad = status;
	d->msg->bad_why = why;
}


/* ---- header lines ----------------------------------------------------- */

static void add_header(struct decoder *d, enum hdr_id id, const struct pl *name,
	const struct pl *value)
{
	struct msg *msg = d->msg;
	size_t i = msg->nhdrs;
	struct msg_hdr *h = &d->hdrs[i];

	if (i >= headers_max(d->limits)) {
		bad(d, 513, "too many header lines");
		return;
	}
	h->name = *name;
	h->value = *value;
	h->id = id;
	h->next = 0;
	++msg->nhdrs;
	if (id == HDR_OTHER)
		return;
	if (!d->first[id]) {
		d->first[id] = (uint16_t)(i + 1);
	} else {
		if (hdr_is_single(id))
			bad(d, 400, "a header that may stand once is doubled");
		d->hdrs[d->last[id]].next = (uint16_t)i;
	}
	d->last[id] = (uint16_t)i;
}


/* The first colon, or the end. */
static const char *find_colon(const char *p, const char *e)
{
	uint64_t flags;

	for (; e - p >= 8; p += 8) {
		flags = word_equal(word_load(p), ':');
		if (flags)
			return p + word_first(flags);
	}
	while (p < e && *p != ':')
		++p;
	return p;
}


/* What is before a colon and no name as we know it: one that nobody knows,
 * white space behind one, or no name at all. */
static bool take_name(struct pl *name, enum hdr_id *id)
{
	struct cur c = cur_of(name);
	struct pl token = cur_run(&c, CH_TOKEN);

	while (cur_at(&c, ' ') || cur_at(&c, '\t'))
		++c.p;
	if (!token.l || cur_more(&c))
		return false;
	*name = token;
	*id = hdr_find(name);
	return true;
}


/* The unfolded line from P to END, which is at its CRLF or LF. */
static void read_header(struct decoder *d, const char *p, const char *end)
{
	const char *colon = find_colon(p, end);
	struct pl name = span(p, colon), value;
	enum hdr_id id = hdr_find(&name);

	if (colon == end || (id == HDR_OTHER && !take_name(&name, &id))) {
		bad(d, 400, "a line that is no header");
		return;
	}
	for (p = colon + 1; p < end && (*p == ' ' || *p == '\t'); p++)
		;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t'))
		--end;
	value = span(p, end);
	if (d->stray_cr && value.l && memchr(value.p, '\r', value.l))
		bad(d, 400, "a CR inside a header");
	add_header(d, id, &name, &value);
}


/* All lines of HEAD behind the start line, of which P and E are the bytes. */
static void read_headers(struct decoder *d, const struct head *head,
	const char *p, const char *e)
{
	const char *at = p + head->end[0] + 1, *lf, *end;
	size_t i;

	for (i = 1; i < head->lines; i++, at = lf + 1) {
		lf = i < HEAD_LINES ? p + head->end[i]
				    : memchr(at, '\n', (size_t)(e - at));
		end = lf > at && lf[-1] == '\r' ? lf - 1 : lf;
		read_header(d, at, end);
	}
}


/* ---- start line ------------------------------------------------------- */

/* "SIP/d.d" at C: 0, EBADMSG, or ENOTSUP for another version than 2.0. */
static int take_version(struct cur *c)
{
	struct pl name, major, minor;

	if (c->e - c->p >= 7 && !memcmp(c->p, "SIP/2.0", 7) &&
		(c->e - c->p == 7 || !ch_is(c->p[7], CH_DIGIT))) {
		c->p += 7;
		return 0;
	}
	name = cur_run(c, CH_ALPHA);
	if (!SPAN_IS(&name, "sip") || !cur_take(c, '/'))
		return EBADMSG;
	major = cur_run(c, CH_DIGIT);
	if (!major.l || !cur_take(c, '.'))
		return EBADMSG;
	minor = cur_run(c, CH_DIGIT);
	if (!minor.l)
		return EBADMSG;
	return pl_streq(&major, "2") && pl_streq(&minor, "0") ? 0 : ENOTSUP;
}


static void read_request_uri(struct decoder *d)
{
	struct pl *text = &d->msg->uri_text;
	struct uri uri;

	if (text->l > d->limits->uri_bytes)
		bad(d, 414, "the Request-URI is too long");
	else if (uri_decode(&uri, text))
		bad(d, 400, "the Request-URI is none");
}


/* More white space than one SP is let pass (RFC 4475 3.1.2.9, 3.1.2.10):
 * as the version must follow the URI, it cannot hide anything. */
static void read_request_line(struct decoder *d, struct cur *c)
{
	struct msg *msg = d->msg;
	const char *p;
	int err;

	msg->request = true;
	msg->method_text = cur_run(c, CH_TOKEN);
	msg->method = msg_method_find(&msg->method_text);
	if (!msg->method_text.l || !cur_at(c, ' ')) {
		bad(d, 400, "the request line has no method");
		return;
	}
	cur_lws(c);
	p = memchr(c->p, ' ', (size_t)(c->e - c->p));
	msg->uri_text = span(c->p, p ? p : c->e);
	c->p = p ? p : c->e;
	cur_lws(c);
	err = take_version(c);
	cur_lws(c);
	if (err == EBADMSG || cur_more(c))
		bad(d, 400, "the request line does not end in a SIP version");
	else if (err)
		bad(d, 505, "another version of SIP");
	read_request_uri(d);
}


static void read_status_line(struct decoder *d, struct cur *c)
{
	struct msg *msg = d->msg;
	struct pl digits;
	uint32_t status;

	if (take_version(c) || !cur_at(c, ' ')) {
		bad(d, 400, "the status line does not begin with SIP/2.0");
		return;
	}
	cur_lws(c);
	digits = cur_run(c, CH_DIGIT);
	if (digits.l != 3 || pl_u32(&digits, &status) || status < 100 ||
		status > 699 || (cur_more(c) && !cur_take(c, ' '))) {
		bad(d, 400, "the status code is none");
		return;
	}
	msg->status = (uint16_t)status;
	msg->reason = cur_rest(c);
}


/* The line from P, whose LF is at LF. */
static void read_start_line(struct decoder *d, const char *p, const char *lf)
{
	struct cur c = {p, lf > p && lf[-1] == '\r' ? lf - 1 : lf};
	struct pl line = cur_rest(&c);

	if (d->stray_cr && line.l && memchr(line.p, '\r', line.l))
		bad(d, 400, "a CR in the start line");
	if (line.l >= 4 && line.p[3] == '/' && ch_lower(line.p[0]) == 's')
		read_status_line(d, &c);
	else
		read_request_line(d, &c);
}


/* ---- the fields that routing needs ------------------------------------ */

static void read_via(struct decoder *d)
{
	const struct msg_hdr *h = msg_hdr(d->msg, HDR_VIA);

	if (!h)
		bad(d, 400, "no Via");
	else if (via_read_first(&d->msg->via, &h->value))
		bad(d, 400, "the top Via is not sound");
}


static void read_address(struct decoder *d, enum hdr_id id,
	struct msg_addr *addr, const char *absent, const char *unsound)
{
	struct pl value;
	int err;

	if (!msg_value(d->msg, id, &value)) {
		bad(d, 400, absent);
		return;
	}
	err = addr_read(addr, &value);
	if (err || addr->uri_text.l > d->limits->uri_bytes)
		bad(d, 400, unsound);
}


/* True where all is CH_GRAPH: no byte is below '!' or over '~'. */
static bool is_graph(const char *p, size_t n)
{
	for (; n >= 8; n -= 8, p += 8) {
		uint64_t v = word_load(p);

		if (word_below(v, '!') || ((v | (v + WORD_ONES)) & WORD_HIGH))
			return false;
	}
	while (n && ch_is(*p, CH_GRAPH)) {
		--n;
		++p;
	}
	return !n;
}


static void read_call_id(struct decoder *d)
{
	struct msg *msg = d->msg;

	if (!msg_value(d->msg, HDR_CALL_ID, &msg->call_id) || !msg->call_id.l)
		bad(d, 400, "no Call-ID");
	else if (!is_graph(msg->call_id.p, msg->call_id.l))
		bad(d, 400, "the Call-ID is not sound");
}


static void read_cseq(struct decoder *d)
{
	struct msg *msg = d->msg;
	struct pl value, method;

	if (!msg_value(d->msg, HDR_CSEQ, &value)) {
		bad(d, 400, "no CSeq");
		return;
	}
	if (msg_cseq_decode(&msg->cseq, &method, &value)) {
		bad(d, 400, "the CSeq is not sound");
		return;
	}
	if (!msg->request) {
		msg->method_text = method;
		msg->method = msg_method_find(&method);
		return;
	}
	if (!pl_eq(&method, &msg->method_text))
		bad(d, msg->method == MSG_UNKNOWN ? 501 : 400,
			"the CSeq names another method");
}


/* The Content-Length: UINT64_MAX if it is over that. Copies that agree are
 * one, as they are where a stream is framed. */
static void read_length(
	struct decoder *d, const struct msg_hdr *h, uint64_t *len)
{
	const struct msg_hdr *first = h;

	for (; h; h = msg_hdr_next(d->msg, h)) {
		struct cur c = cur_of(&h->value);
		uint64_t v = *len;
		int err = cur_u64(&c, &v);

		if (err == EBADMSG || cur_more(&c))
			bad(d, 400, "the Content-Length is no number");
		else if (err)
			v = UINT64_MAX;
		if (h != first && v != *len)
			bad(d, 400, "two Content-Length that differ");
		else
			*len = v;
	}
}


static void read_body(struct decoder *d, const char *p)
{
	struct msg *msg = d->msg;
	const struct msg_hdr *h = msg_hdr(msg, HDR_CONTENT_LENGTH);
	uint64_t len = d->body;

	if (h)
		read_length(d, h, &len);
	else if (d->stream)
		bad(d, 400, "no Content-Length on a stream");
	if (len > d->limits->body_bytes)
		bad(d, 413, "the body is too long");
	if (len > d->body)
		bad(d, 400, "the body is shorter than its Content-Length");
	if (len > d->copied)
		len = d->copied;
	msg->body = pl_make(p, (size_t)len);
}


static void read_fields(struct decoder *d)
{
	struct msg *msg = d->msg;

	read_via(d);
	read_address(
		d, HDR_FROM, &msg->from, "no From", "the From is not sound");
	read_address(d, HDR_TO, &msg->to, "no To", "the To is not sound");
	read_call_id(d);
	read_cseq(d);
	(void)msg_value(d->msg, HDR_CONTENT_TYPE, &msg->content_type);
}


/* NUL is text only in a quoted pair; everywhere else it would cut what
 * somebody takes for a C string. */
static bool nuls_quoted(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!p[i] && (!i || p[i - 1] != '\\'))
			return false;
	}
	return true;
}


/* HEAD is that of the LEN bytes, unfolded; ENDED as it was received. */
static void read_all(struct decoder *d, const struct head *head,
	const char *bytes, size_t len)
{
	struct msg *msg = d->msg;

	d->stray_cr = head->stray_cr;
	if (head->nul && !nuls_quoted(bytes, len))
		bad(d, 400, "a NUL in the headers");
	read_start_line(d, bytes, bytes + head->end[0]);
	read_headers(d, head, bytes, bytes + len);
	if (!head->ended)
		bad(d, head->too_long ? 513 : 400, "the headers do not end");
	read_fields(d);
	read_body(d, bytes + len);
	msg->all = pl_make(bytes, len + msg->body.l);
}


/* True where a response could be made: Via tells where it goes. */
static bool answerable(const struct msg *msg)
{
	return msg->request && msg->method_text.l && msg->via.host.l;
}


static struct msg *block_alloc(
	struct decoder *d, const struct head *head, char **bytes)
{
	size_t max = headers_max(d->limits), n = head->lines - 1;
	size_t hdrs = sizeof(struct block), at;
	struct block *b;

	_Static_assert(sizeof(struct block) % _Alignof(struct msg_hdr) == 0,
		"hdrs follow the block");
	at = hdrs + (n < max ? n : max) * sizeof(struct msg_hdr);
	b = mem_alloc_clear(at + head->len + d->copied, sizeof(*b), NULL);
	d->msg = &b->msg;
	d->first = b->first;
	d->hdrs = (struct msg_hdr *)(void *)((char *)b + hdrs);
	b->msg.first = b->first;
	b->msg.hdrs = d->hdrs;
	*bytes = (char *)b + at;
	return &b->msg;
}


/* Copies the head from P; returns how long it is then. What is known of it
 * changes where it is unfolded, except how it ended. */
static size_t copy_head(struct head *head, char *to, const char *p)
{
	struct head unfolded;
	size_t len;

	if (!head->folded) {
		memcpy(to, p, head->len);
		return head->len;
	}
	len = head_unfold(to, p, head->len);
	head_scan(&unfolded, to, len, len);
	unfolded.ended = head->ended;
	unfolded.too_long = head->too_long;
	*head = unfolded;
	return len;
}


/* The words and the error of a message that is not sound; MP gets it where
 * it can be answered. */
static int refuse(struct msg *msg, struct msg **mp, const char **why)
{
	uint16_t status = msg->bad;

	*why = msg->bad_why;
	if (answerable(msg))
		*mp = msg;
	else
		mem_deref(msg);
	return status == 413 || status == 414 || status == 513 ? EMSGSIZE
							       : EBADMSG;
}


int msg_decode(struct msg **mp, const void *data, size_t n, bool stream,
	const struct msg_limits *limits, const char **why)
{
	const char *p = data, *body;
	struct decoder d;
	struct head head;
	struct msg *msg;
	char *bytes;
	size_t len;

	while (n && (*p == '\r' || *p == '\n')) {
		++p;
		--n;
	}
	*why = "nothing there";
	if (!n)
		return ENODATA;
	d.limits = limits ? limits : &msg_limits_default;
	d.stream = stream;
	head_scan(&head, p, n, d.limits->header_bytes);
	*why = "no line at all";
	if (!head.len)
		return EBADMSG;
	body = p + head.len;
	d.body = head.ended ? n - head.len : 0;
	d.copied = d.body;
	if (d.copied > d.limits->body_bytes)
		d.copied = d.limits->body_bytes;
	msg = block_alloc(&d, &head, &bytes);
	len = copy_head(&head, bytes, p);
	if (d.copied)
		memcpy(bytes + len, body, d.copied);
	read_all(&d, &head, bytes, len);
	if (msg->bad)
		return refuse(msg, mp, why);
	*why = NULL;
	*mp = msg;
	return 0;
}
