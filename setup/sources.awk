# SPDX-License-Identifier: BSD-3-Clause
# Reads apt's source lists (both formats) and prints, of the first enabled entry that has the address given as
# -v uri=ADDRESS, what another suite of the same archive needs: address and keyring. `Trusted` is left behind on
# purpose: what is taken from another suite must be signed.

function same_uri(a, b) {
	sub(/\/+$/, "", a)
	sub(/\/+$/, "", b)
	return a == b
}

function emit(uris, key, until,    i, n, part) {
	n = split(uris, part, /[ \t\n]+/)
	for (i = 1; i <= n && !done; i++)
		if (same_uri(part[i], uri)) {
			printf "URIs: %s\n", part[i]
			if (key != "")
				printf "Signed-By: %s\n", key
			if (until != "")
				printf "Check-Valid-Until: %s\n", until
			done = 1
		}
}

function stanza_end() {
	if (tolower(field["enabled"]) !~ /^(no|false|off|0|without|disable)$/)
		emit(field["uris"], field["signed-by"], field["check-valid-until"])
	split("", field)
	last = ""
}

function list_option(options, name,    i, n, part) {
	n = split(options, part, /[ \t]+/)
	for (i = 1; i <= n; i++)
		if (index(part[i], name "=") == 1)
			return substr(part[i], length(name) + 2)
	return ""
}

function list_line(line,    options, part) {
	options = ""
	if (match(line, /\[[^]]*\]/)) {
		options = substr(line, RSTART + 1, RLENGTH - 2)
		line = substr(line, 1, RSTART - 1) " " substr(line, RSTART + RLENGTH)
	}
	split(line, part, /[ \t]+/)
	emit(part[2], list_option(options, "signed-by"), list_option(options, "check-valid-until"))
}

FNR == 1 { stanza_end() }
FILENAME !~ /\.sources$/ { sub(/^[ \t]+/, ""); if (/^deb[ \t]/) list_line($0); next }
/^#/ { next }
/^[ \t]*$/ { stanza_end(); next }
/^[ \t]/ { field[last] = field[last] "\n" $0; next }
{
	last = tolower(substr($0, 1, index($0, ":") - 1))
	value = substr($0, index($0, ":") + 1)
	gsub(/^[ \t]+|[ \t]+$/, "", value)
	field[last] = value
}
END { stanza_end() }
