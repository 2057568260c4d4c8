# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# Decides how apt is asked for packages: through private configurations ("views"), made at run time from the
# machine's own package sources, so that /etc stays as it is. Signatures are checked by apt as ever.
# Sourced by install, which sets $work (a scratch folder) and $log.

# Writes the part of a deb822 stanza that every suite of Debian's archive shares (address, keyring) to $work/archive.
# The address is that of the machine's source for its own release, known by what the archive says of itself, not by
# a name.
archive_find() {
	local LIST='' PARTS='' release uri files
	# shellcheck source=/dev/null
	release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	uri=$(LC_ALL=C apt-get -c "$work/own.conf" indextargets --format '$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' \
		'Created-By: Packages' 2>>"$log" | awk -F '|' -v release="$release" \
		'$1 == "Debian" && $2 == release && $3 == "main" && $4 !~ /^cdrom:/ { print $4; exit }')
	eval "$(apt-config shell LIST Dir::Etc::sourcelist/f PARTS Dir::Etc::sourceparts/d)"
	mapfile -t files < <(find "$PARTS" "$LIST" -maxdepth 1 \( -name '*.list' -o -name '*.sources' \) 2>/dev/null)
	[ -z "$uri" ] || awk -v uri="$uri" -f "$setup_dir/sources.awk" "${files[@]}" /dev/null >"$work/archive"
	[ -s "$work/archive" ] || die "$EXIT_PLATFORM" "no package source for this machine's own release" \
		"where:    ${files[*]:-$LIST $PARTS}" \
		"expected: an enabled source of Debian's archive, suite '$release', component 'main'" \
		"do:       list it there; the address of other suites is taken from it"
}

# view_create NAME ARCH TYPE SUITE... - a private configuration that sees only these suites and no installed package.
# What is in several of them is taken from the first.
view_create() {
	local name=$1 arch=$2 type=$3 targets=Packages
	shift 3
	[ "$type" = deb ] || targets=Sources
	mkdir -p "$work/$name.d" "$work/lists/partial" "$work/cache/$name/archives/partial"
	: >"$work/$name.status"
	{
		printf 'Types: %s\nSuites: %s\nComponents: main\nTargets: %s\n' "$type" "$*" "$targets"
		cat "$work/archive"
	} >"$work/$name.d/archive.sources"
	{
		view_common "$name"
		cat <<-EOF
		Dir::Etc::sourcelist "/dev/null";
		Dir::Etc::sourceparts "$work/$name.d";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "$work/none.d";
		Dir::State::status "$work/$name.status";
		Dir::State::extended_states "$work/$name.extended";
		APT::Default-Release "$1";
		#clear APT::Architectures;
		APT::Architecture "$arch";
		APT::Architectures:: "$arch";
		EOF
	} >"$work/$name.conf"
	apt_get "$name" update --error-on=any >>"$log" 2>&1 ||
		update_failed "suites $* of $(sed -n 's/^URIs: //p' "$work/archive")"
}

# view_own - the machine's own sources and installed packages; only the downloaded lists and files are private.
view_own() {
	mkdir -p "$work/lists/partial" "$work/cache/own/archives/partial"
	view_common own >"$work/own.conf"
	# Sources of others that fail are no reason to stop; no list at all is.
	apt_get own update >>"$log" 2>&1 || true
	compgen -G "$work/lists/*_Packages*" >/dev/null || update_failed "the machine's own package sources"
}

# Hooks that others put on `apt update` are for the machine's lists, not for these.
view_common() {
	mkdir -p "$work/none.d"
	cat <<-EOF
	Dir::State::lists "$work/lists";
	Dir::Cache "$work/cache/$1";
	Dir::Cache::archives "$work/cache/$1/archives";
	APT::Install-Recommends "false";
	APT::Install-Suggests "false";
	APT::Get::List-Cleanup "false";
	APT::Get::AllowUnauthenticated "false";
	APT::Sandbox::User "root";
	Acquire::Languages "none";
	Acquire::Retries "3";
	Acquire::AllowInsecureRepositories "false";
	Acquire::AllowWeakRepositories "false";
	Acquire::AllowDowngradeToInsecureRepositories "false";
	DPkg::Lock::Timeout "300";
	#clear APT::Update::Pre-Invoke;
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	EOF
}

# Prints what apt, dpkg or sudo complained of last, or else the log's last line.
log_last() {
	{ grep -E '^(E|W|dpkg|sudo|env|dpkg-source):' "$log" || tail -n 1 "$log"; } | tail -n 2 | paste -sd ' '
}

# update_failed WHERE - says what apt said last.
update_failed() {
	die "$EXIT_FAILED" "the package lists could not be fetched" "where: $1" \
		"found: $(log_last)" \
		"do:    check the network and the sources under /etc/apt, then run again (log: $log)"
}

apt_get() {
	local view=$1
	shift
	LC_ALL=C DEBIAN_FRONTEND=noninteractive apt-get -q -c "$work/$view.conf" "$@" </dev/null
}

# apt_candidate VIEW PACKAGE - prints the version that would be taken, nothing if there is none.
apt_candidate() {
	LC_ALL=C apt-cache -c "$work/$1.conf" policy "$2" 2>>"$log" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}

# kernel_packages VIEW META - the packages behind a kernel meta package that hold the image and its modules.
kernel_packages() {
	LC_ALL=C apt-cache -c "$work/$1.conf" depends --recurse --no-recommends --no-suggests --no-breaks \
		--no-conflicts --no-replaces --no-enhances "$2" 2>>"$log" |
		grep -E '^linux-(image|binary|modules)-[0-9]' | sort -u
}
