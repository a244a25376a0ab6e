/** Takes the tools out of the image of the members. */
export const TOOLS_PROGRAM = `usage() {
  cat << TEXT
usage: $NAME [--dry-run]

Copies etcdctl and etcdutl out of the image of the members, which containerd already has, to $TOOLS_DIR.
They are then of the release that the rings run, and nothing is downloaded.
TEXT
}

while [ $# -gt 0 ]; do
  common_option "$@"
  shift "$TAKEN"
done
command -v ctr > /dev/null || fail 'ctr (part of containerd) is not installed; put etcdctl and etcdutl there by hand'
[ -n "$(ctr --namespace k8s.io images ls -q "name==$IMAGE")" ] || fail "containerd has no image $IMAGE yet: start the kubelet with the manifests first, or crictl pull it"
mount="$(mktemp -d)"
trap 'ctr --namespace k8s.io images unmount --rm "$mount" > /dev/null 2>&1 || true; rmdir "$mount" 2> /dev/null || true' EXIT
change ctr --namespace k8s.io images mount "$IMAGE" "$mount" > /dev/null
change mkdir -p "$ROOT$TOOLS_DIR"
for tool in etcdctl etcdutl; do
  change install -m 0755 "$mount/usr/local/bin/$tool" "$ROOT$TOOLS_DIR/$tool.new"
  change mv -f "$ROOT$TOOLS_DIR/$tool.new" "$ROOT$TOOLS_DIR/$tool"
done
say "$TOOLS_DIR holds etcdctl and etcdutl of $IMAGE"
`;
