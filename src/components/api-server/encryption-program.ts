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
  resources   read further resources of the description encrypted; then promote, reencrypt

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
    $1 == "-" && $2 == "resources:" && blocks++ { exit }
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
blocks() { sed -n 's/^  - resources: \\[\\(.*\\)\\]$/\\1/p' "$FILE" | tr -d ',' ; }
# Written encrypted, and read so but written in clear text: what every server has to know before one of them encrypts it.
listed() { blocks | sed -n 1p; }
reading() { blocks | sed -n 2p; }

# Standard input: providers. Neighbouring keys stand in one list.
provider_list() {
  local kind name secret last=''
  while read -r kind name secret; do
    if [ "$kind" = kms ]; then
      printf '      - kms:\\n          apiVersion: v2\\n          name: %s\\n          endpoint: unix://%s\\n          timeout: %s\\n' "$name" "$KMS_SOCKET" "$KMS_TIMEOUT"
    else
      if [ "$last" != key ]; then printf '      - secretbox:\\n          keys:\\n'; fi
      printf '            - name: %s\\n              secret: %s\\n' "$name" "$secret"
    fi
    last="$kind"
  done
}

# Standard input: providers. Arguments: resources that are written encrypted, and those that are only read so.
write() {
  local resources="$1" later="\${2:-}" lines
  lines="$(cat)"
  if [ "$DRY_RUN" = true ]; then
    echo "would write $FILE for $resources\${later:+ (read only: $later)}: $(cut -d ' ' -f 1,2 <<< "$lines" | sed 's/^key //; s/^kms /kms:/' | tr '\\n' ' ')"
    return
  fi
  mkdir -p "$(dirname "$FILE")"
  {
    echo 'apiVersion: apiserver.config.k8s.io/v1'
    echo 'kind: EncryptionConfiguration'
    echo 'resources:'
    echo "  - resources: [\${resources// /, }]"
    echo '    providers:'
    provider_list <<< "$lines"
    echo '      # Reads what was written before encryption was switched on.'
    echo '      - identity: {}'
    if [ -n "$later" ]; then
      echo "  - resources: [\${later// /, }]"
      echo '    providers:'
      echo '      # Written in clear text until every server can read them encrypted.'
      echo '      - identity: {}'
      provider_list <<< "$lines"
    fi
  } > "$FILE.new"
  mv "$FILE.new" "$FILE"
  echo "wrote $FILE for $resources: $(names | sed -n 1p) writes, of $(names | tr '\\n' ' ')"
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
if [ "$(count)" -eq 0 ] || [ "$(sed '/^  - resources:/,$!d' "$FILE" | awk '$1 == "-" && $2 == "resources:" && blocks++ { exit } $1 == "-" && $2 == "name:"' | wc -l)" -ne "$(keys | wc -l)" ] || [ -z "$(listed)" ]; then fail "$FILE was not written by this script"; fi
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

# Of the description, but not in the file.
missing() {
  local resource
  for resource in $RESOURCES; do
    case " $(listed) $(reading) " in *" $resource "*) ;; *) printf '%s ' "$resource" ;; esac
  done | sed 's/ $//'
}

newest() { keys | cut -d ' ' -f 2 | sed 's/^key//' | sort -n | tail -n 1; }

case "$COMMAND" in
  add-key|add-kms|drop-old) [ -z "$(reading)" ] || fail "$(reading) are being added; finish that with promote and reencrypt first" ;;
esac

case "$COMMAND" in
  status)
    echo "providers, the first writes: $(names | tr '\\n' ' ')"
    echo "encrypted: $(listed)"
    if [ -n "$(reading)" ]; then echo "read encrypted, written in clear text until promote: $(reading)"; fi
    if [ -n "$(missing)" ]; then echo "in the description, not in the file: $(missing); run resources"; fi
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
    if [ -n "$(reading)" ]; then
      providers | write "$(listed) $(reading)"
    elif [ -n "$KMS_NAME" ]; then
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
    for resource in $(listed) $(reading); do
      case " $RESOURCES " in *" $resource "*) ;; *) fail "$resource is no longer in the description, but its objects lie encrypted in etcd and could not be read; put it back" ;; esac
    done
    [ -n "$(missing)" ] || fail "nothing to add: $RESOURCES are there"
    [ -z "$(reading)" ] || fail "$(reading) are being added; finish that with promote and reencrypt first"
    providers | write "$(listed)" "$(missing)"
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
