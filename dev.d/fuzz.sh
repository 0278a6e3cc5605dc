# shellcheck shell=bash
# ./dev fuzz: libFuzzer on the parsers of outside bytes. The parsers are compiled by clang with
# AddressSanitizer and UndefinedBehaviorSanitizer into one program beside the ordinary build.

fuzz_sources=(
  tests/fuzz/libfuzzer.cpp tests/fuzz/targets.cpp
  pipelines/{launch_text,tool_arguments,wire_format}.cpp
  plugins/azure/{dictionary,ssml}.cpp plugins/azure/normalise/*.cpp
  plugins/base/{base64,json,metadata_host,provider_error,sse_parser}.cpp
  plugins/dialog/{abbreviations,chat_stream,clause_splitter,emoji,speech_text,speech_text_inline,tag_names,variables}.cpp
  plugins/groq/whisper_answer.cpp plugins/law/{available_kernels,g711}.cpp
  server/agents/{codec,document,field,json_schema,language,tool_list,validation,value}.cpp
  server/agents/fields/*.cpp
  server/{csv,http_range}.cpp server/caller/twiml.cpp server/logging/secret_filter.cpp server/media_stream/stream_message.cpp
  server/privacy/pii.cpp server/sandbox/{flac,wav}.cpp server/secrets.cpp server/store/cursor.cpp
  server/telephony/{telnyx_event,telnyx_signature,twilio_signature}.cpp
)
fuzz_modules=(glib-2.0 gio-2.0 gstreamer-1.0 gstreamer-base-1.0 libsoup-3.0 json-glib-1.0 simdjson flac
  libsodium spdlog libpq)

# One object a source, made again when it or a header is newer.
build_fuzz() {
  local dir=build-fuzz compiler source object flags set objects=() newest
  compiler=$(command -v clang++ || command -v clang++-14) || die "./dev fuzz needs clang (apt-get install clang)"
  mkdir -p "$dir"
  mapfile -t flags < <(pkg-config --cflags "${fuzz_modules[@]}" | tr ' ' '\n' | sed '/^$/d')
  flags+=(-std=c++20 -O1 -g -I. "-fsanitize=fuzzer,address,undefined" -fno-sanitize-recover=undefined
    -DGST_DISABLE_DEPRECATED '-DG_LOG_DOMAIN="centralita"' '-DCENTRALITA_VERSION="fuzz"')
  newest=$(find plugins server pipelines tests/fuzz -name '*.h' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
  for source in "${fuzz_sources[@]}"; do
    object=$dir/${source//\//_}.o
    objects+=("$object")
    [[ $object -nt $source && $object -nt $newest ]] && continue
    say "  $source"
    "$compiler" "${flags[@]}" -c "$source" -o "$object" || die "$source does not compile"
  done
  # One source, a set of instructions each: as plugins/law/meson.build has it.
  for source in baseline: avx2:-mavx2,-mfma avx512:-mavx512bw,-mavx512vnni; do
    object=$dir/kernels-${source%%:*}.o
    objects+=("$object")
    [[ $object -nt plugins/law/kernels.cpp && $object -nt $newest ]] && continue
    mapfile -t set < <(tr ',' '\n' <<<"${source#*:}" | sed '/^$/d')
    "$compiler" "${flags[@]}" "${set[@]}" "-DCENTRALITA_KERNELS=${source%%:*}" \
      -c plugins/law/kernels.cpp -o "$object" || die "plugins/law/kernels.cpp does not compile"
  done
  mapfile -t flags < <(pkg-config --libs "${fuzz_modules[@]}" | tr ' ' '\n' | sed '/^$/d')
  "$compiler" -fsanitize=fuzzer,address,undefined "${objects[@]}" "${flags[@]}" -o "$dir/fuzz" ||
    die "the fuzzer cannot be linked"
}

fuzz_folders=build-fuzz
fuzz_options=(-timeout=10 -rss_limit_mb=2048 -print_final_stats=1)

fuzz_targets() { find tests/fuzz/corpus -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort; }

# fuzz_program TARGET ARGUMENT...: libFuzzer with one target.
fuzz_program() {
  local target=$1
  shift
  FUZZ_TARGET=$target ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=suppressions=tests/support/lsan.supp \
    $fuzz_folders/fuzz "$@"
}

# tests/fuzz/corpus/TARGET has examples that somebody wrote, a file each; tests/fuzz/kept/TARGET what
# fuzzing has found besides, a line of base64 each.
fuzz_unpack() {
  local target=$1 line number=0
  rm -rf -- "$fuzz_folders/kept/$target"
  mkdir -p "$fuzz_folders/corpus/$target" "$fuzz_folders/kept/$target"
  [[ -f tests/fuzz/kept/$target ]] || return 0
  while IFS= read -r line; do
    number=$((number + 1))
    base64 --decode <<<"$line" >"$fuzz_folders/kept/$target/$number"
  done <"tests/fuzz/kept/$target"
}

# fuzz_one TARGET SECONDS: new inputs go to build-fuzz/corpus, what breaks to build-fuzz/found.
fuzz_one() {
  local target=$1 seconds=$2 log=$fuzz_folders/$1.log status=0 executions
  mkdir -p "$fuzz_folders/found"
  fuzz_unpack "$target"
  fuzz_program "$target" "$fuzz_folders/corpus/$target" "tests/fuzz/corpus/$target" "$fuzz_folders/kept/$target" \
    "${fuzz_options[@]}" -max_total_time="$seconds" -max_len=4096 -artifact_prefix="$fuzz_folders/found/$target-" \
    >"$log" 2>&1 || status=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  if ((status == 0)) && [[ -n $executions ]]; then
    say "ok      $target: $executions executions in $seconds s"
  else
    say "NOT OK  $target, after ${executions:-no} executions:"
    tail -n 30 "$log" | sed 's/^/        /'
    return 1
  fi
}

# fuzz_run SECONDS TARGET...: as many at once as there are processors. Sets fuzz_passed and fuzz_failed.
fuzz_run() {
  local seconds=$1 target running=0 jobs=${CENTRALITA_JOBS:-$(nproc)}
  shift
  fuzz_passed=0 fuzz_failed=0
  for target in "$@"; do
    if ((running == jobs)); then
      if wait -n; then fuzz_passed=$((fuzz_passed + 1)); else fuzz_failed=$((fuzz_failed + 1)); fi
      running=$((running - 1))
    fi
    fuzz_one "$target" "$seconds" &
    running=$((running + 1))
  done
  for ((; running > 0; running--)); do
    if wait -n; then fuzz_passed=$((fuzz_passed + 1)); else fuzz_failed=$((fuzz_failed + 1)); fi
  done
}

# Of all inputs the fewest and shortest that reach what all of them reach, into the repository.
fuzz_keep() {
  local target file merged
  mkdir -p tests/fuzz/kept
  for target in "$@"; do
    fuzz_unpack "$target"
    merged=$fuzz_folders/merged/$target
    rm -rf -- "$merged"
    mkdir -p "$merged"
    fuzz_program "$target" -merge=1 -max_len=128 "$merged" "tests/fuzz/corpus/$target" "$fuzz_folders/kept/$target" \
      "$fuzz_folders/corpus/$target" >"$fuzz_folders/$target-keep.log" 2>&1 || die "$target: $fuzz_folders/$target-keep.log says why not"
    for file in "$merged"/*; do
      [[ -s $file ]] || continue
      base64 --wrap=0 "$file"
      echo
    done | LC_ALL=C sort >"tests/fuzz/kept/$target"
    say "$target: $(wc -l <"tests/fuzz/kept/$target") inputs kept"
  done
}

fuzz_command() {
  local keep=false seconds=60 targets=() word
  for word in "$@"; do
    case $word in
      --keep) keep=true ;;
      all) ;;
      *[!0-9]*)
        [[ -d tests/fuzz/corpus/$word ]] || die "there is no target '$word'; there are: $(fuzz_targets | paste -sd ' ')"
        targets+=("$word")
        ;;
      *) seconds=$word ;;
    esac
  done
  ((${#targets[@]} > 0)) || mapfile -t targets < <(fuzz_targets)
  need_packages build compiler sandbox tests sanitizers
  build_fuzz
  if $keep; then
    fuzz_keep "${targets[@]}"
    return
  fi
  fuzz_run "$seconds" "${targets[@]}"
  ((fuzz_failed == 0)) || die "something was found; $fuzz_folders/found has the inputs"
}
