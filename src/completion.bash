
# The words up to the cursor, put together where bash breaks them (at : = @),
# without their quotes; raw is the last one as it was typed.
_sotto_split() {
	local rest=${COMP_LINE:0:COMP_POINT} blanks w i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		w=${COMP_WORDS[i]}
		blanks=${rest%%[![:space:]]*}
		rest=${rest#"$blanks"}
		w=${w:0:${#rest}}
		rest=${rest:${#w}}
		if [[ $i = 0 || -n $blanks ]]; then
			words+=("$w")
		else
			words[${#words[@]} - 1]+=$w
		fi
	done
	[[ $rest != [[:space:]]* || -z $w ]] || words+=('')
	raw=${words[${#words[@]} - 1]}
	for ((i = 0; i < ${#words[@]}; i++)); do
		w=${words[i]}
		case $w in
		\'*) w=${w#\'} w=${w%\'} ;;
		\"*) w=${w#\"} w=${w%\"} w=${w//\\/} ;;
		*) w=${w//\\/} ;;
		esac
		words[i]=$w
	done
}

# Name $1 as it has to stand in the line, behind the quote that $raw opens.
_sotto_quoted() {
	local name=$1
	case $raw in
	\'*) name=${name//\'/\'\\\'\'} ;;
	\"*)
		# There is no way to say that in such quotes.
		[[ $name != *'!'* ]] || return 1
		name=${name//\\/\\\\} name=${name//\"/\\\"}
		name=${name//\$/\\\$} name=${name//\`/\\\`} ;;
	*) printf -v name %q "$name" ;;
	esac
	quoted=$name
}

_sotto() {
	local -a words
	local kind flags args seconds found state of condition raw quoted
	local cur lead line
	COMPREPLY=()
	_sotto_split
	cur=${words[${#words[@]} - 1]}
	_sotto_line "${words[@]:1:${#words[@]} - 2}"
	if [[ $cur != -* ]] && _sotto_files; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	# Bash replaces only what stands behind its last break.
	case $raw in
	[\'\"]*) lead= ;;
	*) lead=${cur%"${cur##*[:=@]}"} ;;
	esac
	[[ $lead != *@ || $COMP_WORDBREAKS = *@* ]] ||
		lead=${lead%"${lead##*[:=]}"}
	while IFS= read -r line; do
		[[ ${line,,} = "${cur,,}"* ]] || continue
		_sotto_quoted "${line:${#lead}}" || continue
		COMPREPLY+=("$quoted")
	done < <(_sotto_candidates "$cur")
	if [[ $kind = assign && ${COMPREPLY[*]} = *= ]]; then
		compopt -o nospace
	fi
}

complete -F _sotto sotto
