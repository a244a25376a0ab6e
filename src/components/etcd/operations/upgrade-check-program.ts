/** Whether a ring may go to another version now, and which member is next. */
export const UPGRADE_CHECK_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME --to VERSION [--ring RING] [--dry-run] [--bin-dir DIR]

Says whether members of the ring may go to VERSION (such as 3.6.14) now, and which one is next: run it before each of them, always on the same machine.
It changes nothing but a note in $STATE_DIR about how far the ring was when all members ran a minor. Ends with 0 when a member may be upgraded or all
of them run VERSION, with 1 when not, and says why. Refused are: a minor that is skipped, a way back, a patch below the floor of the step, a log in which
older members' entries may still be replayed, a member that is not healthy, an alarm.
TEXT
}

TO=''
while [ $# -gt 0 ]; do
  case "$1" in
    --to) with_value "$@"; TO="$2"; shift 2 ;;
    *) common_option "$@"; shift "$TAKEN" ;;
  esac
done
[ -n "$TO" ] || misused '--to is needed'
[[ "$TO" =~ ^3\\.[0-9]+\\.[0-9]+$ ]] || misused "--to must look like 3.6.14, got '$TO'"
# The description may be that of the next release already.
ANY_MINOR=yes
read_ring
find_tools etcdctl

minor_of() { cut -d . -f 2 <<< "$1"; }
patch_of() { cut -d . -f 3 <<< "$1" | grep -oE '^[0-9]+'; }
# older A B: A is before B.
older() {
  [ "$(minor_of "$1")" -lt "$(minor_of "$2")" ] || { [ "$(minor_of "$1")" -eq "$(minor_of "$2")" ] && [ "$(patch_of "$1")" -lt "$(patch_of "$2")" ]; }
}

# step_of MINOR COLUMN: of the step away from a minor, 2 is the floor, 3 the entries to wait for.
step_of() { tr ' ' '\\n' <<< "$FLOORS" | awk -F : -v minor="3.$1" -v column="$2" '$1 == minor { print $column }'; }

REFUSALS=0
refuse() {
  printf '  ! %s\\n' "$*"
  REFUSALS=$((REFUSALS + 1))
}

to_minor="$(minor_of "$TO")"
followers=()
leader=''
done_count=0
lowest=99
index=0
for member in "\${MEMBERS[@]}"; do
  if ! status="$(status_of "$member")"; then
    refuse "$member does not answer at \${CLIENT_URL[$member]}: every member has to"
    continue
  fi
  version="$(field "$status" Version)"
  printf '%-32s %s\\n' "$member" "$version"
  is_healthy "$member" || refuse "$member is not healthy"
  if [ "$(field "$status" IsLearner)" = true ]; then refuse "$member is still a learner: wait until it has its vote"; fi
  minor="$(minor_of "$version")"
  if [ "$minor" -lt "$lowest" ]; then lowest="$minor"; fi
  at="$(field "$status" RaftIndex)"
  if [ "$at" -gt "$index" ]; then index="$at"; fi
  if [ "$minor" -gt "$to_minor" ] || { [ "$minor" -eq "$to_minor" ] && older "$TO" "$version"; }; then
    refuse "$member runs $version: there is no way back to $TO but a restore"
  elif [ "$minor" -lt $((to_minor - 1)) ]; then
    refuse "$member runs $version: one minor at a time, 3.$((minor + 1)) is next"
  elif [ "$minor" -lt "$to_minor" ]; then
    floor="$(step_of "$minor" 2)"
    if [ -z "$floor" ]; then
      refuse "the step from 3.$minor to 3.$to_minor is not known here"
    elif older "$version" "$floor"; then
      refuse "$member runs $version: all members need $floor or later before the first may be 3.$to_minor"
    fi
  fi
  if [ "$version" = "$TO" ]; then
    done_count=$((done_count + 1))
  elif [ "$(field "$status" MemberID)" = "$(field "$status" Leader)" ]; then
    leader="$member"
  else
    followers+=("$member")
  fi
done
alarms="$(ctl 10 "$ALL_CLIENTS" alarm list 2> /dev/null || echo 'not known: no member answers')"
if [ -n "$alarms" ]; then refuse "alarms: \${alarms//$'\\n'/; }"; fi

# The note says how far the log was when no member was older any more; a minor that was left is of no further use.
note="$ROOT$STATE_DIR/etcd-$RING-runs-3.$lowest"
if [ "$REFUSALS" -eq 0 ] && [ ! -e "$note" ]; then
  since="$index"
  if [ "$DRY_RUN" = no ]; then
    mkdir -p "$ROOT$STATE_DIR"
    rm -f "$ROOT$STATE_DIR/etcd-$RING-runs-3."*
    printf '%s\\n' "$index" > "$note"
  fi
else
  since="$(cat "$note" 2> /dev/null || echo "$index")"
fi
settle="$(step_of "$lowest" 3)"
if [ "$REFUSALS" -eq 0 ] && [ "$lowest" -lt "$to_minor" ] && [ $((index - since)) -lt "\${settle:-0}" ]; then
  refuse "members would replay what an older minor wrote: $((index - since)) of $settle entries are written since all run 3.$lowest; ordinary writes bring them, run this again later"
fi
[ "$REFUSALS" -eq 0 ] || fail "ring $RING must not go to $TO now: $REFUSALS reasons above"

if [ "$done_count" -eq \${#MEMBERS[@]} ]; then
  say "all members of ring $RING run $TO"
elif [ \${#followers[@]} -gt 0 ]; then
  say "$done_count of \${#MEMBERS[@]} run $TO; next: \${followers[0]}. Save the ring first when none does"
else
  say "$done_count of \${#MEMBERS[@]} run $TO; next and last: $leader, the leader"
fi
`;
