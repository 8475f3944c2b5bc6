/* SPDX-License-Identifier: GPL-3.0-or-later */
/* option_table.c - every option and every account setting, one row each. */
#include "core.h"


static const char *const transports[] = {"auto", "udp", "tcp", "tls", NULL};
static const char *const dialects[] = {"auto", "simple", "microsoft", NULL};
static const char *const sessions[] = {"auto", "page", "session", NULL};
static const char *const accepts[] = {"ask", "buddies", "all", NULL};
static const char *const longs[] = {"auto", "yes", "no", NULL};
static const char *const levels[] = {"error", "warning", "info", "debug", NULL};


static const char *const orders[] = {"presence", "name", "fixed", NULL};


static const char *const shows[] = {"text", "name", "nothing", NULL};
static const char *const froms[] = {"all", "buddies", NULL};
static const char *const whens[] = {"unfocused", "always", NULL};


const struct core_option core_options[] = {
	{
		.name = "auto-away",
		.type = CORE_NUMBER,
		.initial = "0",
		.min = 0,
		.max = 1440,
		.help = "Minutes without a key after which you are away where "
			"you are online, until the next key; 0: never.",
	},
	{
		.name = "auto-away-note",
		.type = CORE_STRING,
		.help = "The note while auto-away makes you away; unset, it "
			"stays what it is.",
	},
	{
		.name = "bell",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether the terminal's bell rings for what you are "
			"notified of.",
	},
	{
		.name = "buddies-hidden",
		.type = CORE_BOOL,
		.initial = "no",
		.help = "Whether the buddy list is shown only while it has the "
			"keys.",
	},
	{
		.name = "buddies-offline",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether buddies who are offline are listed.",
	},
	{
		.name = "buddies-order",
		.type = CORE_CHOICE,
		.initial = "presence",
		.choices = orders,
		.help = "How the buddies of a group are ordered: by presence "
			"and then by name, by name, or as they were added.",
	},
	{
		.name = "buddies-width",
		.type = CORE_NUMBER,
		.initial = "24",
		.min = 8,
		.max = 200,
		.help = "Columns of the buddy list.",
	},
	{
		.name = "dns-servers",
		.type = CORE_STRING,
		.help = "Name servers to ask instead of the system's, as "
			"addresses parted by commas; obeyed from the first "
			"sign-in on.",
	},
	{
		.name = "idle-time",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether who may see you also sees since when you "
			"pressed no key, once auto-away's time is over.",
	},
	{
		.name = "input-history",
		.type = CORE_NUMBER,
		.initial = "500",
		.min = 0,
		.max = 1000,
		.help = "Lines that Up finds again after a restart: so many "
			"commands, and so many messages of each chat, as long "
			"as its history has them; 0: none.",
	},
	{
		.name = "key-hints",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether the last line tells some keys while it has "
			"nothing else to say.",
	},
	{
		.name = "log-level",
		.type = CORE_CHOICE,
		.initial = "warning",
		.choices = levels,
		.help = "How much the log tells.",
	},
	{
		.name = "max-transactions",
		.type = CORE_NUMBER,
		.initial = "100000",
		.min = 100,
		.max = 10000000,
		.help = "Server transactions kept at a time; for one more the "
			"oldest answered one goes, and where none is answered "
			"it gets 503; obeyed from the first sign-in on.",
	},
	{
		.name = "mouse",
		.type = CORE_BOOL,
		.initial = "no",
		.help = "Whether the full screen takes the mouse; with Shift "
			"the terminal keeps it.",
	},
	{
		.name = "notify-command",
		.type = CORE_WORDS,
		.help = "A command that runs for each notification: in its "
			"arguments %n is the name, %t the text, %a the "
			"account, %p the address, %% a percent sign.",
	},
	{
		.name = "notify-from",
		.type = CORE_CHOICE,
		.initial = "all",
		.choices = froms,
		.help = "Whose doings you are notified of: everybody's, or "
			"only those of people in the list.",
	},
	{
		.name = "notify-interval",
		.type = CORE_NUMBER,
		.initial = "5",
		.min = 0,
		.max = 3600,
		.help = "Seconds between notifications; what comes meanwhile "
			"is told together after them; 0: each one at once.",
	},
	{
		.name = "notify-online",
		.type = CORE_BOOL,
		.initial = "no",
		.help = "Whether a buddy who was offline and comes online is "
			"worth a notification.",
	},
	{
		.name = "notify-quiet",
		.type = CORE_HOURS,
		.help = "Hours of the day, in local time and perhaps over "
			"midnight, without notification and bell.",
	},
	{
		.name = "notify-show",
		.type = CORE_CHOICE,
		.initial = "text",
		.choices = shows,
		.help = "What a notification tells: name and text, the name "
			"alone, or only that there is something.",
	},
	{
		.name = "notify-terminal",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether the full screen asks the terminal to show "
			"notifications (OSC 777); one that cannot ignores "
			"that.",
	},
	{
		.name = "notify-when",
		.type = CORE_CHOICE,
		.initial = "unfocused",
		.choices = whens,
		.help = "Whether notifications come only while the terminal "
			"has not the focus, or always; of the chat in sight "
			"never while it has.",
	},
	{
		.name = "outbox-expiry",
		.type = CORE_NUMBER,
		.initial = "259200",
		.min = 0,
		.max = 31536000,
		.help = "Seconds after which a message that could not be sent "
			"fails; 0: never.",
	},
	{
		.name = "query-command",
		.type = CORE_WORDS,
		.help = "A directory search for `search -p`: gets the query "
			"in place of %s or as its last word, and prints a "
			"line that is skipped, then an address, a tab and a "
			"name on each line.",
	},
	{
		.name = "retention",
		.type = CORE_NUMBER,
		.initial = "0",
		.min = 0,
		.max = 36500,
		.help = "Days after which messages are forgotten, for good; "
			"0: never.",
	},
	{
		.name = "theme",
		.type = CORE_STRING,
		.initial = "dark",
		.help = "How the full screen looks: dark, light, mono, a file, "
			"or the name of one in the directory of themes.",
	},
	{
		.name = "word-parts",
		.type = CORE_BOOL,
		.initial = "no",
		.help = "Whether messages are found by parts of words too, "
			"with an index that takes about half as much room "
			"again.",
	},
	{.name = NULL},
};


