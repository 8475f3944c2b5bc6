
# The rest is the same in bash and zsh. What stands behind the words "$@" of
# a command line? Sets kind; flags: what may stand there too.

# found becomes the kind of the value of flag $1 in the list $2.
_sotto_find() {
	local x
	found=
	for x in $2; do
		[ "${x%%:*}" = "$1" ] && { found=${x#*:}; return 0; }
	done
	return 1
}

# kind becomes that of argument $1 of the list $args.
_sotto_nth() {
	local x i=0
	kind=none
	for x in $args; do
		kind=${x%+}
		[ "$i" = "$1" ] && return
		[ "$x" != "$kind" ] && return
		i=$((i + 1))
	done
	kind=none
}

_sotto_command() {
	local name=$1 own n=0 w plain=
	kind=first flags=
	[ $# -gt 0 ] || return 0
	shift
	seconds=
	_sotto_second "$name"
	if [ -n "$seconds" ]; then
		kind=second
		[ $# -gt 0 ] || return 0
		name="$name $1"
		shift
	fi
	kind=none args= of= condition=
	_sotto_spec "$name" || return 0
	own="$flags -a:account -t:none"
	while [ $# -gt 0 ]; do
		w=$1
		shift
		if [ -z "$plain" ]; then
			case $w in
			--) plain=yes; continue ;;
			-*)
				_sotto_find "$w" "$own" || continue
				[ -n "$found" ] || continue
				kind=$found flags=
				[ $# -gt 0 ] || return 0
				shift
				continue ;;
			esac
		fi
		_sotto_nth "$n"
		if [ "$kind" = command ]; then
			_sotto_command "$w" "$@"
			return 0
		fi
		[ "$kind" = condition ] && [ -z "$condition" ] && condition=$w
		of=$w
		n=$((n + 1))
	done
	_sotto_nth "$n"
	flags=$own
	[ -z "$plain" ] || flags=
	case $kind in
	command) kind=first ;;
	value)
		case $name in
		set) kind=value-option ;;
		*) kind=value-setting ;;
		esac ;;
	condition)
		case $condition in
		'') ;;
		account) kind=account ;;
		*) kind=buddy ;;
		esac ;;
	esac
}

_sotto_line() {
	local w
	state=
	while [ $# -gt 0 ]; do
		w=$1
		case $w in -*) ;; *) break ;; esac
		shift
		_sotto_find "$w" "$_sotto_program" || continue
		[ -n "$found" ] || continue
		kind=$found flags=
		[ $# -gt 0 ] || return 0
		[ "$w" = -s ] && state=$1
		shift
	done
	_sotto_command "$@"
	[ $# -gt 0 ] || flags=$_sotto_program
}

# Names that only a running sotto knows, one a line; none where none runs.
_sotto_names() {
	if [ -n "$state" ]; then
		command sotto -s "$state" --complete "$1" 2>/dev/null
	else
		command sotto --complete "$1" 2>/dev/null
	fi </dev/null
}

# The candidates of $kind for the word $1, one a line.
_sotto_candidates() {
	local values= file= x
	case $1 in
	-*) for x in $flags; do printf '%s\n' "${x%%:*}"; done ;;
	esac
	case $kind in
	first) printf '%s\n' $_sotto_first ;;
	second) printf '%s\n' $seconds ;;
	account | buddy | chat | group) _sotto_names "$kind" ;;
	option) printf '%s\n' $_sotto_options ;;
	setting) printf '%s\n' $_sotto_settings ;;
	place) printf '%s\n' $_sotto_places ;;
	condition) printf '%s\n' $_sotto_conditions ;;
	choice:*) printf '%s\n' "${kind#*:}" | tr '|' '\n' ;;
	value-option)
		_sotto_option "$of"
		[ -z "$values" ] || printf '%s\n' $values ;;
	value-setting)
		_sotto_setting "$of"
		[ -z "$values" ] || printf '%s\n' $values ;;
	assign)
		case $1 in
		*=*)
			_sotto_setting "${1%%=*}"
			for x in $values; do
				printf '%s=%s\n' "${1%%=*}" "$x"
			done ;;
		*) for x in $_sotto_settings; do
			printf '%s=\n' "$x"
		done ;;
		esac ;;
	esac
}

# True where files are wanted.
_sotto_files() {
	local values= file=
	case $kind in
	file | directory) return 0 ;;
	value-setting) _sotto_setting "$of"; [ -n "$file" ] ;;
	*) return 1 ;;
	esac
}
