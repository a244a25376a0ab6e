/** Members one after the other under a lock of etcd itself, the leader last. */
export const DEFRAGMENT_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--ring RING] [--force] [--dry-run] [--bin-dir DIR]

Defragments the members of a ring one after the other, the leader last, each only when $FREE_PERCENT % of its file and the bytes of the ring's table
are free. One run at a time in the whole cluster: a lock in the main ring sees to it. Ends with 75 when another run holds the lock.
  --force           whatever the fragmentation
TEXT
}

FORCE=no
LOCKED=no
WORDS=("$@")
while [ $# -gt 0 ]; do
  case "$1" in
    --force) FORCE=yes; shift ;;
    # Said by this script to itself, below the lock.
    --holding-the-lock) LOCKED=yes; shift ;;
    *) common_option "$@"; shift "$TAKEN" ;;
  esac
done
read_ring
find_tools etcdctl
MAIN_CLIENTS="$(awk -F '\\t' '$1 == "main" { printf "%s%s", sep, $3; sep = "," }' "$ROOT$RINGS_TABLE")"

all_healthy() {
  local member
  for member in "\${MEMBERS[@]}"; do
    is_healthy "$member" || fail "member $member of ring $RING is not healthy, or the ring has an alarm: nothing is defragmented until it is; see thousand-node-etcd-check"
  done
}

# Whether a member is worth the stall; sets FREE and TOTAL.
is_fragmented() {
  local status
  status="$(status_of "$1")" || fail "member $1 does not answer"
  TOTAL="$(field "$status" DBSize)"
  FREE=$((TOTAL - $(field "$status" DBSizeInUse)))
  if [ "$FORCE" = yes ]; then return 0; fi
  [ "$FREE" -ge "$LEAST_FREE_BYTES" ] && [ $((FREE * 100 / TOTAL)) -ge "$FREE_PERCENT" ]
}

leads() {
  local status
  status="$(status_of "$1")" || fail "member $1 does not answer"
  [ "$(field "$status" MemberID)" = "$(field "$status" Leader)" ]
}

defragment() {
  local waited=0 before="$TOTAL" after
  if [ "$DRY_RUN" = yes ]; then
    say "would defragment $1: $(human "$FREE") of $(human "$TOTAL") are free"
    return
  fi
  ctl "$LONG_SECONDS" "\${CLIENT_URL[$1]}" defrag > /dev/null || fail "member $1 was not defragmented within $LONG_SECONDS s; the others are left alone"
  until is_healthy "$1"; do
    if [ "$waited" -ge "$LONG_SECONDS" ]; then fail "member $1 is not healthy $LONG_SECONDS s after it was defragmented; the others are left alone"; fi
    sleep 1
    waited=$((waited + 1))
  done
  after="$(field "$(status_of "$1")" DBSize)"
  say "defragmented $1: $(human "$before") became $(human "$after")"
}

run_all() {
  local member leader='' order=()
  all_healthy
  for member in "\${MEMBERS[@]}"; do
    if leads "$member"; then leader="$member"; else order+=("$member"); fi
  done
  [ -n "$leader" ] || fail "ring $RING has no leader among its members"
  for member in "\${order[@]}"; do
    is_fragmented "$member" || continue
    all_healthy
    # Another election in between may have made it the leader.
    if leads "$member"; then fail "$member became the leader meanwhile; run again"; fi
    defragment "$member"
  done
  is_fragmented "$leader" || return 0
  all_healthy
  # Handing the lead over first would fail requests that are under way ("leader changed"); holding them up for the stall fails none that is shorter
  # than the clients' patience.
  defragment "$leader"
}

if [ "$LOCKED" = yes ]; then
  # etcdctl waits for a lock; who waited does not run after the other, because nobody looked at the ring in between.
  if [ $(($(date +%s) - \${THOUSAND_NODE_LOCK_ASKED:-0})) -gt 10 ]; then
    say 'another run held the lock in the meantime; nothing was done' >&2
    exit 75
  fi
  run_all
  exit 0
fi

# Most looks end here: no lock is taken for nothing.
needed=no
for member in "\${MEMBERS[@]}"; do
  if is_fragmented "$member"; then needed=yes; fi
done
if [ "$needed" = no ]; then
  say "no member of ring $RING is fragmented"
  exit 0
fi
if [ "$DRY_RUN" = yes ]; then
  run_all
  exit 0
fi
holder="$(ctl 10 "$MAIN_CLIENTS" get "$LOCK/" --prefix --keys-only)" || fail 'the lock in the main ring cannot be read'
if [ -n "$holder" ]; then
  say "another run holds the lock $(head -n 1 <<< "$holder"); nothing was done" >&2
  exit 75
fi
THOUSAND_NODE_LOCK_ASKED="$(date +%s)"
export THOUSAND_NODE_LOCK_ASKED
# The lease outlives the longest stall of one member, and ends with this process.
status=0
ctl 10 "$MAIN_CLIENTS" lock --ttl="$LONG_SECONDS" "$LOCK" -- "$0" "\${WORDS[@]}" --holding-the-lock || status=$?
exit "$status"
`;
