/** What an operator looks at first. */
export const CHECK_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--ring RING] [--bin-dir DIR]

Every member of a ring: whether it answers, who leads, use of the quota, free share of the file; alarms; age of this machine's newest snapshot.
Ends with 1 when something needs a person.
TEXT
}

while [ $# -gt 0 ]; do
  common_option "$@"
  shift "$TAKEN"
done
read_ring
find_tools etcdctl
BAD=0
bad() {
  printf '  ! %s\\n' "$*"
  BAD=$((BAD + 1))
}

printf '%-32s %-9s %-8s %14s %8s %8s\\n' "ring $RING" health role file 'of quota' free
for member in "\${MEMBERS[@]}"; do
  if ! status="$(status_of "$member")"; then
    printf '%-32s %-9s\\n' "$member" silent
    bad "$member does not answer at \${CLIENT_URL[$member]}"
    continue
  fi
  total="$(field "$status" DBSize)"
  free=$((total - $(field "$status" DBSizeInUse)))
  health=healthy
  if ! is_healthy "$member"; then
    health=sick
    bad "$member is not healthy"
  fi
  role=follower
  if [ "$(field "$status" MemberID)" = "$(field "$status" Leader)" ]; then role=leader; fi
  if [ "$(field "$status" IsLearner)" = true ]; then role=learner; fi
  printf '%-32s %-9s %-8s %14s %7s%% %7s%%\\n' "$member" "$health" "$role" "$(human "$total")" $((total * 100 / QUOTA_BYTES)) $((free * 100 / total))
  case "$(field "$status" Version)" in "$ETCD_MINOR".*) ;; *) bad "$member runs $(field "$status" Version), the description says $ETCD_MINOR" ;; esac
  if [ $((total * 100 / QUOTA_BYTES)) -ge "$FULL_PERCENT" ]; then bad "$member uses $FULL_PERCENT % of its quota or more"; fi
done
alarms="$(ctl 10 "$ALL_CLIENTS" alarm list 2> /dev/null || echo 'not known: no member answers')"
if [ -n "$alarms" ]; then bad "alarms: \${alarms//$'\\n'/; }"; fi
if [ -n "$SELF" ] && [ "$RING" = "$SNAPSHOT_RING" ]; then
  newest="$(find "$ROOT$DIRECTORY/$RING" -maxdepth 1 -type f -name "$CLUSTER-$RING-$SELF-*Z.db" 2> /dev/null | LC_ALL=C sort | tail -n 1)"
  if [ -z "$newest" ]; then
    bad "this machine has no snapshot in $ROOT$DIRECTORY/$RING"
  else
    age=$(($(date +%s) - $(stat -c %Y "$newest")))
    printf 'newest snapshot of this machine: %s, %s s old\\n' "$newest" "$age"
    # Every machine has its turn once in so many seconds, and may miss one.
    if [ "$age" -gt $((2 * TURN_SECONDS * \${#MEMBERS[@]})) ]; then bad "the newest snapshot of this machine is older than two of its turns"; fi
  fi
fi
[ "$BAD" -eq 0 ]
`;
