#!/usr/bin/env bash
# Makes all packages: nuget/pack.sh [folder [arguments of dotnet pack]]; the folder is ./packages where none is given.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/env.sh"
folder=$(realpath -m "${1:-packages}")
# one by one: a project that is packed beside others may be evaluated for them before, and then leaves out what it brings
for project in estimators/Retort estimators/Retort.AutoML cli/Retort.Cli; do
  # the names of source files in the packages do not tell where they were built
  dotnet pack "$RETORT_ROOT/$project" -c Release --nologo -v q -o "$folder" -p:ContinuousIntegrationBuild=true "${@:2}"
done
