/* SPDX-License-Identifier: GPL-3.0-or-later */
/* torture.c - RFC 4475 and RFC 5118 as their archives have them. */
#include <errno.h>
#include <stdlib.h>
#include "unit.h"
#include "data.h"

int test_torture(void);

enum verdict {
	OK,
	BAD,
};

struct expect {
	const char *name;
	enum verdict verdict;
	uint16_t answer; /* status of a bad request; 0: none is possible */
};

/* Where RFC 4475 leaves a choice, this is ours. */
static const struct expect expects[] = {
	{"badaspec", OK, 0},
	{"badbranch", OK, 0},
	{"baddate", OK, 0},
	{"baddn", BAD, 400},
	{"baddn-terminated", OK, 0},
	{"badinv01", BAD, 400},
	{"badvers", BAD, 505},
	{"bcast", OK, 0},
	{"bext01", OK, 0},
	{"bigcode", BAD, 0},
	{"clerr", BAD, 400},
	{"cparam01", OK, 0},
	{"cparam02", OK, 0},
	{"dblreq", OK, 0},
	{"esc01", OK, 0},
	{"esc02", OK, 0},
	{"escnull", OK, 0},
	{"escruri", OK, 0},
	{"insuf", BAD, 400},
	{"intmeth", OK, 0},
	{"inv2543", OK, 0},
	{"invut", OK, 0},
	{"longreq", OK, 0},
	{"ltgtruri", BAD, 400},
	{"lwsdisp", OK, 0},
	{"lwsruri", BAD, 400},
	{"lwsstart", OK, 0},
	{"mcl01", BAD, 400},
	{"mismatch01", BAD, 400},
	{"mismatch02", BAD, 501},
	{"mpart01", OK, 0},
	{"multi01", BAD, 400},
	{"ncl", BAD, 400},
	{"noreason", OK, 0},
	{"novelsc", OK, 0},
	{"quotbal", BAD, 400},
	{"regaut01", OK, 0},
	{"regbadct", OK, 0},
	{"regescrt", OK, 0},
	{"scalar02", BAD, 400},
	{"scalarlg", BAD, 0},
	{"sdp01", OK, 0},
	{"semiuri", OK, 0},
	{"test", BAD, 0},
	{"transports", OK, 0},
	{"trws", OK, 0},
	{"unkscm", OK, 0},
	{"unksm2", OK, 0},
	{"unreason", OK, 0},
	{"wsinv", OK, 0},
	{"zeromf", OK, 0},
	/* RFC 5118; the Content-Length of one does not fit its body, and two
	 * end without the blank line. */
	{"ipv4-mapped-ipv6", OK, 0},
	{"ipv6-bad", BAD, 400},
	{"ipv6-bug-abnf-3-colons", BAD, 400},
	{"ipv6-bug-abnf-3-colons-terminated", OK, 0},
	{"ipv6-correct-abnf-2-colons", BAD, 400},
	{"ipv6-correct-abnf-2-colons-terminated", OK, 0},
	{"ipv6-good", OK, 0},
	{"ipv6-in-sdp", BAD, 400},
	{"mult-ip-in-header", OK, 0},
	{"mult-ip-in-sdp", OK, 0},
	{"port-ambiguous", OK, 0},
	{"port-unambiguous", OK, 0},
	{"via-received-param-no-delim", OK, 0},
	{"via-received-param-with-delim", OK, 0},
};


static const struct expect *expect_of(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t i;

	for (i = 0; i < UNIT_N(expects); i++) {
		size_t n = strlen(expects[i].name);

		if (!strncmp(name, expects[i].name, n) &&
			!strcmp(name + n, ".dat"))
			return &expects[i];
	}
	fail_msg("%s is in no table", path);
	return NULL;
}


static void check_verdict(const char *path, const struct pl *bytes, void *arg)
{
	const struct expect *x = expect_of(path);
	struct msg *msg = NULL;
	const char *why;
	int err = msg_decode(&msg, bytes->p, bytes->l, false, NULL, &why);

	(void)arg;
	if ((x->verdict == OK) != !err || (msg ? msg->bad : 0) != x->answer)
		fail_msg("%s: err %d, answer %u: %s", path, err,
			msg ? msg->bad : 0, err ? why : "sound");
	if (msg)
		read_everything(msg);
	mem_deref(msg);
}


static void verdicts(void **state)
{
	(void)state;
	if (data_absent("rfc4475"))
		skip();
	assert_int_equal(data_each("rfc4475", ".dat", check_verdict, NULL), 51);
	assert_int_equal(data_each("rfc5118", ".dat", check_verdict, NULL), 14);
}


/* LF for each CRLF of the head. Content-Length still fits, for the bodies
 * are left alone. */
static void check_lf(const char *path, const struct pl *bytes, void *arg)
{
	static const struct pl blank = PL("\r\n\r\n");
	const char *body = pl_find(bytes, &blank);
	const struct expect *x = expect_of(path);
	struct mbuf *mb = mbuf_alloc(100000);
	struct msg *msg = NULL;
	const char *why;
	size_t i, head;
	int err;

	(void)arg;
	head = body ? (size_t)(body - bytes->p) + 4 : bytes->l;
	for (i = 0; i < bytes->l; i++) {
		if (i >= head || bytes->p[i] != '\r')
			(void)mbuf_write_u8(mb, (uint8_t)bytes->p[i]);
	}
	err = msg_decode(&msg, mb->buf, mb->end, false, NULL, &why);
	if ((x->verdict == OK) != !err || (msg ? msg->bad : 0) != x->answer)
		fail_msg("%s with LF: err %d: %s", path, err,
			err ? why : "sound");
	if (msg)
		read_everything(msg);
	mem_deref(msg);
	mem_deref(mb);
}


