/** A ring that refuses writes: delete, compact at the revision after that, defragment, lift the alarm. */
export const RECOVER_QUOTA_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--ring RING] [--delete-prefix PREFIX]... [--list] [--dry-run] [--bin-dir DIR]

Brings a ring back that refuses writes because its quota is used up: deletes what is named, compacts at the revision after the deletes, defragments
every member, and lifts the alarm once there is room. Without --delete-prefix it deletes nothing, which is enough when the file is full of history.
  --list                  what takes the room: keys and estimated bytes of each resource; changes nothing
  --delete-prefix PREFIX  delete every key below it, for example /registry/events/ or /registry/events/batch/; may be given again
TEXT
}

LIST=no
PREFIXES=()
while [ $# -gt 0 ]; do
  case "$1" in
    --list) LIST=yes; shift ;;
    --delete-prefix) with_value "$@"; PREFIXES+=("$2"); shift 2 ;;
    *) common_option "$@"; shift "$TAKEN" ;;
  esac
done
for prefix in "\${PREFIXES[@]}"; do
  # A whole resource at least: /registry/ would be everything, and a prefix without its slash would take neighbours with it.
  [[ "$prefix" =~ ^/registry/[^/]+/(.*/)?$ ]] || misused "--delete-prefix must look like /registry/RESOURCE/ or a path below it, with a slash at its end; got '$prefix'"
done
read_ring
find_tools etcdctl

count_of() { field "$(ctl "$LONG_SECONDS" "$ALL_CLIENTS" get "$1" --prefix --count-only -w fields)" Count; }

if [ "$LIST" = yes ]; then
  ctl "$LONG_SECONDS" "$ALL_CLIENTS" get /registry/ --prefix --keys-only | awk -F / 'NF > 2 { count[$3]++ } END { for (name in count) print count[name], "/registry/" name "/" }' \\
    | sort -rn | head -n 15 | while read -r count prefix; do
      # Twenty values say what one weighs about.
      sample="$(ctl "$LONG_SECONDS" "$ALL_CLIENTS" get "$prefix" --prefix --limit=20 --print-value-only | wc -c)"
      printf '%10s keys  about %12s  %s\\n' "$count" "$(human $((sample * count / (count < 20 ? count : 20))))" "$prefix"
    done
  exit 0
fi

for member in "\${MEMBERS[@]}"; do
  # A health check fails during the alarm; a member that answers at all is enough, but it has to be all of them.
  status_of "$member" > /dev/null || fail "member $member does not answer; every member has to give its room back, so bring it back or remove it first"
done
if [ "$DRY_RUN" = no ] && [ -n "$SELF" ]; then
  mkdir -p "$ROOT/run"
  exec 9> "$ROOT/run/thousand-node-etcd-$RING.lock"
  flock -n 9 || fail "another operation works on the member of ring $RING on this machine"
fi

for prefix in "\${PREFIXES[@]}"; do
  say "$prefix: $(count_of "$prefix") keys are deleted"
  [ "$DRY_RUN" = no ] || continue
  # In steps: one request for a million keys would stall every member while it is applied.
  while :; do
    last="$(ctl "$LONG_SECONDS" "$ALL_CLIENTS" get "$prefix" --prefix --keys-only --limit="$DELETE_STEP" | awk 'NF { last = $0 } END { print last }')"
    [ -n "$last" ] || break
    # Everything before the last key, then the key itself.
    ctl "$LONG_SECONDS" "$ALL_CLIENTS" del "$prefix" "$last" > /dev/null
    ctl "$LONG_SECONDS" "$ALL_CLIENTS" del "$last" > /dev/null
  done
done
if [ "$DRY_RUN" = yes ]; then
  say "would compact, defragment \${MEMBERS[*]} one after the other, and lift the alarm when all are below $(human "$QUOTA_BYTES")"
  exit 0
fi

# Read now, after the deletes: compacting an older revision keeps what was just deleted.
revision="$(field "$(ctl "$LONG_SECONDS" "$ALL_CLIENTS" get /registry/ --prefix --count-only -w fields)" Revision)"
said="$(ctl "$LONG_SECONDS" "$ALL_CLIENTS" compact --physical "$revision" 2>&1)" || [[ "$said" == *'has been compacted'* ]] || fail "compaction at revision $revision: $said"
say "compacted at revision $revision"
full=''
for member in "\${MEMBERS[@]}"; do
  before="$(field "$(status_of "$member")" DBSize)"
  ctl "$LONG_SECONDS" "\${CLIENT_URL[$member]}" defrag > /dev/null || fail "member $member was not defragmented; run again"
  after="$(field "$(status_of "$member")" DBSize)"
  say "defragmented $member: $(human "$before") became $(human "$after")"
  if [ $((after * 100 / QUOTA_BYTES)) -ge "$FULL_PERCENT" ]; then full="$full $member"; fi
done
[ -z "$full" ] || fail "still $FULL_PERCENT % of the quota or more on$full: delete more (--list shows what takes the room) or raise quotaBackendBytes; the alarm stays"
ctl 10 "$ALL_CLIENTS" alarm disarm > /dev/null
left="$(ctl 10 "$ALL_CLIENTS" alarm list)"
[ -z "$left" ] || fail "alarms that are left: $left"
probe="thousand-node/recovered"
ctl 10 "$ALL_CLIENTS" put "$probe" "$revision" > /dev/null || fail 'the ring still refuses a write'
ctl 10 "$ALL_CLIENTS" del "$probe" > /dev/null
say "ring $RING takes writes again"
`;
