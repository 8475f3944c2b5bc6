#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The completion files of the shells against the tables: each shell takes its
# file, and what bash offers is what the tables hold, no more and no less.
status=0
tab='	'

for need in ./tables completions/sotto completions/_sotto \
	completions/sotto.fish; do
	if [ ! -e "$need" ]; then
		echo "not ok - $need is not built here"
		exit 1
	fi
done

# report WHAT FOUND: fails with what was found, if anything was.
report() {
	if [ -n "$2" ]; then
		echo "not ok - $1"
		echo "$2" | sed 's/^/	/'
		status=1
	else
		echo "ok - $1"
	fi
}

report 'bash takes its file' "$(bash -n completions/sotto 2>&1)"
for shell in zsh:_sotto fish:sotto.fish; do
	name=${shell%:*}
	if command -v "$name" >/dev/null 2>&1; then
		report "$name takes its file" "$(
			HOME=/nonexistent "$name" -n "completions/${shell#*:}" 2>&1)"
	else
		echo "skip - $name is not installed: its file is not checked"
	fi
done

# Nobody is asked here.
sotto() { :; }
compopt() { :; }
# shellcheck disable=SC1091 # built
. completions/sotto

# offered LINE: what bash offers behind LINE, one a line.
offered() {
	local COMP_LINE="sotto $1" COMP_POINT COMP_WORDS COMP_CWORD COMPREPLY
	local COMP_WORDBREAKS=' '
	COMP_POINT=${#COMP_LINE}
	read -ra COMP_WORDS <<<"$COMP_LINE"
	case $COMP_LINE in *' ') COMP_WORDS+=('') ;; esac
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_sotto
	printf '%s\n' "${COMPREPLY[@]}"
}

rows() {
	./tables | awk -F '\t' -v kind="$1" '$1 == kind { print $2 }'
}

same() {
	diff <(sort -u <<<"$1") <(sort -u <<<"$2")
}

report 'the first words are those of the commands' "$(
	same "$(rows command | cut -d' ' -f1)" "$(offered '')")"
report 'the second words are those of the commands' "$(
	rows command | cut -d' ' -f1 | sort -u | while read -r first; do
		want=$(rows command | sed -n "s/^$first //p")
		[ -z "$want" ] || same "$want" "$(offered "$first ")"
	done)"
report 'the flags are those of the usage' "$(
	./tables | while IFS="$tab" read -r kind name _; do
		case $kind in
		command)
			[ -z "$command" ] || same "$want" "$(offered "$command -")"
			command=$name want="-a
-t" ;;
		usage)
			want="$want
$(tr -d '[]' <<<"$name" | tr ' ' '\n' | grep -E '^--?[a-z]')" ;;
		esac
		want=$(grep . <<<"$want")
	done)"
report 'options and settings are offered' "$(
	same "$(rows option)" "$(offered 'set ')"
	same "$(rows setting)" "$(offered 'account set work ')"
	same "$(rows setting | sed 's/$/=/')" \
		"$(offered 'account add work sip:a@example.org ')")"
report 'so are their values' "$(
	./tables | while IFS="$tab" read -r kind name values _; do
		case $values in *'|'*) ;; *) continue ;; esac
		want=$(tr '|' '\n' <<<"$values")
		case $kind in
		option) same "$want" "$(offered "set $name ")" ;;
		setting)
			same "$want" "$(offered "account set work $name ")"
			same "$(sed "s/^/$name=/" <<<"$want")" "$(
				offered "account add w sip:a@b.example $name=" |
					sed "s/^\($name=\)*/$name=/")" ;;
		esac
	done)"
report 'conditions and places are offered' "$(
	same "$(rows condition | cut -d' ' -f1)" "$(offered 'wait ')"
	same "$(rows place)" "$(offered 'bind -p ')")"
if [ -x ./sotto ]; then
	report 'the options are those that sotto -h tells' "$(
		same "$(./sotto -h | grep -oE '^  (-[a-zA-Z])?(, )?(--[a-z]+)?' |
			tr -d ' ' | tr ',' '\n' | grep .)" "$(
			offered '-' | grep '^-')")"
else
	echo 'skip - the program "sotto" is not built here: no options compared'
fi
exit $status
