/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange_vcard.c - people in vCards (RFC 2426, RFC 4770, RFC 6350) */
#include <string.h>
#include "exchange.h"
#include "mem.h"
#include "utf8.h"

enum {
	LINE_MAX_BYTES = 65536, /* of an unfolded line; a longer one is cut */
	ADDRESSES_MAX = 64, /* of a card */
};

struct address {
	unsigned line;
	char *uri;
};

struct card {
	unsigned line; /* of BEGIN; 0: outside of a card */
	unsigned bad_line;
	const char *why; /* the first thing that is wrong with it, or NULL */
	char *name;
	struct address addresses[ADDRESSES_MAX];
	size_t n;
	struct exchange_groups groups;
};

struct reader {
	struct pl rest;
	unsigned next; /* the line that REST begins with */
	unsigned line; /* where what is in MB begins */
	struct mbuf *mb; /* a line, unfolded */
	bool cut;
	struct card card;
	const struct exchange_sink *sink;
	bool stop;
};

/* [GROUP.]NAME[;PARAMS]:VALUE */
struct property {
	struct pl name;
	struct pl value;
};


static void card_clear(struct card *card)
{
	card->line = 0;
	card->why = NULL;
	card->name = mem_deref(card->name);
	while (card->n) {
		struct address *a = &card->addresses[--card->n];

		a->uri = mem_deref(a->uri);
	}
	exchange_groups_clear(&card->groups);
}


static void card_bad(struct card *card, unsigned line, const char *why)
{
	if (card->why)
		return;
	card->bad_line = line;
	card->why = why;
}


/* ---- lines ---------------------------------------------------------- */


static void take_line(struct reader *r)
{
	struct pl line;

	(void)pl_split(&r->rest, '\n', &line);
	r->next++;
	if (line.l && line.p[line.l - 1] == '\r')
		line.l--;
	if (r->mb->end && line.l)
		pl_skip(&line, 1);
	if (line.l > LINE_MAX_BYTES - r->mb->end) {
		line.l = LINE_MAX_BYTES - r->mb->end;
		r->cut = true;
	}
	(void)mbuf_write_pl(r->mb, &line);
}


/* The next line with those that continue it. False: there is none. */
static bool read_line(struct reader *r)
{
	if (!r->rest.l)
		return false;
	mbuf_reset(r->mb);
	r->cut = false;
	r->line = r->next;
	take_line(r);
	while (r->mb->end && r->rest.l &&
		(r->rest.p[0] == ' ' || r->rest.p[0] == '\t'))
		take_line(r);
	return true;
}


/* The first C of PL outside of quotes; NULL: none. */
static const char *outside(const struct pl *pl, char c)
{
	bool quoted = false;
	size_t i;

	for (i = 0; i < pl->l; i++) {
		if (pl->p[i] == '"')
			quoted = !quoted;
		else if (pl->p[i] == c && !quoted)
			return pl->p + i;
	}
	return NULL;
}


static bool property_decode(struct property *p, const struct pl *line)
{
	const char *colon = outside(line, ':'), *end;

	if (!colon)
		return false;
	p->name = pl_make(line->p, (size_t)(colon - line->p));
	p->value = pl_make(colon + 1, line->l - p->name.l - 1);
	end = pl_chr(&p->name, ';');
	if (end)
		p->name.l = (size_t)(end - p->name.p);
	end = pl_chr(&p->name, '.');
	if (end)
		pl_skip(&p->name, (size_t)(end - p->name.p) + 1);
	return true;
}


/* Takes the text up to an unescaped comma (unless WHOLE) off VALUE, escapes
 * undone (mem_deref). */
static char *take_text(struct pl *value, bool whole)
{
	struct mbuf *mb = mbuf_alloc(LINE_MAX_BYTES);
	struct pl pl;
	char *text;

	while (value->l && (whole || value->p[0] != ',')) {
		if (value->p[0] == '\\' && value->l > 1) {
			pl_skip(value, 1);
			(void)mbuf_write_u8(mb,
				value->p[0] == 'n' || value->p[0] == 'N'
					? '\n'
					: (uint8_t)value->p[0]);
		} else {
			(void)mbuf_write_u8(mb, (uint8_t)value->p[0]);
		}
		pl_skip(value, 1);
	}
	pl_skip(value, 1);
	pl = mbuf_all(mb);
	pl = pl_trim(&pl);
	text = utf8_repair_dup(&pl);
	mem_deref(mb);
	return text;
}


/* ---- what they say -------------------------------------------------- */


