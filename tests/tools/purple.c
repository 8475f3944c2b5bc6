/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * purple.c - one account of libpurple without a face: commands come in lines,
 * what happens goes out in lines.
 *
 *	purple DIRECTORY PROTOCOL [USER PASSWORD [SETTING=VALUE...]]
 *
 * DIRECTORY keeps what libpurple keeps. The status is 77 where there is no
 * such PROTOCOL; without USER that is all that is asked. Commands, words
 * between tabs:
 *
 *	status ID NOTE		add WHO		remove WHO	show WHO
 *	say WHO HTML		typing WHO	typed WHO	close WHO
 *	quit
 *
 * Lines out, words between tabs, "\\", "\n" and "\r" escaped in them:
 *
 *	online	offline TEXT	asked WHO NAME (he has added us)
 *	im WHO HTML	error WHO TEXT	notice WHO TEXT
 *	typing WHO	typed WHO	idle WHO
 *	show WHO STATUS TEXT (the answer)
 *
 * What libpurple and the protocol have to say meanwhile goes to the standard
 * error.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

/* Deprecated things in headers of others are theirs. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#include <glib.h>
#include <libxml/parser.h>
#include <purple.h>
#pragma GCC diagnostic pop

#define UI "sotto-test"

typedef int parse_f(xmlSAXHandlerPtr, void *, const char *, int);


struct input {
	guint id;
	PurpleInputFunction func;
	gpointer data;
};

struct client {
	GMainLoop *loop;
	PurpleAccount *account;
};


/* ---- the cure for SIPE's XML reader */

/*
 * Stands in front of libxml2's. SIPE says that its handlers are of SAX2 and
 * has those of SAX1 alone; libxml2 took that for SAX1, but as Debian 12
 * patches it (2.9.14+dfsg-1.3~deb12u6) it calls no handler of elements then,
 * and every document is empty. Without the magic number it is SAX1.
 */
int xmlSAXUserParseMemory(
	xmlSAXHandlerPtr sax, void *data, const char *text, int size)
{
	parse_f *parse =
		(parse_f *)(uintptr_t)dlsym(RTLD_NEXT, "xmlSAXUserParseMemory");
	xmlSAXHandler handler = *sax;

	if (!sax->startElementNs && !sax->endElementNs)
		handler.initialized = 0;
	return parse(&handler, data, text, size);
}


/* ---- lines out */

static void put_word(const char *s)
{
	putchar('\t');
	for (; *s; ++s) {
		switch (*s) {
		case '\\':
			fputs("\\\\", stdout);
			break;
		case '\n':
			fputs("\\n", stdout);
			break;
		case '\r':
			fputs("\\r", stdout);
			break;
		case '\t':
			putchar(' ');
			break;
		default:
			putchar(*s);
		}
	}
}


static void put(const char *event, const char *who, const char *text)
{
	fputs(event, stdout);
	if (who)
		put_word(who);
	if (text)
		put_word(text);
	putchar('\n');
	(void)fflush(stdout);
}


/* ---- the event loop, as libpurple wants to have it */

static gboolean input_ready(
	GIOChannel *channel, GIOCondition condition, gpointer arg)
{
	struct input *in = arg;
	PurpleInputCondition what = 0;

	if (condition & (G_IO_IN | G_IO_HUP | G_IO_ERR))
		what |= PURPLE_INPUT_READ;
	if (condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL))
		what |= PURPLE_INPUT_WRITE;
	in->func(in->data, g_io_channel_unix_get_fd(channel), what);
	return TRUE;
}


static guint input_add(int fd, PurpleInputCondition condition,
	PurpleInputFunction func, gpointer data)
{
	struct input *in = g_new0(struct input, 1);
	GIOChannel *channel = g_io_channel_unix_new(fd);
	GIOCondition what = G_IO_HUP | G_IO_ERR | G_IO_NVAL;

	if (condition & PURPLE_INPUT_READ)
		what |= G_IO_IN;
	if (condition & PURPLE_INPUT_WRITE)
		what |= G_IO_OUT;
	in->func = func;
	in->data = data;
	in->id = g_io_add_watch_full(
		channel, G_PRIORITY_DEFAULT, what, input_ready, in, g_free);
	g_io_channel_unref(channel);
	return in->id;
}


/* ---- what happens */

static void on_debug(const char *text)
{
	fputs(text, stderr);
}


