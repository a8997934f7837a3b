#!/usr/bin/env bash
# Builds the programs of this folder into .clients, each with the compiler or package manager that this machine has.
# What can't be built here is named, and its tests are skipped.   build.sh [NAME…]
set -uo pipefail
cd "$(dirname "$0")"
out="$(cd ../../.. && pwd)/.clients"
mkdir -p "$out"

# build NAME PROGRAM COMMAND…: runs the command in a copy of NAME's folder, if the machine has PROGRAM.
build() {
  local name=$1 program=$2
  shift 2
  if ! command -v "$program" >/dev/null; then
    printf '%s: skipped: %s is not installed\n' "$name" "$program"
    return
  fi
  mkdir -p "$out/$name" && cp -r "$name/." "$out/$name"
  if (cd "$out/$name" && "$@" >build.log 2>&1); then
    printf '%s: built\n' "$name"
  else
    printf '%s: can not be built here: %s/%s/build.log\n' "$name" "$out" "$name"
  fi
}

# A registry that does not answer costs three minutes at most.
limited() {
  if command -v timeout >/dev/null; then timeout 180 "$@"; else "$@"; fi
}

go_v2() { limited go mod tidy && limited go build -o stay .; }
java() { limited mvn -q -B package dependency:copy-dependencies -DincludeScope=runtime; }
rust() { limited cargo build -q && cp target/debug/stay stay; }
ruby_gem() { ruby -e 'require "aws-sdk-core"' || limited gem install -q --no-document --install-dir gems aws-sdk-core; }
javascript_v2() { limited npm install --silent --no-audit --no-fund --no-save --prefix . aws-sdk@2; }
cdk() { limited npm install --silent --no-audit --no-fund --no-save --prefix . aws-cdk@2; }
# The collection comes with the package `ansible`, of which nothing else is needed.
ansible() {
  local pip=(venv/bin/pip -q --disable-pip-version-check --retries 2)
  python3 -m venv venv && limited "${pip[@]}" install --requirement requirements.txt \
    && limited "${pip[@]}" download --no-deps --dest wheel ansible \
    && python3 -c 'import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
wanted = [name for name in archive.namelist() if name.startswith("ansible_collections/amazon/aws/")]
archive.extractall("collections", wanted)' wheel/ansible-*.whl && rm -r wheel
}

wanted=" ${*:-go-v2 java-v2 java-v1 ruby javascript-v2 rust cdk ansible} "
[[ $wanted == *" go-v2 "* ]] && build go-v2 go go_v2
[[ $wanted == *" java-v2 "* ]] && build java-v2 mvn java
[[ $wanted == *" java-v1 "* ]] && build java-v1 mvn java
[[ $wanted == *" ruby "* ]] && build ruby gem ruby_gem
[[ $wanted == *" javascript-v2 "* ]] && build javascript-v2 npm javascript_v2
[[ $wanted == *" rust "* ]] && build rust cargo rust
[[ $wanted == *" cdk "* ]] && build cdk npm cdk
[[ $wanted == *" ansible "* ]] && build ansible python3 ansible
exit 0
