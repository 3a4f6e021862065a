#!/usr/bin/env bash
# Holds the stand-ins against the real public surfaces, and their internals against api/internals.txt.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/../../.offline/surface
rm -rf "$out"; mkdir -p "$out"
for p in "$here"/../../.offline/feed/*.nupkg; do unzip -qoj "$p" 'lib/*.dll' -d "$out" || [ $? = 11 ]; done
# Microsoft.ML.OnnxRuntime is Microsoft's own source, not a stand-in
find "$out" -name '*.dll' ! -name Microsoft.ML.OnnxRuntime.dll -print0 | xargs -0 dotnet run "$here/api/apicheck.cs" -- check "$here/api"
