#!/bin/bash
# Courier IMAP 5 (Debian 12), with all its state below one directory, on loopback.
#
#   courier.sh install                 once, as root; does nothing when it is there
#   courier.sh installed               exit code 0 when it can be started
#   courier.sh start DIR               prints KEY=VALUE lines, also kept in DIR/env
#   courier.sh serve DIR               the same, then READY; ends and removes DIR when standard input ends
#   courier.sh stop DIR                mail stays; wipe DIR stops and removes
#   courier.sh env DIR
#
# /etc/courier and /run/courier are compiled in. Each instance gets its own in a private mount namespace, for which
# it needs root; the daemons run as RUN_USER. Outside DIR only these two directories stay, empty.
#
# Environment: PORT and TLS_PORT fix the ports; EXTRA_CONF holds shell assignments that override the settings of imapd.
#
# Accounts: alice, bob, and tinyquota, who may have 20,000 octets in 5 messages; NAME has the password NAME-secret.
# Names of mailboxes start with `INBOX.`; `shared.public.News` is for all.
PORTS=(PORT TLS_PORT)
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

root=$UNPACKED/courier
libraries=$root/usr/lib:$root/usr/lib/courier-authlib

server_install() {
  install_packages openssl
  unpack_packages courier courier-base courier-imap courier-authlib courier-authdaemon courier-authlib-userdb
}

server_installed() { [ "$(id -u)" = 0 ] && LD_LIBRARY_PATH=$libraries runs "$root/usr/bin/imapd"; }

# One line of userdb: passwords are kept once hashed, for PLAIN, and once as keys of each HMAC.
account() {
  local user=$1 home=$DIR/home/$1 more=${2:-} hash
  printf '%s\tuid=%s|gid=%s|home=%s|mail=%s|imappw=%s' "$user" "$(id -u "$RUN_USER")" "$(id -g "$RUN_USER")" \
    "$home" "$home/Maildir" "$(openssl passwd -6 "$user-secret")"
  for hash in md5 sha1 sha256; do
    printf '|hmac-%spw=%s' "$hash" "$("$root/usr/sbin/userdbpw" "-hmac-$hash" <<<"$user-secret")"
  done
  printf '%s\n' "$more"
}

write_mail() {
  local make=$root/usr/bin/maildirmake.courier user folder
  [ ! -e "$DIR/shared" ] || return 0
  mkdir "$DIR/shared"
  "$make" -S "$DIR/shared/Public"
  "$make" -s write -f News "$DIR/shared/Public"
  for user in alice bob tinyquota; do
    mkdir -p "$DIR/home/$user"
    "$make" "$DIR/home/$user/Maildir"
    for folder in Drafts Sent Trash; do "$make" -f "$folder" "$DIR/home/$user/Maildir"; done
    printf 'public\t%s\n' "$DIR/shared/Public" >"$DIR/home/$user/Maildir/shared-maildirs"
  done
  "$make" -q 20000S,5C "$DIR/home/tinyquota/Maildir"
}

