/* SPDX-License-Identifier: GPL-3.0-or-later */
/* torture.c - RFC 4475 and RFC 5118 as their archives have them. */
#include <errno.h>
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


int test_torture(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
	};

	return cmocka_run_group_tests_name("torture", tests, NULL, NULL);
}
