/** Which disks are meant, and what each of them is: ours, blank, somebody else's. Nothing is written here. */
export const FINDING_PROGRAM = `# Type, label and signatures come from the device itself, never from a cache that a pulled disk may have left behind.
probe() { blkid -c /dev/null -p -s "$1" -o value -- "$2" 2> /dev/null || true; }

# Where a device or anything on it (partitions, LVM, RAID, encryption) is mounted or used as swap.
used_at() { lsblk -nro MOUNTPOINT "$1" | grep -v '^$' | paste -sd ' ' || true; }

# Partitions, volume groups, arrays and mappings on it.
parts_on() { lsblk -nrpo NAME,TYPE "$1" | awk 'NR > 1 { print $1 }' | sort -u; }

partitions_of() { lsblk -nrpo NAME,TYPE "$1" | awk '$2 == "part" { print $1 }' | sort -Vu; }

is_blank() { [ -z "$(probe TYPE "$1")$(probe PTTYPE "$1")" ] && [ -z "$(wipefs --no-act "$1" 2> /dev/null)" ]; }

carries() {
  local type table other
  type="$(probe TYPE "$1")"
  table="$(probe PTTYPE "$1")"
  other="$(wipefs --no-act --noheadings --output TYPE "$1" 2> /dev/null | awk 'NF && !said++ { print $1 }')"
  printf '%s%s' "\${type:-\${table:+no file system}}" "\${table:+ and a $table partition table}"
  if [ -z "$type$table" ]; then printf '%s' "\${other:-something}"; fi
}

# A disk's own table makes raw volumes recognisable: what pods write into them may look like anything.
has_table() { [ "$LAYOUT" = partitions ] || { [ "$LAYOUT" = whole ] && [ "$VOLUME_MODE" = Block ] && [ "$ENCRYPTION" = none ]; }; }

# Whether a disk was prepared for this set: by the mark of its outermost layer.
is_ours() {
  local first
  # What reads all of its input cannot end a pipe early, which would look like a failure.
  if [ "$LAYOUT" = stripe ]; then
    [ "$(probe TYPE "$1")" = linux_raid_member ] && [ "$(probe LABEL "$1")" = "any:$LABEL" ]
  elif has_table; then
    first="$(partitions_of "$1" | sed -n 1p)"
    [ "$(probe PTTYPE "$1")" = gpt ] && [ -n "$first" ] && [ "$(probe PART_ENTRY_NAME "$first")" = "$LABEL" ]
  elif [ "$ENCRYPTION" != none ]; then
    [ "$(probe TYPE "$1")" = crypto_LUKS ] && [ "$(probe LABEL "$1")" = "$LABEL" ]
  else
    [ "$(probe TYPE "$1")" = "$FILESYSTEM" ] && [ "$(probe LABEL "$1")" = "$LABEL" ]
  fi
}

# The disks below /, swap and everything else that a running system stands on.
declare -A IN_SYSTEM=()
while read -r source; do
  [ -b "$source" ] || continue
  while read -r device; do IN_SYSTEM[$device]=yes; done < <(lsblk -nrspo NAME "$source" 2> /dev/null)
done < <({
  for place in / /boot /boot/efi /usr /var /etc; do findmnt -nro SOURCE --mountpoint "$place" 2> /dev/null | sed 's/\\[.*//' || true; done
  awk 'NR > 1 { print $1 }' /proc/swaps 2> /dev/null || true
})

# Disks that have been taken out of use, and disks of volumes that are written by hand: by name.
declare -A RETIRED=()
declare -A BY_HAND=()
if [ -r "$ROOT$RETIRED_LIST" ]; then
  while read -r name _; do
    if [ -e "$BY_ID/$name" ]; then RETIRED[$(readlink -f -- "$BY_ID/$name")]="$name"; fi
  done < "$ROOT$RETIRED_LIST"
fi
if [ -r "$ROOT$STATIC_TABLE" ]; then
  while IFS=$'\\t' read -r _ name _; do
    if [ -e "$BY_ID/$name" ]; then BY_HAND[$(readlink -f -- "$BY_ID/$name")]="$name"; fi
  done < "$ROOT$STATIC_TABLE"
fi

# The shortest of the names that a disk has below by-id: for people and for metrics.
name_of() {
  local link best=''
  for link in "$BY_ID"/*; do
    if [ "$link" -ef "$1" ] && { [ -z "$best" ] || [ \${#link} -lt \${#best} ]; }; then best="$link"; fi
  done
  printf '%s' "\${best##*/}"
}

# Disks by name and size. One disk has several names below by-id; partitions have names too.
find_disks() {
  local link device bytes
  declare -A seen=()
  DISKS=()
  [ "$DISK_COUNT" -gt 0 ] || return 0
  while IFS= read -r link; do
    device="$(readlink -f -- "$link")"
    if [ ! -b "$device" ] || [ -n "\${seen[$device]:-}" ]; then continue; fi
    seen[$device]=yes
    case "$(lsblk -dnro TYPE "$device")" in disk | loop) ;; *) continue ;; esac
    if [ -n "\${IN_SYSTEM[$device]:-}" ]; then
      say "$device (\${link##*/}) is left alone: the running system stands on it"
      continue
    fi
    if [ -n "\${RETIRED[$device]:-}" ]; then
      say "$device (\${RETIRED[$device]}) is left alone: it was retired"
      continue
    fi
    if [ -n "\${BY_HAND[$device]:-}" ]; then continue; fi
    bytes="$(lsblk -bdnro SIZE "$device")"
    if [ "$bytes" -lt "$LEAST_BYTES" ] || [ "$bytes" -gt "$MOST_BYTES" ]; then
      say "$device (\${link##*/}) is left alone: $bytes bytes is not a declared size"
      continue
    fi
    DISKS+=("$device")
  done < <(compgen -G "$BY_ID/$BY_ID_PATTERN" | LC_ALL=C sort)
}

# Ours, blank, or neither. Ours first: a volume in use is also mounted below the kubelet's folders.
sort_disks() {
  local device used parts
  OURS=()
  BLANK=()
  for device in "\${DISKS[@]}"; do
    if is_ours "$device"; then
      OURS+=("$device")
      continue
    fi
    used="$(used_at "$device")"
    parts="$(parts_on "$device" | paste -sd ' ')"
    if [ -n "$used" ]; then
      say "$device is left alone: in use at $used"
    elif [ -n "$parts" ]; then
      fault "$device is refused: it has partitions or is part of a volume group, array or mapping ($parts); remove them by hand if the disk is meant for this"
    elif is_blank "$device"; then
      BLANK+=("$device")
    else
      fault "$device is refused: it carries $(carries "$device"); if its data are not needed: wipefs -a $device"
    fi
  done
  # More disks than declared means that the pattern matches disks that are not meant, network volumes of pods for example: format none.
  if [ $((\${#OURS[@]} + \${#BLANK[@]})) -gt "$DISK_COUNT" ]; then
    fault "\${#OURS[@]} prepared and \${#BLANK[@]} blank disks match '$BY_ID_PATTERN', $DISK_COUNT are declared: no disk is formatted; make the pattern narrower"
    BLANK=()
  fi
}

find_disks
sort_disks
`;