static void line_ends(void **state)
{
	(void)state;
	if (data_absent("rfc4475"))
		skip();
	(void)data_each("rfc4475", ".dat", check_lf, NULL);
	(void)data_each("rfc5118", ".dat", check_lf, NULL);
}


/* A copy of exactly N bytes: a sanitiser sees a read of one more. */
static void check_prefix(const char *p, size_t n, bool stream)
{
	char *copy = malloc(n ? n : 1);
	struct msg *msg = NULL;
	const char *why;

	memcpy(copy, p, n);
	(void)msg_decode(&msg, copy, n, stream, NULL, &why);
	if (msg)
		read_everything(msg);
	mem_deref(msg);
	free(copy);
}


static void check_truncated(const char *path, const struct pl *bytes, void *arg)
{
	size_t n;

	(void)path;
	(void)arg;
	for (n = 0; n <= bytes->l; n++) {
		check_prefix(bytes->p, n, false);
		if (n % 7 == 0)
			check_prefix(bytes->p, n, true);
	}
}


static void truncated(void **state)
{
	(void)state;
	if (data_absent("rfc4475"))
		skip();
	(void)data_each("rfc4475", ".dat", check_truncated, NULL);
	(void)data_each("rfc5118", ".dat", check_truncated, NULL);
}


/* ---- as a stream ------------------------------------------------------ */

struct stream {
	struct mbuf *mb;
	size_t scanned;
	size_t messages;
	size_t sound;
	size_t pings;
	size_t broken; /* connections that had to be closed */
};


/* Takes off what is whole; false where the connection is to be closed. */
static bool stream_read(struct stream *s)
{
	for (;;) {
		struct pl left = mbuf_left(s->mb);
		struct msg *msg = NULL;
		const char *why;
		size_t len;
		enum msg_frame frame = msg_frame(
			left.p, left.l, NULL, &s->scanned, &len, &why);

		if (frame == MSG_FRAME_MORE)
			return true;
		assert_true(len > 0 && len <= left.l);
		if (frame == MSG_FRAME_MESSAGE || frame == MSG_FRAME_BAD) {
			int err =
				msg_decode(&msg, left.p, len, true, NULL, &why);

			if (frame == MSG_FRAME_BAD)
				assert_int_not_equal(err, 0);
			else
				++s->messages;
			s->sound += !err;
			if (msg)
				read_everything(msg);
			mem_deref(msg);
			if (frame == MSG_FRAME_BAD)
				return false;
		} else {
			++s->pings;
		}
		s->mb->pos += len;
		s->scanned = 0;
	}
}


static void stream_reset(struct stream *s)
{
	mbuf_reset(s->mb);
	s->scanned = 0;
}


static void check_trickle(const char *path, const struct pl *bytes, void *arg)
{
	struct stream whole = {.mb = mbuf_alloc(200000)};
	struct stream slow = {.mb = mbuf_alloc(200000)};
	bool open_whole, open_slow = true;
	size_t i;

	(void)arg;
	(void)mbuf_write_pl(whole.mb, bytes);
	open_whole = stream_read(&whole);
	for (i = 0; open_slow && i < bytes->l; i++) {
		(void)mbuf_write_u8(slow.mb, (uint8_t)bytes->p[i]);
		open_slow = stream_read(&slow);
	}
	if (open_whole != open_slow || whole.messages != slow.messages ||
		whole.sound != slow.sound)
		fail_msg("%s: in one piece %zu messages, by bytes %zu", path,
			whole.messages, slow.messages);
	mem_deref(whole.mb);
	mem_deref(slow.mb);
}


/* All one behind the other: a connection that cannot be framed is closed,
 * and the next file goes over a new one. */
static void feed(const char *path, const struct pl *bytes, void *arg)
{
	struct stream *s = arg;

	(void)path;
	(void)mbuf_write_pl(s->mb, bytes);
	if (!stream_read(s)) {
		++s->broken;
		stream_reset(s);
	}
}


/* The same with a timeout: what is not whole closes the connection. */
static void feed_timed(const char *path, const struct pl *bytes, void *arg)
{
	struct stream *s = arg;

	feed(path, bytes, arg);
	if (mbuf_left(s->mb).l) {
		++s->broken;
		stream_reset(s);
	}
}


static void streams(void **state)
{
	struct stream s = {.mb = mbuf_alloc(1000000)};

	(void)state;
	if (data_absent("rfc4475")) {
		mem_deref(s.mb);
		skip();
	}
	(void)data_each("rfc4475", ".dat", check_trickle, NULL);
	(void)data_each("rfc5118", ".dat", check_trickle, NULL);
	(void)data_each("rfc4475", ".dat", feed, &s);
	/* clerr waits for 9999 bytes and swallows a dozen behind it. */
	assert_int_equal(s.messages, 32);
	assert_int_equal(s.sound, 22);
	assert_int_equal(s.broken, 3);

	stream_reset(&s);
	s.messages = s.sound = s.broken = s.pings = 0;
	(void)data_each("rfc4475", ".dat", feed_timed, &s);
	assert_int_equal(s.messages, 47);
	assert_int_equal(s.sound, 34);
	assert_int_equal(s.broken, 6);
	assert_int_equal(s.pings, 1);
	mem_deref(s.mb);
}


int test_torture(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(truncated),
		cmocka_unit_test(streams),
	};

	return cmocka_run_group_tests_name("torture", tests, NULL, NULL);
}
