/**
 * Makes keys where they are used and signs requests where the authority's key is. One fixed text: everything that differs between
 * machines stands in the table and the request files beside it, so the script can be reviewed once.
 *
 * `THOUSAND_NODE_ROOT` prefixes every path; the conformance run uses it to make the certificates of eight machines on one.
 */
export const CERTIFICATE_SCRIPT = `#!/bin/sh
# Certificates of this machine. Keys are made here and never leave; an authority's key stays on the machine that signs.
#
#   thousand-node-certificates init-authorities   once, on the signing machine: authorities and the service account key pair
#   thousand-node-certificates request            on every machine: missing keys and signing requests (*.csr beside the certificate)
#   thousand-node-certificates sign               where the authorities' keys are: sign every request of the table that has no certificate
#   thousand-node-certificates all                the three in order, for a machine that does everything itself
#
# Every step is idempotent: what exists is left alone. To renew, remove the certificate and run request and sign again.
set -eu
umask 077
ROOT="\${THOUSAND_NODE_ROOT:-}"
PKI="$ROOT/etc/kubernetes/pki"
REQUESTS="$PKI/requests"
AUTHORITY_DAYS=3650
CERTIFICATE_DAYS=365
TAB="$(printf '\\t')"

command -v openssl >/dev/null 2>&1 || { echo "thousand-node-certificates: openssl is not installed" >&2; exit 1; }

authority() { # certificate key common-name
  [ -s "$1" ] && return 0
  mkdir -p "$(dirname "$1")"
  openssl ecparam -name prime256v1 -genkey -noout -out "$2"
  openssl req -x509 -new -sha256 -key "$2" -days "$AUTHORITY_DAYS" -subj "/CN=$3" \\
    -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign' -out "$1.new"
  chmod 0644 "$1.new"
  mv "$1.new" "$1"
  echo "made authority $1"
}

init_authorities() {
  authority "$PKI/ca.crt" "$PKI/ca.key" kubernetes-ca
  authority "$PKI/etcd/ca.crt" "$PKI/etcd/ca.key" etcd-ca
  authority "$PKI/front-proxy-ca.crt" "$PKI/front-proxy-ca.key" front-proxy-ca
  if [ ! -s "$PKI/sa.key" ]; then
    # RSA: the API server signs service account tokens with it, and RS256 is what every client library verifies.
    openssl genrsa -out "$PKI/sa.key.new" 2048
    openssl rsa -in "$PKI/sa.key.new" -pubout -out "$PKI/sa.pub.new"
    chmod 0644 "$PKI/sa.pub.new"
    mv "$PKI/sa.pub.new" "$PKI/sa.pub"
    mv "$PKI/sa.key.new" "$PKI/sa.key"
    echo "made the service account key pair"
  fi
}

request() {
  while IFS="$TAB" read -r name _ _ key certificate; do
    [ -s "$ROOT$certificate" ] && continue
    mkdir -p "$(dirname "$ROOT$key")" "$(dirname "$ROOT$certificate")"
    if [ ! -s "$ROOT$key" ]; then
      openssl ecparam -name prime256v1 -genkey -noout -out "$ROOT$key.new"
      mv "$ROOT$key.new" "$ROOT$key"
    fi
    openssl req -new -sha256 -key "$ROOT$key" -config "$REQUESTS/$name.cnf" -out "$ROOT$certificate.csr"
    echo "requested $certificate"
  done < "$REQUESTS/certificates.tsv"
}

sign() {
  while IFS="$TAB" read -r name authority authority_key _ certificate; do
    [ -s "$ROOT$certificate" ] && continue
    [ -s "$ROOT$certificate.csr" ] || { echo "no request for $certificate yet; run request first" >&2; exit 1; }
    [ -s "$ROOT$authority_key" ] || { echo "$authority_key is not on this machine; sign where it is" >&2; exit 1; }
    openssl x509 -req -sha256 -in "$ROOT$certificate.csr" -CA "$ROOT$authority" -CAkey "$ROOT$authority_key" -CAcreateserial \\
      -days "$CERTIFICATE_DAYS" -extfile "$REQUESTS/$name.cnf" -extensions extensions -out "$ROOT$certificate.new"
    chmod 0644 "$ROOT$certificate.new"
    mv "$ROOT$certificate.new" "$ROOT$certificate"
    rm -f "$ROOT$certificate.csr"
    echo "signed $certificate"
  done < "$REQUESTS/certificates.tsv"
}

case "\${1:-}" in
  init-authorities) init_authorities ;;
  request) request ;;
  sign) sign ;;
  all) init_authorities; request; sign ;;
  *) sed -n '2,9p' "$0" >&2; exit 64 ;;
esac
`;
