#!/bin/bash
# Installs the elements into an empty folder and uses them as somebody would who has never seen the
# sources. Prints the result in TAP for meson.
#
#   installed.test.sh BUILD PROGRAM RECORDING
#
# BUILD is the build folder, PROGRAM its `centralita` (for the sandbox), RECORDING a WAV file of Spanish.
set -uo pipefail
build=$1 program=$2 recording=$3
source=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
sandbox_pid=
finish() {
  [[ -z $sandbox_pid ]] || kill "$sandbox_pid" 2>/dev/null
  rm -rf "$scratch"
}
trap finish EXIT

count=0
# it SENTENCE COMMAND...
it() {
  local sentence=$1 output
  shift
  count=$((count + 1))
  if output=$("$@" 2>&1); then
    echo "ok $count - $sentence"
  else
    echo "not ok $count - $sentence"
    printf '%s\n' "$output" | tail -n 30 | sed 's/^/# /'
  fi
}

DESTDIR=$scratch/root meson install -C "$build" --no-rebuild --quiet >/dev/null || {
  echo "Bail out! meson install failed"
  exit 1
}
plugins=$(find "$scratch/root" -type d -name gstreamer-1.0)
libraries=$(dirname "$plugins")
export GST_REGISTRY_1_0=$scratch/registry.bin
unset GST_PLUGIN_PATH_1_0 GST_PLUGIN_PATH GST_PLUGIN_SYSTEM_PATH_1_0

declare -A elements=([law]="mulawtopcm pcmtomulaw alawtopcm pcmtoalaw" [vad]="voicevad speechgate"
  [groq]=groqsttsink [dialog]=llmdialog [azure]=azurettssrc)
declare -A class=([mulawtopcm]=Codec/Decoder/Audio [alawtopcm]=Codec/Decoder/Audio
  [pcmtomulaw]=Codec/Encoder/Audio [pcmtoalaw]=Codec/Encoder/Audio [voicevad]=Filter/Analyzer/Audio [speechgate]=Filter/Audio
  [groqsttsink]=Sink/Audio/Converter/Network [llmdialog]=Filter/Text
  [azurettssrc]=Source/Audio/Converter/Network)

# One plugin in a folder of its own, and beside it the one library they share.
stands_alone() {
  local plugin=$1 element alone=$scratch/alone-$1
  mkdir -p "$alone/plugin" "$alone/lib"
  cp "$plugins/libgstcentralita$plugin.so" "$alone/plugin/"
  cp -P "$libraries"/libcentralita-base.so* "$alone/lib/"
  for element in ${elements[$plugin]}; do
    LD_LIBRARY_PATH=$alone/lib GST_PLUGIN_PATH_1_0=$alone/plugin GST_REGISTRY_1_0=$alone/registry \
      gst-inspect-1.0 --no-colors "$element" >"$alone/$element" || return 1
    grep -E "^  Klass +${class[$element]}\$" "$alone/$element" || {
      grep Klass "$alone/$element"
      return 1
    }
  done
}

# Found by the path that is built into the library, without a variable that says where it is.
finds_its_library() {
  local plugin
  for plugin in groq dialog azure; do
    readelf -d "$plugins/libgstcentralita$plugin.so" | grep -E "R(UN)?PATH.*$(basename "$libraries")" || return 1
  done
}

builds_by_pkg_config() {
  mkdir -p "$scratch/captioner" &&
    cp "$source"/docs/examples/captioner/{captioner.c,Makefile} "$scratch/captioner/" &&
    make -C "$scratch/captioner" CFLAGS="-O1 -Wall -Wextra -Werror" &&
    ! ldd "$scratch/captioner/captioner" | grep -i centralita
}

with_sandbox() {
  env LD_LIBRARY_PATH="$libraries" GST_PLUGIN_PATH_1_0="$plugins" GROQ_API_KEY=sandbox \
    GROQ_BASE_URL="$url/openai/v1" AZURE_SPEECH_KEY=sandbox AZURE_SPEECH_ENDPOINT="$url" \
    SILERO_VAD_MODEL="${SILERO_VAD_MODEL:-}" timeout 60 "$@"
}

