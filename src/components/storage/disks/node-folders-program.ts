/** One file system under the folders of the node that fill up. */
export const NODE_FOLDERS_PROGRAM = `# Folders move once, with what the machine's image brought; from then on they are bound at every boot.
bind_folder() {
  local folder="$1" own unit
  own="$ROOT$TARGET_DIR/$(tr / - <<< "\${folder#/}")"
  if mountpoint -q "$ROOT$folder"; then
    say "$folder is bound"
    return 0
  fi
  for unit in containerd kubelet; do
    # It would go on writing to the folder that is covered.
    if systemctl is-active --quiet "$unit.service" 2> /dev/null; then
      fault "$folder is not bound: $unit runs; drain the node, stop kubelet and containerd, run again"
      return 0
    fi
  done
  if [ ! -d "$own" ]; then
    change rm -rf "$own.partial"
    change mkdir -p "$own.partial" "$ROOT$folder"
    attempt cp -a "$ROOT$folder/." "$own.partial/" || return 0
    change mv "$own.partial" "$own"
  fi
  change mkdir -p "$ROOT$folder"
  attempt mount --bind "$own" "$ROOT$folder" || true
}

use_for_node() {
  local folder
  if [ \${#DEVICES[@]} -ne 1 ]; then
    [ "$DRY_RUN" = yes ] || fault "\${#DEVICES[@]} devices instead of one: the node goes on with its root disk"
    return 0
  fi
  open_inner "\${DEVICES[0]}" || return 0
  need_filesystem "$INNER" "$FILESYSTEM" "$LABEL"
  if [ "$READY" = no ]; then
    if [ "$DRY_RUN" = yes ]; then say "would mount $INNER at $TARGET_DIR and bind $NODE_FOLDERS"; fi
    return 0
  fi
  mount_at "$INNER" "$ROOT$TARGET_DIR" "$FILESYSTEM"
  if mountpoint -q "$ROOT$TARGET_DIR"; then
    for folder in $NODE_FOLDERS; do bind_folder "$folder"; done
  fi
}
`;
