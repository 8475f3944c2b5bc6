/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_key.c - sequences of terminals taken apart and named (ECMA-48, xterm,
 * rxvt, the console of Linux, CSI u). */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "input_key.h"
#include "utf8.h"


enum {
	ESC = 0x1b,
	DEL = 0x7f,
	PARAM_MAX = 99999999,
};


/* ---- taking apart --------------------------------------------------- */


/* "12;5;;7" and sub-parameters behind a colon, of which the first counts. */
static void read_params(struct input_csi *csi, const char *p, size_t n)
{
	bool sub = false;
	size_t i;

	if (n)
		csi->n = 1;
	for (i = 0; i < n; i++) {
		if (p[i] == ';') {
			if (csi->n < INPUT_PARAMS)
				++csi->n;
			sub = false;
		} else if (p[i] == ':') {
			sub = true;
		} else if (!sub && isdigit((unsigned char)p[i]) &&
			csi->params[csi->n - 1] < PARAM_MAX) {
			csi->params[csi->n - 1] =
				csi->params[csi->n - 1] * 10 + p[i] - '0';
		}
	}
}


/* ESC [ [ A of the Linux console. */
static size_t read_linux(struct input_csi *csi, const struct pl *pl)
{
	if (pl->l < 4)
		return INPUT_MORE;
	csi->private = '[';
	csi->final = pl->p[3];
	return 4;
}


size_t input_sequence(struct input_csi *csi, const struct pl *pl, size_t max)
{
	size_t i = 2, from;

	*csi = (struct input_csi){0};
	if (pl->l < 2)
		return INPUT_MORE;
	if (pl->p[1] != '[' && pl->p[1] != 'O')
		return 1;
	csi->intro = pl->p[1];
	if (pl->l < 3)
		return INPUT_MORE;
	if (csi->intro == '[' && pl->p[2] == '[')
		return read_linux(csi, pl);
	if (csi->intro == '[' && pl->p[2] >= '<' && pl->p[2] <= '?')
		csi->private = pl->p[i++];
	from = i;
	/* rxvt ends some in '$'; an answer has more behind it. */
	while (i < pl->l && i < max && pl->p[i] >= 0x20 && pl->p[i] < 0x40 &&
		(pl->p[i] != '$' || csi->private))
		++i;
	if (i >= max)
		return INPUT_GARBAGE;
	if (i >= pl->l)
		return INPUT_MORE;
	read_params(csi, pl->p + from, i - from);
	csi->final = pl->p[i];
	if ((csi->final < 0x40 && csi->final != '$') || csi->final > 0x7e) {
		/* Another key came in between: ESC [ was Meta. */
		csi->intro = 0;
		return 1;
	}
	return i + 1;
}


/* ---- naming --------------------------------------------------------- */


static const char *letter_name(char c)
{
	static const struct {
		char c;
		const char *name;
	} rows[] = {
		{'A', "Up"},
		{'B', "Down"},
		{'C', "Right"},
		{'D', "Left"},
		{'F', "End"},
		{'H', "Home"},
		{'M', "Enter"},
		{'P', "F1"},
		{'Q', "F2"},
		{'R', "F3"},
		{'S', "F4"},
		{'Z', "S-Tab"},
		/* rxvt with modifiers */
		{'a', "Up"},
		{'b', "Down"},
		{'c', "Right"},
		{'d', "Left"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].c == c)
			return rows[i].name;
	}
	return NULL;
}


static const char *number_name(int n)
{
	static const struct {
		int n;
		const char *name;
	} rows[] = {
		{1, "Home"},
		{2, "Insert"},
		{3, "Delete"},
		{4, "End"},
		{5, "PageUp"},
		{6, "PageDown"},
		{7, "Home"},
		{8, "End"},
		{11, "F1"},
		{12, "F2"},
		{13, "F3"},
		{14, "F4"},
		{15, "F5"},
		{17, "F6"},
		{18, "F7"},
		{19, "F8"},
		{20, "F9"},
		{21, "F10"},
		{23, "F11"},
		{24, "F12"},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].n == n)
			return rows[i].name;
	}
	return NULL;
}


/* Xterm's number: one more than the sum of Shift 1, Alt 2, Control 4, Meta
 * 8 (CSI u: Super 8, Meta 32). */
static void put_name(char name[INPUT_NAME], int modifiers, const char *key)
{
	int m = modifiers > 0 ? modifiers - 1 : 0;
	bool shift = m & 1, already = !strncmp(key, "S-", 2);

	(void)snprintf(name, INPUT_NAME, "%s%s%s%s", m & 4 ? "C-" : "",
		m & (2 | 8 | 32) ? "M-" : "", shift && !already ? "S-" : "",
		key);
}