captions() {
  with_sandbox "$scratch/captioner/captioner" "file://$recording" es >"$scratch/captions.srt" || return 1
  cat "$scratch/captions.srt"
  grep -qE '^00:00:[0-9]{2},[0-9]{3} --> 00:00:[0-9]{2},[0-9]{3}$' "$scratch/captions.srt" &&
    grep -qi 'paciencia' "$scratch/captions.srt"
}

says_what_is_wrong() {
  local output
  output=$(with_sandbox "$scratch/captioner/captioner" "file:///nowhere.wav" es 2>&1) && return 1
  grep -q '^captioner: ' <<<"$output"
}

# The lines of the README, between "<!-- line:NAME -->" and the end of the code that follows.
readme_line() { # FILE NAME
  awk -v mark="<!-- line:$2 -->" '$0 == mark { found = 1; next }
    found && /^```/ { if (inside) exit; inside = 1; next }
    found && inside' "$source/$1"
}
run_readme_line() { # FILE NAME, in a folder of its own
  local line folder=$scratch/$2-${1%.md}
  line=$(readme_line "$1" "$2")
  [[ -n $line ]] || { echo "$1 has no line:$2"; return 1; }
  mkdir -p "$folder" && cp "$recording" "$folder/pregunta.wav" && cp "$recording" "$folder/question.wav"
  (cd "$folder" && with_sandbox bash -c "$line") >"$folder/output" 2>&1 || { cat "$folder/output"; return 1; }
}
caption_line() { run_readme_line "$1" caption && grep -qi paciencia "$scratch/caption-${1%.md}/output"; }
record_line() {
  run_readme_line "$1" record || return 1
  local file found=0
  for file in "$scratch/record-${1%.md}"/*.raw; do
    [[ -s $file ]] && found=$((found + 1))
  done
  ((found >= 1)) || { ls -l "$scratch/record-${1%.md}"; return 1; }
}
agent_line() {
  run_readme_line "$1" agent || return 1
  (($(stat -c %s "$scratch/agent-${1%.md}"/{respuesta,answer}.wav 2>/dev/null) > 16000))
}

# The launch line of an element's page, with keys of the sandbox's and no sound card.
element_line() { # ELEMENT
  local line folder=$scratch/element-$1
  line=$(awk '/^## Example launch line/ { found = 1; next }
    found && /^```/ { if (inside) exit; inside = 1; next }
    found && inside { sub(/ *\\$/, ""); printf "%s ", $0 }' "$source/docs/elements/$1.md" |
    sed -E 's/(^|\| *)([A-Z_]+=[^ ]+ )+/\1/; s/autoaudiosink/fakesink/; s/autoaudiosrc/audiotestsrc num-buffers=50/')
  [[ $line == *gst-launch-1.0* ]] || { echo "docs/elements/$1.md has no launch line"; return 1; }
  echo "$line"
  mkdir -p "$folder" && cp "$recording" "$folder/hello.wav" && cp "$recording" "$folder/call.wav"
  (cd "$folder" && with_sandbox bash -c "set -o pipefail; $line" </dev/null)
}

for plugin in law vad groq dialog azure; do
  it "the plugin $plugin works with only the base library beside it, and says its class" stands_alone "$plugin"
done
it "the plugins find the base library by themselves" finds_its_library
it "the example builds with pkg-config's gstreamer-1.0 and links nothing of ours" builds_by_pkg_config

"$program" sandbox --port 0 >"$scratch/sandbox.log" 2>&1 &
sandbox_pid=$!
url=
for ((i = 0; i < 600; i++)); do
  url=$(grep -oE 'sandbox listening on http://[^ ]+' "$scratch/sandbox.log" | grep -oE 'http.*' | head -n 1)
  [[ -z $url ]] || break
  kill -0 "$sandbox_pid" || break
  sleep 0.1
done
url=${url%/}
it "the sandbox stands in for the providers" test -n "$url"
it "the example captions a recording with the installed elements" captions
it "the example says what is wrong" says_what_is_wrong
for page in "$source"/docs/elements/[a-z]*.md; do
  element=$(basename "$page" .md)
  it "the launch line of $element runs" element_line "$element"
done
for readme in README.md README.es.md; do
  it "the line of $readme that captions a recording does it" caption_line "$readme"
  it "the line of $readme that records speech does it" record_line "$readme"
  it "the line of $readme that is an agent answers" agent_line "$readme"
done
echo "1..$count"
