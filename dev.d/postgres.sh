# shellcheck shell=bash
# A private PostgreSQL of this checkout: no TCP port, a Unix socket in a folder only its owner enters.
#
#   $pg_home/data   the cluster       $pg_home/run   the socket       $pg_home/postgres.log
#
# PostgreSQL refuses to run as root; for root everything here belongs to the user `postgres`.

pg_home=
pg_socket_dir=
pg_pid=

# The programs: those of the version the cluster was made with, else of the newest from 15 on.
pg_bin_dir() {
  local dir version
  if [[ -n $pg_home && -r $pg_home/data/PG_VERSION ]]; then
    version=$(<"$pg_home/data/PG_VERSION")
    dir=/usr/lib/postgresql/$version/bin
    [[ ! -x $dir/postgres ]] || {
      printf '%s' "$dir"
      return
    }
  fi
  for version in 19 18 17 16 15; do
    dir=/usr/lib/postgresql/$version/bin
    if [[ -x $dir/postgres ]]; then
      printf '%s' "$dir"
      return
    fi
  done
  if dir=$(command -v postgres); then dirname "$dir"; fi
}

pg_user() { if ((EUID == 0)); then printf postgres; else id -un; fi; }

# Runs a command as the user PostgreSQL runs as, from a folder that user can be in.
as_pg() {
  if ((EUID == 0)); then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@")
  else
    "$@"
  fi
}

# Sets pg_home. Root's data folder may be where the user postgres cannot go (under /root): then the
# cluster lives in that user's own home.
place_postgres() {
  local data=$1
  pg_home=$data/postgres
  if ((EUID == 0)) && ! as_pg test -x "$data"; then
    pg_home=/var/lib/postgresql/centralita-$(path_hash "$data")
    say "The database is kept in $pg_home: the user postgres cannot enter $data"
  fi
  own_folder "$pg_home"
  pg_socket_dir=$pg_home/run
  # A Unix socket's path has at most 107 bytes; PostgreSQL also splits the setting at commas.
  if (($(printf '%s/.s.PGSQL.5432' "$pg_socket_dir" | wc -c) > 107)) || [[ $pg_socket_dir == *[,\"]* ]]; then
    local short=/tmp
    ((EUID == 0)) || short=${XDG_RUNTIME_DIR:-/tmp}
    pg_socket_dir=$short/centralita-$(path_hash "$pg_home")
    say "PostgreSQL's socket is in $pg_socket_dir: the path of the data folder is too long for one"
  fi
  own_folder "$pg_socket_dir"
}

# A folder of mode 700 that belongs to PostgreSQL's user; refuses one somebody else made.
own_folder() {
  local dir=$1
  if [[ ! -e $dir ]]; then
    (umask 077 && mkdir -p "$dir")
    ((EUID != 0)) || chown postgres: "$dir"
  fi
  [[ ! -L $dir && $(stat -c %U "$dir") == "$(pg_user)" ]] ||
    die "$dir does not belong to $(pg_user); remove it or set CENTRALITA_DATA"
}

# Makes the cluster with its database in it, complete or not at all.
make_cluster() {
  local bin=$1 fresh=$pg_home/data.new log=$pg_home/initdb.log
  [[ ! -s $pg_home/data/PG_VERSION ]] || return 0
  rm -rf -- "$fresh"
  say "Making a PostgreSQL cluster in $pg_home"
  quietly "$log" as_pg "$bin/initdb" --pgdata="$fresh" --username=centralita --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 || die "initdb failed"
  as_pg "$bin/postgres" --single -D "$fresh" postgres >>"$log" 2>&1 <<<'CREATE DATABASE centralita' ||
    die "the database could not be created; see $log"
  mv "$fresh" "$pg_home/data"
}

# A server that an earlier run lost (killed with -9) still holds the cluster: end that one.
end_lost_postgres() {
  local bin=$1
  if as_pg "$bin/pg_ctl" status -D "$pg_home/data" >/dev/null 2>&1; then
    as_pg "$bin/pg_ctl" stop -D "$pg_home/data" -m fast -w >/dev/null
  fi
}

# start_postgres DATA: leaves the server's process id in pg_pid and exports DATABASE_URL.
start_postgres() {
  local data=$1 bin credentials=() waited=0
  place_postgres "$data"
  bin=$(pg_bin_dir)
  [[ -n $bin ]] || die "PostgreSQL's programs are not installed"
  make_cluster "$bin"
  end_lost_postgres "$bin"
  ((EUID != 0)) || credentials=(--reuid=postgres --regid=postgres --init-groups)
  # SIGINT is PostgreSQL's fast shutdown; the kernel sends it should this script be killed outright.
  (cd / && exec setsid setpriv "${credentials[@]}" --pdeathsig INT -- "$bin/postgres" \
    -D "$pg_home/data" -k "$pg_socket_dir" -c listen_addresses=) \
    >"$data/log/postgres.log" 2>&1 </dev/null 9>&- &
  pg_pid=$!
  until "$bin/pg_isready" -q -h "$pg_socket_dir" -U centralita -d centralita; do
    if ! alive "$pg_pid" || ((waited++ > 1200)); then
      tail -n 20 "$data/log/postgres.log" >&2
      die "PostgreSQL did not start; its log is $data/log/postgres.log"
    fi
    sleep 0.05
  done
  DATABASE_URL="postgresql://centralita@/centralita?host=$(percent_encode "$pg_socket_dir")"
  export DATABASE_URL
}

# For a path inside a URL: everything but letters, digits and -._~ as %XX, byte by byte.
percent_encode() {
  local LC_ALL=C text=$1 out='' i c
  for ((i = 0; i < ${#text}; i++)); do
    c=${text:i:1}
    case $c in
      [A-Za-z0-9._~-]) ;;
      *)
        printf -v c '%02X' "'$c"
        c=%${c: -2}
        ;;
    esac
    out+=$c
  done
  printf '%s' "$out"
}
