# shellcheck shell=bash
# ./dev check, format and docs: what can be said about the sources without running a test.

checks_failed=0

# check_that WHAT COMMAND...: one line when it holds, its output when it does not.
check_that() {
  local what=$1 output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    say "ok      $what"
  else
    say "NOT OK  $what"
    printf '%s\n' "$output" | head -n 60 | sed 's/^/        /'
    checks_failed=$((checks_failed + 1))
  fi
}

# Files of the repository, those not yet added included: ignored ones are left out.
project_files() { git ls-files --cached --others --exclude-standard -- "$@" | while IFS= read -r f; do [[ ! -f $f ]] || printf '%s\n' "$f"; done; }

cpp_files() { project_files '*.cpp' '*.h'; }
shell_files() { project_files dev 'dev.d/*.sh' dev.d/clang-precompiled '.ci/*' '*.sh' | sort -u; }

sources_are_formatted() { cpp_files | xargs -r clang-format-14 --dry-run --Werror; }

shell_parses() {
  local file
  shell_files | while IFS= read -r file; do bash -n "$file"; done
}

shell_is_clean() { shell_files | xargs -r shellcheck --external-sources; }

web_types_hold() { (cd web && npm run --silent check); }

# web_agent_types [--check]: the page's type of an agent's settings, as the built program says it.
web_agent_types() {
  local schema status=0
  schema=$(mktemp)
  build/server/centralita schema agent >"$schema" && node web/generate.mjs --agent "$schema" "$@" || status=$?
  rm -f -- "$schema"
  return "$status"
}

docs_are_current() {
  python tools/element_docs.py build docs/elements --check && python tools/agent_docs.py build --check &&
    web_agent_types --check
}

check_command() {
  need_packages build compiler runtime sandbox tests check
  build_ordinary test
  check_that "C++ sources are formatted (./dev format)" sources_are_formatted
  check_that "shell scripts parse" shell_parses
  if command -v shellcheck >/dev/null; then check_that "shellcheck finds nothing" shell_is_clean; fi
  if [[ -f web/tsconfig.json ]]; then check_that "the web page's types hold" web_types_hold; fi
  check_that "generated docs and types are what the built program says (./dev docs)" docs_are_current
  check_that "deployment files, data files and links are sound" python tools/lint_files.py
  ((checks_failed == 0)) || die "$checks_failed checks failed"
}

format_command() {
  need_packages check
  cpp_files | xargs -r clang-format-14 -i
}

docs_command() {
  need_packages build compiler runtime sandbox tests
  build_ordinary test
  case ${1:-} in
    "")
      python tools/element_docs.py build docs/elements
      python tools/agent_docs.py build
      web_agent_types
      ;;
    --check) docs_are_current ;;
    *) die "./dev docs takes --check or nothing, not '$1'" ;;
  esac
}
