#!/bin/bash
# Draws the PNG icons from the two SVG sources, with Chromium. Run after a change of a source.
set -euo pipefail
cd "$(dirname "$0")"
draw() {
  local page
  page=$(mktemp --suffix=.html)
  printf '<!doctype html><style>*{margin:0}svg{display:block;width:%spx;height:%spx}</style>' "$3" "$3" >"$page"
  cat "$1" >>"$page"
  chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
    --window-size="$3,$3" --screenshot="$PWD/$2" "file://$page" 2>/dev/null
  rm "$page"
}
draw icon.svg icon-192.png 192
draw icon.svg icon-512.png 512
draw icon-maskable.svg icon-maskable-192.png 192
draw icon-maskable.svg icon-maskable-512.png 512
draw icon-maskable.svg apple-touch-icon.png 180