static void on_asked(PurpleAccount *account, const char *who, const char *id,
	const char *alias, const char *text)
{
	(void)account;
	(void)id;
	(void)text;
	put("asked", who, alias ? alias : "");
}


static void on_write(PurpleConversation *conv, const char *name,
	const char *alias, const char *text, PurpleMessageFlags flags,
	time_t when)
{
	const char *event = "notice";

	(void)name;
	(void)alias;
	(void)when;
	if (flags & PURPLE_MESSAGE_SEND)
		return;
	if (flags & PURPLE_MESSAGE_RECV)
		event = "im";
	else if (flags & PURPLE_MESSAGE_ERROR)
		event = "error";
	put(event, purple_conversation_get_name(conv), text);
}


static void on_disconnect(PurpleConnection *gc, const char *text)
{
	(void)gc;
	put("offline", text, NULL);
}


static void on_signed_on(PurpleConnection *gc, void *arg)
{
	(void)gc;
	(void)arg;
	put("online", NULL, NULL);
}


static void on_typing(PurpleAccount *account, const char *who, void *event)
{
	(void)account;
	put(event, who, NULL);
}


/* ---- commands */

static PurpleConversation *conversation(struct client *c, const char *who)
{
	PurpleConversation *conv = purple_find_conversation_with_account(
		PURPLE_CONV_TYPE_IM, who, c->account);

	return conv
		? conv
		: purple_conversation_new(PURPLE_CONV_TYPE_IM, c->account, who);
}


static void cmd_status(struct client *c, const char *id, const char *note)
{
	purple_account_set_status(
		c->account, id, TRUE, "message", *note ? note : NULL, NULL);
}


static void cmd_add(struct client *c, const char *who, const char *none)
{
	PurpleBuddy *buddy = purple_buddy_new(c->account, who, NULL);
	PurpleGroup *group = purple_find_group("Lab");

	(void)none;
	if (!group)
		group = purple_group_new("Lab");
	purple_blist_add_group(group, NULL);
	purple_blist_add_buddy(buddy, NULL, group, NULL);
	purple_account_add_buddy(c->account, buddy);
}


static void cmd_remove(struct client *c, const char *who, const char *none)
{
	PurpleBuddy *buddy = purple_find_buddy(c->account, who);

	(void)none;
	if (!buddy)
		return;
	purple_account_remove_buddy(
		c->account, buddy, purple_buddy_get_group(buddy));
	purple_blist_remove_buddy(buddy);
}


static void cmd_show(struct client *c, const char *who, const char *none)
{
	PurpleBuddy *buddy = purple_find_buddy(c->account, who);
	PurplePlugin *prpl =
		purple_find_prpl(purple_account_get_protocol_id(c->account));
	PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO(prpl);
	char *text = buddy ? info->status_text(buddy) : NULL;
	PurpleStatus *status = buddy ? purple_presence_get_active_status(
					       purple_buddy_get_presence(buddy))
				     : NULL;

	(void)none;
	fputs("show", stdout);
	put_word(who);
	put_word(status ? purple_status_get_id(status) : "");
	put("", text ? text : "", NULL);
	g_free(text);
}


static void cmd_say(struct client *c, const char *who, const char *html)
{
	purple_conv_im_send(PURPLE_CONV_IM(conversation(c, who)), html);
}


static void cmd_typing(struct client *c, const char *who, const char *none)
{
	(void)none;
	serv_send_typing(
		purple_account_get_connection(c->account), who, PURPLE_TYPING);
}


static void cmd_typed(struct client *c, const char *who, const char *none)
{
	(void)none;
	serv_send_typing(
		purple_account_get_connection(c->account), who, PURPLE_TYPED);
}


static void cmd_close(struct client *c, const char *who, const char *none)
{
	(void)none;
	purple_conversation_destroy(conversation(c, who));
}


static void cmd_quit(struct client *c, const char *who, const char *none)
{
	(void)who;
	(void)none;
	g_main_loop_quit(c->loop);
}


static const struct {
	const char *name;
	void (*run)(struct client *c, const char *who, const char *text);
} commands[] = {
	{"add", cmd_add},
	{"close", cmd_close},
	{"quit", cmd_quit},
	{"remove", cmd_remove},
	{"say", cmd_say},
	{"show", cmd_show},
	{"status", cmd_status},
	{"typed", cmd_typed},
	{"typing", cmd_typing},
};


