# Has each pod carry random bytes from an NBD client to a peer by HTTP, and compares what comes with what was sent, and
# with the digest in the resource. The last ones go by the service, where any pod takes both. What it needs is in the
# environment: KUBERNETES, the address of the API server of Kubernetes; ACCOUNT, a folder with the token, ca.crt and
# namespace of an account that may make, read and delete the resource NAME; PODS, their names; NBD, the service's HOST:PORT
# for NBD; API, CONNECT, API_TRUST, TOKEN and TRUST as for the test of a single pod.
set -euo pipefail
work=$(mktemp -d)
cd "$work"
curl=(curl -sS)
if [ -n "${API_TRUST:-}" ]; then curl+=(--cacert "$API_TRUST"); fi
connect=()
# For that address alone: a request may be sent on to another one.
if [ -n "${CONNECT:-}" ]; then connect=(--connect-to "${API#*://}:$CONNECT"); fi
auth=()
if [ -n "${TOKEN:-}" ]; then auth=(-H "Authorization: Bearer $TOKEN"); fi

kubernetes() { # PATH OPTIONS: asks the API server; what it says is then in the file answer
  curl -sS -m 30 --cacert "$ACCOUNT/ca.crt" -H "Authorization: Bearer $(< "$ACCOUNT/token")" --fail-with-body -o answer \
    "$KUBERNETES/apis/sluice.dev/v1alpha1/namespaces/$(< "$ACCOUNT/namespace")/streamexports$1?pretty=false" "${@:2}"
}

field() { # NAME PATTERN: of the resource's status
  sed -n 's/.*"status":{\(.*\)/\1/; s/.*"'"$1"'":\[*"\('"$2"'\)".*/\1/p' answer
}

clean_up() {
  jobs -p | xargs -r kill || true
  kubernetes "/$NAME" -X DELETE 2> errors || true
  rm -rf "$work"
}

await() { # SECONDS COMMAND: until it succeeds; looks at the resource before each time
  local until=$((SECONDS + $1))
  until kubernetes "/$NAME" 2> errors && "${@:2}"; do
    if [ $SECONDS -ge $until ]; then
      cat errors answer
      echo "not so after $1 seconds: ${*:2}"
      return 1
    fi
    sleep 0.2
  done
}

is_at() { # [POD]: or anywhere
  local pod
  pod=$(field pod '[^"]*')
  [[ $(field uris '[^"]*') == nbd* && $(field dataUrl '[^"]*') == http* && -n $pod && $pod == "${1:-$pod}" ]]
}

has_ended() { [[ $(field phase '[A-Z]*') =~ ^(COMPLETED|FAILED|CANCELLED)$ ]]; }

is_gone() {
  ! kubernetes "/$NAME" 2> errors && grep -q '"code":404' answer
}

is_known_to_all() {
  local one
  for one in "${apis[@]}"; do
    "${curl[@]}" "${auth[@]}" -m 30 --fail-with-body -o known "$one/exports/$NAME" 2> errors || return 1
  done
}

carry() { # [POD]: by the URIs of that pod, or by the service, which may lead to another pod than the one that has it
  local uri data peer client sent received digest phase
  head -c 16M /dev/urandom > sent
  kubernetes '' -H 'Content-Type: application/json' -d '{"apiVersion": "sluice.dev/v1alpha1", "kind": "StreamExport",
    "metadata": {"name": "'"$NAME"'"}, "spec": {"direction": "write", "peer": "http", "size": "16M", "digest": "SHA-256",
    '"${1:+\"pod\": \"$1\", }"'"lifetime": "10m", "ttlSecondsAfterFinished": 600}}' || { cat answer; return 1; }
  await "${WAIT:-60}" is_at "${1:-}"
  uri=$(field uris '[^"]*') data=$(field dataUrl '[^"]*')
  echo "$(field pod '[^"]*') has it at $uri"
  if [ -n "${1:-}" ]; then
    apis+=("${data%/exports/*}")
  else
    await 30 is_known_to_all
    data=$API/exports/$NAME/data
    # What is encrypted is not passed on.
    [[ $uri == nbds:* ]] || uri=nbd://$NBD/$NAME
    echo "to $uri, from $data"
  fi
  [[ $uri != nbds:* ]] || uri="$uri?tls-certificates=$TRUST"
  "${curl[@]}" "${connect[@]}" "${auth[@]}" -m 300 -L --location-trusted --fail-with-body -o received "$data" &
  peer=$!
  timeout 300 nbdcopy sent "$uri" &
  client=$!
  # One that fails has the other one wait, which is ended then.
  wait -n && wait $client && wait $peer || { cat received answer; return 1; }
  await 30 has_ended
  sent=$(sha256sum < sent) received=$(sha256sum < received) digest=$(field digest '[0-9a-f]*') phase=$(field phase '[A-Z]*')
  echo "sent ${sent%% *}, received ${received%% *}, $phase with ${digest:-$(field failure '[^"]*')}"
  [[ $phase == COMPLETED && $sent == "$received" && ${sent%% *} == "$digest" ]]
  kubernetes "/$NAME" -X DELETE || { cat answer; return 1; }
  for _ in {1..150}; do is_gone && break; sleep 0.2; done
  is_gone || { cat answer; return 1; }
}

# The pods may just have been started, and their names be unknown for some seconds.
"${curl[@]}" "${connect[@]}" -m 30 --fail-with-body --retry 30 --retry-delay 2 --retry-all-errors -o answer "$API/readyz"

trap clean_up EXIT
apis=()
for pod in ${PODS:?}; do
  carry "$pod"
done
carry
echo "passed"
