# shellcheck shell=bash disable=SC2034 # its variables are for those who source it
# SPDX-License-Identifier: BSD-3-Clause
# Decides where set-up keeps its files, how the table `foreign` is read and what counts as present.
# Downloads and installs nothing. Sourced by install and where.

setup_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${REDOUBT_CACHE:-${XDG_CACHE_HOME:-${HOME:?is not set; set REDOUBT_CACHE}/.cache}/redoubt}
[ "${cache#/}" != "$cache" ] || cache=$PWD/$cache

readonly EXIT_FAILED=1 EXIT_USAGE=2 EXIT_PLATFORM=18

say() {
	printf 'redoubt setup: %s\n' "$*"
}

# die CODE LINE... - each line after the first is one of: where, expected, found, do.
die() {
	local code=$1 line
	shift
	printf 'redoubt setup: %s\n' "$1" >&2
	shift
	for line in "$@"; do
		printf '    %s\n' "$line" >&2
	done
	exit "$code"
}

# The rows of the table whose purpose is among the arguments, comments removed.
foreign_rows() {
	awk -v wanted=" $* " '!/^#/ && NF == 8 && index(wanted, " " $2 " ")' "$setup_dir/foreign"
}

# row_load NAME - sets the row_ variables; false if the table has no such name.
row_load() {
	local line
	line=$(awk -v name="$1" '!/^#/ && NF == 8 && $1 == name' "$setup_dir/foreign")
	[ -n "$line" ] || return 1
	read -r row_name _ row_kind row_arch row_package row_suite row_least row_file <<<"$line"
	if [ "$row_arch" = host ]; then
		row_arch=$(dpkg --print-architecture)
	fi
	# Named by content: clones at different commits share the cache without sharing a tree by mistake.
	line="$row_kind $row_arch $row_package $row_suite $row_least $row_file"
	row_tree=$cache/$row_name-$(printf '%s' "$line" | sha256sum | cut -c1-8)
}

# Prints the first version number that a program reports, if it is at least the second argument.
program_version() {
	local version
	version=$("$1" --version 2>/dev/null | grep -oEm1 '[0-9]+(\.[0-9]+)+' | head -n 1) || return 1
	dpkg --compare-versions "$version" ge "$2" && printf '%s\n' "$version"
}

# row_find - prints the path of what the loaded row stands for; false if it is absent.
row_find() {
	local found program=${row_file##*/}
	case $row_kind in
	tool)
		if [ -x "$row_tree/bin/$program" ]; then
			printf '%s\n' "$row_tree/bin/$program"
		else
			found=$(command -v "$program") && program_version "$found" "$row_least" >/dev/null &&
				printf '%s\n' "$found"
		fi
		;;
	source)
		[ -f "$row_tree/$row_file" ] && printf '%s\n' "$row_tree/src"
		;;
	*)
		found=$(compgen -G "$row_tree/$row_file") && printf '%s\n' "$found"
		;;
	esac
}