static void run(struct client *c, const char *line)
{
	char **word = g_strsplit(line, "\t", 3);
	guint n = g_strv_length(word);
	size_t i;

	for (i = 0; n && i < G_N_ELEMENTS(commands); ++i) {
		if (strcmp(commands[i].name, word[0]) == 0)
			commands[i].run(
				c, n > 1 ? word[1] : "", n > 2 ? word[2] : "");
	}
	g_strfreev(word);
}


static gboolean on_line(GIOChannel *channel, GIOCondition what, gpointer arg)
{
	struct client *c = arg;
	char *line = NULL;
	gsize end = 0;

	(void)what;
	if (g_io_channel_read_line(channel, &line, NULL, &end, NULL) !=
		G_IO_STATUS_NORMAL) {
		g_main_loop_quit(c->loop);
		return FALSE;
	}
	line[end] = '\0';
	run(c, line);
	g_free(line);
	return TRUE;
}


/* ---- the beginning */

static gboolean begin(const char *dir)
{
	static PurpleEventLoopUiOps loop = {
		.timeout_add = g_timeout_add,
		.timeout_remove = g_source_remove,
		.input_add = input_add,
		.input_remove = g_source_remove,
		.timeout_add_seconds = g_timeout_add_seconds,
	};
	static PurpleAccountUiOps account = {.request_add = on_asked};
	static PurpleConversationUiOps conv = {.write_conv = on_write};
	static PurpleConnectionUiOps gc = {.report_disconnect = on_disconnect};
	gboolean ok;

	purple_util_set_user_dir(dir);
	/* It prints what it has to say; the output is for events. */
	(void)g_set_print_handler(on_debug);
	purple_debug_set_enabled(TRUE);
	purple_eventloop_set_ui_ops(&loop);
	ok = purple_core_init(UI);
	purple_accounts_set_ui_ops(&account);
	purple_conversations_set_ui_ops(&conv);
	purple_connections_set_ui_ops(&gc);
	purple_set_blist(purple_blist_new());
	return ok;
}


static void listen_to(struct client *c)
{
	static const struct {
		const char *signal, *event;
	} typing[] = {
		{"buddy-typing", "typing"},
		{"buddy-typed", "typed"},
		{"buddy-typing-stopped", "idle"},
	};
	void *convs = purple_conversations_get_handle();
	size_t i;

	purple_signal_connect(purple_connections_get_handle(), "signed-on", c,
		PURPLE_CALLBACK(on_signed_on), NULL);
	for (i = 0; i < G_N_ELEMENTS(typing); ++i)
		purple_signal_connect(convs, typing[i].signal, c,
			PURPLE_CALLBACK(on_typing), (void *)typing[i].event);
}


static void sign_in(struct client *c, char **args)
{
	PurpleSavedStatus *status =
		purple_savedstatus_new(NULL, PURPLE_STATUS_AVAILABLE);

	c->account = purple_account_new(args[1], args[0]);
	purple_account_set_password(c->account, args[2]);
	for (args += 3; *args; ++args) {
		char **pair = g_strsplit(*args, "=", 2);

		purple_account_set_string(
			c->account, pair[0], pair[1] ? pair[1] : "");
		g_strfreev(pair);
	}
	purple_accounts_add(c->account);
	purple_account_set_enabled(c->account, UI, TRUE);
	purple_savedstatus_activate(status);
}


int main(int argc, char **argv)
{
	struct client c = {0};
	GIOChannel *in;

	if (argc != 3 && argc < 5) {
		(void)fprintf(stderr,
			"usage: purple DIRECTORY PROTOCOL [USER PASSWORD "
			"[SETTING=VALUE...]]\n");
		return 64;
	}
	/* With the test, however that ends. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	if (!begin(argv[1]))
		return 1;
	if (!purple_find_prpl(argv[2]) || argc == 3)
		return purple_find_prpl(argv[2]) ? 0 : 77;
	c.loop = g_main_loop_new(NULL, FALSE);
	listen_to(&c);
	sign_in(&c, argv + 2);
	in = g_io_channel_unix_new(0);
	(void)g_io_add_watch(in, G_IO_IN | G_IO_HUP, on_line, &c);
	g_main_loop_run(c.loop);
	purple_core_quit();
	return 0;
}
