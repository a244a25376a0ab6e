/** When the certificates of this machine's members end, as metrics: etcd itself has none for them. */
export const CERTIFICATES_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--dry-run]

Writes when each certificate of etcd on this machine ends to $METRICS_DIR, for the textfile collector of node_exporter. --dry-run prints it instead.
Ends with 1 when one has ended or cannot be read.
TEXT
}

while [ $# -gt 0 ]; do
  common_option "$@"
  shift "$TAKEN"
done
command -v openssl > /dev/null || fail 'openssl is not installed'
metric=thousand_node_etcd_certificate_expiry_timestamp_seconds
text="# HELP $metric When a certificate of etcd on this machine ends.
# TYPE $metric gauge"
BAD=0
found=0
now="$(date +%s)"
for file in "$ROOT$PKI"/*.crt "$ROOT$CLIENT_CERT"; do
  [ -e "$file" ] || continue
  found=$((found + 1))
  if ! end="$(openssl x509 -noout -enddate -in "$file" 2> /dev/null)" || ! seconds="$(date -d "\${end#notAfter=}" +%s)"; then
    say "$file cannot be read as a certificate" >&2
    BAD=$((BAD + 1))
    continue
  fi
  text="$text
$metric{file=\\"$(basename "$file")\\"} $seconds"
  if [ "$seconds" -le "$now" ]; then
    say "$file has ended" >&2
    BAD=$((BAD + 1))
  fi
done
[ "$found" -gt 0 ] || fail "there is no certificate in $ROOT$PKI: run $CERTIFICATE_SCRIPT"
if [ "$DRY_RUN" = yes ]; then
  printf '%s\\n' "$text"
else
  metrics="$ROOT$METRICS_DIR/thousand_node_etcd_certificates.prom"
  mkdir -p "$(dirname "$metrics")"
  printf '%s\\n' "$text" > "$metrics.new"
  chmod 0644 "$metrics.new"
  mv "$metrics.new" "$metrics"
fi
[ "$BAD" -eq 0 ]
`;
