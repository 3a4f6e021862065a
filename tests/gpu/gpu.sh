#!/usr/bin/env bash
# Checks and times training on a GPU, on a machine that needs no .NET SDK (see README.md beside this).
#   gpu.sh pack [FILE]       on a machine with the SDK: writes all that the other one needs into an archive
#   gpu.sh run [cuda|cpu]    there, in the unpacked archive
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

pack() {
  local file=${1:-$here/../../.offline/retort-gpu.tar.gz} stage
  unset RETORT_NUGET_SOURCE
  export RETORT_OFFLINE=yes # only the offline TorchSharp goes with any libtorch
  . "$here/../../nuget/env.sh"
  stage=$_offline/gpu
  rm -rf "$stage"
  dotnet publish "$RETORT_ROOT/tests/Retort.Gpu" -c Release -r linux-x64 --self-contained --nologo -v q -o "$stage/app"
  rm -f "$stage/app/libLibTorchSharp.so"
  cp -r "$RETORT_ROOT/nuget/offline/torchsharp/shim" "$here/gpu.sh" "$here/README.md" "$stage"
  tar -czf "$file" -C "$stage" .
  echo "$file"
}

# The native half, for the libtorch in the folder $1 or, without one, for the installed one.
shim() {
  local root=$1 cuda=()
  if command -v cmake > /dev/null; then
    cmake -S "$here/shim" -B "$here/build" ${root:+-DTORCH_ROOT="$root"} -DTORCH_CXX11_ABI="$abi" -DTORCH_CXX_STANDARD="$2"
    cmake --build "$here/build" -j 4
    cp "$here/build/libLibTorchSharp.so" "$here/app/"
  elif [ -n "$root" ]; then
    [ ! -e "$root/lib/libtorch_cuda.so" ] || cuda=(-lc10_cuda -ltorch_cuda)
    g++ -std=c++"$2" -O2 -shared -fPIC -fvisibility=hidden -D_GLIBCXX_USE_CXX11_ABI="$abi" -I"$root/include" -I"$root/include/torch/csrc/api/include" "$here/shim/shim.cpp" \
      -o "$here/app/libLibTorchSharp.so" -L"$root/lib" -Wl,--disable-new-dtags,-rpath,"$root/lib" -Wl,--no-as-needed -lc10 -ltorch_cpu "${cuda[@]}" -ltorch
  else
    echo "cmake must be installed, or TORCH_ROOT name a folder with include and lib." >&2; return 1
  fi
}

run() {
  local device=${1:-cuda} python=${PYTHON:-python3} root=${TORCH_ROOT:-} installed standard packages
  abi=${TORCH_CXX11_ABI:-1}
  if [ -z "$root" ]; then
    installed=$("$python" -c 'import torch; print(torch.__path__[0])') || { echo "PYTHON must name a Python that has torch, or TORCH_ROOT a folder with libtorch's include and lib." >&2; exit 1; }
    abi=$("$python" -c 'import torch; print(int(torch._C._GLIBCXX_USE_CXX11_ABI))')
    [ ! -e "$installed/lib/libtorch_cpu.so" ] || root=$installed # a distribution's package keeps its libraries elsewhere
    packages=$(dirname "$installed")
    for folder in "$packages"/nvidia/*/lib; do [ ! -d "$folder" ] || export LD_LIBRARY_PATH=$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}; done
    "$python" -c 'import torch; print("torch", torch.__version__, "cuda", torch.version.cuda, torch.cuda.get_device_name(0) if torch.cuda.is_available() else "no GPU")'
  fi
  [ -z "$root" ] || export LD_LIBRARY_PATH=$root/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  local blas=/usr/lib/x86_64-linux-gnu/openblas-openmp # Debian's torch takes whatever BLAS there is
  [ "$device" != cpu ] || [ ! -d "$blas" ] || export LD_LIBRARY_PATH=$blas${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} OMP_NUM_THREADS=1

  for standard in 17 20; do # what the headers need depends on their age
    if shim "$root" "$standard" > "$here/shim.log" 2>&1; then break; fi
    [ "$standard" != 20 ] || { tail -n 30 "$here/shim.log" >&2; echo "The native half could not be built; the whole log is $here/shim.log." >&2; exit 1; }
  done

  "$here/app/Retort.Gpu" check "$device"
  if [ -n "${installed:-}" ]; then "$here/app/Retort.Gpu" train "$device" "$python"; fi
}

case ${1:-} in
  pack) pack "${@:2}" ;;
  run) run "${@:2}" ;;
  *) echo "The argument must be pack or run, but is '${1:-}'." >&2; exit 2 ;;
esac
