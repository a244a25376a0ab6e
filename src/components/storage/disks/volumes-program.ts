/** Devices become mount points or links that the provisioner publishes; volumes that are written by hand have a folder of their own. */
export const VOLUMES_PROGRAM = `USABLE=0
RETIRED_COUNT=\${#RETIRED[@]}
declare -A WANTED=()

# mount_at DEVICE FOLDER TYPE, once. A mount that was left behind by a disk that was pulled is not it.
mount_at() {
  local device="$1" target="$2"
  if mountpoint -q "$target"; then
    if [ "$(mountpoint -d "$target")" = "$(lsblk -dnro MAJ:MIN "$device")" ]; then
      say "$device is mounted at $target"
      USABLE=$((USABLE + 1))
    else
      fault "$target is a mount of another device than $device, of a disk that was pulled perhaps: umount $target, and run again"
    fi
    return 0
  fi
  change mkdir -p "$target"
  attempt mount -t "$3" -o "$MOUNT_OPTIONS" "$device" "$target" || return 0
  [ "$DRY_RUN" = yes ] || USABLE=$((USABLE + 1))
}

# Folder by UUID: paths are stable whatever the order of the disks.
publish_filesystem() {
  local uuid
  need_filesystem "$1" "$FILESYSTEM" "$LABEL"
  if [ "$READY" = no ]; then
    if [ "$DRY_RUN" = yes ]; then say "would mount $1 below $TARGET_DIR"; fi
    return 0
  fi
  uuid="$(probe UUID "$1")"
  if [ -n "\${WANTED[$uuid]:-}" ]; then
    fault "$1 is refused: it has the same UUID $uuid as another disk (a copied disk); wipefs -a one of them"
    return 0
  fi
  WANTED[$uuid]=yes
  mount_at "$1" "$ROOT$TARGET_DIR/$uuid" "$FILESYSTEM"
}

# A link by an identity that no pod can write over, since it lies outside of the volume.
publish_raw() {
  local device="$1" inner="$2" name path
  case "$(lsblk -dnro TYPE "$inner")" in
    part) name="$(probe PART_ENTRY_UUID "$inner")"; path="/dev/disk/by-partuuid/$name" ;;
    crypt) name="$(probe UUID "$device")"; path="$inner" ;;
    *) name="$(probe UUID "\${OURS[0]}")"; path="/dev/disk/by-id/md-uuid-$(mdadm --detail --export "$inner" | sed -n 's/^MD_UUID=//p')" ;;
  esac
  if [ -z "$name" ] || [ ! -b "$path" ]; then
    fault "$inner is refused: udev has made no $path for it"
    return 0
  fi
  WANTED[$name]=yes
  if [ "$(readlink "$ROOT$TARGET_DIR/$name" 2> /dev/null)" = "$path" ]; then
    say "$path is linked as $TARGET_DIR/$name"
    USABLE=$((USABLE + 1))
    return 0
  fi
  change mkdir -p "$ROOT$TARGET_DIR"
  change ln -sfnT "$path" "$ROOT$TARGET_DIR/$name"
  [ "$DRY_RUN" = yes ] || USABLE=$((USABLE + 1))
}

# Volumes of the table, at the UUID that their PersistentVolume names.
publish_by_hand() {
  local node name uuid least most filesystem device bytes
  [ -r "$ROOT$STATIC_TABLE" ] || return 0
  while IFS=$'\\t' read -r node name uuid least most filesystem; do
    if [ ! -e "$BY_ID/$name" ]; then
      if [ "$node" = "$(uname -n)" ]; then fault "disk $name of volume $uuid is not here"; fi
      continue
    fi
    device="$(readlink -f -- "$BY_ID/$name")"
    if [ -n "\${IN_SYSTEM[$device]:-}" ]; then
      fault "$device ($name) is refused: the running system stands on it"
      continue
    fi
    if [ -n "\${RETIRED[$device]:-}" ]; then continue; fi
    bytes="$(lsblk -bdnro SIZE "$device")"
    if [ "$bytes" -lt "$least" ] || [ "$bytes" -gt "$most" ]; then
      fault "$device ($name) is refused: $bytes bytes is not the declared size"
      continue
    fi
    by_hand "$device" "$name" "$uuid" "$filesystem"
  done < "$ROOT$STATIC_TABLE"
}

# by_hand DEVICE NAME UUID TYPE
by_hand() {
  local used parts
  used="$(used_at "$1")"
  parts="$(parts_on "$1" | paste -sd ' ')"
  if [ "$(probe LABEL "$1")" != "$STATIC_LABEL" ] && [ -n "$used$parts" ]; then
    fault "$1 ($2) is refused: in use\${used:+ at $used}\${parts:+, with $parts on it}"
    return 0
  fi
  if [ "$(probe LABEL "$1")" = "$STATIC_LABEL" ] && [ "$(probe UUID "$1")" != "$3" ]; then
    fault "$1 ($2) is refused: it holds volume $(probe UUID "$1"), the table says $3"
    return 0
  fi
  need_filesystem "$1" "$4" "$STATIC_LABEL" "$3"
  if [ "$READY" = yes ]; then mount_at "$1" "$ROOT$STATIC_DIR/$3" "$4"; fi
}

# The provisioner reports every folder that is no mount point; folders of removed disks are empty, links of removed disks lead nowhere.
remove_stale() {
  local entry
  for entry in "$ROOT$TARGET_DIR"/*; do
    if [ -n "\${WANTED[\${entry##*/}]:-}" ]; then continue; fi
    if [ -L "$entry" ]; then
      change rm -f "$entry"
    elif [ -d "$entry" ] && ! mountpoint -q "$entry"; then
      change rmdir --ignore-fail-on-non-empty "$entry"
    elif [ -d "$entry" ]; then
      fault "the disk of $entry is gone or refused, and it is still mounted: stop its pod, then $NAME --retire \${entry##*/}"
    fi
  done
}

publish_volumes() {
  local device
  for device in "\${DEVICES[@]}"; do
    open_inner "$device" || continue
    if [ "$VOLUME_MODE" = Block ]; then publish_raw "$device" "$INNER"; else publish_filesystem "$INNER"; fi
  done
  [ "$DISK_COUNT" -eq 0 ] || [ -d "$ROOT$TARGET_DIR" ] || change mkdir -p "$ROOT$TARGET_DIR"
  remove_stale
}
`;