const struct core_option core_settings[] = {
	{
		.name = "accept",
		.type = CORE_CHOICE,
		.initial = "ask",
		.choices = accepts,
		.help = "What people get who are not in the list: you are "
			"asked, they are refused, or they are let in.",
	},
	{
		.name = "auth-user",
		.type = CORE_STRING,
		.help = "The name to authenticate with; the URI's user if "
			"unset.",
	},
	{
		.name = "dialect",
		.type = CORE_CHOICE,
		.initial = "auto",
		.choices = dialects,
		.help = "Which kind of server this is.",
	},
	{
		.name = "display-name",
		.type = CORE_STRING,
		.help = "The name that others see beside your address.",
	},
	{
		.name = "expires",
		.type = CORE_NUMBER,
		.initial = "3600",
		.min = 10,
		.max = 2592000,
		.help = "Seconds that a registration is asked to last.",
	},
	{
		.name = "listen",
		.type = CORE_ADDRESS,
		.help = "Address and port to be reached at without a server; "
			"port 0 picks one.",
	},
	{
		.name = "long-messages",
		.type = CORE_CHOICE,
		.initial = "auto",
		.choices = longs,
		.help = "Whether requests over 1300 bytes go without a "
			"session: over streams, always, or never.",
	},
	{
		.name = "password",
		.type = CORE_SECRET,
		.help = "The password in clear; never kept by the program.",
	},
	{
		.name = "password-command",
		.type = CORE_WORDS,
		.help = "A command whose first line of output is the "
			"password.",
	},
	{
		.name = "presence-list",
		.type = CORE_CHOICE,
		.initial = "auto",
		.choices = longs,
		.help = "Whether one subscription to a list on the server is "
			"for all who are watched: of many, always, or never.",
	},
	{
		.name = "proxy",
		.type = CORE_URI,
		.help = "The outbound proxy as a SIP URI.",
	},
	{
		.name = "publish",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether presence is published to the server.",
	},
	{
		.name = "register",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether to register with a server; without one, set "
			"listen.",
	},
	{
		.name = "session",
		.type = CORE_CHOICE,
		.initial = "auto",
		.choices = sessions,
		.help = "Whether chats are sessions, single messages, or what "
			"the other side takes.",
	},
	{
		.name = "tls-ca-file",
		.type = CORE_FILE,
		.help = "Certificates to trust instead of the system's.",
	},
	{
		.name = "tls-certificate",
		.type = CORE_FILE,
		.help = "Our own certificate.",
	},
	{
		.name = "tls-key",
		.type = CORE_FILE,
		.help = "The private key of tls-certificate.",
	},
	{
		.name = "tls-name",
		.type = CORE_STRING,
		.help = "One more name that the server's certificate may "
			"carry.",
	},
	{
		.name = "tls-pin",
		.type = CORE_STRING,
		.help = "The base64 SHA-256 of the server's public key, "
			"checked in addition; several with blanks between.",
	},
	{
		.name = "tls-verify",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether the server's certificate is checked.",
	},
	{
		.name = "transport",
		.type = CORE_CHOICE,
		.initial = "auto",
		.choices = transports,
		.help = "How requests travel; auto asks the DNS.",
	},
	{
		.name = "typing",
		.type = CORE_BOOL,
		.initial = "yes",
		.help = "Whether others are told that you type.",
	},
	{
		.name = "user-agent",
		.type = CORE_STRING,
		.initial = "sotto",
		.help = "The User-Agent that requests carry.",
	},
	{
		.name = "xcap-root",
		.type = CORE_URL,
		.help = "Where the server keeps documents of yours (XCAP), as "
			"an http or https URL.",
	},
	{.name = NULL},
};
