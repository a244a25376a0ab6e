/** Options that every script has, and how scripts speak. One fixed text for every cluster: what differs stands in the constants above it. */
export const OPTIONS_PROGRAM = `# THOUSAND_NODE_ROOT prefixes every path: for rehearsals with machines that are folders.
ROOT="\${THOUSAND_NODE_ROOT:-}"
NAME="$(basename "$0")"
RING=main
DRY_RUN=no
BIN_DIR=''
ANY_MINOR=no

say() { printf '%s: %s\\n' "$NAME" "$*"; }
fail() {
  printf '%s: %s\\n' "$NAME" "$*" >&2
  exit 1
}
misused() {
  printf '%s: %s\\n\\n' "$NAME" "$1" >&2
  usage >&2
  exit 64
}

# Everything that changes a member or the machine goes through here.
change() {
  if [ "$DRY_RUN" = yes ]; then say "would run: $*"; else "$@"; fi
}

with_value() {
  if [ $# -lt 2 ] || [ -z "$2" ]; then misused "$1 needs a value"; fi
}

# Options that every script has. TAKEN says how many words one took.
common_option() {
  TAKEN=1
  case "$1" in
    --ring) with_value "$@"; RING="$2"; TAKEN=2 ;;
    --bin-dir) with_value "$@"; BIN_DIR="$2"; TAKEN=2 ;;
    --dry-run) DRY_RUN=yes ;;
    -h | --help) usage; exit 0 ;;
    *) misused "unknown option '$1'" ;;
  esac
}
`;

/** The table of rings, the tools, and how members are asked. */
export const RING_PROGRAM = `# One row of the table for each member of each ring: names and URLs of all, folder of this machine's member, quota and limits of the ring.
read_ring() {
  local table="$ROOT$RINGS_TABLE" ring member client peer here folder quota timeout least log
  [ -r "$table" ] || fail "$table is missing: copy the files of this machine again"
  MEMBERS=()
  SELF=''
  ALL_CLIENTS=''
  declare -gA CLIENT_URL=() PEER_URL=()
  while IFS=$'\\t' read -r ring member client peer here folder quota timeout least log; do
    [ "$ring" = "$RING" ] || continue
    MEMBERS+=("$member")
    CLIENT_URL[$member]="$client"
    PEER_URL[$member]="$peer"
    ALL_CLIENTS="\${ALL_CLIENTS:+$ALL_CLIENTS,}$client"
    if [ "$here" = here ]; then SELF="$member"; fi
    DATA_DIR="$ROOT$folder"
    QUOTA_BYTES="$quota"
    LONG_SECONDS="$timeout"
    LEAST_FREE_BYTES="$least"
    # Where the disk of the log is mounted; the log lies in a folder below it.
    LOG_DISK=''
    if [ "$log" != - ]; then LOG_DISK="$ROOT$log"; fi
  done < "$table"
  [ \${#MEMBERS[@]} -gt 0 ] || misused "there is no ring '$RING' in $table"
  readonly MEMBERS SELF ALL_CLIENTS DATA_DIR QUOTA_BYTES LONG_SECONDS LEAST_FREE_BYTES LOG_DISK
}

need_own_member() {
  [ -n "$SELF" ] || fail "this machine has no member of ring $RING; run it on one of: \${MEMBERS[*]}"
}

# Tools of another minor may not know an option, or know another file format.
find_tools() {
  local tool file version
  for tool in "$@"; do
    if [ -n "$BIN_DIR" ]; then
      file="$BIN_DIR/$tool"
    elif [ -x "$ROOT$TOOLS_DIR/$tool" ]; then
      file="$ROOT$TOOLS_DIR/$tool"
    else
      file="$(command -v "$tool" || true)"
    fi
    if [ -z "$file" ] || [ ! -x "$file" ]; then
      fail "$tool is neither in \${BIN_DIR:-$ROOT$TOOLS_DIR} nor in PATH; run thousand-node-etcd-tools, or name a folder by --bin-dir"
    fi
    version="$("$file" version | awk 'NR == 1 { print $NF }')"
    case "$version" in
      "$ETCD_MINOR".*) ;;
      3.*) [ "$ANY_MINOR" = yes ] || fail "$file is $version, the rings run $ETCD_MINOR; use the tools of that release" ;;
      *) fail "$file is $version, the rings run $ETCD_MINOR; use the tools of that release" ;;
    esac
    if [ "$tool" = etcdctl ]; then ETCDCTL="$file"; else ETCDUTL="$file"; fi
  done
  # The environment of a shell must not decide which ring is meant.
  for tool in "\${!ETCDCTL_@}"; do unset "$tool"; done
}

# ctl SECONDS ENDPOINTS words...
ctl() {
  local seconds="$1" endpoints="$2"
  shift 2
  "$ETCDCTL" --endpoints="$endpoints" --cacert="$ROOT$CA_FILE" --cert="$ROOT$CERT_FILE" --key="$ROOT$KEY_FILE" \\
    --dial-timeout=3s --command-timeout="\${seconds}s" "$@"
}

# field ANSWER NAME: the first such field of an answer in the form of -w fields, which is the same in all releases.
field() {
  awk -v name="\\"$2\\"" -F ' : ' '$1 == name { gsub(/"/, "", $2); print $2; exit }' <<< "$1"
}

status_of() { ctl 5 "\${CLIENT_URL[$1]}" endpoint status -w fields 2> /dev/null; }
is_healthy() { ctl 5 "\${CLIENT_URL[$1]}" endpoint health > /dev/null 2>&1; }
human() { awk -v bytes="$1" 'BEGIN { printf "%.1f MiB", bytes / 1048576 }'; }
`;

