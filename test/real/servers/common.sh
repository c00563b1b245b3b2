# shellcheck shell=bash
# What the starters of real IMAP servers share. Sourced, never run.
#
# A starter sets the functions server_install, server_installed and server_start, and ends with `main "$@"`.
# server_start is called with the variables DIR (absolute, owned by RUN_USER) and the ports named in PORTS set,
# and prints its facts with `fact KEY VALUE`. The daemon writes its process id to DIR/pid.

set -euo pipefail

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# --- the account servers run as ---------------------------------------------------------------------------------

# A mail server never needs root here: root hands over to "nobody", anyone else stays who they are.
if [ "$(id -u)" = 0 ]; then RUN_USER=nobody; else RUN_USER=$(id -un); fi
RUN_GROUP=$(id -gn "$RUN_USER")

unprivileged() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$RUN_USER" --regid="$RUN_GROUP" --clear-groups env HOME="$DIR" USER="$RUN_USER" "$@"
  else
    "$@"
  fi
}

hand_over() { [ "$(id -u)" != 0 ] || chown -R "$RUN_USER:$RUN_GROUP" "$@"; }

# --- packages ---------------------------------------------------------------------------------------------------

installed_packages() {
  local name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | grep -q '^ii' || return 1
  done
}

apt() { env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=240 "$@" >&2; }

# Maintainer scripts ask policy-rc.d before they start a daemon, and 101 means "no".
start_no_daemons() {
  local policy=/usr/sbin/policy-rc.d
  [ ! -e "$policy" ] || return 0
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  # shellcheck disable=SC2064 # the value of now is meant
  trap "rm -f '$policy'" EXIT
}

# Installs Debian packages. The package lists are fetched only when the first attempt fails.
install_packages() {
  installed_packages "$@" && return 0
  [ "$(id -u)" = 0 ] || die "installing $* needs root"
  start_no_daemons
  local install=(install --no-install-recommends "$@")
  apt "${install[@]}" || { apt update && apt "${install[@]}"; } || die "could not install $*"
}

# Debian's IMAP servers refuse to be installed beside each other: installing one removes the others. So all but one
# are only unpacked, below a directory of their own.
UNPACKED=${IMAPKIT_SERVERS:-/opt/imapkit-servers}

