#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual against the tables: what the tables hold is in the pages in the
# same words, and the pages document nothing else. Completion offers every
# word of every command, and `help` tells its usage.
src=$(cd "${srcdir:-.}" && pwd) || exit 1
status=0
tab='	'

if [ ! -x ./tables ]; then
	echo 'not ok - the program "tables" is not built here'
	exit 1
fi
if ! command -v mandoc >/dev/null 2>&1; then
	echo 'skip - mandoc is not installed: the manual is not compared'
	exit 0
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/sotto-manual.XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

# render PAGE: as it is read, unbroken lines, without overstriking.
render() {
	mandoc -T ascii -O width=1000 "$src/man/$1" | sed "s/.$(printf '\b')//g"
}

# section PAGE NAME: the lines of one section of a rendered page.
section() {
	awk -v name="$2" '
	/^[A-Z]/ { inside = $0 == name; next }
	inside' "$dir/$1.txt"
}

# flat: everything on one line, one blank between words.
flat() {
	tr -s ' \t\n' ' '
}

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

# missing LINES FILE: those LINES that are no whole line of FILE, blanks
# around not counted.
missing() {
	sed 's/^ *//;s/ *$//' "$2" >"$dir/trimmed"
	echo "$1" | grep -vxF -f "$dir/trimmed"
}

# rows KIND: the names in the rows of one kind.
rows() {
	awk -F '\t' -v kind="$1" '$1 == kind { print $2 }' "$dir/tables"
}

# tags PAGE SECTION: how the list items of a section begin, flags and
# arguments left out.
tags() {
	awk -v name="$2" '
	/^\.Sh / { inside = substr($0, 5) == name }
	inside && sub(/^\.It Ic /, "") {
		sub(/ (Ar|Op|Oo|Fl) .*$/, "")
		print
	}' "$src/man/$1"
}

./tables >"$dir/tables" || exit 1
for page in sotto.1 sotto.conf.5 sotto-privacy.7; do
	render "$page" >"$dir/$page.txt"
done

report 'the tables have rows' "$(
	for kind in command usage option setting condition place; do
		[ -n "$(rows $kind)" ] || echo "no $kind"
	done)"

# ---- commands

section sotto.1 COMMANDS >"$dir/commands"
report 'every usage line is in sotto(1)' "$(
	missing "$(rows usage)" "$dir/commands")"
report 'sotto(1) documents each command once and no other' "$(
	tags sotto.1 COMMANDS | sort >"$dir/documented"
	# A command has as many items as forms.
	while IFS="$tab" read -r kind name _; do
		case $kind in
		command) command=$name ;;
		usage) echo "$command" ;;
		esac
	done <"$dir/tables" | sort >"$dir/expected"
	diff "$dir/expected" "$dir/documented")"
report 'sotto(1) has the commands in the order of the table' "$(
	tags sotto.1 COMMANDS | uniq >"$dir/documented"
	rows command | diff - "$dir/documented")"

# ---- conditions, places, keys

section sotto.1 WAITING >"$dir/waiting"
report 'every condition of wait is in sotto(1)' "$(
	missing "$(rows condition)" "$dir/waiting")"
report 'sotto(1) documents no other condition' "$(
	tags sotto.1 WAITING | sort >"$dir/documented"
	rows condition | cut -d' ' -f1 | sort | diff - "$dir/documented")"

report 'the words of conditions are in sotto(1)' "$(
	words=$(flat <"$dir/waiting")
	for line in 'wait account x ' 'wait presence x ' 'wait chat x '; do
		./tables complete "$line"
	done | sort -u | while read -r word; do
		case $words in
		*"$word"*) ;;
		*) echo "$word" ;;
		esac
	done)"

section sotto.1 KEYS >"$dir/keys"
report 'the places are in sotto(1)' "$(
	places=$(rows place | paste -s -d, - | sed 's/,/, /g')
	flat <"$dir/keys" | grep -qF ": $places." || echo "$places")"
report 'the names of keys are in sotto(1)' "$(
	words=$(flat <"$dir/keys" | tr -d ',.')
	./tables complete 'unbind ' | while read -r key; do
		case $key in F[2-9] | F1[01]) continue ;; esac
		case " $words " in
		*" $key "*) ;;
		*) echo "$key" ;;
		esac
	done)"
report 'the keys of the start are in sotto(1), and no others' "$(
	grep '^ *bind ' "$dir/keys" | sed 's/^ *//' >"$dir/documented"
	./tables run keys | diff - "$dir/documented")"

# ---- options and settings

# An item holds name, values, help and default of its row, in this order.
compare() {
	page=$(flat <"$dir/sotto.conf.5.txt")
	while IFS="$tab" read -r kind name values default help; do
		[ "$kind" = "$1" ] || continue
		case $page in
		*" $name $values $help Default: $default. "*) ;;
		*) echo "$name $values $help Default: $default." ;;
		esac
	done <"$dir/tables"
}
report 'every option is in sotto.conf(5)' "$(compare option)"
report 'sotto.conf(5) documents no other option' "$(
	tags sotto.conf.5 OPTIONS >"$dir/documented"
	rows option | diff - "$dir/documented")"
