# Completion of redoubt(1) for bash: source this file, or copy it to a bash-completion directory.
# SPDX-License-Identifier: BSD-3-Clause

_redoubt()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=

	case $previous in
	--rom|--monitor|--anchor|--mediator|--outer|--box|--kernel|--initrd|-o)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--dir)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return ;;
	--class) words='isolated confidential' ;;
	--share) words='rsi window' ;;
	esac
	[ -n "$words" ] || case ${COMP_WORDS[1]} in
	doctor) words='--json -h' ;;
	measure)
		words='box vm --name --digest --json --box --kernel --initrd --args --raw --vcpus --memory --class --share'
		words="$words --dir -h" ;;
	provision) words='--rom --monitor --anchor --mediator --outer --box --loader-base --loader-bytes --allow --json -o -h' ;;
	esac
	if [ "$COMP_CWORD" = 1 ]; then
		words='doctor measure provision -h'
	elif [ "$COMP_CWORD" = 3 ] && [ "$previous" = box ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _redoubt redoubt
