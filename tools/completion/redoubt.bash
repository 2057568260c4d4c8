# Completion of redoubt(1) for bash: source this file, or copy it to a bash-completion directory.
# SPDX-License-Identifier: BSD-3-Clause

# The words that may follow on the command line, for the verb COMP_WORDS[1].
_redoubt_words()
{
	local token='--token --module --token-label --pin-file' components='--monitor --anchor --mediator --outer --box'

	case ${COMP_WORDS[1]} in
	check) echo '--owner --policy --root --json -h' ;;
	doctor) echo '--json -h' ;;
	endorse) echo "--role --serial --least-serial --public --root-key $token -o -h" ;;
	keys)
		case ${COMP_WORDS[2]} in
		init) echo "root firmware policy vm-owner --role --if-missing --serial --least-serial --out $token -h" ;;
		list) echo "--json $token -h" ;;
		export) echo "$token -o -h" ;;
		*) echo 'init list export -h' ;;
		esac ;;
	measure)
		echo 'box vm image boot log --against --name --digest --json --box --kernel --initrd --args --raw --vcpus --memory --class --share --dir'
		echo '--rom --package --root --lifecycle --cpus --attestation-key --owner -o -h' ;;
	pack) echo "--platform --key --json $token -o -h" ;;
	pack-firmware)
		echo "$components --policy --name --version --counter --loader-base --loader-bytes --key --endorsement --json"
		echo "$token -o -h" ;;
	pack-policy) echo "--name --version --counter --owner --allow --key --endorsement --json $token -o -h" ;;
	provision)
		echo '--rom --package --root --lifecycle --failures-max --secret --platform-key --attestation-key --json -o -h' ;;
	update)
		case ${COMP_WORDS[2]} in
		check) echo '--root --counter --policy-counter --serial --policy-serial --json -h' ;;
		install)
			echo '--initrd --name --replace --by-hand --root --counter --policy-counter --serial --policy-serial'
			echo '--console --no-try --timeout -h' ;;
		status) echo '--flash --console --timeout --json -h' ;;
		try|confirm|revert) echo '--console --timeout -h' ;;
		*) echo 'check install status try confirm revert -h' ;;
		esac ;;
	verify) echo '--reference --log --nonce --tree --json -h' ;;
	esac
}

_redoubt()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} words=

	case $previous in
	--rom|--monitor|--anchor|--mediator|--outer|--box|--kernel|--initrd|--policy|--package|--root|--public|--module|\
	--owner|--platform|--platform-key|--attestation-key|--reference|--log|--pin-file|--endorsement|--flash|--console|-o)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return ;;
	--dir|--token|--out)
		mapfile -t COMPREPLY < <(compgen -d -- "$word")
		return ;;
	--class) words='isolated confidential' ;;
	--share) words='rsi window' ;;
	--lifecycle) words='development production' ;;
	--role)
		words='firmware policy vm'
		[ "${COMP_WORDS[1]}" = endorse ] || words="root $words" ;;
	esac
	[ -n "$words" ] || words=$(_redoubt_words)
	if [ "$COMP_CWORD" = 1 ]; then
		words='check doctor endorse keys measure pack pack-firmware pack-policy provision update verify -h'
	elif [ "$COMP_CWORD" = 2 ] && [[ $previous = @(check|pack|measure|verify) ]] && [[ $word != -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word"; compgen -f -- "$word")
		return
	elif [ "$COMP_CWORD" = 3 ] && [[ $previous = @(box|check|install) ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _redoubt redoubt
