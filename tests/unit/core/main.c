/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

int test_account(void);
int test_attention(void);
int test_client(void);
int test_complete(void);
int test_contacts(void);
int test_conversation(void);
int test_credentials(void);
int test_draft(void);
int test_event(void);
int test_event_pack(void);
int test_fold(void);
int test_exchange(void);
int test_exchange_csv(void);
int test_exchange_export(void);
int test_exchange_import(void);
int test_exchange_reslist(void);
int test_exchange_vcard(void);
int test_group(void);
int test_history(void);
int test_incoming(void);
int test_lines(void);
int test_notify(void);
int test_notify_command(void);
int test_option(void);
int test_outbox(void);
int test_outbox_restore(void);
int test_past(void);
int test_peer(void);
int test_presentity(void);
int test_read(void);
int test_resend(void);
int test_resolve(void);
int test_retention(void);
int test_roster(void);
int test_ruled(void);
int test_saved(void);
int test_search(void);
int test_setup(void);
int test_share(void);
int test_watcher(void);
int test_way(void);

UNIT_MAIN(test_contacts, test_account, test_attention, test_client,
	test_complete, test_conversation, test_credentials, test_draft,
	test_event, test_event_pack, test_fold, test_exchange,
	test_exchange_csv, test_exchange_export, test_exchange_import,
	test_exchange_reslist, test_exchange_vcard, test_group, test_history,
	test_incoming, test_lines, test_notify, test_notify_command,
	test_option, test_outbox, test_outbox_restore, test_past, test_peer,
	test_presentity, test_read, test_resend, test_resolve, test_retention,
	test_roster, test_ruled, test_saved, test_search, test_setup,
	test_share, test_watcher, test_way)
