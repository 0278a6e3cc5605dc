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

# fuzz_command [target|all] [seconds]: new inputs go to build-fuzz/corpus, what breaks to build-fuzz/found.
fuzz_command() {
  local target=${1:-all} seconds=${2:-60} name failed=0 log
  [[ $seconds =~ ^[0-9]+$ ]] || die "./dev fuzz [target] [seconds], not '$seconds'"
  build_fuzz
  for name in tests/fuzz/corpus/*/; do
    name=$(basename "$name")
    [[ $target == all || $target == "$name" ]] || continue
    mkdir -p "build-fuzz/corpus/$name" build-fuzz/found
    log=build-fuzz/$name.log
    FUZZ_TARGET=$name ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=suppressions=tests/support/lsan.supp \
      build-fuzz/fuzz "build-fuzz/corpus/$name" "tests/fuzz/corpus/$name" -max_total_time="$seconds" \
      -max_len=4096 -timeout=10 -rss_limit_mb=2048 -artifact_prefix="build-fuzz/found/$name-" \
      -print_final_stats=1 >"$log" 2>&1 || { failed=1 && tail -n 30 "$log"; }
    say "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions in $seconds s, $(
      grep -c 'ERROR:' "$log" || true) found"
    [[ -s $log ]] && tested=1
  done
  [[ ${tested:-} == 1 ]] || die "there is no target '$target' (tests/fuzz/corpus has a folder for each)"
  ((failed == 0)) || die "something was found; build-fuzz/found has the inputs"
}
