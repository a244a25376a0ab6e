/** What alerts read, and the order of everything. */
export const NUMBERS_PROGRAM = `# Wear, errors and warnings as the disk itself tells them; nothing where smartctl is missing.
health_of() {
  local disk="$1" name
  command -v smartctl > /dev/null || return 0
  name="$(name_of "$disk")"
  { smartctl -H -A "$disk" 2> /dev/null || true; } | awk -v labels="set=\\"$SET\\",disk=\\"$name\\"" '
    function put(metric, value) { printf "thousand_node_local_disk_%s{%s} %d\\n", metric, labels, value }
    /^Percentage Used:/ { put("wear_percent", $3 + 0) }
    /^Media and Data Integrity Errors:/ { gsub(/,/, "", $6); put("media_errors", $6) }
    /overall-health self-assessment test result:/ { put("failing", $NF != "PASSED") }
    /^SMART Health Status:/ { put("failing", $NF != "OK") }
    # SATA: what is left of a hundred, under a name for each vendor.
    $2 ~ /^(Wear_Leveling_Count|SSD_Life_Left|Media_Wearout_Indicator|Percent_Lifetime_Remain)$/ && !worn { worn = 1; put("wear_percent", 100 - $4) }
    $2 == "Reported_Uncorrect" { put("media_errors", $10) }'
}

write_numbers() {
  local declared=$((VOLUME_COUNT + \${#BY_HAND[@]}))
  local file device type health=''
  file="$ROOT$METRICS_DIR/thousand_node_$(tr -c 'a-z0-9\\n' _ <<< "$SET")_disks.prom"
  mkdir -p "$ROOT$METRICS_DIR"
  for device in "\${DISKS[@]}"; do health+="$(health_of "$device")"$'\\n'; done
  {
    printf '# HELP thousand_node_local_disks Disks and volumes of a set on this machine.\\n# TYPE thousand_node_local_disks gauge\\n'
    printf 'thousand_node_local_disks{set="%s",state="%s"} %d\\n' "$SET" declared "$DISK_COUNT" "$SET" found "\${#DISKS[@]}" \\
      "$SET" retired "$RETIRED_COUNT" "$SET" faults "$FAULTS" "$SET" volumes_declared "$declared" "$SET" volumes "$USABLE"
    printf '# HELP thousand_node_local_disks_look_timestamp_seconds When the disks of a set were last looked at.\\n# TYPE thousand_node_local_disks_look_timestamp_seconds gauge\\n'
    printf 'thousand_node_local_disks_look_timestamp_seconds{set="%s"} %d\\n' "$SET" "$(date +%s)"
    for type in 'wear_percent Used share of the disk'\\''s life.' 'media_errors Errors that the disk could not correct.' 'failing Whether the disk says that it fails.'; do
      printf '# HELP thousand_node_local_disk_%s %s\\n# TYPE thousand_node_local_disk_%s gauge\\n' "\${type%% *}" "\${type#* }" "\${type%% *}"
      printf '%s' "$health" | grep "^thousand_node_local_disk_\${type%% *}{" || true
    done
  } > "$file.new"
  chmod 0644 "$file.new"
  mv "$file.new" "$file"
}

if [ -n "$WIPE" ]; then
  wipe
  exit 0
fi
if [ -n "$RETIRE" ]; then
  retire
  exit 0
fi
if [ "$CHECK" = yes ]; then
  # A look: what a run would do is what is not in order.
  DRY_RUN=yes
fi
find_devices
if [ "$PURPOSE" = node ]; then use_for_node; else publish_volumes; fi
publish_by_hand
if [ "$USABLE" -lt $((VOLUME_COUNT + \${#BY_HAND[@]})) ] && { [ "$DRY_RUN" = no ] || [ "$CHECK" = yes ]; }; then
  fault "$USABLE of $((VOLUME_COUNT + \${#BY_HAND[@]})) declared volumes are in use"
fi
if [ "$DRY_RUN" = no ] || [ "$CHECK" = yes ]; then write_numbers; fi
# What is usable is mounted all the same; the failed unit is what an administrator sees.
[ "$FAULTS" -eq 0 ]
`;