static void add_address(struct reader *r, char *uri)
{
	struct card *card = &r->card;

	if (card->n == ADDRESSES_MAX) {
		card_bad(card, r->line, "more than 64 addresses");
		mem_deref(uri);
		return;
	}
	card->addresses[card->n].line = r->line;
	card->addresses[card->n++].uri = uri;
}


static void read_name(struct reader *r, struct pl value)
{
	char *name = take_text(&value, true);

	if (r->card.name || !*name) {
		mem_deref(name);
		return;
	}
	r->card.name = name;
}


static void read_categories(struct reader *r, struct pl value)
{
	while (value.l) {
		char *group = take_text(&value, false);

		exchange_groups_add(&r->card.groups, group);
		mem_deref(group);
	}
}


/* Other services than SIP have addresses of that kind too. */
static void read_impp(struct reader *r, struct pl value)
{
	char *uri = take_text(&value, true);
	struct pl rest = pl_str(uri), scheme;

	if (pl_split(&rest, ':', &scheme) &&
		(pl_strcaseeq(&scheme, "sip") || pl_strcaseeq(&scheme, "sips")))
		add_address(r, uri);
	else
		mem_deref(uri);
}


static void read_x_sip(struct reader *r, struct pl value)
{
	char *uri = take_text(&value, true);

	if (*uri)
		add_address(r, uri);
	else
		mem_deref(uri);
}


static void read_version(struct reader *r, struct pl value)
{
	value = pl_trim(&value);
	if (!pl_streq(&value, "3.0") && !pl_streq(&value, "4.0"))
		card_bad(&r->card, r->line, "not version 3.0 or 4.0");
}


static const struct {
	const char *name;
	void (*read)(struct reader *r, struct pl value);
} properties[] = {
	{"FN", read_name},
	{"CATEGORIES", read_categories},
	{"IMPP", read_impp},
	{"X-SIP", read_x_sip},
	{"VERSION", read_version},
};


static void card_end(struct reader *r)
{
	struct card *card = &r->card;
	size_t i;

	if (!card->n)
		card_bad(card, card->line, "no SIP address in this card");
	if (card->why)
		r->sink->bad(card->bad_line, card->why, r->sink->arg);
	for (i = 0; i < card->n && !card->why && !r->stop; i++) {
		const struct exchange_row row = {card->addresses[i].line,
			card->addresses[i].uri, card->name, &card->groups};

		r->stop = !r->sink->row(&row, r->sink->arg);
	}
	card_clear(card);
}


static void card_unfinished(struct reader *r)
{
	if (r->card.line)
		r->sink->bad(r->card.line, "the card has no end", r->sink->arg);
	card_clear(&r->card);
}


static void read_property(struct reader *r, const struct property *p)
{
	size_t i;

	for (i = 0; i < sizeof(properties) / sizeof(*properties); i++) {
		if (!pl_strcaseeq(&p->name, properties[i].name))
			continue;
		if (r->cut)
			card_bad(&r->card, r->line, "the line is too long");
		else if (!utf8_valid(&p->value))
			card_bad(&r->card, r->line, "not UTF-8");
		else
			properties[i].read(r, p->value);
	}
}


static void handle_line(struct reader *r)
{
	struct pl all = mbuf_all(r->mb), line = pl_trim(&all), value;
	struct property p;

	if (!pl_isset(&line))
		return;
	if (!property_decode(&p, &line)) {
		if (r->card.line)
			card_bad(&r->card, r->line, "a line without a colon");
		else
			r->sink->bad(r->line, "not in a vCard", r->sink->arg);
		return;
	}
	value = pl_trim(&p.value);
	if (pl_strcaseeq(&p.name, "BEGIN") && pl_strcaseeq(&value, "VCARD")) {
		card_unfinished(r);
		r->card.line = r->line;
	} else if (!r->card.line) {
		r->sink->bad(r->line, "not in a vCard", r->sink->arg);
	} else if (pl_strcaseeq(&p.name, "END") &&
		pl_strcaseeq(&value, "VCARD")) {
		card_end(r);
	} else {
		read_property(r, &p);
	}
}


void exchange_vcard_read(
	const struct pl *text, const struct exchange_sink *sink)
{
	struct reader *r = mem_zalloc(sizeof(*r), NULL);

	r->rest = *text;
	if (pl_startswith(&r->rest, "\xef\xbb\xbf"))
		pl_skip(&r->rest, 3);
	r->next = 1;
	r->mb = mbuf_alloc(LINE_MAX_BYTES);
	r->sink = sink;
	while (!r->stop && read_line(r))
		handle_line(r);
	card_unfinished(r);
	mem_deref(r->mb);
	mem_deref(r);
}
