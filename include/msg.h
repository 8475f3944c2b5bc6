/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * msg.h - SIP messages as text: decode, look up, build. Pure: no socket, no
 * clock, no chance.
 *
 * 1 names        methods and header fields, one table each
 * 2 message      a decoded message: one block, headers indexed
 * 3 values       typed decoders of header values
 * 4 stream       framing on TCP and TLS
 * 5 bodies       media types, multipart, the little SDP of m=message
 * 6 build        writing requests and responses
 *
 * Decoders return 0, EBADMSG (not by the grammar), EMSGSIZE (over a bound)
 * or ENOENT (absent), and write their result only on success. All results
 * borrow from the message.
 */
#ifndef SOTTO_MSG_H
#define SOTTO_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "mbuf.h"
#include "pl.h"
#include "uri.h"

/* ---- 1 names -------------------------------------------------------- */

enum msg_method {
	MSG_UNKNOWN, /* any token that is not in this list */
	MSG_ACK,
	MSG_BENOTIFY,
	MSG_BYE,
	MSG_CANCEL,
	MSG_INFO,
	MSG_INVITE,
	MSG_MESSAGE,
	MSG_NOTIFY,
	MSG_OPTIONS,
	MSG_PRACK,
	MSG_PUBLISH,
	MSG_REFER,
	MSG_REGISTER,
	MSG_SERVICE,
	MSG_SUBSCRIBE,
	MSG_UPDATE,
	MSG_METHODS,
};

/* Case-sensitive (RFC 3261 7.1); the name of a known method. */
enum msg_method msg_method_find(const struct pl *pl);
const char *msg_method_name(enum msg_method method);

/* Header fields known by name; HDR_OTHER is any other. HDR_X(id, long name,
 * compact form or 0, LIST: comma makes several; ONE: a second makes the
 * message bad, as nobody knows which is meant; FIRST: there is one by the
 * grammar, but of several the first counts; MANY: each line is one value) */
