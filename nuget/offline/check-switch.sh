#!/usr/bin/env bash
# A folder of packages replaces the stand-ins: packs a marked TorchSharp into a folder, builds the command from it, and looks
# for the stand-in's bytes in every output folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
given=$root/.offline/check-switch
rm -rf "$given"; mkdir -p "$given/feed"
( unset RestoreConfigFile RestorePackagesPath RetortSourceSet
  dotnet pack "$root/nuget/offline/torchsharp/TorchSharp/TorchSharp.csproj" -c Release --nologo -v q -o "$given/feed" -p:InformationalVersion=given -p:ArtifactsPath="$given/build" )

unset RestoreConfigFile RestorePackagesPath RetortSourceSet RETORT_STANDIN
export RETORT_NUGET_SOURCE=$given/feed
. "$root/nuget/env.sh"
dotnet build "$root/cli/Retort.Cli" -c Release --nologo -v q

standin=$(unzip -p "$root/.offline/feed/TorchSharp.0.106.0.nupkg" lib/net8.0/TorchSharp.dll | sha256sum)
found=0
while read -r file; do
  found=$((found + 1))
  [ "$(sha256sum < "$file")" != "$standin" ] || { echo "a stand-in although the folder has the package: $file"; exit 1; }
done < <(find "$root/.artifacts/$RetortSourceSet" -path '*/bin/*' -name TorchSharp.dll)
[ "$found" -gt 0 ] || { echo "no output folder has TorchSharp.dll"; exit 1; }
rm -rf "$root/.artifacts/$RetortSourceSet" "$root/.offline/$RetortSourceSet"
echo "$found output folders, none with a stand-in of a given package"
