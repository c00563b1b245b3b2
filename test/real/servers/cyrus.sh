#!/bin/bash
# Cyrus IMAP 3.6 (Debian 12), run by an ordinary user with all its state below one directory, on loopback.
#
#   cyrus.sh install                 once, as root; does nothing when it is there
#   cyrus.sh installed               exit code 0 when it can be started
#   cyrus.sh start DIR               prints KEY=VALUE lines, also kept in DIR/env
#   cyrus.sh serve DIR               the same, then READY; ends and removes DIR when standard input ends
#   cyrus.sh stop DIR                mail stays; wipe DIR stops and removes
#   cyrus.sh env DIR
#
# Environment: PORT and TLS_PORT fix the ports; EXTRA_CONF holds imapd.conf lines, which replace those of the same name
# (`suppress_capabilities: QRESYNC MOVE` hides extensions).
#
# Accounts: alice and bob, and the administrator cyrus; NAME has the password NAME-secret. Beside personal mailboxes
# there are `Shared Folders/Public`, in it News, ReadOnly, and Tiny with a quota of 20 KiB.
PORTS=(PORT TLS_PORT)
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

root=$UNPACKED/cyrus
programs=$root/usr/lib/cyrus/bin
LD_LIBRARY_PATH=$root/usr/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH

server_install() {
  install_packages openssl db-util
  unpack_packages cyrus cyrus-common cyrus-imapd sasl2-bin
}

server_installed() { runs "$programs/master" && runs "$programs/imapd" && runs "$root/usr/sbin/saslpasswd2"; }

write_conf() {
  local conf=$DIR/conf state=$DIR/state user setting
  mkdir -p "$conf" "$DIR"/{spool/stage.,search,sieve} \
    "$state"/{backup,db,lock,log,msg,proc,ptclient,quota,rpm,socket,sync,user}
  cat >"$conf/cyrus.conf" <<CONF
START {
  recover cmd="$programs/ctl_cyrusdb -C $conf/imapd.conf -r"
}
SERVICES {
  imap cmd="$programs/imapd -C $conf/imapd.conf -U 100" listen="127.0.0.1:$PORT" prefork=2 maxchild=200
  imaps cmd="$programs/imapd -C $conf/imapd.conf -s -U 100" listen="127.0.0.1:$TLS_PORT" prefork=1 maxchild=200
}
EVENTS {
  checkpoint cmd="$programs/ctl_cyrusdb -C $conf/imapd.conf -c" period=60
}
CONF
  cat >"$conf/imapd.conf" <<CONF
servername: localhost
cyrus_user: $RUN_USER
cyrus_group: $RUN_GROUP
umask: 077
configdirectory: $state
defaultpartition: default
partition-default: $DIR/spool
proc_path: $state/proc
mboxname_lockpath: $state/lock
temp_path: $state/backup
idlesocket: $state/socket/idle
lmtpsocket: $state/socket/lmtp
notifysocket: $state/socket/notify
sievedir: $DIR/sieve
admins: cyrus
username_tolower: yes
virtdomains: off
altnamespace: yes
unixhierarchysep: yes
loginuseacl: no
allowplaintext: yes
allowanonymouslogin: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $conf/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 EXTERNAL ANONYMOUS
sasl_auto_transition: no
tls_server_cert: $DIR/tls/server.pem
tls_server_key: $DIR/tls/server.key
tls_client_ca_file: $DIR/tls/ca.pem
tls_versions: tls1_2 tls1_3
autocreate_quota: 2097152
autocreate_post: yes
autocreate_inbox_folders: Drafts|Sent|Trash|Junk|Archive
autocreate_subscribe_folders: Drafts|Sent|Trash|Junk|Archive
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
maxmessagesize: 33554432
munge8bit: no
imapidlepoll: 1
statuscache: yes
delete_mode: immediate
expunge_mode: delayed
conversations: yes
conversations_db: twoskip
annotation_allow_undefined: yes
annotation_enable_legacy_commands: yes
jmap_preview_annot: /shared/vendor/example.test/preview
search_engine: xapian
search_index_headers: yes
defaultsearchtier: t1
t1searchpartition-default: $DIR/search
CONF
  # A setting given twice is an error for Cyrus.
  for setting in $(sed -nE 's/^([A-Za-z0-9_-]+):.*/\1/p' <<<"${EXTRA_CONF:-}"); do
    sed -i "/^$setting:/d" "$conf/imapd.conf"
  done
  printf '%s\n' "${EXTRA_CONF:-}" >>"$conf/imapd.conf"
  hand_over "$DIR"
  [ -e "$conf/sasldb2" ] || for user in cyrus alice bob anonymous; do
    printf '%s-secret' "$user" | unprivileged "$root/usr/sbin/saslpasswd2" -f "$conf/sasldb2" -c -p -u localhost "$user"
  done
}

# What only the administrator can make.
make_shared_mailboxes() {
  [ ! -e "$DIR/conf/complete" ] || return 0
  local line all=lrswipkxtecdan tag=0 command
  exec 3<>"/dev/tcp/127.0.0.1/$PORT"
  for command in 'LOGIN cyrus cyrus-secret' \
    'CREATE Public' "SETACL Public anyone $all" \
    'CREATE Public/News' "SETACL Public/News anyone $all" \
    'CREATE Public/ReadOnly' 'SETACL Public/ReadOnly anyone lr' \
    'CREATE Public/Tiny' "SETACL Public/Tiny anyone $all" 'SETQUOTA Public/Tiny (STORAGE 20)' \
    LOGOUT; do
    tag=$((tag + 1))
    printf 't%s %s\r\n' "$tag" "$command" >&3
    while IFS= read -r -t 10 line <&3 && [[ $line != "t$tag "* ]]; do :; done
    [[ $line == "t$tag OK"* ]] || { say "cyrus: $command: $line"; return 1; }
  done
  exec 3>&-
  : >"$DIR/conf/complete"
}

server_start() {
  make_certificates
  write_conf
  rm -f "$DIR/pid" "$DIR/state/master.pid"
  unprivileged "$programs/master" -C "$DIR/conf/imapd.conf" -M "$DIR/conf/cyrus.conf" -p "$DIR/state/master.pid" \
    -d -L "$DIR/log" >>"$DIR/log" 2>&1 </dev/null || return 1
  await_file "$DIR/state/master.pid" && cp "$DIR/state/master.pid" "$DIR/pid" || return 1
  await_port "$PORT" && await_port "$TLS_PORT" || return 1
  make_shared_mailboxes || return 1
  fact SERVER cyrus
  fact VERSION "$(unpacked_version cyrus cyrus-imapd)"
  fact DIR "$DIR"
  fact LOG "$DIR/log"
  fact HOST 127.0.0.1
  fact PORT "$PORT"
  fact TLS_PORT "$TLS_PORT"
  fact USER alice
  fact PASS alice-secret
  fact USER2 bob
  fact PASS2 bob-secret
  fact MASTER_USER cyrus
  fact MASTER_PASS cyrus-secret
  fact CA_FILE "$DIR/tls/ca.pem"
  fact CLIENT_CERT "$DIR/tls/alice.pem"
  fact CLIENT_KEY "$DIR/tls/alice.key"
}

main "$@"
