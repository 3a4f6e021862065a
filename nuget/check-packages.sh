#!/usr/bin/env bash
# The packages as a stranger gets them: packs what was built, looks into each, installs them from the folder into an empty project outside
# the repository, where README's first program must reach a trained and saved model, and installs the tool, which must train.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$RETORT_ROOT"
feed=$_offline/check-packages
rm -rf "$feed"
nuget/pack.sh "$feed" --no-build -p:RetortPackStandIns=true
version=$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' Directory.Build.props)-offline

fail() { echo "$1" >&2; exit 1; }

# $1 package; its files, without NuGet's own, against standard input
holds() { diff <(unzip -Z1 "$feed/$1" | grep -vE '^_rels/|^package/|Content_Types|\.nuspec$' | LC_ALL=C sort) - || fail "$1 must hold these files (>), but holds those (<)."; }
library() { # $1 id, then the assemblies in it
  local id=$1 assembly framework; shift
  for framework in net10.0 net8.0; do for assembly in "$@"; do echo "lib/$framework/$assembly.dll"; echo "lib/$framework/$assembly.xml"; done; done | cat - <(printf 'README.md\nicon.png\n') | LC_ALL=C sort | holds "$id.$version.nupkg"
  for framework in net10.0 net8.0; do for assembly in "$@"; do echo "lib/$framework/$assembly.pdb"; done; done | LC_ALL=C sort | holds "$id.$version.snupkg"
}
library Retort Retort Retort.Core Retort.Transformers
library Retort.AutoML Retort.AutoML
tool=$(unzip -Z1 "$feed/Retort.Cli.$version.nupkg")
for file in README.md icon.png tools/net10.0/any/{Retort.Cli.dll,Retort.Core.xml,data/digits.csv,DotnetToolSettings.xml}; do
  grep -qxF "$file" <<< "$tool" || fail "Retort.Cli.$version.nupkg must hold $file, but does not."
done

commit=$(git rev-parse HEAD 2> /dev/null) || commit= # a folder without git has none
# $1 package; its description must have each of the lines that follow
says() {
  local text line; text=$(unzip -p "$feed/$1.$version.nupkg" "$1.nuspec"); shift
  for line in "<version>$version</version>" '<license type="expression">MIT</license>' '<icon>icon.png</icon>' '<readme>README.md</readme>' '<releaseNotes># Changelog' "$@"; do
    grep -qF "$line" <<< "$text" || fail "The description of a package must have '$line', but is: $text"
  done
  [ -z "$commit" ] || grep -q "<repository type=\"git\" .*commit=\"$commit\"" <<< "$text" || fail "A package must name the commit $commit, but says: $text"
}
# $1 package; its dependencies, the same for both frameworks, against the lines of standard input
depends() {
  local id=$1 text framework wanted; wanted=$(cat)
  text=$(unzip -p "$feed/$id.$version.nupkg" "$id.nuspec")
  for framework in net8.0 net10.0; do
    diff <(sed -n "/<group targetFramework=\"$framework\">/,/<\/group>/s/.*id=\"\([^\"]*\)\" version=\"\([^\"]*\)\".*/\1 \2/p" <<< "$text") <(echo "$wanted") || fail "$id must depend on these for $framework (>), but depends on those (<)."
  done
}
says Retort '<tags>'
says Retort.AutoML '<tags>'
says Retort.Cli '<packageType name="DotnetTool" />'
pinned() { for id in "$@"; do echo "$id $(sed -n "s:.*Include=\"$id\" Version=\"\([^\"]*\)\".*:\1:p" Directory.Packages.props)"; done; }
pinned Microsoft.ML Microsoft.ML.OnnxTransformer System.Numerics.Tensors TorchSharp | depends Retort
{ echo "Retort $version"; pinned Microsoft.ML Microsoft.ML.AutoML; } | depends Retort.AutoML

# a folder of a stranger's, with the same sources and this feed before them
there=$(mktemp -d); trap 'rm -rf "$there"' EXIT
sources=("packed=$feed")
[ "$RETORT_STANDIN" != given ] || sources+=("given=$RETORT_NUGET_SOURCE")
[ "$RETORT_HAS_STANDINS" != yes ] || sources+=("offline=$_offline/feed")
_write_config "$there" "${sources[@]}"
extracted=${RestorePackagesPath:-$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')}
export RestoreConfigFile=$there/nuget.config RestorePackagesPath=$there/packages RestoreFallbackFolders=$extracted
unset RetortSourceSet
mkdir "$there/app"; cd "$there/app"
ln -s "$RETORT_ROOT/samples" samples
cat > app.csproj << P
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings><EnableDefaultCompileItems>false</EnableDefaultCompileItems></PropertyGroup>
  <ItemGroup>
    <Compile Include="Program.cs" />
    <PackageReference Include="Microsoft.ML" Version="5.0.0" /><PackageReference Include="Retort" Version="$version" /><PackageReference Include="TorchSharp-cpu" Version="0.106.0" />
  </ItemGroup>
</Project>
P
awk '/^```csharp$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$RETORT_ROOT/README.md" > Program.cs
dotnet run -c Release --nologo > output || { cat output; fail "README's first program must run in an empty project, but does not."; }
grep -qE '^accuracy 0\.9[0-9]+' output && [ -s student.zip ] || fail "README's first program must print its accuracy and save student.zip, but printed: $(cat output)"

dotnet tool install Retort.Cli --version "$version" --tool-path "$there/tools" --configfile "$there/nuget.config" > output 2>&1 || { cat output; fail "The tool must be installed from its package, but is not."; }
"$there/tools/retort" --version > version
grep -qE '^[0-9]+\.[0-9]+\.[0-9]+' version || fail "retort --version must print a version, but printed: $(cat version)"
"$there/tools/retort" train --data samples/data/breast-cancer.csv --label malignant --epochs 3 --out model > output || { cat output; fail "The installed tool must train, but does not."; }
[ -s model/model.zip ] || fail "The installed tool must write model/model.zip, but did not."
"$there/tools/retort" methods | grep -q 'Cross-entropy in which rows' || fail "The installed tool must say what each method does, but does not."
echo "packages $version: files, dependencies, README's first program ($(wc -l < Program.cs) lines) and the tool ($(cat version))"