report 'every account setting is in sotto.conf(5)' "$(compare setting)"
report 'sotto.conf(5) documents no other setting' "$(
	tags sotto.conf.5 'ACCOUNT SETTINGS' >"$dir/documented"
	rows setting | diff - "$dir/documented")"

report 'every style of a theme is in sotto.conf(5), and no other' "$(
	tags sotto.conf.5 THEMES | sed 's/ , /\n/g' >"$dir/documented"
	sed -n 's/^.\[UI_[A-Z_]*\] = "\(.*\)",$/\1/p' "$src/src/ui/names.c" |
		diff - "$dir/documented")"

# ---- privacy

report 'sotto-privacy(7) names commands, settings and options that there are' "$(
	grep -hoE '^\.(It )?Ic [a-z-]+( [a-z]+)?' "$src/man/sotto-privacy.7" |
		sed 's/^.*Ic //' | sort -u | while read -r first second; do
		{ rows command; rows setting; rows option; } |
			grep -qxE -- "$first( $second)?" ||
			echo "$first $second"
	done)"
report 'sotto-privacy(7) tells every decision' "$(
	for word in accept decline block unblock; do
		tags sotto-privacy.7 DECISIONS |
			grep -qx "buddy $word" || echo "$word"
	done)"

# ---- options of the program

if [ -x ./sotto ] && ./sotto -h >"$dir/help" 2>&1; then
	section sotto.1 OPTIONS | flat | tr '[:upper:]' '[:lower:]' >"$dir/options"
	report 'sotto(1) has what sotto -h tells' "$(
		sed -n 's/  */ /g; s/^ \(-.*\)/\1./p' "$dir/help" |
			tr '[:upper:]' '[:lower:]' |
			while read -r line; do
				grep -qF -- " $line " "$dir/options" ||
					echo "$line"
			done)"
	report 'sotto(1) documents no other option of the program' "$(
		awk '/^\.Sh / { inside = $2 == "OPTIONS" }
		inside && sub(/^\.It Fl /, "") { sub(/ .*/, ""); print }' \
			"$src/man/sotto.1" | sed 's/^/-/' |
			while read -r option; do
				grep -qE -- "^  ${option}[, ]" "$dir/help" ||
					echo "$option"
			done)"
else
	echo 'skip - the program "sotto" is not built here: no options compared'
fi

# ---- JSON

section sotto.1 'JSON PROTOCOL' >"$dir/json"
names=$(flat <"$dir/json" | tr -d "\`',.:;")

# words: those of standard input that the section lacks.
words() {
	sort -u | while read -r word; do
		case " $names " in
		*" $word "*) ;;
		*) echo "$word" ;;
		esac
	done
}
report 'every event is in sotto(1)' "$(
	{
		sed -n '/^const char \*core_event_name/,/^}/p' \
			"$src/src/core/event.c" | grep -o '"[a-z-]*"'
		grep -ho 'json_event_begin("[a-z-]*"' "$src"/src/json/*.c
		grep -ho 'reply_event(call, "[a-z-]*"' "$src"/src/cmd/*.c
	} | cut -d'"' -f2 | words)"
report 'every field of events and results is in sotto(1)' "$(
	grep -hoE '(json_put(_[a-z]+)?|put_date)\([a-z]+, "[a-z-]+"' \
		"$src"/src/json/*.c "$src"/src/cmd/*.c | cut -d'"' -f2 | words)"

# ---- completion, help

report 'every word of every command is completed' "$(
	rows command | while read -r first second; do
		part=${first%"${first#??}"}
		./tables complete "$part" | grep -qx -- "$first" ||
			echo "$first behind \"$part\""
		[ -n "$second" ] || continue
		part=${second%"${second#?}"}
		./tables complete "/$first $part" | grep -qx -- "$second" ||
			echo "$second behind \"$first $part\""
	done)"
report 'every flag in a usage is completed' "$(
	rows usage | while read -r usage; do
		words=${usage%%[-A-Z\[]*}
		for flag in $(echo "$usage" | tr -d '[]' | tr ' ' '\n' |
			grep '^-'); do
			./tables complete "$words-" | grep -qx -- "$flag" ||
				echo "$flag behind \"$words-\""
		done
	done)"
report 'every setting and option is completed' "$(
	rows setting | while read -r name; do
		./tables complete "account set work $name" |
			grep -qx -- "$name" || echo "$name"
		./tables complete "account add work sip:a@b.example $name" |
			grep -qx -- "$name=" || echo "$name="
	done
	rows option | while read -r name; do
		./tables complete "set $name" | grep -qx -- "$name" ||
			echo "$name"
	done)"
report 'help tells the usage of every command' "$(
	while IFS="$tab" read -r kind name help; do
		case $kind in
		command)
			text=$(./tables run "help $name")
			case $text in
			*"  $help") ;;
			*) echo "$name: $text" ;;
			esac ;;
		usage)
			echo "$text" | grep -qxF -- "$name" || echo "$name" ;;
		esac
	done <"$dir/tables")"
exit $status
