# shellcheck shell=bash
# ./dev image-check: the Dockerfile tried without a container engine, see tools/image_check.py. Needs root, and the
# packages debootstrap and postgresql-15; WORK needs 5 GB and keeps the stages for the next time.

image_check_command() {
  local work=${1:-/var/tmp/centralita-image} debian
  ((EUID == 0)) || die "./dev image-check makes chroots and mounts in namespaces of its own: run it as root"
  command -v debootstrap >/dev/null || die "debootstrap is missing (apt-get install debootstrap)"
  [[ -n $(pg_bin_dir) ]] || die "PostgreSQL's programs are missing (apt-get install postgresql-15)"
  debian=$work/debian
  if [[ ! -f $debian.made ]]; then
    mkdir -p "$work"
    rm -rf -- "$debian"
    say "Making a Debian root in $debian"
    quietly "$work/debootstrap.log" debootstrap --variant=minbase bookworm "$debian" || die "debootstrap failed"
    touch "$debian.made"
  fi
  python tools/image_check.py "$debian" "$work"
}
