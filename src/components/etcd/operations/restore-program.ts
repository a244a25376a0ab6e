/** This machine's member back to a snapshot. */
export const RESTORE_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME --snapshot FILE [--ring RING] [--token WORD] [--stop-member] [--copied-database] [--dry-run] [--bin-dir DIR]

Puts this machine's member back to a snapshot, with the names and peers of this cluster. Run it with the same file on every machine of the ring:
the members form a new ring, and what was written after the snapshot is gone.
  --snapshot FILE    a file saved by thousand-node-etcd-snapshot
  --stop-member      stop a member that runs; without it a running member is refused
  --token WORD       name of the new ring, the same word on every machine (default: from the file's checksum)
  --copied-database  the file was copied from a data folder and has no checksum; needs --token
TEXT
}

FILE=''
TOKEN=''
STOP=no
CHECKED=yes
while [ $# -gt 0 ]; do
  case "$1" in
    --snapshot) with_value "$@"; FILE="$2"; shift 2 ;;
    --token) with_value "$@"; TOKEN="$2"; shift 2 ;;
    --stop-member) STOP=yes; shift ;;
    --copied-database) CHECKED=no; shift ;;
    *) common_option "$@"; shift "$TAKEN" ;;
  esac
done
[ -n "$FILE" ] || misused '--snapshot is needed'
case "$TOKEN" in *[!a-zA-Z0-9-]*) misused '--token must be letters, digits and dashes' ;; esac
if [ "$CHECKED" = no ] && [ -z "$TOKEN" ]; then misused '--copied-database needs --token'; fi
[ -r "$FILE" ] || fail "$FILE cannot be read"

read_ring
need_own_member
find_tools etcdutl
lock_machine
need_disks
# Clients that saw a revision must never see it again with other contents.
"$ETCDUTL" snapshot restore --help | grep -q -- --bump-revision || fail "$ETCDUTL knows no --bump-revision; 3.5.10 is the first that does"

contents="$("$ETCDUTL" snapshot status "$FILE" -w fields)" || fail "etcdutl refuses $FILE"
say "$FILE: $(field "$contents" Keys) keys, revision $(field "$contents" Revision), $(human "$(field "$contents" Size)")"
if [ -z "$TOKEN" ]; then TOKEN="$(tail -c 32 "$FILE" | od -An -v -tx1 | tr -d ' \\n' | cut -c 1-16)"; fi
used="$ROOT$STATE_DIR/etcd-$RING-restores"
# A member of an earlier restore with the same token would count as one of the new ring.
if [ -e "$used" ] && grep -qx -- "$TOKEN" "$used"; then
  fail "this machine was restored with token $TOKEN before; pass --token with a new word, the same on every machine"
fi
if member_runs && [ "$STOP" = no ]; then
  fail "the member runs; --stop-member stops it (to replace one member of a ring that works, use thousand-node-etcd-replace-member)"
fi
need_space "$DATA_DIR" $(($(stat -c %s "$FILE") * 11 / 10))

INITIAL=''
for member in "\${MEMBERS[@]}"; do INITIAL="\${INITIAL:+$INITIAL,}$member=\${PEER_URL[$member]}"; done
new="$DATA_DIR/restoring"
[ ! -e "$new" ] || change rm -rf "$new"
new_log="$LOG_DISK/restoring"
if [ -n "$LOG_DISK" ] && [ -e "$new_log" ]; then change rm -rf "$new_log"; fi
words=(
  snapshot restore "$FILE" --data-dir="$new" --name="$SELF" --initial-cluster="$INITIAL" --initial-cluster-token="$CLUSTER-$RING-$TOKEN"
  --initial-advertise-peer-urls="\${PEER_URL[$SELF]}" --bump-revision="$BUMP_REVISION" --mark-compacted
)
if [ "$CHECKED" = no ]; then words+=(--skip-hash-check); fi
if [ -n "$LOG_DISK" ]; then words+=(--wal-dir="$new_log"); fi
# Before anything is stopped: a file that etcdutl refuses changes nothing.
if [ "$DRY_RUN" = yes ]; then
  say "would run: $ETCDUTL \${words[*]}"
else
  "$ETCDUTL" "\${words[@]}" > "$DATA_DIR/restoring.log" 2>&1 || { tail -n 3 "$DATA_DIR/restoring.log" >&2; rm -rf "$new" "\${LOG_DISK:+$new_log}"; fail "etcdutl refuses $FILE; nothing was changed"; }
fi
hold_member
move_aside before-restore
change mv "$new/member" "$DATA_DIR/member"
if [ -n "$LOG_DISK" ]; then change mv "$new_log" "$LOG_DISK/wal"; fi
change rm -rf "$new" "$DATA_DIR/restoring.log"
change chmod 0700 "$DATA_DIR/member"
if [ -n "$LOG_DISK" ]; then change chmod 0700 "$LOG_DISK/wal"; fi
if [ "$DRY_RUN" = no ]; then
  mkdir -p "$(dirname "$used")"
  printf '%s\\n' "$TOKEN" >> "$used"
fi
release_member
if [ "$DRY_RUN" = yes ]; then exit 0; fi
say "restored $SELF of ring $RING with token $TOKEN; the ring serves when a majority of \${#MEMBERS[@]} machines got this far"
`;
