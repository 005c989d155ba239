# shellcheck shell=bash
# An apt of the tests' own, sourced by those that download: signatures and hashes are checked as
# ever, and no state of the host's apt is read or written. Mirrors are the host's, from its apt
# configuration (or VM_MIRROR and VM_SECURITY_MIRROR). Needs lib.sh.

# shellcheck disable=SC2016 # $(FIELD) is apt's own syntax
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The suite of this host's own release: bookworm.
host_suite() {
	sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# host_mirror PATTERN: the first address in the host's apt configuration for a release like that.
host_mirror() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v release="$1" '$2 ~ release && !found { print $1; found = 1 }'
}

# use_apt DIRECTORY ARCHITECTURE SUITE...: sets it up, and downloads the indexes.
# What the host's configuration says of transfers (proxies, time-outs) is kept; its hooks, sources
# and preferences are not.
use_apt() {
	local architecture=$2 main security suite uri

	apt_dir=$1
	shift 2
	need apt-get apt
	need dpkg-deb dpkg
	[[ -r $keyring ]] || die "cannot find $keyring: apt-get install debian-archive-keyring"
	main=${VM_MIRROR:-$(host_mirror '^(stable|testing|unstable|sid|[a-z]+)$')}
	security=${VM_SECURITY_MIRROR:-$(host_mirror '^[a-z]+-security$')}
	[[ $main ]] || die "no Debian mirror in this host's apt configuration: set VM_MIRROR"
	[[ $security ]] || die "no security mirror in this host's apt configuration: set VM_SECURITY_MIRROR"

	mkdir -p "$apt_dir"/{lists/partial,archives/partial}
	: >"$apt_dir/status"
	for suite in $(printf '%s\n' "$@" | sort -u); do
		uri=$main
		[[ $suite != *-security ]] || uri=$security
		echo "deb [arch=$architecture signed-by=$keyring] $uri $suite main"
	done >"$apt_dir/sources.list"
	{
		apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets'
		cat <<-CONF
			Acquire::Retries "3";
			APT::Architecture "$architecture";
			APT::Architectures { "$architecture"; };
			APT::Sandbox::User "";
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::sourcelist "$apt_dir/sources.list";
			Dir::Etc::sourceparts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::State "$apt_dir";
			Dir::State::lists "$apt_dir/lists";
			Dir::State::status "$apt_dir/status";
			Dir::Cache "$apt_dir";
			Dir::Log "$apt_dir";
		CONF
	} >"$apt_dir/apt.conf.new"
	mv "$apt_dir/apt.conf.new" "$apt_dir/apt.conf"
	retry private_apt apt-get -qq --error-on=any update ||
		die "cannot download Debian's package indexes: no network, or no mirror?"
}

private_apt() {
	APT_CONFIG=$apt_dir/apt.conf "$@"
}

# retry COMMAND...: three times, with a pause.
retry() {
	local try

	for try in 1 2 3; do
		! "$@" || return 0
		echo "${0##*/}: try $try of 3 failed: $*" >&2
		sleep $((try * 5))
	done
	return 1
}

# Lines "version package" of what one suite offers, from its downloaded index.
suite_packages() {
	local index

	index=$(private_apt apt-get indextargets --format '$(FILENAME)' \
		'Created-By: Packages' "Release: $1")
	[[ $index ]] || die "no package index for suite $1"
	private_apt /usr/lib/apt/apt-helper cat-file "$index" |
		awk '/^Package: linux-/ { package = $2 }
		     /^Version:/ { if (package) print $2, package; package = "" }'
}

# find_package PATTERN SUITES: "version package" of the highest version.
find_package() {
	local suite

	for suite in ${2//,/ }; do
		suite_packages "$suite"
	done | grep -E " $1\$" | sort -V | tail -n 1
}
