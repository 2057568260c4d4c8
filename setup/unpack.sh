# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Decides how a row of the table `foreign` becomes a tree in the cache: downloaded through a view of its suite, unpacked
# beside its final place, tried, and only then renamed into it. Sourced by install; the row_ variables are row_load's.

# Makes the view that the loaded row is taken from, once for all rows that share it, and sets row_from.
row_view() {
	local type='deb' arch=$row_arch
	local -a suites=("$row_suite")
	if [ "$row_kind" = source ]; then
		type='deb-src'
		arch=$(dpkg --print-architecture)
	fi
	# A tool's libraries come from the suite that the backport was made for.
	[ "$row_suite" = "${row_suite%-backports}" ] || suites+=("${row_suite%-backports}")
	row_from=$type-$arch-$row_suite
	[ -f "$work/archive" ] || archive_find
	[ -f "$work/$row_from.conf" ] || view_create "$row_from" "$arch" "$type" "${suites[@]}"
}

row_unavailable() {
	die "$EXIT_PLATFORM" "$row_package cannot be had from suite $row_suite" \
		"where:    $(sed -n 's/^URIs: *//p' "$work/archive")" \
		"found:    $(log_last)" \
		"do:       if the mirror does not carry that suite, use one that does (log: $log)"
}

# row_download [--print-uris] - downloads the row's packages to the current folder, checked against apt's signed lists.
row_download() {
	local -a packages=("$row_package")
	case $row_kind in
	tool | guest)
		apt_get "$row_from" install -y --download-only -o "Dir::Cache::archives=$PWD" "$@" "${packages[@]}" 2>>"$log"
		;;
	source)
		apt_get "$row_from" source --download-only "$@" "${packages[@]}" 2>>"$log"
		;;
	kernel)
		mapfile -t packages < <(kernel_packages "$row_from" "$row_package")
		[ "${#packages[@]}" -gt 0 ] && apt_get "$row_from" download "$@" "${packages[@]}" 2>>"$log"
		;;
	data)
		apt_get "$row_from" download "$@" "${packages[@]}" 2>>"$log"
		;;
	esac
}

row_unpack() {
	local tree=$work/tree.$row_name deb
	row_view
	mkdir -p "$tree" "$work/get.$row_name/partial"
	cd "$work/get.$row_name" || exit "$EXIT_FAILED"
	row_download >>"$log" || row_unavailable
	if [ "$row_kind" = source ]; then
		dpkg-source -q --no-copy -x ./*.dsc "$tree/src" >>"$log" 2>&1 || row_broken "dpkg-source could not unpack it"
		printf '%s %s %s source\n' "$row_package" "$(sed -n 's/^Version: *//p' ./*.dsc)" "$row_suite" >"$tree/VERSIONS"
	else
		for deb in ./*.deb; do
			dpkg-deb -x "$deb" "$tree" >>"$log" 2>&1 || row_broken "$deb could not be unpacked"
		done
		row_versions >"$tree/VERSIONS"
	fi
	[ "$row_kind" != kernel ] || kernel_keep "$tree"
	compgen -G "$tree/$row_file" >/dev/null || row_broken "it has no $row_file"
	[ "$row_kind" != tool ] || tool_wrap "$tree"
	version_check "$tree"
	cd "$cache" || exit "$EXIT_FAILED"
	rm -rf "$row_tree" "$work/get.$row_name"
	mv "$tree" "$row_tree"
}

# Packages of different releases have the kernel and its modules in different places: what is kept of all that they
# have is TREE/vmlinuz and TREE/modules, the folder of its version.
kernel_keep() {
	local tree=$1 kernel modules
	kernel=$(find "$tree" \( -path "$tree/boot/vmlinuz-*" -o -path '*/lib/modules/*/vmlinuz' \) -type f)
	modules=$(find "$tree" -path '*/lib/modules/*/kernel' -type d -prune)
	[ -f "$kernel" ] || row_broken "it should have one kernel, and has: ${kernel:-none}"
	[ -d "$modules" ] || row_broken "it should have modules of one version, and has: ${modules:-none}"
	mv "$kernel" "$tree/vmlinuz"
	mv "$(dirname "$modules")" "$tree/modules"
	find "$tree" -mindepth 1 -maxdepth 1 ! -name vmlinuz ! -name modules ! -name VERSIONS -exec rm -rf {} +
}

# The package that was asked for comes first, then what came with it.
row_versions() {
	local deb
	for deb in ./*.deb; do
		dpkg-deb -W --showformat "\${Package} \${Version} $row_suite \${Architecture}\n" "$deb"
	done | awk -v wanted="$row_package" '
		$1 == wanted || (!first && $1 ~ /^linux-(image|binary)-/) { first = $0; next }
		{ rest = rest $0 "\n" }
		END { printf "%s\n%s", first, rest }'
}

version_check() {
	local version
	version=$(awk 'NR == 1 { sub(/^[0-9]+:/, "", $2); print $2 }' "$1/VERSIONS")
	dpkg --compare-versions "$version" ge "$row_least" ||
		row_broken "its version is $version, expected $row_least or newer"
}

# A program of another release runs with that release's own C library: through its loader, so that programs which it
# starts in turn (a compiler, say) are not touched, as they would be by LD_LIBRARY_PATH. The loader is linked under the
# program's name, which is the name that ps and pgrep then show.
tool_wrap() {
	local tree=$1 program=${row_file##*/} loader paths
	loader=$(find "$tree" -name 'ld-linux*.so.*' -type f | head -n 1)
	[ -n "$loader" ] || row_broken "it came without a dynamic loader"
	paths=$(cd "$tree" && find . -name 'lib*.so.*' -printf '%h\n' | sort -u | sed "s|^\.|\$tree|" | paste -sd:)
	mkdir -p "$tree/bin" "$tree/loader"
	ln "$loader" "$tree/loader/$program"
	cat >"$tree/bin/$program" <<-EOF
	#!/bin/sh
	# Made by Redoubt's setup: runs the program unpacked in this tree with the libraries unpacked beside it.
	tree=\$(dirname "\$(dirname "\$(readlink -f "\$0")")")
	exec "\$tree/loader/$program" --argv0 "\$0" --library-path "$paths" "\$tree/$row_file" "\$@"
	EOF
	chmod +x "$tree/bin/$program"
	"$tree/bin/$program" --version >>"$log" 2>&1 || row_broken "$program does not start"
}

row_broken() {
	die "$EXIT_FAILED" "$row_package from $row_suite cannot be used: $1" "do: see $log, then run again"
}