write_conf() {
  local conf=$DIR/conf
  mkdir -p "$conf/shared" "$DIR"/{home,run/authdaemon}
  cat >"$conf/authdaemonrc" <<CONF
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
authdaemonvar=/run/courier/authdaemon
daemons=3
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
CONF
  { account alice; account bob; account tinyquota '|quota=20000S,5C'; } >"$conf/userdb"
  chmod 600 "$conf/userdb"
  cat >"$conf/imapd" <<CONF
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA \
AUTH=CRAM-MD5 AUTH=CRAM-SHA1 AUTH=CRAM-SHA256 AUTH=PLAIN IDLE"
IMAP_CAPABILITY_TLS=\$IMAP_CAPABILITY
SMAP_CAPABILITY=SMAP1
IMAP_ACL=1
IMAP_KEYWORDS=1
IMAP_CHECK_ALL_FOLDERS=1
IMAP_DISABLETHREADSORT=0
IMAP_EMPTYTRASH=Trash:7
IMAP_TRASHFOLDERNAME=Trash
IMAP_MOVE_EXPUNGE_TO_TRASH=0
IMAP_ENHANCEDIDLE=0
IMAP_IDLE_TIMEOUT=1
IMAP_ID_FIELDS=3
IMAP_MAILBOX_SANITY_CHECK=0
IMAP_OBSOLETE_CLIENT=0
IMAP_PROXY=0
IMAP_SHAREDINDEXFILE=/etc/courier/shared/index
IMAP_STARTTLS=YES
IMAP_TLS_REQUIRED=0
IMAP_UMASK=022
IMAP_USELOCKS=1
COURIERTLS=$root/usr/bin/couriertls
TLS_CERTFILE=$DIR/tls/server-and-key.pem
TLS_TRUSTCERTS=$DIR/tls/ca.pem
TLS_VERIFYPEER=NONE
TLS_CACHEFILE=
${EXTRA_CONF:-}
CONF
  # STARTTLS hands over to a user of the name courier: inside, that is RUN_USER.
  { grep -v ^courier: /etc/passwd; echo "courier:x:$(id -u "$RUN_USER"):$(id -g "$RUN_USER")::/:/bin/false"; } >"$conf/passwd"
  { grep -v ^courier: /etc/group; echo "courier:x:$(id -g "$RUN_USER"):"; } >"$conf/group"
  sed "s,/usr/lib/courier/courier-authlib/makedatprog,$root&," "$root/usr/sbin/makeuserdb" >"$conf/makeuserdb"
  write_inside
  hand_over "$DIR"
}

# The first process of the namespaces: when it ends, the kernel ends everything else in there.
write_inside() {
  cat >"$DIR/conf/inside.sh" <<INSIDE
#!/bin/bash
set -eu
mount --bind $DIR/conf /etc/courier
mount --bind $DIR/run /run/courier
mount --bind $DIR/conf/passwd /etc/passwd
mount --bind $DIR/conf/group /etc/group
export LD_LIBRARY_PATH=$libraries
perl /etc/courier/makeuserdb
chown -R $RUN_USER:$RUN_GROUP /etc/courier
set -a
. /etc/courier/authdaemonrc
. /etc/courier/imapd
set +a
umask 022
as_user() { setpriv --reuid=$RUN_USER --regid=$RUN_GROUP --clear-groups "\$@"; }
as_user $root/usr/lib/courier/courier-authlib/authdaemond >>$DIR/log 2>&1 &
listen() {
  as_user $root/usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=200 -maxperip=200 -maxperc=200 -nodnslookup \\
    -noidentlookup "\$@" $root/usr/lib/courier/courier/imaplogin $root/usr/bin/imapd Maildir >>$DIR/log 2>&1 &
}
listen $PORT
IMAP_TLS=1 listen $TLS_PORT $root/usr/bin/couriertls -server -tcpd
trap 'exit 0' TERM
while :; do wait; sleep 1 & done
INSIDE
}

server_start() {
  local outer child tries
  export LD_LIBRARY_PATH=$libraries
  mkdir -p /etc/courier /run/courier
  make_certificates
  write_mail
  write_conf
  unshare --mount --pid --fork --kill-child --propagation private bash "$DIR/conf/inside.sh" >>"$DIR/log" 2>&1 </dev/null &
  outer=$!
  # What unshare started is to be ended: unshare itself takes no SIGTERM.
  for ((tries = 0; tries < 100; tries++)); do
    child=$(cat "/proc/$outer/task/$outer/children" 2>/dev/null) || return 1
    [ -z "$child" ] || break
    sleep 0.02
  done
  printf '%s\n' "$child" >"$DIR/pid"
  await_port "$PORT" && await_port "$TLS_PORT" || return 1
  fact SERVER courier
  fact VERSION "$(unpacked_version courier courier-imap)"
  fact DIR "$DIR"
  fact LOG "$DIR/log"
  fact HOST 127.0.0.1
  fact PORT "$PORT"
  fact TLS_PORT "$TLS_PORT"
  fact USER alice
  fact PASS alice-secret
  fact USER2 bob
  fact PASS2 bob-secret
  fact PREFIX INBOX.
  fact CA_FILE "$DIR/tls/ca.pem"
}

main "$@"
