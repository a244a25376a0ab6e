/** How the script speaks, what it is asked for, and how everything that changes the machine is done. The same text for every set of disks. */
export const OPTIONS_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--dry-run | --check] [--by-id FOLDER] [--tpm-device DEVICE]
       $NAME --wipe UUID|all [--dry-run]
       $NAME --retire NAME [--dry-run]

Prepares the disks of this machine that are called $BY_ID_PATTERN, $DISK_COUNT of them, and mounts or links what they hold below $TARGET_DIR.
Running it again changes nothing. It ends with 1 when a disk is refused or missing; all others are in use then all the same.
  --dry-run       say what would be done
  --check         look only, and write the numbers for the alerts
  --wipe UUID     make one volume blank again, all its data are gone; 'all' also dissolves a stripe and partition tables
  --retire NAME   take a disk out of use for good: its name below by-id, or the UUID of its volume
  --by-id FOLDER, --tpm-device DEVICE   for rehearsals
TEXT
}

# THOUSAND_NODE_ROOT prefixes every path: for rehearsals with machines that are folders.
ROOT="\${THOUSAND_NODE_ROOT:-}"
NAME="$(basename "$0")"
DRY_RUN=no
CHECK=no
WIPE=''
RETIRE=''
BY_ID=/dev/disk/by-id
TPM_DEVICE=auto
FAULTS=0

# A look that finds everything in order has nothing to say.
say() { if [ "$CHECK" = no ]; then printf '%s: %s\\n' "$NAME" "$*"; fi; }
fault() {
  printf '%s: %s\\n' "$NAME" "$*" >&2
  FAULTS=$((FAULTS + 1))
}
fail() {
  printf '%s: %s\\n' "$NAME" "$*" >&2
  exit 1
}
misused() {
  printf '%s: %s\\n\\n' "$NAME" "$1" >&2
  usage >&2
  exit 64
}

# Everything that changes the machine goes through here.
change() {
  if [ "$DRY_RUN" = yes ]; then say "would run: $*"; else say "run: $*"; "$@"; fi
}

# The same for what may go wrong on one disk without harm to the others; false when it did.
attempt() {
  change "$@" && return 0
  fault "failed: $*"
  return 1
}

with_value() {
  if [ $# -lt 2 ] || [ -z "$2" ]; then misused "$1 needs a value"; fi
}

while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes; shift ;;
    --check) CHECK=yes; shift ;;
    --wipe) with_value "$@"; WIPE="$2"; shift 2 ;;
    --retire) with_value "$@"; RETIRE="$2"; shift 2 ;;
    --by-id) with_value "$@"; BY_ID="$2"; shift 2 ;;
    --tpm-device) with_value "$@"; TPM_DEVICE="$2"; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) misused "unknown option '$1'" ;;
  esac
done

settle() { udevadm settle --timeout="$SETTLE_SECONDS" 2> /dev/null || true; }

if [ "$DRY_RUN" = no ] && [ "$CHECK" = no ]; then
  # Two runs at once (boot and an administrator) must not format one disk twice.
  mkdir -p "$ROOT/run"
  exec 9> "$ROOT/run/$NAME.lock"
  flock -w "$SETTLE_SECONDS" 9 || fail 'another run holds the lock'
fi
settle
`;