/* A code point with modifiers, as CSI u and modifyOtherKeys tell it. */
static bool code_name(char name[INPUT_NAME], uint32_t cp, int modifiers)
{
	const char *word = NULL;
	char text[8] = "";

	switch (cp) {
	case '\t':
		word = "Tab";
		break;
	case '\r':
	case 57414:
		word = "Enter";
		break;
	case ESC:
		word = "Escape";
		break;
	case ' ':
		word = "Space";
		break;
	case DEL:
	case '\b':
		word = "Backspace";
		break;
	default:
		if (cp <= 0x20 || (cp >= 0x7f && cp <= 0x9f) ||
			(cp >= 0xe000 && cp <= 0xf8ff) || cp > 0x10ffff)
			return false;
		text[utf8_encode(text, cp)] = '\0';
		if ((modifiers - 1) & 1) {
			/* The character tells of Shift. */
			if (cp < 0x80)
				text[0] = (char)toupper((int)cp);
			--modifiers;
		}
		word = text;
	}
	put_name(name, modifiers, word);
	return true;
}


static bool linux_name(char final, char name[INPUT_NAME])
{
	if (final < 'A' || final > 'E')
		return false;
	(void)snprintf(name, INPUT_NAME, "F%d", final - 'A' + 1);
	return true;
}


/* Keys of the numeric pad in its own mode. */
static bool pad_name(char final, char name[INPUT_NAME])
{
	static const char signs[] = "*+,-./0123456789";

	if (final < 'j' || final > 'y')
		return false;
	(void)snprintf(name, INPUT_NAME, "%c", signs[final - 'j']);
	return true;
}


bool input_csi_name(const struct input_csi *csi, char name[INPUT_NAME])
{
	int modifiers = csi->n > 1 ? csi->params[1] : 0;
	const char *key;

	if (csi->private)
		return csi->private == '[' && linux_name(csi->final, name);
	if (csi->intro == '[' && csi->final == 'u')
		return code_name(name, (uint32_t)csi->params[0], modifiers);
	if (csi->final == '~' && csi->params[0] == 27 && csi->n > 2)
		return code_name(name, (uint32_t)csi->params[2], modifiers);
	if (csi->final && strchr("~^@$", csi->final)) {
		key = number_name(csi->params[0]);
		modifiers = csi->final == '^' ? 5
			: csi->final == '@'   ? 6
			: csi->final == '$'   ? 2
					      : modifiers;
	} else {
		key = letter_name(csi->final);
		if (csi->final >= 'a' && csi->final <= 'd')
			modifiers = csi->intro == 'O' ? 5 : 2;
		else if (csi->n == 1 && csi->params[0] > 1)
			modifiers = csi->params[0]; /* ESC O 5 A */
		if (!key && csi->intro == 'O')
			return pad_name(csi->final, name);
	}
	if (!key)
		return false;
	put_name(name, modifiers, key);
	return true;
}


static void control_name(unsigned char c, char name[INPUT_NAME])
{
	const char *word = NULL;

	switch (c) {
	case 0:
		word = "C-Space";
		break;
	case '\t':
		word = "Tab";
		break;
	case '\r':
		word = "Enter";
		break;
	case '\b':
	case DEL:
		word = "Backspace";
		break;
	case ' ':
		word = "Space";
		break;
	default:
		break;
	}
	if (word)
		(void)snprintf(name, INPUT_NAME, "%s", word);
	else
		(void)snprintf(name, INPUT_NAME, "C-%c",
			c < 27 ? c + 'a' - 1 : c + '@');
}


/* Bytes that the character at P wants; 1 where it is none. */
static size_t wanted(unsigned char c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 1;
}


size_t input_plain_name(const struct pl *pl, char name[INPUT_NAME])
{
	unsigned char c = (unsigned char)*pl->p;
	uint32_t cp;
	size_t n, i;

	*name = '\0';
	if (c <= 0x20 || c == DEL) {
		control_name(c, name);
		return 1;
	}
	n = utf8_decode(&cp, pl->p, pl->l);
	if (n == pl->l && n < wanted(c)) {
		/* As far as it goes it may become one. */
		for (i = 1; i < n; i++) {
			if (((unsigned char)pl->p[i] & 0xc0) != 0x80)
				return n;
		}
		return 0;
	}
	if (cp != 0xfffd && (cp < 0x7f || cp > 0x9f)) {
		memcpy(name, pl->p, n);
		name[n] = '\0';
	}
	return n;
}


size_t input_meta_name(const struct pl *pl, char name[INPUT_NAME])
{
	char key[INPUT_NAME];
	struct pl rest = *pl;
	size_t n;

	pl_skip(&rest, 1);
	if (!rest.l)
		return 0;
	/* A sequence of its own follows: Meta with F1, or Escape typed. */
	if (*rest.p == ESC)
		return 1;
	n = input_plain_name(&rest, key);
	if (!n)
		return 0;
	name[0] = '\0';
	if (*key && !strncmp(key, "C-", 2))
		(void)snprintf(name, INPUT_NAME, "C-M-%.24s", key + 2);
	else if (*key)
		(void)snprintf(name, INPUT_NAME, "M-%.24s", key);
	return n + 1;
}
