/** Saves a ring from this machine, verifies, keeps the newest, copies away. */
export const SNAPSHOT_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--ring RING] [--directory DIR] [--keep N] [--upload REMOTE:PATH | --no-upload] [--in-turn] [--dry-run] [--bin-dir DIR]

Saves the ring from this machine's member, verifies the file and keeps the newest N.
  --directory DIR   where files are kept (default $DIRECTORY)
  --keep N          files of this machine that stay (default $KEEP)
  --upload REMOTE   copy the verified file there by rclone; the remote must be of type crypt (default '\${UPLOAD:-none}')
  --in-turn         do nothing unless it is this member's turn by the clock: what the timer says
TEXT
}

DIR=''
IN_TURN=no
REMOTE="$UPLOAD"
KEPT="$KEEP"
while [ $# -gt 0 ]; do
  case "$1" in
    --directory) with_value "$@"; DIR="$2"; shift 2 ;;
    --keep) with_value "$@"; KEPT="$2"; shift 2 ;;
    --upload) with_value "$@"; REMOTE="$2"; shift 2 ;;
    --no-upload) REMOTE=''; shift ;;
    --in-turn) IN_TURN=yes; shift ;;
    *) common_option "$@"; shift "$TAKEN" ;;
  esac
done
case "$KEPT" in
  '' | *[!0-9]* | 0*) misused "--keep must be a number from 1, got '$KEPT'" ;;
esac

read_ring
need_own_member
if [ "$IN_TURN" = yes ]; then
  turn=$(($(date +%s) / TURN_SECONDS % \${#MEMBERS[@]}))
  if [ "\${MEMBERS[$turn]}" != "$SELF" ]; then exit 0; fi
fi
find_tools etcdctl etcdutl
lock_machine
DIR="\${DIR:-$ROOT$DIRECTORY/$RING}"

if [ -n "$REMOTE" ]; then
  command -v rclone > /dev/null || fail "rclone is not installed; --no-upload saves without it"
  config="$ROOT$RCLONE_CONFIG"
  [ -r "$config" ] || fail "$config is missing: the remote's configuration is made on this machine by 'rclone config'"
  [ -z "$(find "$config" -perm /077)" ] || fail "$config must be readable by root alone: chmod 0600 $config"
  # A snapshot holds every Secret.
  rclone --config "$config" listremotes --long | awk -v remote="\${REMOTE%%:*}:" '$1 == remote && $2 == "crypt" { found = 1 } END { exit !found }' \\
    || fail "'\${REMOTE%%:*}' must be a remote of type crypt in $config"
fi

status="$(status_of "$SELF")" || fail "the member at \${CLIENT_URL[$SELF]} does not answer"
size="$(field "$status" DBSize)"
change mkdir -p -m 0700 "$DIR"
if [ -d "$DIR" ]; then need_space "$DIR" $((size * 11 / 10)); fi

# What an interrupted run left behind; the lock says that nobody else is writing.
[ "$DRY_RUN" = yes ] || rm -f "$DIR"/*.unverified "$DIR"/*.unverified.part
file="$DIR/$CLUSTER-$RING-$SELF-$(date -u +%Y%m%dT%H%M%SZ).db"
if [ "$DRY_RUN" = yes ]; then
  say "would save $(human "$size") to $file, keep $KEPT files\${REMOTE:+ and copy it to $REMOTE}"
  exit 0
fi
ctl "$LONG_SECONDS" "\${CLIENT_URL[$SELF]}" snapshot save "$file.unverified" > /dev/null 2> "$file.log" \\
  || { cat "$file.log" >&2; rm -f "$file.log"; fail "the member did not deliver a snapshot"; }
rm -f "$file.log"

# The last 32 bytes are the checksum of everything before: a byte lost on the way shows here. The tree of pages is etcdutl's to judge.
promised="$(tail -c 32 "$file.unverified" | od -An -v -tx1 | tr -d ' \\n')"
[ "$promised" = "$(head -c -32 "$file.unverified" | sha256sum | cut -d ' ' -f 1)" ] || fail "$file.unverified has another checksum than the member promised"
contents="$("$ETCDUTL" snapshot status "$file.unverified" -w fields)" || fail "etcdutl refuses $file.unverified"
keys="$(field "$contents" Keys)"
[ "$keys" -gt 0 ] || fail "$file.unverified holds no key"
sync "$file.unverified"
mv "$file.unverified" "$file"
sync "$DIR"
say "saved $file: $keys keys, revision $(field "$contents" Revision), $(human "$(field "$contents" Size)")"

# Only files of this ring and member, newest first by the time in their names. The one that was just verified is always among those that stay.
find "$DIR" -maxdepth 1 -type f -name "$CLUSTER-$RING-$SELF-*Z.db" | LC_ALL=C sort -r | tail -n "+$((KEPT + 1))" | while IFS= read -r old; do
  rm -f "$old"
  say "removed $old"
done

uploaded=0
if [ -n "$REMOTE" ]; then
  if rclone --config "$config" copyto --immutable "$file" "$REMOTE/$(basename "$file")"; then
    uploaded="$(date +%s)"
    say "copied to $REMOTE"
  fi
fi

# For the textfile collector of node_exporter.
metrics="$ROOT$METRICS_DIR/thousand_node_etcd_snapshot_$RING.prom"
mkdir -p "$(dirname "$metrics")"
before="$(awk -v ring="$RING" '$1 ~ /upload_timestamp_seconds/ { print $2 }' "$metrics" 2> /dev/null || true)"
if [ "$uploaded" = 0 ] && [ -n "$before" ]; then uploaded="$before"; fi
cat > "$metrics.new" << TEXT
# HELP thousand_node_etcd_snapshot_timestamp_seconds When the newest verified snapshot of this machine was saved.
# TYPE thousand_node_etcd_snapshot_timestamp_seconds gauge
thousand_node_etcd_snapshot_timestamp_seconds{ring="$RING"} $(date +%s)
# HELP thousand_node_etcd_snapshot_size_bytes Size of that snapshot.
# TYPE thousand_node_etcd_snapshot_size_bytes gauge
thousand_node_etcd_snapshot_size_bytes{ring="$RING"} $(stat -c %s "$file")
# HELP thousand_node_etcd_snapshot_upload_timestamp_seconds When a snapshot last reached the remote; 0 is never.
# TYPE thousand_node_etcd_snapshot_upload_timestamp_seconds gauge
thousand_node_etcd_snapshot_upload_timestamp_seconds{ring="$RING"} $uploaded
TEXT
chmod 0644 "$metrics.new"
mv "$metrics.new" "$metrics"
if [ -n "$REMOTE" ] && { [ "$uploaded" = 0 ] || [ "$uploaded" = "$before" ]; }; then fail "$file is saved here, but did not reach $REMOTE"; fi
`;
