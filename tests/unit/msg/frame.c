/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include "unit.h"
#include "data.h"

int test_frame(void);

#define HEAD "MESSAGE sip:a@example.org SIP/2.0\r\nX: y\r\n"


static void whole(void **state)
{
	static const struct {
		const char *text;
		enum msg_frame frame;
		size_t len; /* 0: not looked at */
	} cases[] = {
		{"", MSG_FRAME_MORE, 0},
		{"\r", MSG_FRAME_MORE, 0},
		{"\r\n", MSG_FRAME_PONG, 2},
		{"\n", MSG_FRAME_PONG, 1},
		{"\r\n\r", MSG_FRAME_MORE, 0},
		{"\r\n\r\n", MSG_FRAME_PING, 4},
		{"\r\n\r\n\r\n", MSG_FRAME_PING, 4},
		{"\r\nMESSAGE", MSG_FRAME_PONG, 2},
		{"\r\n\rX", MSG_FRAME_PONG, 2},
		{HEAD, MSG_FRAME_MORE, 0},
		{HEAD "l: 0\r\n\r", MSG_FRAME_MORE, 0},
		{HEAD "l: 0\r\n\r\n", MSG_FRAME_MESSAGE, 49},
		{HEAD "l: 3\r\n\r\nab", MSG_FRAME_MORE, 0},
		{HEAD "l: 3\r\n\r\nabcd", MSG_FRAME_MESSAGE, 52},
		{HEAD "l: 3\n\nabcd", MSG_FRAME_MESSAGE, 50},
		/* in any case, behind names that begin alike, folded */
		{HEAD "Content-Language: 9\r\nlength: 8\r\nL :\r\n 3\r\n"
		      "\r\nabcd",
			MSG_FRAME_MESSAGE, 87},
		{HEAD "cONTENT-lENGTH: 3\r\n\r\nabcd", MSG_FRAME_MESSAGE, 65},
		{HEAD "Content-Length", MSG_FRAME_MORE, 0},
		{HEAD "A: b\r\n l: 3\r\n\r\nabcd", MSG_FRAME_BAD, 0},
		{HEAD "l \t:\r\n \r\n 3\r\n\r\nabcd", MSG_FRAME_MESSAGE, 59},
		{HEAD "l: 3\r\nContent-Length: 03\r\n\r\nabcd",
			MSG_FRAME_MESSAGE, 72},
		{HEAD "l: 3\r\nContent-Length: 4\r\n\r\nabcd", MSG_FRAME_BAD,
			68},
		{HEAD "l: -3\r\n\r\nabcd", MSG_FRAME_BAD, 50},
		{HEAD "l:\r\n\r\nabcd", MSG_FRAME_BAD, 0},
		{HEAD "l: 99999999999999999999\r\n\r\n", MSG_FRAME_BAD, 0},
		{HEAD "l: 18446744073709551615\r\n\r\n", MSG_FRAME_BAD, 0},
		{HEAD "l: 1048577\r\n\r\n", MSG_FRAME_BAD, 0},
		{HEAD "l: 1048576\r\n\r\n", MSG_FRAME_MORE, 0},
		{HEAD "\r\n", MSG_FRAME_BAD, 43},
		{"GET / HTTP/1.1\r\n\r\n", MSG_FRAME_BAD, 0},
		{"x\r\n\r\n", MSG_FRAME_BAD, 0},
	};
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		const char *why = NULL;
		size_t scanned = 0, len = 0;
		enum msg_frame frame = msg_frame(cases[i].text,
			strlen(cases[i].text), NULL, &scanned, &len, &why);

		if (frame != cases[i].frame ||
			(cases[i].len && len != cases[i].len))
			fail_msg("frame %d, len %zu: %s", frame, len,
				cases[i].text);
		assert_int_equal(frame == MSG_FRAME_BAD, why != NULL);
	}
}


/* Byte by byte, with a ping and a message behind. */
static void trickle(void **state)
{
	static const char text[] =
		HEAD "l: 3\r\n\r\nabc\r\n\r\n" HEAD "Content-Length: 0\r\n\r\n";
	size_t n, at = 0, scanned = 0, len = 0, messages = 0, pongs = 0;
	const char *why;

	(void)state;
	for (n = 1; n < sizeof(text); n++) {
		switch (msg_frame(
			text + at, n - at, NULL, &scanned, &len, &why)) {
		case MSG_FRAME_MESSAGE:
			++messages;
			break;
		case MSG_FRAME_PONG:
			++pongs;
			break;
		case MSG_FRAME_MORE:
			continue;
		default:
			fail();
		}
		at += len;
		scanned = 0;
	}
	assert_int_equal(messages, 2);
	assert_int_equal(pongs, 2);
	assert_int_equal(at, sizeof(text) - 1);
}


/* A head that never ends is refused at the bound. */
static void endless(void **state)
{
	struct msg_limits limits = msg_limits_default;
	size_t n, scanned = 0, len;
	char text[201];
	const char *why;

	(void)state;
	memset(text, 'a', sizeof(text));
	limits.header_bytes = 200;
	for (n = 1; n <= 200; n++)
		assert_true(msg_frame(text, n, &limits, &scanned, &len, &why) ==
			MSG_FRAME_MORE);
	assert_int_equal(scanned, 200);
	assert_true(msg_frame(text, 201, &limits, &scanned, &len, &why) ==
		MSG_FRAME_BAD);
	memcpy(text + 197, "\r\n\r\n", 4);
	scanned = 0;
	assert_true(msg_frame(text, 201, &limits, &scanned, &len, &why) ==
		MSG_FRAME_BAD);
}


int test_frame(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(trickle),
		cmocka_unit_test(endless),
	};

	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
