
# __sotto_found becomes the kind of the value of flag $argv[1] in the rest.
function __sotto_find
	set -g __sotto_found ''
	for x in $argv[2..-1]
		if string match -q -- "$argv[1]:*" $x
			set -g __sotto_found (string split -m 1 : -- $x)[2]
			return 0
		end
	end
	return 1
end

# __sotto_kind becomes that of argument $argv[1], from 0.
function __sotto_nth
	set -l i 0
	for x in (string split -n ' ' -- $__sotto_args)
		set -g __sotto_kind (string replace -r '\+$' '' -- $x)
		test $i = $argv[1]; and return
		test "$x" != "$__sotto_kind"; and return
		set i (math $i + 1)
	end
	set -g __sotto_kind none
end

function __sotto_command
	set -g __sotto_kind first
	set -g __sotto_given
	test (count $argv) -gt 0; or return 0
	set -l name $argv[1]
	set -e argv[1]
	set -g __sotto_seconds ''
	if __sotto_second $name
		set -g __sotto_kind second
		test (count $argv) -gt 0; or return 0
		set name "$name $argv[1]"
		set -e argv[1]
	end
	set -g __sotto_kind none
	set -g __sotto_of ''
	__sotto_spec $name; or return 0
	set -l own (string split -n ' ' -- $__sotto_flags) -a:account -t:none
	set -l n 0
	set -l condition ''
	set -l plain ''
	while test (count $argv) -gt 0
		set -l w $argv[1]
		set -e argv[1]
		if test -z "$plain"; and test "$w" = --
			set plain yes
			continue
		end
		if test -z "$plain"; and string match -q -- '-*' $w
			__sotto_find $w $own; or continue
			test -n "$__sotto_found"; or continue
			set -g __sotto_kind $__sotto_found
			test (count $argv) -gt 0; or return 0
			set -e argv[1]
			continue
		end
		__sotto_nth $n
		if test $__sotto_kind = command
			__sotto_command $w $argv
			return 0
		end
		if test $__sotto_kind = condition; and test -z "$condition"
			set condition $w
		end
		set -g __sotto_of $w
		set n (math $n + 1)
	end
	__sotto_nth $n
	test -n "$plain"; or set -g __sotto_given $own
	switch $__sotto_kind
		case command
			set -g __sotto_kind first
		case value
			set -g __sotto_kind value-setting
			test $name = set; and set -g __sotto_kind value-option
		case condition
			if test "$condition" = account
				set -g __sotto_kind account
			else if test -n "$condition"
				set -g __sotto_kind buddy
			end
	end
end

function __sotto_line
	set -g __sotto_state
	set -l program (string split -n ' ' -- $__sotto_program)
	while test (count $argv) -gt 0; and string match -q -- '-*' $argv[1]
		set -l w $argv[1]
		set -e argv[1]
		__sotto_find $w $program; or continue
		test -n "$__sotto_found"; or continue
		set -g __sotto_kind $__sotto_found
		set -g __sotto_given
		test (count $argv) -gt 0; or return 0
		test $w = -s; and set -g __sotto_state -s $argv[1]
		set -e argv[1]
	end
	__sotto_command $argv
	test (count $argv) -gt 0; or set -g __sotto_given $program
end

function __sotto_words
	string split -n ' ' -- $argv
end

function __sotto_candidates
	set -l cur $argv[1]
	if string match -q -- '-*' $cur
		string replace -r ':.*' '' -- $__sotto_given
	end
	set -g __sotto_values ''
	set -g __sotto_file ''
	switch $__sotto_kind
		case first
			__sotto_words $__sotto_first
		case second
			__sotto_words $__sotto_seconds
		case account buddy chat group
			command sotto $__sotto_state --complete $__sotto_kind \
				</dev/null 2>/dev/null
		case option
			__sotto_words $__sotto_options
		case setting
			__sotto_words $__sotto_settings
		case place
			__sotto_words $__sotto_places
		case condition
			__sotto_words $__sotto_conditions
		case 'choice:*'
			string split '|' -- (string replace choice: '' -- $__sotto_kind)
		case value-option
			__sotto_option $__sotto_of
			__sotto_words $__sotto_values
		case value-setting
			__sotto_setting $__sotto_of
			__sotto_words $__sotto_values
			test -n "$__sotto_file"; and __fish_complete_path $cur
		case assign
			if string match -q -- '*=*' $cur
				set -l name (string replace -r '=.*' '' -- $cur)
				__sotto_setting $name
				string replace -r '^' "$name=" -- (__sotto_words $__sotto_values)
			else
				string replace -r '$' = -- (__sotto_words $__sotto_settings)
			end
		case file directory
			__fish_complete_path $cur
	end
	return 0
end

function __sotto_complete
	set -l before (commandline -opc)
	__sotto_line $before[2..-1]
	__sotto_candidates (commandline -ct)
end

complete -c sotto -f -a '(__sotto_complete)'
