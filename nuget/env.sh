# Where packages come from. Sourced by run, test and bench; afterwards plain `dotnet build` in the same shell uses the same sources.
#
#   1. a plain restore, where the ordinary sources have Microsoft.ML and the others in our versions
#   2. else the offline feed, built once from nuget/offline
#   RETORT_OFFLINE=yes: the offline feed whatever the ordinary sources have
#   RETORT_NUGET_SOURCE=<folder of packages>: ids found there come from it alone, the rest as above
#
# NuGet has no order of sources and keeps what it once extracted, so each set of sources has a generated nuget.config,
# a packages folder and an obj of its own.
RETORT_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=true
_offline=$RETORT_ROOT/.offline
# the packages that have a stand-in
_stood_in="microsoft.ml microsoft.ml.automl microsoft.ml.onnxruntime microsoft.ml.onnxruntime.managed microsoft.ml.onnxtransformer torchsharp torchsharp-cpu"
mkdir -p "$_offline"

command -v dotnet > /dev/null || { echo "The .NET 10 SDK must be installed: 'dotnet' was not found." >&2; exit 1; }

# yes or no: do the ordinary sources hold Microsoft.ML and the others, in just the versions that the projects name? A source with a later one alone does not
# suffice: NuGet would take that, and then lack what goes with it. The answer is kept for a day.
_public_sources_suffice() {
  local kept=$_offline/public-sources log
  if [ -z "$(find "$kept" -mmin -1440 2> /dev/null)" ]; then
    mkdir -p "$_offline/probe"
    cat > "$_offline/probe/probe.csproj" << 'P'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally></PropertyGroup>
  <ItemGroup><PackageReference Include="Microsoft.ML" Version="[5.0.0]" /><PackageReference Include="Microsoft.ML.AutoML" Version="[0.23.0]" /><PackageReference Include="TorchSharp" Version="[0.106.0]" /></ItemGroup>
</Project>
P
    echo '<Project />' | tee "$_offline/probe/Directory.Build.props" "$_offline/probe/Directory.Build.targets" > /dev/null
    if log=$(env -u RestoreConfigFile -u RestorePackagesPath dotnet restore "$_offline/probe/probe.csproj" --nologo 2>&1); then echo yes > "$kept"
    elif grep -qE 'NU110[123].*(Microsoft\.ML|TorchSharp)' <<< "$log"; then echo no > "$kept"
    else printf '%s\n' "$log" >&2; echo "The package sources did not answer; see above." >&2; exit 1
    fi
  fi
  [ "$(cat "$kept")" = yes ]
}

# the ids of the packages in a folder, a line each
_ids() { for p in "$1"/*.nupkg; do unzip -p "$p" '*.nuspec' | sed -n 's:.*<id>\(.*\)</id>.*:\1:p' | head -n 1; done; }

_patterns() { while read -r id; do echo "      <package pattern=\"$id\" />"; done; }

# $1 folder of the set, then pairs: name of a source, its place. A source's ids are read from its folder; the last source, the ordinary one, takes the rest.
_write_config() {
  local set=$1 taken='' name place ids
  shift
  {
    echo '<configuration>'
    echo '  <packageSources>'
    echo '    <clear />'
    for pair in "$@"; do echo "    <add key=\"${pair%%=*}\" value=\"${pair#*=}\" />"; done
    _ordinary_sources
    echo '  </packageSources>'
    echo '  <packageSourceMapping>'
    for pair in "$@"; do
      name=${pair%%=*}; place=${pair#*=}
      ids=$(_ids "$place" | sort -u)
      [ -z "$taken" ] || ids=$(comm -23 <(echo "$ids") <(echo "$taken" | sort -u))
      taken=$(printf '%s\n%s' "$taken" "$ids")
      [ -z "$ids" ] || { echo "    <packageSource key=\"$name\">"; echo "$ids" | _patterns; echo '    </packageSource>'; }
    done
    _ordinary_names | while read -r name; do echo "    <packageSource key=\"$name\"><package pattern=\"*\" /></packageSource>"; done
    echo '  </packageSourceMapping>'
    echo '</configuration>'
  } > "$set/nuget.config.$$"
  cmp -s "$set/nuget.config.$$" "$set/nuget.config" && rm "$set/nuget.config.$$" || mv "$set/nuget.config.$$" "$set/nuget.config"
}
_ordinary_sources() { dotnet nuget list source --format Short | sed -n 's/^E \(.*\)/\1/p' | awk '{ printf "    <add key=\"ordinary%d\" value=\"%s\" />\n", NR, $0 }'; }
_ordinary_names() { dotnet nuget list source --format Short | sed -n 's/^E .*/x/p' | awk '{ print "ordinary" NR }'; }

# $1 folder of extracted packages, then ids: those extracted before the feed was last built go
_forget_stale() { local folder=$1 id; shift; for id in "$@"; do [ ! "$_offline/feed.sha" -nt "$folder/$id" ] || rm -rf "${folder:?}/$id"; done; }

_use() { export RetortSourceSet=$1 RestoreConfigFile=$_offline/$1/nuget.config RestorePackagesPath=$_offline/$1/packages; }

RETORT_HAS_STANDINS=no
if [ -n "${RETORT_NUGET_SOURCE:-}" ]; then
  RETORT_NUGET_SOURCE=$(cd "$RETORT_NUGET_SOURCE" 2> /dev/null && pwd) || { echo "RETORT_NUGET_SOURCE must name a folder, but is '$RETORT_NUGET_SOURCE'." >&2; exit 1; }
  ls "$RETORT_NUGET_SOURCE"/*.nupkg > /dev/null 2>&1 || { echo "RETORT_NUGET_SOURCE must hold packages, but '$RETORT_NUGET_SOURCE' has none." >&2; exit 1; }
  # the folder's content is part of the name, since an extracted package stays
  _set=given-$(cd "$RETORT_NUGET_SOURCE" && sha256sum ./*.nupkg | sha256sum | cut -c1-12)
  mkdir -p "$_offline/$_set"
  _given=$(_ids "$RETORT_NUGET_SOURCE" | tr '[:upper:]' '[:lower:]')
  _lacking=$(comm -23 <(tr ' ' '\n' <<< "$_stood_in" | sort) <(sort <<< "$_given"))
  if [ -z "$_lacking" ] || _public_sources_suffice; then _write_config "$_offline/$_set" "given=$RETORT_NUGET_SOURCE"
  else
    . "$RETORT_ROOT/nuget/offline/feed.sh"
    _write_config "$_offline/$_set" "given=$RETORT_NUGET_SOURCE" "offline=$_offline/feed"
    _forget_stale "$_offline/$_set/packages" $_lacking
    RETORT_HAS_STANDINS=yes
  fi
  _use "$_set"
  RETORT_STANDIN=given
elif [ "${RETORT_OFFLINE:-no}" != yes ] && _public_sources_suffice; then
  RETORT_STANDIN=no
else
  . "$RETORT_ROOT/nuget/offline/feed.sh"
  mkdir -p "$_offline/standin"
  _write_config "$_offline/standin" "offline=$_offline/feed"
  _forget_stale "$_offline/standin/packages" $_stood_in
  _use standin
  RETORT_STANDIN=yes RETORT_HAS_STANDINS=yes
fi
export RETORT_STANDIN RETORT_HAS_STANDINS
