/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_agent(void);
int test_auth(void);
int test_auth_assoc_check(void);
int test_auth_assoc_sign(void);
int test_auth_digest(void);
int test_auth_ntlm(void);
int test_auth_ntlm_key(void);
int test_auth_ntlm_token(void);
int test_auth_sipae(void);
int test_cause(void);
int test_ctrans(void);
int test_dialog(void);
int test_keepalive(void);
int test_locate(void);
int test_maybe(void);
int test_net_real(void);
int test_request(void);
int test_request_ack(void);
int test_siphash(void);
int test_strans(void);
int test_strans_table(void);
int test_torture(void);
int test_transp(void);

UNIT_MAIN(test_agent, test_auth, test_auth_assoc_check, test_auth_assoc_sign,
	test_auth_digest, test_auth_ntlm, test_auth_ntlm_key,
	test_auth_ntlm_token, test_auth_sipae, test_cause, test_ctrans,
	test_dialog, test_keepalive, test_locate, test_maybe, test_net_real,
	test_request, test_request_ack, test_siphash, test_strans,
	test_strans_table, test_torture, test_transp)
