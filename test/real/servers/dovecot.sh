#!/bin/bash
# Dovecot 2.3 (Debian 12), run by an ordinary user with all its state below one directory, on loopback.
#
#   dovecot.sh install                 once, as root; does nothing when it is there
#   dovecot.sh installed               exit code 0 when it can be started
#   dovecot.sh start DIR               prints KEY=VALUE lines, also kept in DIR/env
#   dovecot.sh serve DIR               the same, then READY; ends and removes DIR when standard input ends
#   dovecot.sh stop DIR                mail stays; wipe DIR stops and removes
#   dovecot.sh env DIR
#   dovecot.sh doveadm DIR ARGUMENT…   changes mail behind a client's back
#
# Environment: PORT and TLS_PORT fix the ports; FORMAT=mdbox stores many messages per file (quick for big mailboxes);
# EXTRA_CONF is configuration text put at the end.
#
# The same two ports behave differently on several addresses, see the keys ending in _HOST in server_start.
# Every account NAME has the password NAME-secret, except `weird`.
PORTS=(PORT TLS_PORT)
EXTRA_USAGE=' | doveadm DIR ARGUMENT…'
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

FORMAT=${FORMAT:-sdbox}
daemon=/usr/sbin/dovecot

server_install() { install_packages dovecot-core dovecot-imapd openssl; }

# The configuration language of 2.4 is another one.
server_installed() { [ -x /usr/lib/dovecot/imap ] && [[ $("$daemon" --version 2>/dev/null) == 2.3.* ]]; }

verb_doveadm() { unprivileged doveadm -c "$DIR/conf/dovecot.conf" "$@"; }

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d =; }

# A JSON web token for alice that expires at the given Unix time, signed with the key of write_conf.
token() {
  local signed
  signed=$(printf '{"alg":"HS256","typ":"JWT"}' | base64url).$(printf '{"sub":"alice","iat":1577836800,"exp":%s}' "$1" | base64url)
  printf '%s.%s' "$signed" "$(printf %s "$signed" | openssl dgst -sha256 -mac HMAC -macopt key:mail-test -binary | base64url)"
}

write_accounts() {
  # user:password:uid:gid:gecos:home:shell:extra fields. `host`, `proxy` and `nologin` decide at login.
  cat <<CONF
alice:{PLAIN}alice-secret::::::
bob:{PLAIN}bob-secret::::::
carol@example.test:{PLAIN}carol@example.test-secret::::::
weird:{PLAIN}p"a\\ss {5+} %wörd::::::
tinyquota:{PLAIN}tinyquota-secret::::::userdb_quota_rule=*:bytes=20000
proxied:{PLAIN}proxied-secret::::::proxy=y host=127.0.0.1 port=$PORT destuser=alice pass=alice-secret
unavailable:{PLAIN}unavailable-secret::::::proxy=y host=127.0.0.1 port=1 proxy_timeout=1
referred:{PLAIN}referred-secret::::::nologin=y host=imap.elsewhere.test port=143 reason=Moved
nologin:{PLAIN}nologin-secret::::::nologin=y reason=Logins_are_closed
nohome:{PLAIN}nohome-secret::::::userdb_mail=sdbox:/proc/nowhere
anonymous:{PLAIN}*::::::
CONF
}

