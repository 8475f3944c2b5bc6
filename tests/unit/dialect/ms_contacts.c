/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ms_contacts.c - the contact list that a server keeps, and edits of it, with
 * a server that has ideas of its own. */
#include "ms_world.h"

int test_ms_contacts(void);

#define BOB	      "sip:bob@example.org"
#define KIM	      "sip:kim@example.org"
#define CONTACTS_TYPE "application/vnd-microsoft-roaming-contacts+xml"

static const char list[] =
	"<contactList deltaNum=\"7\"><group id=\"1\" name=\"~\"/>"
	"<group id=\"2\" name=\"Lab\"/>"
	"<contact uri=\"bob@example.org\" name=\"Bob\" groups=\"1 2\" "
	"subscribed=\"false\" externalURI=\"x:1\"/></contactList>";


static void set(struct ms_world *m, const char *peer, const char *name,
	const char *group, const char *group2)
{
	const char *const groups[] = {group, group2, NULL};
	const struct endpoint_contact contact = {
		.peer = peer, .name = name, .groups = groups};

	endpoint_contact_set(m->a.e, &contact);
}


static struct ms_world *open_world(ms_world_h *h)
{
	struct ms_world *m = ms_world_make();

	m->contacts = list;
	m->h = h;
	m->a.config.publish = false;
	ms_world_start(m);
	assert_non_null(strstr(m->a.log, "list:bob=Bob/Lab "));
	m->a.log[0] = '\0';
	return m;
}


static void early_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	(void)a;
	if (req->method != MSG_SERVICE)
		return;
	/* The change comes before the answer. */
	m->n++;
	ms_put(m, MS_CONTACTS, CONTACTS_TYPE,
		m->n == 1 ? "<contactDelta deltaNum=\"8\" prevDeltaNum=\"7\">"
			    "<modifiedContact uri=\"sip:bob@example.org\" "
			    "name=\"Robert\" groups=\"2\" subscribed=\"false\""
			    "/></contactDelta>"
			  : "<contactDelta deltaNum=\"9\" prevDeltaNum=\"8\">"
			    "<addedContact uri=\"sip:kim@example.org\" "
			    "name=\"Kim\" groups=\"1\" subscribed=\"true\"/>"
			    "</contactDelta>");
}


/* Told before or behind the answer: the number is counted once. What we have
 * no use for stays as it is. */
static void early(void **state)
{
	struct ms_world *m = open_world(early_h);

	(void)state;
	set(m, BOB, "Robert", "Lab", NULL);
	ms_run(m, 200);
	assert_true(ms_said(m, "SERVICE", "<m:deltaNum>7</m:deltaNum>"));
	assert_true(
		ms_said(m, "SERVICE", "<m:subscribed>false</m:subscribed>"));
	assert_true(ms_said(m, "SERVICE", "<m:externalURI>x:1<"));
	set(m, KIM, "Kim", NULL, NULL);
	ms_run(m, 200);
	assert_true(ms_said(m, "SERVICE", "<m:deltaNum>8</m:deltaNum>"));
	assert_true(ms_said(m, "SERVICE", "<m:subscribed>true</m:subscribed>"));
	assert_int_equal(ms_subscribes(m, MS_CONTACTS), 1);
	assert_non_null(strstr(m->a.log, "list:bob=Robert/Lab,kim=Kim "));
	ms_world_close(m);
}


/* ... behind it. */
static void late(void **state)
{
	struct ms_world *m = open_world(NULL);

	(void)state;
	set(m, BOB, "Robert", "Lab", NULL);
	ms_run(m, 200);
	ms_tell(m, MS_CONTACTS, CONTACTS_TYPE,
		"<contactDelta deltaNum=\"8\" prevDeltaNum=\"7\">"
		"<modifiedContact uri=\"bob@example.org\" name=\"Robert\" "
		"groups=\"2\" subscribed=\"true\"/></contactDelta>");
	/* Another device. */
	ms_tell(m, MS_CONTACTS, CONTACTS_TYPE,
		"<contactDelta deltaNum=\"9\" prevDeltaNum=\"8\">"
		"<deletedContact uri=\"bob@example.org\"/></contactDelta>");
	assert_int_equal(ms_subscribes(m, MS_CONTACTS), 1);
	assert_non_null(strstr(m->a.log, "list: "));
	ms_world_close(m);
}


