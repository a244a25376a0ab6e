/**
 * The program of the disk preparation script: one fixed text for every pool, so that it can be reviewed once. What differs stands in the
 * constants above it (`disk-preparation.ts`).
 */
export const DISK_PREPARATION_PROGRAM = `say() { printf 'local-disks: %s\\n' "$*"; }

FAULTS=0
fault() {
  printf 'local-disks: %s\\n' "$*" >&2
  FAULTS=$((FAULTS + 1))
}

DRY_RUN=no
BY_ID=/dev/disk/by-id
while [ $# -gt 0 ]; do
  case "$1" in
    --dry-run) DRY_RUN=yes ;;
    # For rehearsals: a folder of links to loop devices.
    --by-id) BY_ID="$2"; shift ;;
    *) echo "usage: $(basename "$0") [--dry-run] [--by-id FOLDER]" >&2; exit 64 ;;
  esac
  shift
done

# Everything that changes the machine goes through here.
change() {
  if [ "$DRY_RUN" = yes ]; then say "would run: $*"; else say "run: $*"; "$@"; fi
}

# Size, type and signature come from the device itself, never from a cache that a pulled disk may have left behind.
probe() { blkid -c /dev/null -p -s "$1" -o value "$2" 2>/dev/null || true; }

if [ "$DRY_RUN" = no ]; then
  # Two runs at once (boot and an administrator) must not format one disk twice.
  exec 9>/run/thousand-node-local-disks.lock
  flock -w "$SETTLE_SECONDS" 9 || { fault 'another run holds the lock'; exit 1; }
fi
udevadm settle --timeout="$SETTLE_SECONDS" 2>/dev/null || say 'udev is still busy, going on'

# One disk has several names below by-id; partitions have names too.
declare -A SEEN=()
FOUND=()
while IFS= read -r link; do
  device="$(readlink -f -- "$link")"
  if [ ! -b "$device" ] || [ -n "\${SEEN[$device]:-}" ]; then continue; fi
  SEEN[$device]=yes
  case "$(lsblk -dnro TYPE "$device")" in disk | loop) ;; *) continue ;; esac
  bytes="$(lsblk -bdnro SIZE "$device")"
  if [ "$bytes" -lt "$LEAST_BYTES" ] || [ "$bytes" -gt "$MOST_BYTES" ]; then
    say "$device ($(basename "$link")) is left alone: $bytes bytes is not a declared size"
    continue
  fi
  FOUND+=("$device")
done < <(compgen -G "$BY_ID/$BY_ID_PATTERN" | LC_ALL=C sort)

BLANK=()
OURS=()
for device in "\${FOUND[@]}"; do
  type="$(probe TYPE "$device")"
  # Ours first: a volume in use is also mounted below the kubelet's folders.
  if [ "$type" = "$FILESYSTEM" ] && [ "$(probe LABEL "$device")" = "$LABEL" ]; then
    OURS+=("$device")
    continue
  fi
  # Mounted or used as swap, itself or anything on it (partitions, LVM, RAID): the root disk ends here.
  used="$(lsblk -nro MOUNTPOINT "$device" | grep -v '^$' || true)"
  if [ -n "$used" ]; then
    say "$device is left alone: in use at \${used//$'\\n'/, }"
    continue
  fi
  if [ "$(lsblk -nro TYPE "$device" | wc -l)" -gt 1 ]; then
    fault "$device is refused: it has partitions or is part of a volume group or RAID; remove them by hand if the disk is meant for pods"
    continue
  fi
  table="$(probe PTTYPE "$device")"
  if [ -n "$type$table" ] || [ -n "$(wipefs --no-act "$device" 2>/dev/null)" ]; then
    fault "$device is refused: it carries \${type:-a signature}\${table:+ and a $table partition table}; if its data are not needed: wipefs -a $device"
  else
    BLANK+=("$device")
  fi
done

# More disks than declared means that the pattern matches disks that are not meant, network volumes of pods for example: format none.
if [ $((\${#OURS[@]} + \${#BLANK[@]})) -gt "$DISK_COUNT" ]; then
  fault "\${#OURS[@]} prepared and \${#BLANK[@]} blank disks match '$BY_ID_PATTERN', $DISK_COUNT are declared: no disk is formatted; make the pattern narrower"
  BLANK=()
fi

for device in "\${BLANK[@]}"; do
  change "mkfs.$FILESYSTEM" -q -L "$LABEL" "$device"
  OURS+=("$device")
done

declare -A WANTED=()
for device in "\${OURS[@]}"; do
  uuid="$(probe UUID "$device")"
  if [ -z "$uuid" ]; then
    # Only a dry run comes here: the file system does not exist yet.
    say "would mount $device below $DISCOVERY_DIR"
    continue
  fi
  target="$DISCOVERY_DIR/$uuid"
  if [ -n "\${WANTED[$uuid]:-}" ]; then
    fault "$device is refused: it has the same UUID $uuid as another disk (a copied disk); wipefs -a one of them"
    continue
  fi
  WANTED[$uuid]=yes
  if mountpoint -q "$target"; then
    say "$device is mounted at $target"
    continue
  fi
  change mkdir -p "$target"
  change mount -t "$FILESYSTEM" -o "$MOUNT_OPTIONS" "$device" "$target"
done

[ -d "$DISCOVERY_DIR" ] || change mkdir -p "$DISCOVERY_DIR"
# The provisioner reports every folder that is no mount point; folders of removed disks are empty.
for folder in "$DISCOVERY_DIR"/*; do
  if [ ! -d "$folder" ] || [ -n "\${WANTED[$(basename "$folder")]:-}" ]; then continue; fi
  mountpoint -q "$folder" || change rmdir --ignore-fail-on-non-empty "$folder"
done

if [ \${#OURS[@]} -lt "$DISK_COUNT" ]; then
  fault "\${#OURS[@]} of $DISK_COUNT declared disks are usable"
fi
# Usable disks are mounted all the same; the failed unit is what an administrator sees.
[ "$FAULTS" -eq 0 ]
`;
