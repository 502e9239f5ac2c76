# Shared by .ci/demo and .ci/test: numbered steps with their times, and the packages.
# The caller sets step_count before the first step.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
jobs=$(nproc)
step_number=0
step_title=""
step_started=0
step_times=()

# step TITLE: closes the step before and announces the next one.
step() {
  finish_step
  step_number=$((step_number + 1))
  step_title=$1
  step_started=$SECONDS
  printf '\n[%d/%d] %s (at %s)\n' "$step_number" "$step_count" "$1" "$(minutes "$SECONDS")"
}

finish_step() {
  if [ -n "$step_title" ]; then
    step_times+=("$(printf '%-44s %s' "$step_title" "$(minutes $((SECONDS - step_started)))")")
  fi
  step_title=""
}

print_step_times() {
  finish_step
  printf '\nTime per step\n'
  printf '  %s\n' "${step_times[@]}" "$(printf '%-44s %s' total "$(minutes "$SECONDS")")"
}

minutes() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

on_exit() {
  local code=$?
  if [ "$code" -ne 0 ]; then
    printf '\nStopped in step %d of %d, "%s", with code %d. The lines above say why.\n' \
      "$step_number" "$step_count" "$step_title" "$code" >&2
  fi
}
trap on_exit EXIT

wanted_packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' .ci/packages; }

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
  local package
  for package in $(wanted_packages); do
    is_installed "$package" || printf '%s\n' "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Use-Pty=0 "$@"
}

# Installs what .ci/packages lists and this machine lacks; does not touch apt when nothing is missing.
install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "No apt-get here: Debian 12 is expected. Install the counterparts of .ci/packages by hand." >&2
    return 1
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  if [ "${#missing[@]}" -eq 0 ]; then
    echo "All $(wanted_packages | wc -l) packages are installed."
    return
  fi
  echo "Missing: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "Installing needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
    return 1
  fi
  # Package lists that know every name are used as they are; stale ones show as a failed download.
  if apt-get install -s -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && apt_install "${missing[@]}"; then
    return
  fi
  as_root apt-get update -q
  apt_install "${missing[@]}"
}

# Quiet unless something is wrong: a configuration error goes to stderr.
configure() { cmake --preset "$1" --log-level=WARNING >/dev/null; }

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  NINJA_STATUS='[%f/%t, %es] ' cmake --build --preset "$preset" --parallel "$jobs" ${@:+--target "$@"}
}
