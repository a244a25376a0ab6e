/** Remove, add as a learner, start, promote. */
export const REPLACE_MEMBER_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--ring RING] [--remove NAME] [--discard-data] [--dry-run] [--bin-dir DIR]

Run on the machine that takes the place of a lost member, or that is added to a ring that grows. Removes the lost member first, adds this machine as
a learner, starts it and gives it its vote once it has caught up. Running it again goes on where it stopped.
  --remove NAME     the lost member, when it had another name than this machine
  --discard-data    move data that lie here aside; without it they are a reason to refuse
TEXT
}

REMOVE=''
DISCARD=no
while [ $# -gt 0 ]; do
  case "$1" in
    --remove) with_value "$@"; REMOVE="$2"; shift 2 ;;
    --discard-data) DISCARD=yes; shift ;;
    *) common_option "$@"; shift "$TAKEN" ;;
  esac
done
read_ring
need_own_member
find_tools etcdctl
lock_machine
OWN_PEER="\${PEER_URL[$SELF]}"
LOST="\${REMOVE:-$SELF}"
OTHERS=''
for member in "\${MEMBERS[@]}"; do
  if [ "$member" != "$SELF" ] && is_healthy "$member"; then OTHERS="\${OTHERS:+$OTHERS,}\${CLIENT_URL[$member]}"; fi
done
[ -n "$OTHERS" ] || fail "no other member of ring $RING is healthy: the ring has no quorum, or an alarm; see thousand-node-etcd-check, and restore when the quorum is lost for good"

# id, name, peer URL, learner: one row for each member.
member_rows() {
  ctl 10 "$OTHERS" member list -w fields | awk -F ' : ' '
    { gsub(/"/, "", $2) }
    $1 == "\\"ID\\"" { id = $2; name = ""; peer = "" }
    $1 == "\\"Name\\"" { name = $2 }
    $1 == "\\"PeerURL\\"" && peer == "" { peer = $2 }
    $1 == "\\"IsLearner\\"" { printf "%s\\t%s\\t%s\\t%s\\n", id, (name == "" ? "-" : name), peer, $2 }'
}
hexadecimal() { printf '%x' "$1"; }

rows="$(member_rows)" || fail 'the members cannot be listed'
lost_id=''
own_id=''
while IFS=$'\\t' read -r id name peer learner; do
  if [ "$peer" = "$OWN_PEER" ] && { [ "$name" = - ] || [ "$learner" = true ]; }; then
    own_id="$id" # added by an earlier run
  elif [ "$name" = "$LOST" ]; then
    lost_id="$id"
  elif [ "$peer" = "$OWN_PEER" ]; then
    fail "member $name has the peer URL of this machine, $OWN_PEER; if it is the lost one: --remove $name"
  fi
done <<< "$rows"

if [ -n "$lost_id" ] && [ "$LOST" = "$SELF" ] && is_healthy "$SELF"; then
  say "$SELF is a healthy member of ring $RING; nothing to do"
  exit 0
fi
if [ -n "$lost_id" ] && [ "$LOST" != "$SELF" ] && [ -n "\${CLIENT_URL[$LOST]:-}" ] && is_healthy "$LOST"; then
  fail "member $LOST is healthy; stop it before it is replaced"
fi
if [ -n "$REMOVE" ] && [ -z "$lost_id" ] && [ -z "$own_id" ]; then fail "ring $RING has no member '$REMOVE': $(cut -f 2 <<< "$rows" | paste -sd ' ')"; fi

if [ -z "$own_id" ] || ! member_runs; then
  need_disks
  if has_data && [ "$DISCARD" = no ]; then
    fail "$DATA_DIR\${LOG_DISK:+ or $LOG_DISK} holds data of a member; a replaced member starts empty: --discard-data moves them aside"
  fi
  # The generated flags say 'new': a member that was started with them cannot join.
  hold_member
  if [ -n "$lost_id" ]; then
    # Before the addition: a ring that counts a dead member and one that is not there yet can lose its quorum by one more failure.
    change ctl 10 "$OTHERS" member remove "$(hexadecimal "$lost_id")" > /dev/null
    say "removed $LOST"
  fi
  move_aside before-replacement
  if [ -z "$own_id" ]; then
    waited=0
    # etcd takes no member while another has been connected for less than five seconds: the one that joined before this, or one that was restarted.
    until answer="$(change ctl 10 "$OTHERS" member add "$SELF" --learner --peer-urls="$OWN_PEER" 2>&1)"; do
      case "$answer" in
        *'unhealthy cluster'*) [ "$waited" -lt 60 ] || fail "ring $RING takes no member: one that it has is not connected to the others, see thousand-node-etcd-check; run this again when it is" ;;
        *) fail "ring $RING takes no member: $answer" ;;
      esac
      sleep 1
      waited=$((waited + 1))
    done
    say "added $SELF as a learner"
  fi
  if [ "$DRY_RUN" = yes ]; then
    say "would write 'existing' and the members that are there into the flags of this member, start it and give it its vote"
    exit 0
  fi
  rows="$(member_rows)"
  initial=''
  while IFS=$'\\t' read -r id name peer learner; do
    if [ "$peer" = "$OWN_PEER" ]; then
      own_id="$id"
      name="$SELF"
    fi
    initial="\${initial:+$initial,}$name=$peer"
  done <<< "$rows"
  # etcd reads both flags once, when it has no data yet: who joins must name the members that are there, which is not yet all of a growing ring.
  if [ "$RUNTIME" = systemd ]; then
    sed -E "s|^ETCD_INITIAL_CLUSTER=.*|ETCD_INITIAL_CLUSTER=$initial|; s|^ETCD_INITIAL_CLUSTER_STATE=.*|ETCD_INITIAL_CLUSTER_STATE=existing|" "$DEFINITION" > "$DEFINITION.new"
    grep -qx 'ETCD_INITIAL_CLUSTER_STATE=existing' "$DEFINITION.new" || fail "$DEFINITION has no ETCD_INITIAL_CLUSTER_STATE; copy the files of this machine again"
  else
    sed -E "s|--initial-cluster=[^[:space:]\\"']*|--initial-cluster=$initial|; s|--initial-cluster-state=new|--initial-cluster-state=existing|" "$DEFINITION" > "$DEFINITION.new"
    grep -q -- '--initial-cluster-state=existing' "$DEFINITION.new" || fail "$DEFINITION has no --initial-cluster-state; copy the files of this machine again"
  fi
  chmod --reference="$DEFINITION" "$DEFINITION.new"
  mv -f "$DEFINITION.new" "$DEFINITION"
  release_member
fi

waited=0
until ctl 10 "$OTHERS" member promote "$(hexadecimal "$own_id")" > /dev/null 2>&1; do
  if [ "$waited" -ge "$LONG_SECONDS" ]; then
    fail "$SELF has not caught up within $LONG_SECONDS s; run this again, or look at the log of the member"
  fi
  sleep 1
  waited=$((waited + 1))
done
until is_healthy "$SELF"; do
  if [ "$waited" -ge "$LONG_SECONDS" ]; then fail "$SELF has its vote but is not healthy"; fi
  sleep 1
  waited=$((waited + 1))
done
say "$SELF is a voting member of ring $RING. Its flags say 'existing' now; the generated ones may come back any time, etcd reads them only without data"
`;