# unpack_packages NAME PACKAGE…: into UNPACKED/NAME; the libraries that they need are installed as usual.
unpack_packages() {
  local target=$UNPACKED/$1 scratch archive libraries
  shift
  [ ! -e "$target/complete" ] || return 0
  [ "$(id -u)" = 0 ] || die "installing $* needs root"
  apt-cache show "$@" >/dev/null 2>&1 || apt update || die 'could not fetch the package lists'
  mapfile -t libraries < <(apt-cache depends -i "$@" | sed -nE 's/^[ |]*Depends: (lib[a-z0-9.+-]+)$/\1/p' | sort -u)
  install_packages "${libraries[@]}"
  rm -rf "$target"
  scratch=$target/archives
  mkdir -p "$scratch"
  (cd "$scratch" && { apt download "$@" || { apt update && apt download "$@"; }; }) || die "could not download $*"
  for archive in "$scratch"/*.deb; do dpkg-deb -x "$archive" "$target"; done
  ls "$scratch" >"$target/complete"
  rm -rf "$scratch"
}

# unpacked_version NAME PACKAGE: the version that unpack_packages found.
unpacked_version() { sed -nE "s/^$2_([0-9]+%3a)?([0-9.]+).*/\\2/p" "$UNPACKED/$1/complete"; }

# runs FILE: whether a program is there with all the libraries that it needs.
runs() { [ -x "$1" ] && ! ldd "$1" 2>&1 | grep -q 'not found'; }

# --- ports ------------------------------------------------------------------------------------------------------

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Sets each named variable that is not set yet to a free port below the range that the kernel gives to clients.
choose_ports() {
  local variable port
  for variable in "$@"; do
    [ -z "${!variable:-}" ] || continue
    while port=$((20000 + (RANDOM << 15 | RANDOM) % 12000)); listening "$port"; do :; done
    printf -v "$variable" %s "$port"
  done
}

await_port() {
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    if listening "$1"; then return 0; fi
    sleep 0.05
  done
  return 1
}

await_file() {
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    if [ -s "$1" ]; then return 0; fi
    sleep 0.05
  done
  return 1
}

# --- processes --------------------------------------------------------------------------------------------------

# A zombie that its parent has not collected yet counts as gone.
running() { [ -n "${1:-}" ] && grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }

# A starter of several daemons has a stop_daemon of its own.
stop_daemon() { stop_process; }

# Ends the daemon whose id is in DIR/pid, with force after five seconds. Returns once the process is gone.
stop_process() {
  local pid tries
  pid=$(tr -cd 0-9 2>/dev/null <"$DIR/pid") || return 0
  running "$pid" || return 0
  kill -TERM "$pid"
  for ((tries = 0; tries < 100; tries++)); do
    running "$pid" || return 0
    sleep 0.05
  done
  say "process $pid did not end in time and is killed"
  kill -KILL "$pid"
}

# --- certificates -----------------------------------------------------------------------------------------------

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

# issue NAME SUBJECT EXTENSIONS [options of `openssl ca`]: DIR/tls/NAME.pem and .key, signed by DIR/tls/ca.pem.
issue() {
  local name=$1 subject=$2 extensions=$3 tls=$DIR/tls
  shift 3
  new_key "$tls/$name.key"
  openssl req -new -key "$tls/$name.key" -subj "/O=Mail test/CN=$subject" -out "$tls/$name.csr"
  openssl ca -batch -notext -config "$tls/ca.conf" -extensions "$extensions" \
    -in "$tls/$name.csr" -out "$tls/$name.pem" "$@" 2>"$tls/$name.log" || die "openssl ca: $(cat "$tls/$name.log")"
}

# A CA of its own, a good server certificate, three that a client has to refuse, and a client certificate for alice.
make_certificates() {
  local tls=$DIR/tls
  [ ! -e "$tls/complete" ] || return 0
  mkdir -p "$tls/issued"
  : >"$tls/index"
  cat >"$tls/ca.conf" <<CONF
[ca]
default_ca = here
[here]
database = $tls/index
new_certs_dir = $tls/issued
certificate = $tls/ca.pem
private_key = $tls/ca.key
default_md = sha256
default_days = 30
rand_serial = yes
unique_subject = no
policy = any
[any]
organizationName = optional
commonName = supplied
[good]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost,DNS:imap.example.test,IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3,IP:127.0.0.6,IP:127.0.0.7,IP:::1
[elsewhere]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.example.test
[person]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = clientAuth
CONF
  new_key "$tls/ca.key"
  openssl req -x509 -new -key "$tls/ca.key" -subj '/O=Mail test/CN=Mail test CA' -days 30 \
    -addext 'keyUsage=critical,keyCertSign,cRLSign' -out "$tls/ca.pem"
  issue server localhost good
  issue expired localhost good -startdate 20200101000000Z -enddate 20210101000000Z
  issue wronghost elsewhere.example.test elsewhere
  issue alice alice person
  cat "$tls/server.pem" "$tls/server.key" >"$tls/server-and-key.pem"
  new_key "$tls/selfsigned.key"
  openssl req -x509 -new -key "$tls/selfsigned.key" -subj '/O=Mail test/CN=localhost' -days 30 \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.5' -out "$tls/selfsigned.pem"
  hand_over "$tls"
  # The tests, which may run as somebody else, read the client's key.
  chmod 644 "$tls/alice.key"
  : >"$tls/complete"
}

# --- verbs ------------------------------------------------------------------------------------------------------

# Prints one KEY=VALUE line and keeps it in DIR/env. Values are not quoted: split at the first "=".
fact() { printf '%s=%s\n' "$1" "$2" | tee -a "$DIR/env"; }

start_in() {
  mkdir -p "$1"
  DIR=$(cd "$1" && pwd)
  # The path of a unix socket may have 107 bytes, and servers add long names of their own.
  [ ${#DIR} -le 60 ] || die "$DIR is too long a path, choose one of up to 60 characters"
  chmod 755 "$DIR"
  hand_over "$DIR"
  unprivileged test -w "$DIR" || die "$RUN_USER cannot reach $DIR: a directory above it is closed"
  server_installed || die "not installed, run: $0 install"
  local attempt
  for attempt in 1 2 3; do
    : >"$DIR/env"
    # Somebody else may take a port between the choice and its use, so only ports given from outside are kept.
    choose_ports "${PORTS[@]}"
    if server_start; then return 0; fi
    stop_daemon
    [ -z "$fixed_ports" ] || break
    unset "${PORTS[@]}"
  done
  die "$(printf 'did not start:\n%s' "$(tail -n 20 "$DIR/log" 2>/dev/null)")"
}

# Runs the server until standard input ends, then removes DIR. So a test run that is killed leaves nothing behind.
serve_in() {
  DIR=$1
  # Bash runs this on SIGINT, SIGTERM and SIGHUP as well.
  trap 'stop_daemon; rm -rf "$DIR"' EXIT
  start_in "$1"
  printf 'READY\n'
  exec >/dev/null
  while read -r _; do :; done
}

main() {
  local verb=${1:-} port
  fixed_ports=
  for port in "${PORTS[@]}"; do fixed_ports+=${!port:-}; done
  case $verb:$# in
    install:1) server_install ;;
    installed:1) server_installed ;;
    start:2) start_in "$2" ;;
    serve:2) serve_in "$2" ;;
    stop:2) [ ! -d "$2" ] || { DIR=$(cd "$2" && pwd) && stop_daemon; } ;;
    wipe:2) [ ! -d "$2" ] || { DIR=$(cd "$2" && pwd) && stop_daemon && rm -rf "$DIR"; } ;;
    env:2) cat "$2/env" ;;
    *)
      if [ $# -ge 3 ] && declare -F "verb_$verb" >/dev/null; then
        DIR=$(cd "$2" && pwd)
        shift 2
        "verb_$verb" "$@"
      else
        say "usage: $0 install | installed | start DIR | serve DIR | stop DIR | wipe DIR | env DIR${EXTRA_USAGE:-}"
        exit 2
      fi ;;
  esac
}