#define HDR_TABLE(X)                                                           \
	X(ACCEPT, "Accept", 0, LIST)                                           \
	X(ACCEPT_CONTACT, "Accept-Contact", 'a', LIST)                         \
	X(ACCEPT_ENCODING, "Accept-Encoding", 0, LIST)                         \
	X(ACCEPT_LANGUAGE, "Accept-Language", 0, LIST)                         \
	X(ALERT_INFO, "Alert-Info", 0, LIST)                                   \
	X(ALLOW, "Allow", 0, LIST)                                             \
	X(ALLOW_EVENTS, "Allow-Events", 'u', LIST)                             \
	X(AUTHENTICATION_INFO, "Authentication-Info", 0, MANY)                 \
	X(AUTHORIZATION, "Authorization", 0, MANY)                             \
	X(CALL_ID, "Call-ID", 'i', ONE)                                        \
	X(CALL_INFO, "Call-Info", 0, LIST)                                     \
	X(CONTACT, "Contact", 'm', LIST)                                       \
	X(CONTENT_DISPOSITION, "Content-Disposition", 0, ONE)                  \
	X(CONTENT_ENCODING, "Content-Encoding", 'e', LIST)                     \
	X(CONTENT_ID, "Content-ID", 0, ONE)                                    \
	X(CONTENT_LANGUAGE, "Content-Language", 0, LIST)                       \
	X(CONTENT_LENGTH, "Content-Length", 'l', FIRST)                        \
	X(CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding", 0, ONE)      \
	X(CONTENT_TYPE, "Content-Type", 'c', ONE)                              \
	X(CSEQ, "CSeq", 0, ONE)                                                \
	X(DATE, "Date", 0, FIRST)                                              \
	X(ERROR_INFO, "Error-Info", 0, LIST)                                   \
	X(EVENT, "Event", 'o', ONE)                                            \
	X(EXPIRES, "Expires", 0, ONE)                                          \
	X(FLOW_TIMER, "Flow-Timer", 0, FIRST)                                  \
	X(FROM, "From", 'f', ONE)                                              \
	X(HISTORY_INFO, "History-Info", 0, LIST)                               \
	X(IDENTITY, "Identity", 'y', MANY)                                     \
	X(IDENTITY_INFO, "Identity-Info", 'n', MANY)                           \
	X(IN_REPLY_TO, "In-Reply-To", 0, LIST)                                 \
	X(MAX_FORWARDS, "Max-Forwards", 0, ONE)                                \
	X(MIME_VERSION, "MIME-Version", 0, FIRST)                              \
	X(MIN_EXPIRES, "Min-Expires", 0, ONE)                                  \
	X(MIN_SE, "Min-SE", 0, ONE)                                            \
	X(MS_CONVERSATION_ID, "Ms-Conversation-ID", 0, FIRST)                  \
	X(MS_DIAGNOSTICS, "ms-diagnostics", 0, MANY)                           \
	X(MS_DIAGNOSTICS_PUBLIC, "ms-diagnostics-public", 0, MANY)             \
	X(MS_KEEP_ALIVE, "ms-keep-alive", 0, FIRST)                            \
	X(MS_PIGGYBACK_CSEQ, "ms-piggyback-cseq", 0, FIRST)                    \
	X(ORGANIZATION, "Organization", 0, FIRST)                              \
	X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0, LIST)                 \
	X(P_ASSOCIATED_URI, "P-Associated-URI", 0, LIST)                       \
	X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0, LIST)               \
	X(PATH, "Path", 0, LIST)                                               \
	X(PRIORITY, "Priority", 0, FIRST)                                      \
	X(PRIVACY, "Privacy", 0, ONE)                                          \
	X(PROXY_AUTHENTICATE, "Proxy-Authenticate", 0, MANY)                   \
	X(PROXY_AUTHENTICATION_INFO, "Proxy-Authentication-Info", 0, MANY)     \
	X(PROXY_AUTHORIZATION, "Proxy-Authorization", 0, MANY)                 \
	X(PROXY_REQUIRE, "Proxy-Require", 0, LIST)                             \
	X(RACK, "RAck", 0, ONE)                                                \
	X(REASON, "Reason", 0, LIST)                                           \
	X(RECORD_ROUTE, "Record-Route", 0, LIST)                               \
	X(REFER_TO, "Refer-To", 'r', ONE)                                      \
	X(REFERRED_BY, "Referred-By", 'b', ONE)                                \
	X(REJECT_CONTACT, "Reject-Contact", 'j', LIST)                         \
	X(REPLACES, "Replaces", 0, ONE)                                        \
	X(REPLY_TO, "Reply-To", 0, ONE)                                        \
	X(REQUEST_DISPOSITION, "Request-Disposition", 'd', LIST)               \
	X(REQUIRE, "Require", 0, LIST)                                         \
	X(RETRY_AFTER, "Retry-After", 0, ONE)                                  \
	X(ROUTE, "Route", 0, LIST)                                             \
	X(RSEQ, "RSeq", 0, ONE)                                                \
	X(SERVER, "Server", 0, FIRST)                                          \
	X(SERVICE_ROUTE, "Service-Route", 0, LIST)                             \
	X(SESSION_EXPIRES, "Session-Expires", 'x', ONE)                        \
	X(SIP_ETAG, "SIP-ETag", 0, ONE)                                        \
	X(SIP_IF_MATCH, "SIP-If-Match", 0, ONE)                                \
	X(SUBJECT, "Subject", 's', FIRST)                                      \
	X(SUBSCRIPTION_STATE, "Subscription-State", 0, ONE)                    \
	X(SUPPORTED, "Supported", 'k', LIST)                                   \
	X(SUPPRESS_IF_MATCH, "Suppress-If-Match", 0, ONE)                      \
	X(TARGET_DIALOG, "Target-Dialog", 0, ONE)                              \
	X(TIMESTAMP, "Timestamp", 0, FIRST)                                    \
	X(TO, "To", 't', ONE)                                                  \
	X(UNSUPPORTED, "Unsupported", 0, LIST)                                 \
	X(USER_AGENT, "User-Agent", 0, FIRST)                                  \
	X(VIA, "Via", 'v', LIST)                                               \
	X(WARNING, "Warning", 0, LIST)                                         \
	X(WWW_AUTHENTICATE, "WWW-Authenticate", 0, MANY)

enum hdr_id {
	HDR_OTHER,
#define HDR_X(id, name, compact, kind) HDR_##id,
	HDR_TABLE(HDR_X)
#undef HDR_X
		HDR_IDS,
};

/* Id by long or compact name, case ignored, whole name compared. */
enum hdr_id hdr_find(const struct pl *name);
const char *hdr_name(enum hdr_id id); /* long form; NULL for HDR_OTHER */
bool hdr_is_list(enum hdr_id id);     /* commas separate values */
bool hdr_is_single(enum hdr_id id);   /* a second makes a message bad */

/* ---- 2 message ------------------------------------------------------ */

struct msg_limits {
	size_t header_bytes; /* start line and headers: 64 KiB */
	size_t body_bytes;   /* 1 MiB */
	size_t headers;      /* header lines: 256 */
	size_t uri_bytes;    /* 4 KiB */
	size_t parts;        /* of a multipart: 1000 */
	size_t part_depth;   /* 8 */
};

extern const struct msg_limits msg_limits_default;

/* One header line. */
struct msg_hdr {
	struct pl name;  /* as received */
	struct pl value; /* unfolded (CRLF and LWS became one SP), trimmed */
	enum hdr_id id;
	uint16_t next;   /* next of the same known id; 0: none (index 0 can
	                    never be next) */
};

struct msg_via {
	struct pl transport; /* "UDP" as received */
	struct pl host;      /* IPv6 without brackets */
	uint16_t port;       /* 0: none */
	struct pl branch;
	struct pl received;  /* without brackets */
	bool has_rport;
	uint16_t rport;      /* 0: empty */
	struct pl params;
	struct pl all;
};

/* name-addr or addr-spec with header parameters. */
struct msg_addr {
	struct pl display; /* raw: quotes taken off, escapes kept */
	struct pl uri_text;
	struct uri uri;
	struct pl params;  /* ";tag=x;epid=y" or unset */
	struct pl tag;     /* unset: none */
};

/*
 * A message: one refcounted block that holds its own copy of the bytes, the
 * header index and the fields that routing needs. Everything borrows from
 * that block; read only after msg_decode().
 */
struct msg {
	bool request;
	enum msg_method method; /* of the request, or of a response's CSeq */
	struct pl method_text;
	struct pl uri_text;     /* Request-URI (requests) */
	uint16_t status;        /* responses */
	struct pl reason;
	struct msg_via via;     /* top one */
	struct msg_addr from;
	struct msg_addr to;
	struct pl call_id;
	uint32_t cseq;
	struct pl content_type; /* unset: none */
	struct pl body;
	size_t nhdrs;
	const struct msg_hdr *hdrs;
	const uint16_t *first;  /* [HDR_IDS]: 1 + index of first, 0 none */
	struct pl all;          /* the whole message, unfolded */
	uint16_t bad;           /* 0, or the status that a request which is
	                           not sound is to be answered with: 400,
	                           413, 414, 501, 505, 513 */
	const char *bad_why;    /* words for it */
};

/*
 * Decodes one datagram of N bytes, or one framed stream message (STREAM:
 * Content-Length is then required). LIMITS NULL: the default.
 *
 * 0: *MP is a sound message (mem_deref). EBADMSG or EMSGSIZE: it is not;
 * *WHY gets static words, and *MP is set only where enough could be read to
 * answer (a request with top Via, and From, To, Call-ID, CSeq as far as
 * there); its `bad` field holds the status. Leading CRLFs are skipped, ENODATA
 * if there is nothing else.
 */
int msg_decode(struct msg **mp, const void *p, size_t n, bool stream,
	const struct msg_limits *limits, const char **why);

/* First header of ID, or NULL; the next after H of the same id. */
const struct msg_hdr *msg_hdr(const struct msg *msg, enum hdr_id id);
const struct msg_hdr *msg_hdr_next(
	const struct msg *msg, const struct msg_hdr *h);

/* First header named NAME (any name, case ignored), or NULL. */
const struct msg_hdr *msg_hdr_named(const struct msg *msg, const char *name);

/* Value of the first header of ID; false and unset where absent. */
bool msg_value(const struct msg *msg, enum hdr_id id, struct pl *value);

/* Walks the values of list header ID over commas and repeated lines, in
 * order: set IT to zero first; false at the end. */
struct msg_list {
	const struct msg_hdr *h;
	struct pl rest;
	bool started;
};
bool msg_list_next(const struct msg *msg, enum hdr_id id, struct msg_list *it,
	struct pl *value);

/* True if the list header ID has TOKEN (case ignored). */
bool msg_has_token(const struct msg *msg, enum hdr_id id, const char *token);

/* ---- 3 values ------------------------------------------------------- */

/* Splits a comma list: HEAD gets the next element, trimmed; quotes and <>
 * protect commas. False at the end. */
bool msg_split_list(struct pl *rest, struct pl *head);

/* Parameter NAME out of ";a=b;c"; quoted values without their quotes. */
bool msg_param(const struct pl *params, const char *name, struct pl *value);

/* Next parameter of REST: ";name[=value]". */
bool msg_param_next(struct pl *rest, struct pl *name, struct pl *value);

/* The text of a quoted string's inside with its escapes undone
 * (mem_deref); *LEN may hold NULs. */
char *msg_unquote(const struct pl *inside, size_t *len);

int msg_via_decode(struct msg_via *via, const struct pl *pl);
int msg_addr_decode(struct msg_addr *addr, const struct pl *pl);
int msg_cseq_decode(uint32_t *n, struct pl *method, const struct pl *pl);

/* "presence;id=7": package, parameters. */
struct msg_event {
	struct pl package;
	struct pl id;
	struct pl params;
};
int msg_event_decode(struct msg_event *event, const struct pl *pl);

enum msg_substate {
	MSG_SUB_ACTIVE,
	MSG_SUB_PENDING,
	MSG_SUB_TERMINATED,
	MSG_SUB_OTHER,
};
enum msg_subreason {
	MSG_SUBR_NONE,
	MSG_SUBR_DEACTIVATED,
	MSG_SUBR_PROBATION,
	MSG_SUBR_REJECTED,
	MSG_SUBR_TIMEOUT,
	MSG_SUBR_GIVEUP,
	MSG_SUBR_NORESOURCE,
	MSG_SUBR_INVARIANT,
	MSG_SUBR_OTHER,
};
struct msg_subscription_state {
	enum msg_substate state;
	enum msg_subreason reason;
	struct pl reason_text;
	bool has_expires;
	uint32_t expires;
	bool has_retry_after;
	uint32_t retry_after; /* seconds */
	struct pl params;     /* ";expires=600;max-rate=0.2" */
};
int msg_subscription_state_decode(
	struct msg_subscription_state *ss, const struct pl *pl);

/* A challenge, an answer or an Authentication-Info. */
struct msg_challenge {
	struct pl scheme; /* "Digest", "NTLM", ...; unset for an -Info */
	struct pl params; /* "realm=\"a\", nonce=\"b\"" */
};
int msg_challenge_decode(struct msg_challenge *c, const struct pl *pl);

/* Auth parameter NAME; escapes kept, quotes taken off, *QUOTED tells (may be
 * NULL). */
bool msg_challenge_param(const struct msg_challenge *c, const char *name,
	struct pl *value, bool *quoted);

/* "120 (busy);duration=60". */
struct msg_retry_after {
	uint32_t seconds;
	struct pl comment;
	uint32_t duration; /* 0: none */
};
int msg_retry_after_decode(struct msg_retry_after *ra, const struct pl *pl);

/* 307 isi.edu "text". */
struct msg_warning {
	uint16_t code;
	struct pl agent;
	struct pl text; /* inside of the quotes */
};
int msg_warning_decode(struct msg_warning *w, const struct pl *pl);

/* SIP;cause=200;text="...". */
struct msg_reason {
	struct pl protocol;
	bool has_cause;
	uint32_t cause;
	struct pl text;
};
int msg_reason_decode(struct msg_reason *r, const struct pl *pl);

/* Delta seconds of Expires, Min-Expires, Max-Forwards ...: a number over 32
 * bits is UINT32_MAX for Expires as RFC 3261 20.19 allows; ENOENT, EBADMSG. */
int msg_seconds(const struct msg *msg, enum hdr_id id, uint32_t *seconds);

/* expires parameter of a Contact, else ENOENT. */
int msg_contact_expires(const struct msg_addr *contact, uint32_t *seconds);

/* ---- 4 stream ------------------------------------------------------- */

enum msg_frame {
	MSG_FRAME_MORE,    /* not whole yet */
	MSG_FRAME_MESSAGE, /* the first *LEN bytes are one message */
	MSG_FRAME_PING,    /* CRLF CRLF: *LEN bytes; answer with one CRLF */
	MSG_FRAME_PONG,    /* one CRLF alone between messages, *LEN bytes; a
	                      ping that arrives in halves is two of these */
	MSG_FRAME_BAD,     /* cannot be framed: answer 400 if a message can
	                      be decoded from the first *LEN bytes, close */
};

/* Looks at the N unread bytes at P. *SCANNED is the caller's, 0 for each new
 * message, and keeps the work linear when bytes trickle in. A body over
 * limits->body_bytes is BAD with *WHY. */
enum msg_frame msg_frame(const void *p, size_t n,
	const struct msg_limits *limits, size_t *scanned, size_t *len,
	const char **why);

/* ---- 5 bodies ------------------------------------------------------- */

struct msg_type {
	struct pl type;
	struct pl subtype;
	struct pl params;
};
int msg_type_decode(struct msg_type *t, const struct pl *pl);
bool msg_type_is(const struct pl *content_type, const char *type); /* "a/b" */

struct msg_part {
	struct pl content_type;
	struct pl content_id; /* without <> */
	struct pl disposition;
	struct pl encoding;   /* Content-Transfer-Encoding */
	struct pl headers;    /* all of the part's header lines */
	struct pl body;
};

/* Walks the parts of one multipart level. Start with msg_multipart_begin();
 * EBADMSG: no boundary; EMSGSIZE: over limits. A missing closing delimiter
 * ends the last part at the end of the body. */
struct msg_multipart {
	struct pl boundary;
	struct pl rest;
	size_t left; /* parts still allowed */
	size_t seen; /* bytes of rest without a delimiter */
	bool inside; /* behind the first one */
};
int msg_multipart_begin(struct msg_multipart *mp, const struct pl *content_type,
	const struct pl *body, const struct msg_limits *limits);
bool msg_multipart_next(struct msg_multipart *mp, struct msg_part *part);

/* The same bit by bit, for bodies of thousands of parts: open is begin that
 * counts no parts, step is next that looks at no more than N new bytes (and
 * the delimiter behind them). 0: *PART is the next one; EAGAIN: not found yet,
 * call again; ENOENT: no more; EMSGSIZE: more than limits->parts, or the
 * headers of a part are over MSG_PART_HEAD bytes. Text before the first
 * delimiter counts as none; EBADMSG: there is no delimiter at all. */
enum {
	MSG_PART_HEAD = 8 * 1024,
};
int msg_multipart_open(struct msg_multipart *mp, const struct pl *content_type,
	const struct pl *body, const struct msg_limits *limits);
int msg_multipart_step(
	struct msg_multipart *mp, size_t n, struct msg_part *part);

/* The body or part that TYPE names, searched through nested multiparts
 * (mixed, alternative: the last of that type; related), bounded. */
int msg_body_find(const struct msg *msg, const char *type,
	const struct msg_limits *limits, struct msg_part *part);

/* The little SDP that instant messages need (RFC 4566; m=message of
 * Microsoft clients and of RFC 4975). */
struct msg_sdp_media {
	struct pl media;  /* "message", "audio", ... */
	uint16_t port;
	struct pl proto;  /* "sip", "TCP/MSRP", "RTP/AVP" */
	struct pl formats;
	struct pl address; /* c= of the media or the session; may be unset */
	struct pl attributes; /* its a= lines */
};
struct msg_sdp {
	struct pl session; /* lines before the first m= */
	struct pl rest;
};
int msg_sdp_begin(struct msg_sdp *sdp, const struct pl *body);
bool msg_sdp_next(struct msg_sdp *sdp, struct msg_sdp_media *media);

/* Attribute NAME of a media or session part: "accept-types". */
bool msg_sdp_attribute(const struct pl *lines, const char *name,
	struct pl *value);

/* Writes our offer or answer: m=message with port and accept types. HOST is
 * an address without brackets. */
int msg_sdp_write(struct mbuf *mb, const char *host, bool ipv6, uint64_t id,
	const char *accept_types);

/* ---- 6 build -------------------------------------------------------- */

/*
 * Building is a run of writes into one mbuf, tested once at the end with
 * mbuf_err(). What would break the grammar of its place (CR, LF, NUL in a
 * value; a space in a method or URI) is refused: the buffer's err becomes
 * EINVAL and stays so. Each call asks for a little more room than it uses,
 * 64 bytes at most beside what grows with escapes: give the buffer a maximum
 * that has that to spare.
 */
int msg_put_request_line(struct mbuf *mb, const struct pl *method,
	const struct pl *uri);
int msg_put_status_line(struct mbuf *mb, uint16_t status,
	const struct pl *reason);

/* Via with the cookie in front of BRANCH's text; HOST numeric or name;
 * RPORT adds an empty rport. */
int msg_put_via(struct mbuf *mb, const char *transport, const struct pl *host,
	uint16_t port, const struct pl *branch, bool rport);

int msg_put(struct mbuf *mb, enum hdr_id id, const struct pl *value);
int msg_put_str(struct mbuf *mb, enum hdr_id id, const char *value);
int msg_put_num(struct mbuf *mb, enum hdr_id id, uint32_t value);
int msg_put_named(struct mbuf *mb, const struct pl *name,
	const struct pl *value);
int msg_put_cseq(struct mbuf *mb, uint32_t n, const struct pl *method);

/* From, To, Contact, Route ...: DISPLAY (may be unset; text as a person
 * wrote it: quoted and escaped here), URI in <>, TAG (may be unset), PARAMS
 * (";a=b" or unset). */
int msg_put_addr(struct mbuf *mb, enum hdr_id id, const struct pl *display,
	const struct pl *uri, const struct pl *tag, const struct pl *params);

/* Content-Type (unless TYPE is unset), Content-Length, blank line, body. */
int msg_put_body(struct mbuf *mb, const struct pl *type, const struct pl *body);

/* Status line and the headers that a response copies from REQ (RFC 3261
 * 8.2.6.2): all Via as received plus RECEIVED/RPORT for the top one where
 * asked, From, To with TO_TAG if it had none, Call-ID, CSeq; RECORD_ROUTE
 * copies those too; a 100 has the Timestamp. REQ may be a bad message: what
 * is missing is left out. */
struct msg_response {
	uint16_t status;
	const char *reason;      /* NULL: the RFC's words */
	const struct pl *to_tag; /* NULL: none */
	const char *to_params;   /* ";epid=..." behind TO_TAG; NULL: none */
	const char *received;    /* NULL: not added */
	uint16_t rport;          /* 0: not added */
	bool record_route;
};
int msg_put_response(struct mbuf *mb, const struct msg *req,
	const struct msg_response *r);

/* The RFC's words for STATUS: "Not Found"; a class word if unknown. */
const char *msg_reason_phrase(uint16_t status);

/* Writes TEXT as a quoted string, escaped. */
int msg_put_quoted(struct mbuf *mb, const struct pl *text);

/* True if PL may stand in a header value: no CR, LF, NUL. */
bool msg_value_ok(const struct pl *pl);
bool msg_token_ok(const struct pl *pl);

/* Copies a message for the trace with the secrets of the authorisation
 * headers masked (response=, cnonce=, gssapi-data=) to MB. */
int msg_mask(struct mbuf *mb, const void *p, size_t n);

/* Which transaction (RFC 3261 17) the message of a trace is of, as a text
 * that a request, what is sent of it again, its responses and the ACK of a
 * refusal have in common, and nothing else on that side: SENT tells ours from
 * those of others. The method is its first word. Reads what is not sound as
 * far as it can; NULL: it is no message (mem_deref). */
char *msg_trace_key(bool sent, const struct pl *text);

#endif
