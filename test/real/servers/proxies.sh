#!/bin/bash
# Proxies of Debian 12, run by an ordinary user with all their state below one directory, on loopback: tinyproxy 1.11
# (HTTP CONNECT), microsocks 1.0 (SOCKS5) and Dante 1.4 (SOCKS4 and SOCKS5).
#
#   proxies.sh install                 once, as root; does nothing when they are there
#   proxies.sh installed               exit code 0 when they can be started
#   proxies.sh start DIR               prints KEY=VALUE lines, also kept in DIR/env
#   proxies.sh serve DIR               the same, then READY; ends and removes DIR when standard input ends
#   proxies.sh stop DIR                wipe DIR stops and removes
#   proxies.sh env DIR
#
# Environment: the names in PORTS fix the ports.
#
# Those that ask who is there know one user. Their logs are DIR/NAME.log, and tell what they were asked to connect to.
PORTS=(HTTP_PORT HTTP_AUTH_PORT SOCKS5_PORT SOCKS5_AUTH_PORT DANTE_PORT)
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

readonly PROXY_USER=carol PROXY_PASS=pass-of-carol
root=$UNPACKED/proxies
tinyproxy=$root/usr/bin/tinyproxy microsocks=$root/usr/bin/microsocks danted=$root/usr/sbin/danted

# Only unpacked: the package of Dante would also start a service, now or when the machine starts.
server_install() { unpack_packages proxies tinyproxy-bin microsocks dante-server; }

server_installed() { runs "$tinyproxy" && runs "$microsocks" && runs "$danted"; }

# There are several daemons, and each has a DIR/NAME/pid.
stop_daemon() {
  local here=$DIR each
  for each in "$here"/*/pid; do
    [ ! -e "$each" ] || DIR=${each%/pid} stop_process
  done
}

# launch NAME PORT COMMAND…: runs a daemon that stays in the foreground.
launch() {
  local name=$1 port=$2
  shift 2
  mkdir -p "$DIR/$name"
  rm -f "$DIR/$name/pid"
  hand_over "$DIR/$name"
  # The shell writes its own process id, which the daemon takes over.
  # shellcheck disable=SC2016 # the variables are of the inner shell
  unprivileged env TMPDIR="$DIR/$name" sh -c 'echo $$ >"$0/pid"; exec "$@"' "$DIR/$name" "$@" \
    >>"$DIR/$name.log" 2>&1 </dev/null &
  await_file "$DIR/$name/pid" && await_port "$port" && return 0
  tail -n 20 "$DIR/$name.log" >>"$DIR/log"
  return 1
}

start_tinyproxy() {
  local name=$1 port=$2 more=${3:-}
  cat >"$DIR/$name.conf" <<CONF
Listen 127.0.0.1
Port $port
Allow 127.0.0.1
Timeout 120
MaxClients 100
LogLevel Connect
$more
CONF
  launch "$name" "$port" "$tinyproxy" -d -c "$DIR/$name.conf"
}

start_dante() {
  cat >"$DIR/dante.conf" <<CONF
logoutput: stdout
internal: 127.0.0.1 port = $DANTE_PORT
external: 127.0.0.1
clientmethod: none
socksmethod: none
client pass {
  from: 127.0.0.0/8 to: 0.0.0.0/0
}
# Nobody may go to 127.0.0.9.
socks block {
  from: 127.0.0.0/8 to: 127.0.0.9/32
}
socks pass {
  from: 127.0.0.0/8 to: 0.0.0.0/0
  protocol: tcp
  log: connect error
}
CONF
  launch dante "$DANTE_PORT" "$danted" -N 1 -f "$DIR/dante.conf" -p "$DIR/dante/written-by-dante"
}

server_start() {
  : >"$DIR/log"
  start_tinyproxy http "$HTTP_PORT" || return 1
  start_tinyproxy http-auth "$HTTP_AUTH_PORT" "BasicAuth $PROXY_USER $PROXY_PASS" || return 1
  launch socks5 "$SOCKS5_PORT" "$microsocks" -i 127.0.0.1 -p "$SOCKS5_PORT" || return 1
  launch socks5-auth "$SOCKS5_AUTH_PORT" "$microsocks" -i 127.0.0.1 -p "$SOCKS5_AUTH_PORT" \
    -u "$PROXY_USER" -P "$PROXY_PASS" || return 1
  start_dante || return 1
  fact DIR "$DIR"
  fact HOST 127.0.0.1
  fact HTTP_PORT "$HTTP_PORT"
  fact HTTP_AUTH_PORT "$HTTP_AUTH_PORT"
  fact SOCKS5_PORT "$SOCKS5_PORT"
  fact SOCKS5_AUTH_PORT "$SOCKS5_AUTH_PORT"
  fact DANTE_PORT "$DANTE_PORT"
  fact USER "$PROXY_USER"
  fact PASS "$PROXY_PASS"
}

main "$@"
