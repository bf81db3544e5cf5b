#!/bin/bash
# Makes .venv with a Python 3.11 or newer and installs the project into it. Does nothing when that is already so.
#   scripts/venv.sh run|test       test adds what the tests need
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."
kind=${1:-run}

die() { printf '\n%s\n' "$@" >&2; exit 1; }

# 3.11 first, because the tests' telephone has a wheel for it alone. PYTHON names another one.
find_python() {
  local candidate candidates=(python3.11 python3.12 python3.13 python3 python)
  [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

die_of_python() {
  local held=${PYTHON:-python3} version
  version=$("$held" --version 2>/dev/null || true)
  [ -z "${PYTHON:-}" ] || die "PYTHON=$PYTHON is not a Python 3.11, 3.12 or 3.13 (it is ${version:-nothing that can be started})." \
    "Name another one, or leave PYTHON out to have one looked for."
  die "No Python 3.11, 3.12 or 3.13 was found${version:+ ($held is $version)}." \
    "Debian 12 or newer: sudo apt-get install python3 python3-venv. Elsewhere: install one and run again with PYTHON=/path/to/python3."
}

# Whether .venv can be used where it is: with a pip, and not half-made, without its Python, of another Python's packages, or moved here.
is_sound() {
  .venv/bin/python -c 'import pip' 2>/dev/null || .venv/bin/python -m ensurepip >/dev/null 2>&1 || return 1
  [ ! -e .venv/bin/onestop ] || grep -qF "$PWD/.venv/bin/python" .venv/bin/onestop
}

# Turns pip's output into one moving line; all of it goes to .venv/install.log.
follow() {
  local line count=0 now
  : >.venv/install.log
  while IFS= read -r line; do
    printf '%s\n' "$line" >>.venv/install.log
    case $line in
      "Collecting "*) count=$((count + 1)); now="package $count: ${line#Collecting }" ;;
      "Downloading "* | "  Downloading "*) now="package $count: ${line#"${line%%[![:space:]]*}"}" ;;
      "Installing collected packages"*) now="unpacking $count packages ..." ;;
      *) continue ;;
    esac
    if [ -t 1 ]; then printf '\r\033[K  %.100s' "$now"; elif [ $((count % 20)) = 1 ]; then printf '  %.100s\n' "$now"; fi
  done
  [ ! -t 1 ] || printf '\r\033[K'
}

have_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

if [ -e .venv ] && ! is_sound; then
  echo "The environment in .venv is half-made, was moved or has lost its Python; making it anew ..."
  rm -rf .venv
fi

if [ ! -e .venv ]; then
  python=$(find_python) || die_of_python
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if have_debian_root; then
      echo "Installing $package (this Python comes without ensurepip) ..."
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null; } ||
        die "apt-get could not install $package." "Install it by hand, then run this again."
    else
      die "$python cannot make a virtual environment: its module ensurepip or venv is missing." \
        "Debian and Ubuntu: sudo apt-get install $package, then run this again."
    fi
  fi
  echo "Making .venv with $("$python" --version) ..."
  "$python" -m venv .venv || { rm -rf .venv; die "The virtual environment could not be made (see above)."; }
fi

stamp=.venv/installed-$kind
wanted=$(sha256sum pyproject.toml | cut -d' ' -f1)
held=$(cat "$stamp" 2>/dev/null || true)
if [ "$held" != "$wanted" ] || ! .venv/bin/python -c 'import fastapi' 2>/dev/null; then
  extra=""
  [ "$kind" = test ] && extra="[test]"
  echo "Installing packages (the first time: a few minutes, about 700 MB on disk) ..."
  .venv/bin/python -m pip install --disable-pip-version-check --progress-bar off --editable ".$extra" 2>&1 | follow ||
    { tail -n 15 .venv/install.log >&2
      die "The packages could not be installed (the whole log: .venv/install.log)." \
        "Without a network: point PIP_INDEX_URL or PIP_FIND_LINKS at a mirror, then run this again."; }
  echo "$wanted" >"$stamp"
  if [ "$kind" = test ]; then echo "$wanted" >.venv/installed-run; fi
fi
