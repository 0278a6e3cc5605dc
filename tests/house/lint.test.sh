#!/usr/bin/env bash
# tools/lint_files.py: each fault it is there for is put into a copy of the deployment files.
set -euo pipefail
# shellcheck source=tests/house/lib.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
source_dev_parts common

# A copy of what the linter reads, as a repository of its own.
copy_project() {
  mkdir "$case_dir/project"
  (cd "$root" && cp -R dev dev.d tools Dockerfile compose.yaml .dockerignore .env.example package.json \
    package-lock.json README.md "$case_dir/project" && mkdir -p "$case_dir/project/docs" &&
    cp docs/env.md docs/haproxy.cfg "$case_dir/project/docs" && mkdir "$case_dir/project/server" &&
    cp server/meson.build "$case_dir/project/server")
  printf '# Failures\n' >"$case_dir/project/docs/failures.md"
  printf '# Readme\n' >"$case_dir/project/README.md"
  printf '# Hacking\n' >"$case_dir/project/HACKING.md"
  git -C "$case_dir/project" init -q
}

lint() { (cd "$case_dir/project" && python tools/lint_files.py 2>&1) || true; }

sound_files_pass() {
  copy_project
  expect_equal "$(lint)" ""
}

# faults FILE SED-EXPRESSION COMPLAINT
fault() {
  rm -rf "$case_dir/project"
  copy_project
  sed -i -E "$2" "$case_dir/project/$1"
  expect_contains "$(lint)" "$3"
}

dockerfile_faults_are_found() {
  fault Dockerfile 's/^COPY dev .\/$/COPY devv .\//' "no such file"
  fault Dockerfile 's/^USER centralita$/USER root/' "runs as root"
  fault Dockerfile 's/--from=build /--from=biuld /' "no such stage"
  fault Dockerfile 's/packages build sandbox/packages build sandpit/' "no package group 'sandpit'"
  fault Dockerfile 's/(--no-install-recommends) \$packages/\1 $packages curl/' "package curl is in none"
  fault Dockerfile '/^HEALTHCHECK/d' "no HEALTHCHECK"
  fault .dockerignore 's/^build$/dev.d/' ".dockerignore leaves it out"
  fault .dockerignore '/^!docs/d' "reads docs/env.md, which .dockerignore leaves out"
}

compose_faults_are_found() {
  fault compose.yaml 's/^    expose:/    ports:/' "publishes ports"
  fault compose.yaml 's/^      database:$/      databse:/' "depends on databse"
  fault compose.yaml 's/^  server-data:/  data:/' "volume server-data is not declared"
  fault compose.yaml 's/^  database:$/ database:/' "does not parse"
}

other_faults_are_found() {
  fault package-lock.json 's#"version": "1.0.3",#"version": "1.0.3", "resolved": "https://registry.example/x.tgz",#' "names the registry"
  fault README.md 's/^# Readme/[a](nowhere.md)/' "links to nowhere.md"
  fault .env.example 's/^#LOG_LEVEL/#LOG_LEVLE/' "LOG_LEVLE is not in docs/env.md"
}

test_case "the files as they are have no fault" sound_files_pass
test_case "faults of the Dockerfile are found" dockerfile_faults_are_found
test_case "faults of compose.yaml are found" compose_faults_are_found
test_case "registry names, dead links and unknown variables are found" other_faults_are_found
end_of_cases
