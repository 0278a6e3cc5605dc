# shellcheck shell=bash
# The Debian 12 packages, by what needs them. The Dockerfile installs from these same lists.

declare -A package_groups=(
  [build]="g++ meson ninja-build pkg-config libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev
    libsoup-3.0-dev libjson-glib-dev libsimdjson-dev libflac-dev libpq-dev libsodium-dev libcurl4-openssl-dev libspdlog-dev libsqlite3-dev nodejs npm"
  [compiler]="clang-14 lld-14"
  [runtime]="ca-certificates gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-tools postgresql-15"
  [sandbox]="flite1-dev libpocketsphinx-dev libsphinxbase-dev pocketsphinx-en-us espeak-ng
    espeak-ng-data"
  [tests]="libgtest-dev asterisk-core-sounds-en-wav asterisk-core-sounds-es-wav sox chromium firefox-esr pulseaudio
    git haproxy python3-yaml"
  [sanitizers]="libclang-rt-14-dev"
  [check]="clang-format-14 shellcheck"
  [pictures]="pngquant"
  [bench]="asterisk-core-sounds-it-wav asterisk-core-sounds-fr-wav asterisk-moh-opsound-wav
    gstreamer1.0-plugins-bad python3-venv"
  # What the installed program needs in a container: libraries without their headers.
  [image]="ca-certificates gstreamer1.0-plugins-base gstreamer1.0-plugins-good libsoup-3.0-0
    glib-networking libjson-glib-1.0-0 libsimdjson14 libflac12 libpq5 libsodium23 libcurl4 libspdlog1.10 libsqlite3-0 libflite1
    libpocketsphinx3 libsphinxbase3 pocketsphinx-en-us espeak-ng espeak-ng-data"
)
declare -A package_reasons=(
  [build]="build: the compiler, and the libraries Centralita uses"
  [compiler]="build everything from nothing in a third of the time: a second compiler"
  [runtime]="run: GStreamer's own elements and tools, and the database of the history"
  [sandbox]="answer without accounts: speech engines of the offline providers"
  [tests]="test: test library, recorded speech, a browser, and what the house tests use"
  [sanitizers]="find memory errors and races, and fuzz: the second compiler's runtime"
  [check]="check: formatting and shell scripts"
  [pictures]="take pictures of the dashboard: files of a quarter of the size"
  [bench]="measure: more voices, music on hold, and detectors to compare with"
)

is_debian() { command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

# Whether Node.js 18 or newer and npm are there, wherever they came from.
has_node() {
  local version
  command -v npm >/dev/null || return 1
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  ((${version%%.*} >= 18))
}

# The packages of a group that this machine needs, one a line.
wanted_packages() {
  local package
  for package in ${package_groups[$1]}; do
    case $package in
      nodejs | npm) has_node && continue ;;
      # Elsewhere the machine's own compiler does.
      clang-14 | lld-14 | libclang-rt-14-dev) grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release || continue ;;
      postgresql-15)
        [[ -n ${DATABASE_URL:-} && ${dev_word:-run} == run ]] && continue
        [[ -n $(pg_bin_dir) ]] && continue
        # Debian 12 has 15; its successors and Ubuntu have a newer one under the general name.
        grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release || package=postgresql
        ;;
    esac
    printf '%s\n' "$package"
  done
}

# Of the packages named, those not installed.
missing_packages() {
  (($# > 0)) || return 0
  local installed
  # shellcheck disable=SC2016  # dpkg's own format
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
    awk '$2 == "installed" { print $1 }') || true
  printf '%s\n' "$@" | grep -vxF "${installed:-none}" || true
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    # Without a terminal sudo must not wait for a password nobody can type.
    if [[ -t 0 ]]; then sudo "$@"; else sudo -n "$@"; fi
  else
    return 127
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
    -o Dpkg::Use-Pty=0 "$@"
}

# need_packages GROUP...: installs what is missing of the groups, saying what and why.
need_packages() {
  local group names=() all=()
  is_debian || {
    need_commands "$@"
    return
  }
  for group in "$@"; do
    mapfile -t names < <(wanted_packages "$group")
    mapfile -t names < <(missing_packages ${names[@]+"${names[@]}"})
    ((${#names[@]} > 0)) || continue
    say "Installing to ${package_reasons[$group]}: ${names[*]}"
    all+=("${names[@]}")
  done
  ((${#all[@]} > 0)) || return 0
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    die "root's rights are needed for that, and there is no sudo; as root: apt-get install --no-install-recommends ${all[*]}"
  fi
  local log
  log=$(data_dir)/log/apt.log
  quietly "$log" apt update || die "apt-get update failed"
  quietly "$log" apt install --yes --no-install-recommends "${all[@]}" || die "apt-get install failed"
  hash -r
}

# Not a Debian: nothing is installed; what is missing is named.
need_commands() {
  local groups=" $* " missing=() name
  local commands=(g++ meson ninja pkg-config python3 gst-inspect-1.0)
  local modules=(gstreamer-1.0 gstreamer-audio-1.0 libsoup-3.0 json-glib-1.0 simdjson flac spdlog libpq sqlite3)
  if [[ $groups == *" tests "* ]]; then
    commands+=(sox)
    modules+=(gtest gstreamer-check-1.0)
  fi
  [[ $groups != *" sandbox "* ]] || commands+=(espeak-ng) modules+=(pocketsphinx sphinxbase)
  [[ $groups != *" check "* ]] || commands+=(clang-format-14)
  for name in "${commands[@]}"; do
    command -v "$name" >/dev/null || missing+=("$name")
  done
  for name in "${modules[@]}"; do
    pkg-config --exists "$name" 2>/dev/null || missing+=("$name (development files)")
  done
  has_node || missing+=("node 18 or newer, with npm")
  [[ -n $(pg_bin_dir) || -n ${DATABASE_URL:-} ]] || missing+=("PostgreSQL 15 (or set DATABASE_URL)")
  ((${#missing[@]} > 0)) || return 0
  warn "this is not a Debian or Ubuntu, so nothing is installed for you. Missing here:"
  printf '  %s\n' "${missing[@]}" >&2
  die "install them (on Debian 12 they come from: $(packages_command "$@" | tr '\n' ' ')) and start again"
}

packages_command() {
  local group package
  (($# > 0)) || set -- build runtime sandbox tests check
  for group in "$@"; do
    [[ -n ${package_groups[$group]:-} ]] || die "no package group '$group' (${!package_groups[*]})"
    for package in ${package_groups[$group]}; do printf '%s\n' "$package"; done
  done
}