/** Stopping and starting the member of this machine, and its data. */
export const MEMBER_PROGRAM = `MEMBER_HELD=no
DEFINITION=''

# One operation on this machine's member at a time.
lock_machine() {
  [ "$DRY_RUN" = no ] || return 0
  mkdir -p "$ROOT/run"
  exec 9> "$ROOT/run/thousand-node-etcd-$RING.lock"
  flock -n 9 || fail "another operation works on the member of ring $RING on this machine"
}

# A member holds a lock on its file; one that has no file yet listens for its peers at least.
member_runs() {
  local file="$DATA_DIR/member/snap/db" address host
  if [ -e "$file" ] && ! flock -n "$file" true; then return 0; fi
  address="\${PEER_URL[$SELF]#*://}"
  host="\${address%:*}"
  host="\${host#[}"
  # shellcheck disable=SC2016
  timeout 2 bash -c 'exec 3<> "/dev/tcp/$1/$2"' probe "\${host%]}" "\${address##*:}" 2> /dev/null
}

# The kubelet stops a static pod whose manifest leaves its folder, and starts it when it comes back. systemd is told, and a mark that the unit looks for
# keeps a reboot from starting the member. DEFINITION is the file with the member's flags, where it lies meanwhile.
hold_member() {
  local waited=0 manifest="$ROOT$MANIFESTS/etcd-$RING.yaml"
  if [ "$RUNTIME" = systemd ]; then
    DEFINITION="$ROOT$ENVIRONMENTS/etcd-$RING.env"
    [ -e "$DEFINITION" ] || fail "$DEFINITION is missing: copy the files of this machine again"
    change mkdir -p "$ROOT$STATE_DIR"
    change touch "$ROOT$STATE_DIR/etcd-$RING-held"
    change systemctl stop "$UNIT_PREFIX$RING.service"
  else
    DEFINITION="$ROOT$HELD_MANIFESTS/etcd-$RING.yaml"
    if [ -e "$manifest" ]; then
      change mkdir -p "$ROOT$HELD_MANIFESTS"
      change mv -f "$manifest" "$DEFINITION"
    elif [ ! -e "$DEFINITION" ]; then
      fail "$manifest is missing: copy the files of this machine again"
    fi
  fi
  MEMBER_HELD=yes
  [ "$DRY_RUN" = no ] || return 0
  while member_runs; do
    if [ "$waited" -ge "$STOP_SECONDS" ]; then fail "the member still runs after $STOP_SECONDS s; $(if [ "$RUNTIME" = systemd ]; then echo "see systemctl status $UNIT_PREFIX$RING"; else echo "its manifest is $DEFINITION; is the kubelet running?"; fi)"; fi
    sleep 1
    waited=$((waited + 1))
  done
}

release_member() {
  if [ "$RUNTIME" = systemd ]; then
    change rm -f "$ROOT$STATE_DIR/etcd-$RING-held"
    # It counts as started when it has a leader, which may take the other machines.
    change systemctl start --no-block "$UNIT_PREFIX$RING.service"
  else
    change mv -f "$DEFINITION" "$ROOT$MANIFESTS/etcd-$RING.yaml"
  fi
  MEMBER_HELD=no
}

# A failed operation leaves the member stopped, since nobody knows what it would start from; it says so.
trap 'if [ "$MEMBER_HELD" = yes ] && [ "$DRY_RUN" = no ]; then say "the member stays stopped; its flags are in $DEFINITION" >&2; fi' EXIT

need_disks() {
  [ -d "$DATA_DIR" ] || fail "$DATA_DIR is missing: mount the data disk first"
  if [ -n "$LOG_DISK" ] && [ ! -d "$LOG_DISK" ]; then fail "$LOG_DISK is missing: mount the disk of the log first"; fi
}

has_data() { [ -e "$DATA_DIR/member" ] || { [ -n "$LOG_DISK" ] && [ -e "$LOG_DISK/wal" ]; }; }

# The folder is a mount point of its own, so old data stay inside it and only move aside; etcd names them in a warning and goes on.
move_aside() {
  local name
  name="$1-$(date -u +%Y%m%dT%H%M%SZ)"
  if [ -e "$DATA_DIR/member" ]; then
    change mkdir -m 0700 "$DATA_DIR/$name"
    change mv "$DATA_DIR/member" "$DATA_DIR/$name/member"
    say "the data that were here are in $DATA_DIR/$name; remove them when nobody needs them"
  fi
  if [ -n "$LOG_DISK" ] && [ -e "$LOG_DISK/wal" ]; then
    change mkdir -m 0700 "$LOG_DISK/$name"
    change mv "$LOG_DISK/wal" "$LOG_DISK/$name/wal"
    say "the log that was here is in $LOG_DISK/$name"
  fi
}

need_space() { # folder bytes
  local free
  free="$(df -Pk "$1" | awk 'NR == 2 { printf "%.0f", $4 * 1024 }')"
  [ "$free" -ge "$2" ] || fail "$1 has $(human "$free") free, $(human "$2") are needed"
}
`;