write_conf() {
  local conf=$DIR/conf ipv6=
  mkdir -p "$conf/keys/default/HS256" "$DIR"/{run,state,home,public}
  if grep -qs '^0\{31\}1 ' /proc/net/if_inet6; then ipv6=', ::1'; fi
  write_accounts >"$conf/accounts"
  echo 'admin:{PLAIN}admin-secret' >"$conf/masters"
  printf mail-test | openssl base64 -A >"$conf/keys/default/HS256/default"
  cat >"$conf/oauth2" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=$conf/keys/
username_attribute = sub
CONF
  # Everybody may do anything in Public, but only alice may change Public/ReadOnly.
  cat >"$conf/acl" <<CONF
Public authenticated lrwstipekxa
Public/* authenticated lrwstipekxa
Public/ReadOnly authenticated lr
Public/ReadOnly user=alice lrwstipekxa
CONF
  cat >"$conf/dovecot.conf" <<CONF
base_dir = $DIR/run
state_dir = $DIR/state
log_path = $DIR/log
instance_name = mail-test
listen = 127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4, 127.0.0.5, 127.0.0.6, 127.0.0.7$ipv6
protocols = imap
shutdown_clients = yes

# One ordinary user for everything; chroot would need root.
default_login_user = $RUN_USER
default_internal_user = $RUN_USER
default_internal_group = $RUN_GROUP
first_valid_uid = 1
first_valid_gid = 1
mail_uid = $RUN_USER
mail_gid = $RUN_GROUP
mail_home = $DIR/home/%u
mail_access_groups =

ssl = yes
ssl_cert = <$DIR/tls/server.pem
ssl_key = <$DIR/tls/server.key
ssl_ca = <$DIR/tls/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
ssl_cert_username_field = commonName
auth_ssl_username_from_cert = yes

disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-1 scram-sha-256 external anonymous oauthbearer xoauth2
auth_failure_delay = 0
auth_username_chars =
auth_master_user_separator = *
login_proxy_max_reconnects = 0
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = $conf/oauth2
}
passdb {
  driver = passwd-file
  master = yes
  args = $conf/masters
}
passdb {
  driver = passwd-file
  args = username_format=%u $conf/accounts
}
userdb {
  driver = passwd-file
  args = username_format=%u $conf/accounts
  override_fields = home=$DIR/home/%u uid=$RUN_USER gid=$RUN_GROUP
}

mail_location = $FORMAT:~/mail
mail_plugins = acl quota
mail_attribute_dict = file:%h/attributes
mail_fsync = never
mail_max_userip_connections = 200
mailbox_list_index = yes
mailbox_idle_check_interval = 1 secs

namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    special_use = \Drafts
    auto = subscribe
  }
  mailbox Sent {
    special_use = \Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \Trash
    auto = subscribe
  }
  mailbox Junk {
    special_use = \Junk
    auto = subscribe
  }
  mailbox Archive {
    special_use = \Archive
    auto = subscribe
  }
}
namespace public {
  type = public
  prefix = Public/
  separator = /
  location = $FORMAT:$DIR/public:INDEXPVT=~/public
  subscriptions = no
  list = children
}
namespace others {
  type = shared
  prefix = Others/%%u/
  separator = /
  location = $FORMAT:%%h/mail:INDEXPVT=~/others/%%u
  subscriptions = no
  list = children
}

plugin {
  acl = vfile:$conf/acl
  acl_shared_dict = file:$DIR/state/shared
  quota = count:Mail
  quota_vsizes = yes
  quota_rule = *:storage=2G
  quota_grace = 0
  quota_max_mail_size = 600M
}
protocol imap {
  mail_plugins = \$mail_plugins imap_acl imap_quota imap_zlib
  imap_metadata = yes
  imap_urlauth_host = localhost
  imap_urlauth_port = $PORT
  imap_id_send = name * version *
}

service imap-login {
  chroot =
  service_count = 0
  client_limit = 1000
  process_min_avail = 1
  inet_listener imap {
    port = $PORT
  }
  inet_listener imaps {
    port = $TLS_PORT
    ssl = yes
  }
}
service imap {
  process_min_avail = 2
  process_limit = 400
}
service imap-urlauth-login {
  chroot =
}
service anvil {
  chroot =
  client_limit = 4000
  # Without this socket failed logins do not make later ones from the same address wait.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service auth {
  client_limit = 4000
}
service stats {
  chroot =
}

# No password in the clear.
local 127.0.0.2 {
  ssl = required
  disable_plaintext_auth = yes
}
# Three certificates that have to be refused.
local 127.0.0.3 {
  ssl_cert = <$DIR/tls/expired.pem
  ssl_key = <$DIR/tls/expired.key
}
local 127.0.0.4 {
  ssl_cert = <$DIR/tls/wronghost.pem
  ssl_key = <$DIR/tls/wronghost.key
}
local 127.0.0.5 {
  ssl_cert = <$DIR/tls/selfsigned.pem
  ssl_key = <$DIR/tls/selfsigned.key
}
# Admits to the base protocol only.
local 127.0.0.6 {
  protocol imap {
    imap_capability = IMAP4rev1
  }
}
# One connection per user, short command lines, an untagged OK in every second of IDLE.
local 127.0.0.7 {
  mail_max_userip_connections = 1
  protocol imap {
    imap_max_line_length = 1024
    imap_idle_notify_interval = 1 secs
  }
}
${EXTRA_CONF:-}
CONF
  hand_over "$DIR"
}

server_start() {
  make_certificates
  write_conf
  unprivileged "$daemon" -c "$DIR/conf/dovecot.conf" >>"$DIR/log" 2>&1 </dev/null || return 1
  # It goes to the background a moment before it writes its id; without that nobody could stop it.
  await_file "$DIR/run/master.pid" && cp "$DIR/run/master.pid" "$DIR/pid" || return 1
  await_port "$PORT" && await_port "$TLS_PORT" || return 1
  fact SERVER dovecot
  fact VERSION "$("$daemon" --version | cut -d' ' -f1)"
  fact DIR "$DIR"
  fact LOG "$DIR/log"
  fact HOST 127.0.0.1
  fact PORT "$PORT"
  fact TLS_PORT "$TLS_PORT"
  fact USER alice
  fact PASS alice-secret
  fact USER2 bob
  fact PASS2 bob-secret
  fact MASTER_USER admin
  fact MASTER_PASS admin-secret
  fact WEIRD_PASS 'p"a\ss {5+} %wörd'
  fact OAUTH_TOKEN "$(token 4102444800)"
  fact OAUTH_TOKEN_EXPIRED "$(token 1609459200)"
  fact CA_FILE "$DIR/tls/ca.pem"
  fact CLIENT_CERT "$DIR/tls/alice.pem"
  fact CLIENT_KEY "$DIR/tls/alice.key"
  fact STRICT_HOST 127.0.0.2        # LOGINDISABLED until STARTTLS
  fact EXPIRED_CERT_HOST 127.0.0.3
  fact WRONG_CERT_HOST 127.0.0.4    # the certificate is for elsewhere.example.test
  fact SELFSIGNED_HOST 127.0.0.5
  fact MINIMAL_HOST 127.0.0.6       # advertises IMAP4rev1 only
  fact LIMIT_HOST 127.0.0.7         # one connection per user, command lines of up to 1024 bytes
}

main "$@"
