/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd_text.h - every sentence that the commands say. Macros, so that the
 * compiler checks each against its arguments.
 */
#ifndef SOTTO_CMD_TEXT_H
#define SOTTO_CMD_TEXT_H

/* splitting a line */
#define T_OPEN_QUOTE	 "the quote that opens here does not end"
#define T_LAST_BACKSLASH "nothing follows the backslash"
#define T_NUL		 "the word holds a NUL byte"
#define T_NOT_UTF8	 "the word is not UTF-8"
#define T_LONG		 "the line is too long"
#define T_MANY_WORDS	 "the command has too many words"
#define T_AT_COLUMN	 "column %zu: %s"

/* finding the command */
#define T_NO_COMMAND	"no such command: %s"
#define T_AMBIGUOUS	"%s may be %s"
#define T_NEEDS_SECOND	"%s needs a second word: %s"
#define T_NO_SECOND	"no such command: %s %s; %s takes %s"
#define T_ALIAS_LOOP	"the alias %s goes round in a circle or too deep"
#define T_ALIAS_COMMAND "%s is a command and cannot be an alias"
#define T_ALIAS_NAME	"an alias is one word of letters, digits, - and _"
#define T_ALIAS_EMPTY	"the alias %s has no command"

/* arguments */
#define T_USAGE	   "usage: %s"
#define T_MISSING  "%s is missing; usage: %s"
#define T_TOO_MANY "%s is too much; usage: %s"
#define T_NO_FLAG  "no such flag: %s; usage: %s"
#define T_SECRET_FLAG                                                     \
	"what begins with - stands behind --, as in: password -- VALUE; " \
	"usage: %s"
#define T_FLAG_VALUE  "%s needs a value: %s"
#define T_FLAG_PLAIN  "%s takes no value"
#define T_FLAG_TWICE  "%s is given twice"
#define T_BAD_CHOICE  "%s is none of %s"
#define T_BAD_NUMBER  "%s is no number"
#define T_BAD_SECONDS "%s is no number of seconds"
#define T_BAD_PLACE   "%s is no place; places: %s"
#define T_BAD_KEY     "%s is no key"
#define T_BAD_ASSIGN  "a setting is given as SETTING=VALUE"
#define T_BAD_WAIT    "wait for what? %s"

/* help */
#define T_HELP_COMMON                                                        \
	"help COMMAND tells what it does. Every command takes -a NAME, the " \
	"account, and -t SECONDS besides."

/* running */
#define T_MOVES                                            \
	"up|down|page-up|page-down|first|last|select|fold" \
	"|wider|narrower"
#define T_ANSWERS      "accept|decline|block|later|1|2|3|4|5|6|7"
#define T_NEEDS_SCREEN "%s needs the full screen"
#define T_NO_ANSWER    "no answer in %s seconds"
#define T_QUEUED       "queued as %llu"
#define T_MAYBE	       "%llu may have arrived: no answer yet (msg --resend)"
#define T_NOT_KEPT     "not sent, and not kept"
#define T_NO_OUTCOME   "%s ended without an outcome"
#define T_FILE_READ    "%s: %s"
#define T_FILE_OPEN \
	"%s holds a password and others can read it; type: chmod 600 %s"
#define T_FILE_DEPTH "%s: too many files within files"
#define T_FILE_LINE  "%s:%u: %s"

/* setting up an account */
#define T_SETUP_ELSEWHERE                                                 \
	"%s asks in the full screen and with --line; here type: account " \
	"add NAME URI [SETTING=VALUE...]"
#define T_SETUP_BUSY	"an account is being set up already"
#define T_SETUP_LEFT	"no account was added"
#define T_SETUP_CONTROL "an answer is one line of characters"
#define T_SETUP_DASH	"a name does not begin with -"
#define T_SETUP_ADDRESS                                  \
	"Your SIP address, such as alice@example.org.\n" \
	"Ctrl-C, or Enter with nothing typed, leaves at every question."
#define T_SETUP_NAME                                                  \
	"What you will call the account here, with letters, digits, " \
	"- and _."
#define T_SETUP_KEEP                                                     \
	"How the password gets here.\n"                                  \
	"command: a program of yours prints it, as in: pass show "       \
	"sip/alice\n"                                                    \
	"ask: it is kept nowhere, and asked for at every start\n"        \
	"file: it stands in clear in %s, which nobody but you may read " \
	"then"
#define T_SETUP_COMMAND                                     \
	"Words, no shell; the first line it prints is the " \
	"password."
#define T_SETUP_SERVER                             \
	"A host, host:port, or a SIP URI such as " \
	"sip:sip.example.org;transport=tls\n"      \
	"auto: the one that the domain names"
#define T_SETUP_SETTING                                              \
	"A setting and its value, as in: tls-ca-file ~/ca.pem (man " \
	"sotto.conf has all of them)."
#define T_SETUP_NO_SETTING                           \
	"a setting is given with its value, as in: " \
	"transport tls"
#define T_SETUP_SECRET	"choose password to change that"
#define T_SETUP_STOPPED "stopped: there was no answer yet"
#define T_SETUP_FAILED	"%s could not sign in: %s"
#define T_SETUP_NOW                                                       \
	"%s\nway: how the password gets here. again: as it is. keep: in " \
	"the file anyway."
#define T_SETUP_UNWRITTEN                                                 \
	"%s; what was in it is as it was.\nagain: it is tried again. "    \
	"store: the account is kept beside the history, its password is " \
	"not."
#define T_SETUP_DONE  "account %s is signed in, and is in %s"
#define T_SETUP_KEPT  "account %s is in %s, not signed in yet"
#define T_SETUP_STORE "account %s is kept beside the history"

/* people and chats */
#define T_NO_ACCOUNTS	 "there is no account; type: %saccount add%s"
#define T_NOT_BUDDY	 "%s is not in the buddy list%s"
#define T_IS_BLOCKED	 ", and is blocked"
#define T_ASKS		 ", but asks to see you: buddy accept, decline or block"
#define T_IN_GROUPS	 "%s is in %s"
#define T_GROUP_NEW	 " (new)"
#define T_NO_GROUP	 "no group"
#define T_NO_SHOWN	 "no chat is shown; type: %schat show NAME%s"
#define T_SLASH		 " (a command begins with /)"
#define T_NOBODY_POINTED "%% stands for nobody here"
#define T_NO_CHATS	 "there is no chat"
#define T_NOTHING_UNREAD "nothing is unread"

#define T_IMPORTED "%zu added, %zu changed, %zu not taken"
#define T_LISTED   "%zu buddies are in %s"

/* waiting */
#define T_WAIT_TIMEOUT "gave up after %s seconds"
#define T_WAIT_FAILED  "a message has failed"

/* the past */
#define T_NO_HISTORY   "no history is kept here"
#define T_STORE_FAILED "the store failed: %s"
#define T_NO_MESSAGE   "no message %s in this chat"
#define T_OLDER	       "older ones: %shistory show%s%s --before %llu"
#define T_OLDER_HITS   "older ones: %ssearch -m --before %llu %s"
#define T_EXPORTED     "messages written to %s: %llu"
#define T_CLEARED      "messages forgotten: %llu"
#define T_CLEARED_LATER                                                   \
	"messages forgotten: %llu; on their way, and gone when they have " \
	"ended: %zu"

/* preferences */
#define T_NOT_BOUND "%s is not bound"

/* trace */
#define T_TRACE_ON  "the trace is on: %strace show shows it"
#define T_TRACE_OFF "the trace is off"

#endif
