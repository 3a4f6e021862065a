# Builds the folder feed of stand-ins, where its sources changed since the last time. Sourced by nuget/env.sh.
_sources_sha=$(cd "$RETORT_ROOT/nuget/offline" && find . -type f -not -name '*.txt' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
if [ "$(cat "$_offline/feed.sha" 2> /dev/null)" != "$_sources_sha" ]; then
  _missing=
  command -v g++ > /dev/null || _missing="$_missing g++"
  command -v cmake > /dev/null || _missing="$_missing cmake"
  command -v unzip > /dev/null || _missing="$_missing unzip"
  command -v npm > /dev/null || _missing="$_missing npm"
  [ -e /usr/include/torch/csrc/api/include/torch/torch.h ] || _missing="$_missing libtorch-dev"
  [ -e /usr/lib/x86_64-linux-gnu/openblas-openmp/libblas.so.3 ] || _missing="$_missing libopenblas0-openmp"
  if [ -n "$_missing" ]; then
    echo "Installing$_missing ..." >&2
    _root=; [ "$(id -u)" = 0 ] || _root=sudo
    { $_root apt-get update -qq && $_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $_missing; } > "$_offline/apt.log" 2>&1 \
      || { tail -n 20 "$_offline/apt.log" >&2; echo "These Debian packages could not be installed:$_missing." >&2; exit 1; }
  fi
  bash "$RETORT_ROOT/nuget/offline/onnxruntime/fetch.sh" "$_offline/onnxruntime" || exit 1
  echo "Building the offline packages, once ..." >&2
  rm -rf "$_offline/feed.new"
  mkdir -p "$_offline/feed.new"
  {
    cmake -S "$RETORT_ROOT/nuget/offline/torchsharp/shim" -B "$_offline/shim" -DCMAKE_BUILD_TYPE=Release &&
    cmake --build "$_offline/shim" -j 2 &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/mlnet/pack.csproj" -c Release --nologo -v q -o "$_offline/feed.new" &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/mlnet/automl-package/pack.csproj" -c Release --nologo -v q -o "$_offline/feed.new" &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/onnxruntime/Managed/Microsoft.ML.OnnxRuntime.csproj" -c Release --nologo -v q -o "$_offline/feed.new" &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/onnxruntime/Native/Microsoft.ML.OnnxRuntime.Native.csproj" -c Release --nologo -v q -o "$_offline/feed.new" &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/mlnet/onnx-package/pack.csproj" -c Release --nologo -v q -o "$_offline/feed.new" &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/torchsharp/TorchSharp/TorchSharp.csproj" -c Release --nologo -v q -o "$_offline/feed.new" &&
    env -u RestoreConfigFile -u RestorePackagesPath dotnet pack "$RETORT_ROOT/nuget/offline/torchsharp/TorchSharp-cpu/TorchSharp-cpu.csproj" -c Release --nologo -v q -o "$_offline/feed.new" -p:Shim="$_offline/shim/libLibTorchSharp.so"
  } > "$_offline/feed.log" 2>&1 || { grep -E 'error|Error' "$_offline/feed.log" | head -n 20 >&2; echo "The offline packages could not be built; the whole log is $_offline/feed.log." >&2; exit 1; }
  rm -rf "$_offline/feed"
  mv "$_offline/feed.new" "$_offline/feed"
  echo "$_sources_sha" > "$_offline/feed.sha"
fi
