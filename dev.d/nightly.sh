# shellcheck shell=bash
# ./dev nightly: what takes too long for every change: all tests under the sanitizers, whole calls
# included, minutes of fuzzing for each parser, and the soak. Ends with the plain line of ./dev test.

nightly_fuzz_seconds=${FUZZ_SECONDS:-180}
nightly_soak_minutes=${SOAK_MINUTES:-30}

# Everything is several times slower with a sanitizer. The speech engines of the sandbox, which must
# answer in a provider's time, are those of the ordinary build.
sanitized_tests() {
  local kind=$1 dir=build-$1 status=0
  (build_command && build_command "--$kind") || {
    total_failed=$((total_failed + 1))
    return 0
  }
  say "== C++ tests, $dir"
  rm -f "$dir"/*.xml "$dir"/meson-logs/testlog.*
  CENTRALITA_SANDBOX=$root/build/server/centralita meson test -C "$dir" --no-rebuild --timeout-multiplier 6 </dev/null || status=$?
  count "$kind" python tools/test_results.py meson "$dir" "$status"
}

nightly_fuzz() {
  local targets
  (need_packages build compiler sandbox tests sanitizers && build_fuzz) || {
    total_failed=$((total_failed + 1))
    return 0
  }
  mapfile -t targets < <(fuzz_targets)
  say "== fuzzing, $nightly_fuzz_seconds s for each of ${#targets[@]} parsers"
  fuzz_run "$nightly_fuzz_seconds" "${targets[@]}"
  total_passed=$((total_passed + fuzz_passed)) total_failed=$((total_failed + fuzz_failed))
}

nightly_soak() {
  say "== soak"
  if (soak_command "$nightly_soak_minutes"); then
    total_passed=$((total_passed + 1))
  else
    total_failed=$((total_failed + 1))
  fi
}

nightly_command() {
  local word
  (($# > 0)) || set -- asan tsan fuzz soak
  for word in "$@"; do
    case $word in asan | tsan | fuzz | soak) ;; *) die "./dev nightly takes asan, tsan, fuzz and soak, not '$word'" ;; esac
  done
  mkdir -p "$results"
  for word in "$@"; do
    case $word in
      asan | tsan) sanitized_tests "$word" ;;
      fuzz) nightly_fuzz ;;
      soak) nightly_soak ;;
    esac
  done
  finish_tests
}
