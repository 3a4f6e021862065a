#!/usr/bin/env bash
# Puts ONNX Runtime into the folder $1, once: Microsoft's C# binding as source, and the native library for linux-x64 that it was
# written for. Both lie in one npm package; its version and hash are pinned here, and nothing of it is kept in the repository.
set -euo pipefail
package=com.github.asus4.onnxruntime
version=0.4.8   # ONNX Runtime 1.26.0
sha512=a4726146038601ad9903d173334fd4618e5c1a6a75657dd1fb8cd0a65d338ec09caf9458494c901a284b81185a3b17385805d4603fc1d54287965f0f2898cc23
folder=$1
[ "$(cat "$folder/version" 2> /dev/null)" != "$version" ] || exit 0

echo "Fetching ONNX Runtime ($package $version from npm, 128 MB), once ..." >&2
new=$folder.new
rm -rf "$new"; mkdir -p "$new"
trap 'rm -rf "$new"' EXIT
npm pack "$package@$version" --loglevel=error --pack-destination "$new" > "$folder.log" 2>&1 \
  || { echo "The package $package $version could not be fetched from the npm registry; npm's words are in $folder.log." >&2; exit 1; }
archive=$new/$package-$version.tgz
echo "$sha512  $archive" | sha512sum --check --status \
  || { echo "The package $package $version must have the SHA-512 $sha512, but what npm gave has $(sha512sum < "$archive" | cut -d' ' -f1)." >&2; exit 1; }
tar -xzf "$archive" -C "$new" --strip-components=1 --exclude='*.meta' package/LICENSE package/ThirdPartyNotices.txt package/Runtime package/Plugins/Linux/x64
rm "$archive"
echo "$version" > "$new/version"
rm -rf "$folder"
mv "$new" "$folder"
