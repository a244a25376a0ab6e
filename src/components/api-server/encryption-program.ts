/**
 * The same text for secretbox and KMS; constants come from the cluster. The order of the steps is what keeps objects readable: a provider must be known to
 * every server before any of them writes with it, and no object may still need one that goes.
 */
export const ENCRYPTION_PROGRAM = `umask 077

usage() {
  cat <<END
usage: thousand-node-encryption-config [--dry-run] [COMMAND]

  make        make the file, unless it exists (without a command)
  status      what the file holds, the one that writes first; never a key
END
  if [ -z "$KMS_NAME" ]; then
    cat <<END
  add-key     1. add a random key that reads only
END
  else
    cat <<END
  add-kms     1. let plugin $KMS_NAME read beside the keys of this file
END
  fi
  cat <<END
  promote     2. let the new one write
  reencrypt   3. write every object again, with kubectl and its kubeconfig
  drop-old    4. forget all keys of this file but the one that writes
  resources   encrypt further resources: those of the description

Encrypted: $RESOURCES
Between two steps copy the file to every other control-plane machine and wait until
its API server has it: $RELOAD.
END
  if [ -n "$KMS_NAME" ]; then
    cat <<END
A key of the KMS is rotated in the KMS. API servers ask the plugin for its key each
minute; once all of them have the new one, run reencrypt, then retire the old one there.
END
  fi
}

FILE="\${THOUSAND_NODE_ROOT:-}$CONFIG"
DRY_RUN=false
COMMAND='make'
for argument in "$@"; do
  case "$argument" in
    --help|-h) usage; exit 0 ;;
    --dry-run) DRY_RUN=true ;;
    make|status|add-key|add-kms|promote|reencrypt|drop-old|resources) COMMAND="$argument" ;;
    *) usage >&2; exit 64 ;;
  esac
done

fail() { echo "$1" >&2; exit 1; }
new_key() { head -c 32 /dev/urandom | base64 | tr -d '\\n'; }

# Providers as lines "key NAME SECRET" or "kms NAME", the one that writes first.
providers() {
  awk '
    $1 == "-" && $2 == "kms:" { kms = 1 }
    $1 == "-" && $2 == "secretbox:" { kms = 0 }
    kms && $1 == "name:" { print "kms", $2 }
    !kms && $1 == "-" && $2 == "name:" { name = $3 }
    !kms && $1 == "secret:" { print "key", name, $2 }
  ' "$FILE"
}
names() { providers | cut -d ' ' -f 1,2 | sed 's/^key //; s/^kms /kms:/'; }
count() { names | wc -l | tr -d ' '; }
keys() { providers | grep '^key ' || true; }
kms() { providers | grep '^kms ' || true; }
listed() { sed -n 's/^  - resources: \\[\\(.*\\)\\]$/\\1/p' "$FILE" | tr -d ',' ; }

# Standard input: providers. Neighbouring keys stand in one list.
write() {
  local resources="$1" lines kind name secret last=''
  lines="$(cat)"
  if [ "$DRY_RUN" = true ]; then
    echo "would write $FILE for $resources: $(cut -d ' ' -f 1,2 <<< "$lines" | sed 's/^key //; s/^kms /kms:/' | tr '\\n' ' ')"
    return
  fi
  mkdir -p "$(dirname "$FILE")"
  {
    echo 'apiVersion: apiserver.config.k8s.io/v1'
    echo 'kind: EncryptionConfiguration'
    echo 'resources:'
    echo "  - resources: [\${resources// /, }]"
    echo '    providers:'
    while read -r kind name secret; do
      if [ "$kind" = kms ]; then
        printf '      - kms:\\n          apiVersion: v2\\n          name: %s\\n          endpoint: unix://%s\\n          timeout: %s\\n' "$name" "$KMS_SOCKET" "$KMS_TIMEOUT"
      else
        if [ "$last" != key ]; then printf '      - secretbox:\\n          keys:\\n'; fi
        printf '            - name: %s\\n              secret: %s\\n' "$name" "$secret"
      fi
      last="$kind"
    done <<< "$lines"
    echo '      # Reads what was written before encryption was switched on.'
    echo '      - identity: {}'
  } > "$FILE.new"
  mv "$FILE.new" "$FILE"
  echo "wrote $FILE for $resources: $(count) providers, $(names | sed -n 1p) writes"
}

if [ "$COMMAND" = make ]; then
  if [ -s "$FILE" ]; then
    if [ -n "$KMS_NAME" ] && ! grep -q '^      - kms:$' "$FILE"; then echo "$FILE holds keys of its own; go over to plugin $KMS_NAME with add-kms, promote, reencrypt, drop-old" >&2; fi
    exit 0
  fi
  if [ -n "$KMS_NAME" ]; then echo "kms $KMS_NAME"; else echo "key key1 $(new_key)"; fi | write "$RESOURCES"
  exit 0
fi

[ -s "$FILE" ] || fail "$FILE is missing; run '$0 make' first"
if [ "$(count)" -eq 0 ] || [ "$(grep -c '^ *- name: ' "$FILE")" -ne "$(keys | wc -l)" ] || [ -z "$(listed)" ]; then fail "$FILE was not written by this script"; fi
if [ -n "$(kms)" ] && [ "$(kms)" != "kms $KMS_NAME" ]; then
  fail "$FILE names the plugin $(kms | cut -d ' ' -f 2), the description \${KMS_NAME:-none}; objects refer to it by that name, so describe it, or go back by hand"
fi

# A write without a change still encrypts. An object that somebody else changes meanwhile is refused once and then read again; one that went needs nothing.
rewrite() {
  local text attempt
  for attempt in 1 2 3; do
    text="$(kubectl get "$2" --namespace="$1" --output=json --ignore-not-found)"
    [ -n "$text" ] || return 0
    if printf '%s' "$text" | kubectl replace --namespace="$1" -f - >/dev/null; then return 0; fi
    sleep "$attempt"
  done
  fail "$1/$2 was not written; run reencrypt again before drop-old"
}

# Namespace by namespace: all Secrets of a large cluster at once are a request that nobody should send. Lists are taken first, so that a failed one ends
# the script instead of looking like an empty namespace.
reencrypt() {
  local namespaces clusterwide resource namespace objects object
  namespaces="$(kubectl get namespaces --output=jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}')"
  clusterwide=''
  if [ "$(listed)" != secrets ]; then clusterwide="$(kubectl api-resources --namespaced=false --output=name)"; fi
  for resource in $(listed); do
    # Namespace for a resource that has none is not looked at.
    for namespace in $(if grep -Fqx "$resource" <<< "$clusterwide"; then echo default; else echo "$namespaces"; fi); do
      if [ "$DRY_RUN" = true ]; then echo "would write $resource of $namespace again"; continue; fi
      objects="$(kubectl get "$resource" --namespace="$namespace" --output=name)"
      for object in $objects; do rewrite "$namespace" "$object"; done
    done
  done
}

newest() { keys | cut -d ' ' -f 2 | sed 's/^key//' | sort -n | tail -n 1; }

case "$COMMAND" in
  status)
    echo "$(count) providers: $(names | tr '\\n' ' ')"
    echo "encrypted: $(listed)"
    if [ "$(listed)" != "$RESOURCES" ]; then echo "the description says: $RESOURCES; run resources, then reencrypt"; fi
    ;;
  add-key)
    [ -z "$KMS_NAME" ] || fail "keys are plugin $KMS_NAME's: rotate there, then run reencrypt"
    [ "$(count)" -eq 1 ] || fail "$(count) keys already; finish that rotation with promote, reencrypt and drop-old"
    LAST="$(names | sed 's/^key//')"
    case "$LAST" in *[!0-9]*|'') fail "the key is not named like key1" ;; esac
    { providers; echo "key key$((LAST + 1)) $(new_key)"; } | write "$(listed)"
    ;;
  add-kms)
    [ -n "$KMS_NAME" ] || fail "the description names no KMS"
    [ -z "$(kms)" ] || fail "plugin $KMS_NAME is there already; go on with promote"
    { providers; echo "kms $KMS_NAME"; } | write "$(listed)"
    ;;
  promote)
    if [ -n "$KMS_NAME" ]; then
      [ -n "$(kms)" ] || fail "no plugin in $FILE; run add-kms first"
      [ "$(names | sed -n 1p)" != "kms:$KMS_NAME" ] || fail "plugin $KMS_NAME writes already"
      { kms; keys; } | write "$(listed)"
    else
      [ "$(count)" -eq 2 ] || fail "$(count) keys; run add-key first"
      [ "$(names | sed -n 1p)" != "key$(newest)" ] || fail "key$(newest) writes already"
      { keys | grep "^key key$(newest) "; keys | grep -v "^key key$(newest) "; } | write "$(listed)"
    fi
    ;;
  reencrypt)
    reencrypt
    ;;
  resources)
    for resource in $(listed); do
      case " $RESOURCES " in *" $resource "*) ;; *) fail "$resource is no longer in the description, but its objects lie encrypted in etcd and could not be read; put it back" ;; esac
    done
    providers | write "$RESOURCES"
    ;;
  drop-old)
    [ "$(count)" -ge 2 ] || fail "$(count) provider; nothing to forget"
    if [ -n "$KMS_NAME" ]; then
      [ "$(names | sed -n 1p)" = "kms:$KMS_NAME" ] || fail "a key of this file still writes; run promote and reencrypt first"
    else
      [ "$(names | sed -n 1p)" = "key$(newest)" ] || fail "the old key still writes; run promote and reencrypt first"
    fi
    providers | sed -n 1p | write "$(listed)"
    ;;
esac
`;