static void broken_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	struct pl event;

	if (req->method != MSG_SUBSCRIBE ||
		!msg_value(req, HDR_EVENT, &event) ||
		!pl_streq(&event, MS_CONTACTS) || m->n++ == 0)
		return;
	a->body = "<contactDelta deltaNum=\"99\" prevDeltaNum=\"98\"/>";
}


/* A change that does not fit has the whole asked for; a server that never
 * tells it is not asked for ever at once. */
static void gap(void **state)
{
	struct ms_world *m = open_world(NULL);

	(void)state;
	m->contacts = "<contactList deltaNum=\"12\"><contact "
		      "uri=\"kim@example.org\" name=\"Kim\" groups=\"\"/>"
		      "</contactList>";
	ms_tell(m, MS_CONTACTS, CONTACTS_TYPE,
		"<contactDelta deltaNum=\"12\" prevDeltaNum=\"11\">"
		"<deletedContact uri=\"bob@example.org\"/></contactDelta>");
	ms_run(m, 500);
	assert_log(&m->a, "list:kim=Kim ");
	ms_world_close(m);
	m = open_world(broken_h);
	ms_tell(m, MS_CONTACTS, CONTACTS_TYPE,
		"<contactDelta deltaNum=\"12\" prevDeltaNum=\"11\"/>");
	ms_run(m, 60 * 1000);
	assert_in_range(ms_subscribes(m, MS_CONTACTS), 3, 40);
	ms_world_close(m);
}


static void same_id_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	static const struct pl add = PL("addGroup");

	if (req->method != MSG_SERVICE)
		return;
	m->n++;
	if (!pl_find(&req->body, &add))
		return;
	a->type = MSDOC_SOAP_TYPE;
	a->body = "<Envelope><Body><addGroup><groupID>2</groupID></addGroup>"
		  "</Body></Envelope>";
}


/* A server that has one number for all groups does not keep us busy. */
static void same_id(void **state)
{
	struct ms_world *m = open_world(same_id_h);

	(void)state;
	set(m, BOB, "Bob", "A", "B");
	ms_run(m, 60 * 1000);
	assert_int_equal(m->n, 2);
	ms_world_close(m);
}


static void refuse_h(
	struct ms_world *m, const struct msg *req, struct ms_answer *a)
{
	if (req->method != MSG_SERVICE)
		return;
	m->n++;
	a->status = 403;
}


/* Refused twice: told as the server has it, and what follows goes. */
static void refused(void **state)
{
	struct ms_world *m = open_world(refuse_h);

	(void)state;
	set(m, BOB, "Robert", NULL, NULL);
	endpoint_contact_drop(m->a.e, BOB);
	set(m, KIM, "Kim", "New", NULL);
	ms_run(m, 30 * 1000);
	assert_int_equal(m->n, 6);
	assert_non_null(strstr(m->a.log, "list:bob=Bob/Lab "));
	ms_world_close(m);
}


/* The account goes while an edit is under way, and while it is told. */
static void leaves(void **state)
{
	struct ms_world *m = open_world(NULL);

	(void)state;
	set(m, BOB, "Robert", "New", "Newer");
	endpoint_sign_out(m->a.e, 2000, NULL, NULL);
	ms_run(m, 1);
	m->a.e = mem_deref(m->a.e);
	ms_run(m, 3000);
	ms_world_close(m);
	m = ms_world_make();
	m->contacts = list;
	m->a.bomb = "list:";
	ms_world_start(m);
	assert_null(m->a.e);
	ms_world_close(m);
}


/* What waits is forgotten with the connection; the next one tells the whole.
 */
static void lost(void **state)
{
	struct ms_world *m = open_world(refuse_h);

	(void)state;
	set(m, BOB, "Robert", NULL, NULL);
	m->s.conn = mem_deref(m->s.conn);
	ms_run(m, 30 * 1000);
	assert_non_null(strstr(m->a.log, "list:bob=Bob/Lab "));
	ms_world_close(m);
}


int test_ms_contacts(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(early),
		cmocka_unit_test(late),
		cmocka_unit_test(gap),
		cmocka_unit_test(same_id),
		cmocka_unit_test(refused),
		cmocka_unit_test(leaves),
		cmocka_unit_test(lost),
	};

	return cmocka_run_group_tests_name("ms_contacts", tests, NULL, NULL);
}
