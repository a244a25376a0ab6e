/** What people ask for in a repair: a volume made blank, a disk taken out of use. */
export const REPAIR_PROGRAM = `unpublish() {
  local target="$ROOT$TARGET_DIR/$1"
  [ -n "$1" ] || return 0
  if [ -L "$target" ]; then
    change rm -f "$target"
  elif mountpoint -q "$target"; then
    attempt umount "$2" "$target" || return 1
    change rmdir "$target"
  fi
}

# The identity that a device's volume is published by; empty when it has none yet.
identity_of() {
  local mapping
  if [ "$VOLUME_MODE" = Filesystem ] && [ "$ENCRYPTION" = none ]; then
    probe UUID "$1"
  elif [ "$VOLUME_MODE" = Filesystem ]; then
    mapping="/dev/mapper/$(mapping_of "$1")"
    if [ -b "$mapping" ]; then probe UUID "$mapping"; else probe UUID "$1"; fi
  else
    case "$(lsblk -dnro TYPE "$1")" in
      part) probe PART_ENTRY_UUID "$1" ;;
      raid0) probe UUID "\${OURS[0]}" ;;
      *) probe UUID "$1" ;;
    esac
  fi
}

# Make the volume on a device blank: whoever asks has named it, so its data are meant.
wipe_device() {
  local mapping
  unpublish "$(identity_of "$1")" -- || return 1
  if [ "$ENCRYPTION" != none ] && [ "$(probe TYPE "$1")" = crypto_LUKS ]; then
    mapping="$(mapping_of "$1")"
    if [ -b "/dev/mapper/$mapping" ]; then attempt cryptsetup close "$mapping" || return 1; fi
    # Without its keys nothing on it can be read again, whatever the disk keeps of discarded blocks.
    attempt cryptsetup luksErase --batch-mode "$1" || return 1
  fi
  attempt wipefs --quiet --all "$1" || return 1
  if [ "$DRY_RUN" = no ]; then blkdiscard "$1" 2> /dev/null || say "$1 knows no discard: its blocks are free, their content is still there"; fi
}

wipe() {
  local device disk found=no
  if [ "$PURPOSE" = node ]; then fail "--wipe is for volumes; to make a node's own disks blank: drain it, stop kubelet and containerd, umount $NODE_FOLDERS $TARGET_DIR, wipefs -a the disks"; fi
  BLANK=()
  find_devices
  for device in "\${DEVICES[@]}"; do
    if [ "$WIPE" = all ] || [ "$(identity_of "$device")" = "$WIPE" ]; then
      found=yes
      wipe_device "$device" || true
    fi
  done
  # What was said about a broken stripe is what was asked to be mended.
  if [ "$LAYOUT" = stripe ] && [ -z "$STRIPE" ]; then FAULTS=0; fi
  if [ "$WIPE" = all ] && [ "$FAULTS" -eq 0 ]; then
    for disk in "\${OURS[@]}"; do
      found=yes
      device="$(running_stripe "$disk")"
      if [ "$LAYOUT" = stripe ] && [ -n "$device" ]; then attempt mdadm --stop --quiet "$device" || continue; fi
      if [ "$LAYOUT" = stripe ] || has_table; then attempt wipefs --quiet --all "$disk" || true; fi
    done
  fi
  [ "$found" = yes ] || fail "no volume of this set is called '$WIPE'"
  settle
  [ "$FAULTS" -eq 0 ] || exit 1
  say "done; run $NAME to prepare what is blank now, under a new identity"
}

# A disk that fails is left alone from now on: its place in the list outlives reboots.
retire() {
  local device name='' disk
  if [ -e "$BY_ID/$RETIRE" ]; then
    name="$RETIRE"
    disk="$(readlink -f -- "$BY_ID/$RETIRE")"
  fi
  BLANK=()
  if [ "$LAYOUT" = stripe ]; then fail "a stripe is lost with any of its disks: $NAME --wipe all once the disk was replaced"; fi
  find_devices
  for device in "\${DEVICES[@]}"; do
    if [ -z "$name" ] && [ "$(identity_of "$device")" = "$RETIRE" ]; then
      disk="$(lsblk -nrspo NAME,TYPE "$device" | awk '($2 == "disk" || $2 == "loop") && !said++ { print $1 }')"
      name="$(name_of "$disk")"
    fi
  done
  if [ -z "$name" ] && mountpoint -q "$ROOT$TARGET_DIR/$RETIRE"; then
    unpublish "$RETIRE" --lazy
    say "the disk of $RETIRE is gone already: its folder is too now"
    return 0
  fi
  [ -n "$name" ] || fail "no disk is called '$RETIRE', by its name in $BY_ID or by the UUID of its volume"
  for device in "\${DEVICES[@]}"; do
    if [ "$device" = "$disk" ] || partitions_of "$disk" | grep -qxF "$device"; then
      # Lazily: a disk that does not answer any more cannot be unmounted otherwise.
      unpublish "$(identity_of "$device")" --lazy || true
    fi
  done
  if [ "$DRY_RUN" = yes ]; then
    say "would write $name to $RETIRED_LIST"
  else
    mkdir -p "$(dirname "$ROOT$RETIRED_LIST")"
    printf '%s\\n' "$name" >> "$ROOT$RETIRED_LIST"
    say "$name is out of use; take its line out of $RETIRED_LIST to change that"
  fi
}
`;
