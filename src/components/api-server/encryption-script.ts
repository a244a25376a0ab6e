import { flagProblem } from '../../catalogue/flag-table';
import { KUBE_APISERVER_FLAGS } from '../../catalogue/kube-apiserver-flags';
import { ClusterFacts } from '../../cluster/cluster-facts';

/** How an API server of this release comes to know a changed file. */
export function encryptionReload(cluster: ClusterFacts): string {
  return flagProblem('kube-apiserver', KUBE_APISERVER_FLAGS, cluster.release.version, 'encryption-provider-config-automatic-reload') === undefined
    ? 'it looks every minute'
    : 'restart it, one machine after the other';
}

/**
 * Makes and rotates the encryption configuration on the machine. Keys are random and never leave the machines; the same file has to lie on every API
 * server, so each step runs on one and the file is copied before the next.
 *
 * secretbox, not KMS: a KMS plugin is a program of the user's own that the library cannot install. The order of the steps is what keeps Secrets readable:
 * a key must be known to every server before any of them writes with it, and no Secret may still need a key that goes.
 */
export function encryptionScript(path: string, restartNote: string): string {
  return `#!/bin/sh
# Encryption of Secrets in etcd. Keys lie in ${path} only.
set -eu
umask 077

usage() {
  cat <<'END'
usage: thousand-node-encryption-config [--dry-run] [COMMAND]

  make        make the file with a random key, unless it exists (without a command)
  status      number and names of the keys, the one that writes first
  add-key     1. add a key that reads only
  promote     2. let the newest key write
  reencrypt   3. write every Secret again, with kubectl and its kubeconfig
  drop-old    4. forget all keys but the one that writes

Between two steps copy the file to every other control-plane machine and wait until
its API server has it: ${restartNote}.
END
}

FILE="\${THOUSAND_NODE_ROOT:-}${path}"
DRY_RUN=false
COMMAND='make'
for argument in "$@"; do
  case "$argument" in
    --help|-h) usage; exit 0 ;;
    --dry-run) DRY_RUN=true ;;
    make|status|add-key|promote|reencrypt|drop-old) COMMAND="$argument" ;;
    *) usage >&2; exit 64 ;;
  esac
done

fail() { echo "$1" >&2; exit 1; }
new_key() { head -c 32 /dev/urandom | base64 | tr -d '\\n'; }
names() { awk '$1 == "-" && $2 == "name:" { print $3 }' "$FILE"; }
count() { names | wc -l | tr -d ' '; }

# Keys are passed as lines "name secret", the one that writes first.
pairs() { awk '$1 == "-" && $2 == "name:" { name = $3 } $1 == "secret:" { print name, $2 }' "$FILE"; }

write() {
  if [ "$DRY_RUN" = true ]; then
    echo "would write $FILE with the keys: $(awk '{ printf "%s ", $1 }')"
    return
  fi
  mkdir -p "$(dirname "$FILE")"
  {
    cat <<END
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox:
          keys:
END
    awk '{ printf "            - name: %s\\n              secret: %s\\n", $1, $2 }'
    cat <<END
      # Reads what was written before encryption was switched on.
      - identity: {}
END
  } > "$FILE.new"
  mv "$FILE.new" "$FILE"
  echo "wrote $FILE: $(count) keys, $(names | head -n 1) writes"
}

if [ "$COMMAND" = make ]; then
  if [ -s "$FILE" ]; then exit 0; fi
  echo "key1 $(new_key)" | write
  exit 0
fi

[ -s "$FILE" ] || fail "$FILE is missing; run '$0 make' first"
if [ "$(pairs | wc -l)" -ne "$(count)" ] || [ "$(count)" -eq 0 ]; then fail "$FILE holds names without keys; it was not written by this script"; fi

# A write without a change still encrypts. A Secret that somebody else changes meanwhile is refused once and then read again; one that went needs nothing.
rewrite() {
  for attempt in 1 2 3; do
    TEXT="$(kubectl get "$2" --namespace="$1" --output=json --ignore-not-found)"
    [ -n "$TEXT" ] || return 0
    if printf '%s' "$TEXT" | kubectl replace --namespace="$1" -f - >/dev/null; then return 0; fi
    sleep "$attempt"
  done
  fail "$1/$2 was not written; run reencrypt again before drop-old"
}

case "$COMMAND" in
  status)
    echo "$(count) keys: $(names | tr '\\n' ' ')"
    ;;
  add-key)
    [ "$(count)" -eq 1 ] || fail "$(count) keys already; finish that rotation with promote, reencrypt and drop-old"
    LAST="$(names | sed 's/^key//')"
    case "$LAST" in *[!0-9]*|'') fail "the key is not named like key1" ;; esac
    { pairs; echo "key$((LAST + 1)) $(new_key)"; } | write
    ;;
  promote)
    [ "$(count)" -eq 2 ] || fail "$(count) keys; run add-key first"
    NEWEST="$(names | sed 's/^key//' | sort -n | tail -n 1)"
    [ "$(names | head -n 1)" != "key$NEWEST" ] || fail "key$NEWEST writes already"
    { pairs | grep "^key$NEWEST "; pairs | grep -v "^key$NEWEST "; } | write
    ;;
  reencrypt)
    [ "$(count)" -eq 2 ] || fail "$(count) keys; nothing is being rotated"
    # Namespace by namespace: all Secrets of a large cluster at once are a request that nobody should send. Lists are taken first, so that a failed
    # one ends the script instead of looking like an empty namespace.
    NAMESPACES="$(kubectl get namespaces --output=jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}')"
    for namespace in $NAMESPACES; do
      if [ "$DRY_RUN" = true ]; then echo "would write the Secrets of $namespace again"; continue; fi
      SECRETS="$(kubectl get secrets --namespace="$namespace" --output=name)"
      for secret in $SECRETS; do rewrite "$namespace" "$secret"; done
    done
    ;;
  drop-old)
    [ "$(count)" -eq 2 ] || fail "$(count) keys; nothing to forget"
    NEWEST="$(names | sed 's/^key//' | sort -n | tail -n 1)"
    [ "$(names | head -n 1)" = "key$NEWEST" ] || fail "the old key still writes; run promote and reencrypt first"
    pairs | head -n 1 | write
    ;;
esac
`;
}
