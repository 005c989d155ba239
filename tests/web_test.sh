#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tests/web_test.sh - the live page in headless Chromium: tests/web; prints TAP. Root.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

for tool in node "${CHROMIUM:=/usr/bin/chromium}"; do
	command -v "$tool" >/dev/null || { echo "no $tool (run: sudo make deps)" >&2; exit 1; }
done
[ -d build/npm/tests/node_modules ] || { echo 'not built (run: make build-tests)' >&2; exit 1; }
export CHROMIUM
exec node tests/web/page_test.mjs
