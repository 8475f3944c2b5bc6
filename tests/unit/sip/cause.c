/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentence that a response explains itself with. */
#include "lab.h"

int test_cause(void);


static const struct {
	const char *status; /* with reason phrase */
	const char *lines;
	const char *sentence;
} cases[] = {
	{"403 Forbidden", "", "403 Forbidden"},
	{"403", "", "403 Forbidden"},
	{"403 Nicht erlaubt.", "", "403 Nicht erlaubt"},
	{"403 Forbidden",
		"ms-diagnostics: 1034;reason=\"Previous hop federated peer "
		"did not report diagnostic information.\";Domain=\"x\"\n",
		"the other network refused and gave no reason (Previous hop "
		"federated peer did not report diagnostic information)"},
	{"403 Forbidden", "ms-diagnostics: 4141\n", "this account is disabled"},
	{"403 Forbidden", "ms-diagnostics: 17003;reason=\"x\"\n",
		"the server does not take this client; set another "
		"user-agent (x)"},
	{"403 Forbidden",
		"ms-diagnostics: 1012;reason=\"x\";HRESULT=\"C3E93D80("
		"SIPPROXY_E_EPROUTING_MSG_INT_GET_RICH_PRESENCE_FILTERED)\"\n",
		"their presence is not told until you add them as a contact"},
	{"403 Forbidden", "ms-diagnostics: 99999;reason=\"News\"\n", "News"},
	{"403 Forbidden", "ms-diagnostics-public: 5;reason=\"Public words\"\n",
		"Public words"},
	{"403 Forbidden",
		"ms-diagnostics-public: 5;reason=\"Public words\"\n"
		"ms-diagnostics: 6;reason=\"Inner words\"\n",
		"Inner words"},
	{"403 Forbidden",
		"ms-diagnostics: 6;reason=\"\"\n"
		"Warning: 399 proxy.example.org \"Too many bindings\"\n",
		"Too many bindings"},
	{"403 Forbidden", "ms-diagnostics: 6\nReason: SIP;cause=1\n",
		"403 Forbidden"},
	{"480 Gone",
		"Warning: 307 isi.edu \"Session parameter \\\"foo\\\" not "
		"understood\", 399 x \"second\"\n",
		"Session parameter \"foo\" not understood"},
	{"480 Gone", "Warning: broken\nReason: Q.850;cause=16;text=\"Away\"\n",
		"Away"},
	{"480 Gone",
		"Reason: SIP;cause=480\nReason: Q.850;cause=16;text=\"Far\"\n",
		"Far"},
};


static void sentences(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < UNIT_N(cases); i++) {
		char *text = mem_printf("SIP/2.0 %s\n"
					"Via: SIP/2.0/UDP 192.0.2.1;branch="
					"z9hG4bKa\n"
					"From: <sip:alice@example.org>;tag=1\n"
					"To: <sip:bob@example.org>;tag=2\n"
					"Call-ID: a\n"
					"CSeq: 1 MESSAGE\n"
					"%sContent-Length: 0\n\n",
			strchr(cases[i].status, ' ') ? cases[i].status : "403 ",
			cases[i].lines);
		struct msg *msg = lab_msg(text);
		char *s = sip_cause(msg);

		if (cases[i].sentence)
			assert_string_equal(s, cases[i].sentence);
		mem_deref(s);
		mem_deref(msg);
		mem_deref(text);
	}
}


/* An explanation is a sentence, however much a server writes. */
static void bounded(void **state)
{
	struct mbuf *mb = mbuf_alloc(1 << 16);
	struct msg *msg;
	char *s;
	size_t i;

	(void)state;
	mbuf_write_str(mb,
		"SIP/2.0 403 Forbidden\n"
		"Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\n"
		"From: <sip:alice@example.org>;tag=1\n"
		"To: <sip:bob@example.org>;tag=2\n"
		"Call-ID: a\nCSeq: 1 MESSAGE\n"
		"Warning: 399 x \"");
	for (i = 0; i < 20000; i++)
		mbuf_write_str(mb, ".w");
	mbuf_write_str(mb, "\"\nContent-Length: 0\n\n");
	s = mbuf_strdup(mb);
	msg = lab_msg(s);
	mem_deref(s);
	s = sip_cause(msg);
	assert_true(strlen(s) <= 512);
	assert_memory_equal(s, ".w.w", 4);
	mem_deref(s);
	mem_deref(msg);
	mem_deref(mb);
}


int test_cause(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sentences),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests_name("cause", tests, NULL, NULL);
}
