
_sotto() {
	local kind flags args seconds found state of condition line
	local -a before list
	before=("${(@Q)words[2,CURRENT-1]}")
	setopt localoptions shwordsplit
	_sotto_line "${before[@]}"
	if [[ $PREFIX != -* ]] && _sotto_files; then
		_files
		return
	fi
	while IFS= read -r line; do
		list+=("$line")
	done < <(_sotto_candidates "${(Q)PREFIX}")
	if [ "$kind" = assign ]; then
		compadd -S '' -a list
	else
		compadd -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' -a list
	fi
}

if [ "$funcstack[1]" = _sotto ]; then
	_sotto "$@"
else
	compdef _sotto sotto
fi
