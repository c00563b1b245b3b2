#!/bin/bash
# GNU mailutils imap4d 3.15 (Debian 12): a server of few extensions, run by an ordinary user with all its state below
# one directory, on loopback.
#
#   mailutils.sh install                 once, as root; does nothing when it is there
#   mailutils.sh installed               exit code 0 when it can be started
#   mailutils.sh start DIR               prints KEY=VALUE lines, also kept in DIR/env
#   mailutils.sh serve DIR               the same, then READY; ends and removes DIR when standard input ends
#   mailutils.sh stop DIR                mail stays; wipe DIR stops and removes
#   mailutils.sh env DIR
#
# Environment: PORT and TLS_PORT fix the ports; EXTRA_CONF is configuration text put at the end.
#
# Accounts: alice@localhost and bob@localhost, with the passwords alice-secret and bob-secret.
PORTS=(PORT TLS_PORT)
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

daemon=/usr/sbin/imap4d

# It provides no "imap-server", so it removes no other server.
server_install() { install_packages mailutils-imap4d openssl; }

server_installed() { runs "$daemon"; }

write_conf() {
  local conf=$DIR/conf user tls
  mkdir -p "$conf/domains" "$DIR"/{home,run,spool}
  : >"$conf/domains/localhost"
  : >"$conf/secrets"
  for user in alice bob; do
    mkdir -p "$DIR/home/$user"
    printf '%s:%s:%s:%s::%s:/bin/false\n' "$user" "$(openssl passwd -6 "$user-secret")" "$(id -u "$RUN_USER")" \
      "$(id -g "$RUN_USER")" "$DIR/home/$user" >>"$conf/domains/localhost"
    printf '%s:%s-secret\n%s@localhost:%s-secret\n' "$user" "$user" "$user" "$user" >>"$conf/secrets"
  done
  chmod 600 "$conf/secrets"
  tls="tls { ssl-certificate-file \"$DIR/tls/server.pem\"; ssl-key-file \"$DIR/tls/server.key\"; };"
  cat >"$conf/imap4d.conf" <<CONF
mode daemon;
foreground yes;
pidfile "$DIR/run/imap4d.pid";
max-children 200;
logging { syslog no; };
tcp-wrappers { enable no; };
id-fields (name, version, vendor);
mailbox {
  mail-spool "$DIR/spool";
  mailbox-type mbox;
};
auth {
  authentication clear;
  authentication "generic:virtdomain";
  authorization clear;
  authorization "virtdomain";
};
virtdomain { passwd-dir "$conf/domains"; };
gsasl {
  cram-passwd "$conf/secrets";
  hostname localhost;
  realm localhost;
};
tls-file-checks { key-file none; cert-file none; ca-file none; };
server 127.0.0.1:$PORT {
  tls-mode ondemand;
  $tls
};
server 127.0.0.1:$TLS_PORT {
  tls-mode connection;
  $tls
};
${EXTRA_CONF:-}
CONF
  hand_over "$DIR"
}

server_start() {
  make_certificates
  write_conf
  rm -f "$DIR/pid" "$DIR/run/imap4d.pid"
  unprivileged "$daemon" --config-file="$DIR/conf/imap4d.conf" >>"$DIR/log" 2>&1 </dev/null &
  await_file "$DIR/run/imap4d.pid" && cp "$DIR/run/imap4d.pid" "$DIR/pid" || return 1
  await_port "$PORT" && await_port "$TLS_PORT" || return 1
  fact SERVER imap4d
  fact VERSION "$("$daemon" --version | sed -n '1s/.* //p' | tr -d ')')"
  fact DIR "$DIR"
  fact LOG "$DIR/log"
  fact HOST 127.0.0.1
  fact PORT "$PORT"
  fact TLS_PORT "$TLS_PORT"
  fact USER alice@localhost
  fact PASS alice-secret
  fact USER2 bob@localhost
  fact PASS2 bob-secret
  fact DOMAIN @localhost
  fact MECHANISMS 'PLAIN LOGIN'   # it announces many more, and fails in them
  fact CA_FILE "$DIR/tls/ca.pem"
}

main "$@"
