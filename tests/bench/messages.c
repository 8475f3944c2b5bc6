/* SPDX-License-Identifier: GPL-3.0-or-later */
/* messages.c - the twelve messages of the benchmarks. */
#include <stdlib.h>
#include <string.h>
#include "bench.h"

#define VIA   "Via: SIP/2.0/TLS 192.0.2.10:5061;branch=z9hG4bKnashds8;rport\r\n"
#define BODY  "Content-Length: %\r\n\r\n"
#define AGENT "User-Agent: sotto/0.1.0\r\n"
#define DIALOG                                                       \
	"From: \"Alice\" <sip:alice@example.org>;tag=9fxced76sl\r\n" \
	"To: \"Bob\" <sip:bob@example.org>;tag=314159\r\n"           \
	"Call-ID: 3848276298220188511@192.0.2.10\r\n"

static const char pidf[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
	"<presence xmlns=\"urn:ietf:params:xml:ns:pidf\""
	" entity=\"pres:bob@example.org\">\r\n"
	"<tuple id=\"t1\"><status><basic>open</basic></status>\r\n"
	"<contact priority=\"0.8\">sip:bob@example.org</contact>\r\n"
	"<note xml:lang=\"en\">in the office</note></tuple>\r\n"
	"</presence>\r\n";

static const char sdp[] =
	"v=0\r\no=- 42 42 IN IP4 192.0.2.10\r\ns=session\r\n"
	"c=IN IP4 192.0.2.10\r\nt=0 0\r\nm=message 5060 sip null\r\n"
	"a=accept-types:text/plain text/html\r\n";

static const struct {
	const char *name;
	const char *head; /* the % becomes the length of the body */
	const char *body;
	size_t body_len; /* 0: all of BODY; else BODY again and again */
} rows[BENCH_MESSAGES] = {
	{"REGISTER with credentials",
		"REGISTER sip:example.org SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n"
		"From: <sip:alice@example.org>;tag=a73kszlfl\r\n"
		"To: <sip:alice@example.org>\r\n"
		"Call-ID: 1j9FpLxk3uxtm8tn@192.0.2.10\r\nCSeq: 2 REGISTER\r\n"
		"Contact: <sip:alice@192.0.2.10:5061;transport=tls>"
		";+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E1"
		"28>\";reg-id=1;expires=3600\r\n"
		"Authorization: Digest username=\"alice\", realm=\"example.org"
		"\", nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"\","
		" uri=\"sip:example.org\", response=\"dfe56131d1958046689d8330"
		"6477ecc5df56aa3a1b1a2f2a9d3ad1b1\", algorithm=SHA-256,"
		" qop=auth, nc=00000001, cnonce=\"0a4f113b\"\r\n"
		"Supported: path, outbound, gruu\r\nExpires: 3600\r\n" AGENT
			BODY,
		"", 0},
	{"SUBSCRIBE",
		"SUBSCRIBE sip:bob@example.org SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\nRoute: <sip:proxy.example.org;lr>\r\n"
		"From: <sip:alice@example.org>;tag=xfg9\r\n"
		"To: <sip:bob@example.org>\r\n"
		"Call-ID: 2010@192.0.2.10\r\nCSeq: 17766 SUBSCRIBE\r\n"
		"Event: presence\r\n"
		"Accept: application/pidf+xml, application/rlmi+xml,"
		" multipart/related\r\n"
		"Supported: eventlist\r\n"
		"Contact: <sip:alice@192.0.2.10:5061;transport=tls>\r\n"
		"Expires: 3600\r\n" AGENT BODY,
		"", 0},
	{"NOTIFY with PIDF",
		"NOTIFY sip:alice@192.0.2.10:5061;transport=tls SIP/2.0\r\n"
		"Via: SIP/2.0/TLS server.example.org;branch=z9hG4bKna998sk\r\n"
		"Max-Forwards: 70\r\n" DIALOG "CSeq: 8775 NOTIFY\r\n"
		"Event: presence\r\n"
		"Subscription-State: active;expires=3599\r\n"
		"Contact: <sip:server.example.org>\r\n"
		"Content-Type: application/pidf+xml\r\n" BODY,
		pidf, 0},
	{"MESSAGE",
		"MESSAGE sip:bob@example.org SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n"
		"From: \"Alice\" <sip:alice@example.org>;tag=49583\r\n"
		"To: <sip:bob@example.org>\r\nCall-ID: asd88asd77a@192.0.2.10"
		"\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain\r\n" BODY,
		"Watson, come here.", 0},
	{"MESSAGE in a dialog",
		"MESSAGE sip:bob@192.0.2.20:5061;transport=tls SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n"
		"Route: <sip:p1.example.org;lr>, "
		"<sip:p2.example.org;lr>\r\n" DIALOG "CSeq: 12 MESSAGE\r\n"
		"Contact: <sip:alice@192.0.2.10:5061;transport=tls>\r\n" AGENT
		"Content-Type: text/plain; charset=UTF-8\r\n" BODY,
		"Are you still there?", 0},
	{"INVITE with SDP",
		"INVITE sip:bob@example.org SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n"
		"From: \"Alice\" <sip:alice@example.org>;tag=9fxced76sl\r\n"
		"To: <sip:bob@example.org>\r\n"
		"Call-ID: 3848276298220188511@192.0.2.10\r\n"
		"CSeq: 1 INVITE\r\n"
		"Contact: <sip:alice@192.0.2.10:5061;transport=tls>\r\n"
		"Allow: INVITE, ACK, CANCEL, BYE, MESSAGE, INFO, OPTIONS,"
		" NOTIFY, SUBSCRIBE\r\n"
		"Supported: timer, replaces\r\nSubject: a question\r\n" AGENT
		"Content-Type: application/sdp\r\n" BODY,
		sdp, 0},
	{"INFO",
		"INFO sip:bob@192.0.2.20:5061;transport=tls SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n" DIALOG "CSeq: 13 INFO\r\n"
		"Content-Type: application/xml\r\n" BODY,
		"<?xml version=\"1.0\"?><KeyboardActivity>"
		"<status status=\"type\"/></KeyboardActivity>",
		0},
	{"200 with Record-Route",
		"SIP/2.0 200 OK\r\n" VIA
		"Via: SIP/2.0/TLS p1.example.org;branch=z9hG4bKa1"
		";received=192.0.2.1\r\n"
		"Via: SIP/2.0/TLS p2.example.org;branch=z9hG4bKa2"
		";received=192.0.2.2\r\n"
		"Record-Route: <sip:p2.example.org;lr>\r\n"
		"Record-Route: <sip:p1.example.org;lr>\r\n" DIALOG
		"CSeq: 1 INVITE\r\n"
		"Contact: <sip:bob@192.0.2.20:5061;transport=tls>\r\n"
		"Content-Type: application/sdp\r\n" BODY,
		sdp, 0},
	{"407",
		"SIP/2.0 407 Proxy Authentication Required\r\n" VIA DIALOG
		"CSeq: 1 MESSAGE\r\n"
		"Proxy-Authenticate: Digest realm=\"example.org\","
		" qop=\"auth\", nonce=\"f84f1cec41e6cbe5aea9c8e88d359\","
		" opaque=\"\", stale=FALSE, algorithm=SHA-256\r\n"
		"Proxy-Authenticate: Digest realm=\"example.org\","
		" qop=\"auth\", nonce=\"f84f1cec41e6cbe5aea9c8e88d359\","
		" opaque=\"\", stale=FALSE, algorithm=MD5\r\n" BODY,
		"", 0},
	{"PUBLISH",
		"PUBLISH sip:alice@example.org SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n"
		"From: <sip:alice@example.org>;tag=1234wxyz\r\n"
		"To: <sip:alice@example.org>\r\n"
		"Call-ID: 81818181@192.0.2.10\r\nCSeq: 2 PUBLISH\r\n"
		"Expires: 3600\r\nEvent: presence\r\n"
		"SIP-If-Match: dx200xyz\r\n"
		"Content-Type: application/pidf+xml\r\n" BODY,
		pidf, 0},
	{"BYE",
		"BYE sip:bob@192.0.2.20:5061;transport=tls SIP/2.0\r\n" VIA
		"Max-Forwards: 70\r\n" DIALOG "CSeq: 14 BYE\r\n" BODY,
		"", 0},
	{"NOTIFY of 60 KB",
		"NOTIFY sip:alice@192.0.2.10:5061;transport=tls SIP/2.0\r\n"
		"Via: SIP/2.0/TLS server.example.org;branch=z9hG4bKna998sk\r\n"
		"Max-Forwards: 70\r\n" DIALOG "CSeq: 8776 NOTIFY\r\n"
		"Event: presence\r\nRequire: eventlist\r\n"
		"Subscription-State: active;expires=3599\r\n"
		"Contact: <sip:server.example.org>\r\n"
		"Content-Type: multipart/related;type=\"application/rlmi+xml\""
		";start=\"<a@example.org>\";boundary=\"50UBfW7LSCVLtggUPe5z\""
		"\r\n" BODY,
		pidf, 60000},
};


static char *join(
	const char *head, const char *body, size_t body_len, size_t *len)
{
	size_t n = strlen(body), at, k;
	const char *mark = strchr(head, '%');
	char digits[24], *text, *p;

	if (!body_len)
		body_len = n;
	for (at = sizeof(digits), k = body_len; at == sizeof(digits) || k;
		k /= 10)
		digits[--at] = (char)('0' + k % 10);
	text = malloc(strlen(head) + sizeof(digits) + body_len + 1);
	if (!text)
		abort();
	p = text;
	memcpy(p, head, (size_t)(mark - head));
	p += mark - head;
	memcpy(p, digits + at, sizeof(digits) - at);
	p += sizeof(digits) - at;
	memcpy(p, mark + 1, strlen(mark + 1));
	p += strlen(mark + 1);
	for (k = 0; k < body_len; k++)
		*p++ = body[k % n];
	*p = '\0';
	*len = (size_t)(p - text);
	return text;
}


void bench_messages(struct bench_message msgs[BENCH_MESSAGES])
{
	size_t i;

	for (i = 0; i < BENCH_MESSAGES; i++) {
		msgs[i].name = rows[i].name;
		msgs[i].text = join(rows[i].head, rows[i].body,
			rows[i].body_len, &msgs[i].len);
		msgs[i].request = strncmp(rows[i].head, "SIP/", 4) != 0;
	}
}
