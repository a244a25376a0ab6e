/** From blank disks to devices that hold one volume each: partition tables, stripes, encryption, file systems. */
export const LAYOUT_PROGRAM = `# Asked again right before each write: between looking and writing somebody may have used the disk.
still_blank() {
  if is_blank "$1" && [ -z "$(used_at "$1")" ] && [ -z "$(parts_on "$1")" ]; then return 0; fi
  fault "$1 is refused: it was blank a moment ago and is not any more"
  return 1
}

PARTITION_COUNT="$(wc -w <<< "\${PARTITIONS:-all}")"

# One GPT with partitions of our name; without sizes one that fills the disk.
make_table() {
  local disk="$1" size table='label: gpt'
  still_blank "$disk" || return 1
  if [ -z "$PARTITIONS" ]; then
    table+=$'\\n'"name=\\"$LABEL\\""
  else
    for size in $PARTITIONS; do table+=$'\\n'"size=\${size}MiB, name=\\"$LABEL\\""; done
  fi
  if [ "$DRY_RUN" = yes ]; then
    say "would partition $disk: \${PARTITIONS:-one of all} MiB"
    return 0
  fi
  say "run: sfdisk $disk (\${PARTITIONS:-one of all} MiB)"
  if ! sfdisk --quiet --wipe never --wipe-partitions never "$disk" <<< "$table"; then
    fault "failed: sfdisk $disk"
    return 1
  fi
  settle
}

# The array of our name, when it runs.
running_stripe() {
  lsblk -nrpo NAME,TYPE "$1" | awk '$2 == "raid0" && !said++ { print $1 }'
}

# All disks of the set as one device, or nothing: half a stripe is no data. Sets STRIPE.
make_stripe() {
  local device uuids
  STRIPE=''
  if [ \${#OURS[@]} -eq 0 ] && [ \${#BLANK[@]} -eq 0 ]; then return 0; fi
  if [ $((\${#OURS[@]} + \${#BLANK[@]})) -lt "$DISK_COUNT" ]; then
    fault "a stripe needs all $DISK_COUNT disks, $((\${#OURS[@]} + \${#BLANK[@]})) are usable: nothing is done"
    return 0
  fi
  if [ \${#OURS[@]} -gt 0 ] && [ \${#BLANK[@]} -gt 0 ]; then
    fault "\${#BLANK[@]} of $DISK_COUNT disks of the stripe are blank (\${BLANK[*]}): disks were replaced, and the data of the stripe are lost; $NAME --wipe all, then run again"
    return 0
  fi
  if [ \${#BLANK[@]} -gt 0 ]; then
    for device in "\${BLANK[@]}"; do still_blank "$device" || return 0; done
    if [ "$DRY_RUN" = yes ]; then
      say "would make a stripe of \${BLANK[*]}"
      return 0
    fi
    # Any home: the name must not follow the host's.
    attempt mdadm --create "/dev/md/$LABEL" --quiet --run --level=0 --raid-devices="$DISK_COUNT" --name="$LABEL" --homehost=any "\${BLANK[@]}" || return 0
    settle
    OURS=("\${BLANK[@]}")
    BLANK=()
  fi
  uuids="$(for device in "\${OURS[@]}"; do probe UUID "$device"; done | sort -u | wc -l)"
  if [ "$uuids" -ne 1 ]; then
    fault "the disks belong to $uuids different stripes: disks of another machine; $NAME --wipe all, then run again"
    return 0
  fi
  STRIPE="$(running_stripe "\${OURS[0]}")"
  if [ -z "$STRIPE" ]; then
    attempt mdadm --assemble "/dev/md/$LABEL" --quiet --run --homehost=any --name="$LABEL" "\${OURS[@]}" || return 0
    settle
    STRIPE="$(running_stripe "\${OURS[0]}")"
  fi
}

# Devices that hold one volume each. After this nothing is said about whole disks.
find_devices() {
  local disk
  DEVICES=()
  case "$LAYOUT" in
    stripe)
      make_stripe
      if [ -n "$STRIPE" ]; then DEVICES=("$STRIPE"); fi
      ;;
    *)
      for disk in "\${BLANK[@]}"; do
        if has_table; then
          make_table "$disk" || continue
          [ "$DRY_RUN" = no ] || continue
        fi
        OURS+=("$disk")
      done
      for disk in "\${OURS[@]}"; do
        if ! has_table; then
          DEVICES+=("$disk")
        elif [ "$(partitions_of "$disk" | wc -l)" -eq "$PARTITION_COUNT" ]; then
          mapfile -t -O "\${#DEVICES[@]}" DEVICES < <(partitions_of "$disk")
        else
          fault "$disk is refused: it has $(partitions_of "$disk" | wc -l) partitions, $PARTITION_COUNT are declared; a table is not changed once volumes lie on it"
        fi
      done
      ;;
  esac
}

mapping_of() { printf '%s-%s' "$LABEL" "$(probe UUID "$1")"; }

key_is_safe() {
  local mode
  if [ ! -s "$ROOT$KEY_FILE" ]; then
    fault "$KEY_FILE is missing or empty: encrypted disks stay closed; put the key there and run again"
    return 1
  fi
  mode="$(stat -Lc %a "$ROOT$KEY_FILE")"
  if [ $((8#$mode & 8#077)) -ne 0 ]; then
    fault "$KEY_FILE can be read by others than root (mode $mode): chmod 0400 it"
    return 1
  fi
}

luks_format() {
  # A random key needs no stretching; the default would take a gibibyte of memory and two seconds for each disk at every boot.
  attempt cryptsetup luksFormat --batch-mode --type luks2 --label "$LABEL" --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file "$2" "$1"
}

# Encrypt a blank device once.
encrypt() {
  local key done=no
  if [ "$DRY_RUN" = yes ]; then
    say "would encrypt $1"
    return 1
  fi
  if [ "$ENCRYPTION" = key-file ]; then
    luks_format "$1" "$ROOT$KEY_FILE"
    return
  fi
  # The first key lives in memory until the TPM has its own, then no key but the TPM's opens the disk.
  key="$(mktemp -p "\${ROOT:-}/run")"
  head -c 64 /dev/urandom > "$key"
  if luks_format "$1" "$key" \\
    && attempt systemd-cryptenroll --unlock-key-file="$key" --tpm2-device="$TPM_DEVICE" --tpm2-pcrs="$TPM_PCRS" "$1" \\
    && attempt cryptsetup luksKillSlot --batch-mode "$1" 0; then
    done=yes
  fi
  rm -f "$key"
  if [ "$done" = no ]; then
    # Without a key in the TPM nobody can open it: it is as blank as before.
    change wipefs --quiet --all "$1" || true
    return 1
  fi
}

# The device below the encryption, opened; sets INNER.
open_inner() {
  local mapping program
  INNER="$1"
  [ "$ENCRYPTION" != none ] || return 0
  if [ "$ENCRYPTION" = key-file ]; then key_is_safe || return 1; fi
  if is_blank "$1"; then encrypt "$1" || return 1; fi
  if [ "$(probe TYPE "$1")" != crypto_LUKS ] || [ "$(probe LABEL "$1")" != "$LABEL" ]; then
    fault "$1 is refused: it is to be encrypted and carries $(carries "$1")"
    return 1
  fi
  mapping="$(mapping_of "$1")"
  INNER="/dev/mapper/$mapping"
  [ ! -b "$INNER" ] || return 0
  if [ "$DRY_RUN" = yes ]; then
    say "would open $1 as $INNER"
    return 1
  fi
  # Discards pass through, or fstrim would do nothing; they show which blocks are free.
  if [ "$ENCRYPTION" = key-file ]; then
    attempt cryptsetup open --allow-discards --key-file "$ROOT$KEY_FILE" "$1" "$mapping" || return 1
  else
    for program in /usr/lib/systemd/systemd-cryptsetup /lib/systemd/systemd-cryptsetup /usr/bin/systemd-cryptsetup; do [ ! -x "$program" ] || break; done
    attempt "$program" attach "$mapping" "$1" - "tpm2-device=$TPM_DEVICE,headless=1,discard" || return 1
  fi
  settle
}

# need_filesystem DEVICE TYPE LABEL [UUID]: a file system, made once; sets READY when it is there.
need_filesystem() {
  local options=(-q)
  READY=no
  if [ "$(probe TYPE "$1")" = "$2" ] && [ "$(probe LABEL "$1")" = "$3" ]; then
    READY=yes
    return 0
  fi
  if ! is_blank "$1"; then
    fault "$1 is refused: it carries $(carries "$1") instead of $2 of $3"
    return 0
  fi
  still_blank "$1" || return 0
  # Reserved blocks are for root, who writes nothing here. Never -f or -F: the tool's own refusals stay.
  if [ "$2" = ext4 ]; then options+=(-m 0); fi
  if [ -n "\${4:-}" ]; then
    if [ "$2" = ext4 ]; then options+=(-U "$4"); else options+=(-m "uuid=$4"); fi
  fi
  attempt "mkfs.$2" "\${options[@]}" -L "$3" "$1" || return 0
  [ "$DRY_RUN" = yes ] || READY=yes
}
`;
