#!/bin/bash
# The recordings of pipelines/recording.cpp, spoken by espeak-ng: mu-law at 8 kHz, without a header.
set -euo pipefail
cd "$(dirname "$0")/../pipelines/recordings"
say() { # NAME VOICE TEXT
  espeak-ng -v "$2" -s 170 --stdout "$3" | sox -t wav - -t raw -e mu-law -b 8 -r 8000 -c 1 "$1.ul" norm -4
}
say apology-es es-419 "Lo siento, tenemos un problema técnico. Por favor, llame de nuevo en unos minutos."
say apology-en en-us "I am sorry, we have a technical problem. Please call again in a few minutes."
say wait-es es-419 "Un momento, por favor."
say wait-en en-us "One moment, please."
