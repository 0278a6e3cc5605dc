#!/usr/bin/env bash
# The carriers' own SDKs against our simulated carriers and our TwiML. ./dev test calls it.
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
cd "$root/tests/sdk"
packages=$(cat package.json package-lock.json | sha256sum)
if [[ $(cat node_modules/.centralita-packages 2>/dev/null) != "$packages" ]]; then
  npm ci --ignore-scripts --no-audit --no-fund >&2
  printf '%s\n' "$packages" >node_modules/.centralita-packages
fi
CENTRALITA_SDK_FIXTURE=$root/build/tests/sdk/sdk_fixture exec node --test --test-reporter=tap
