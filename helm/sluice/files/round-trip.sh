# Sends random bytes through Sluice and compares what comes back. What it needs is in the environment:
# API, the address of the REST API; PIPES, Sluice's folder for pipes; PEER, whether something copies
# helm-test-in.pipe to helm-test-out.pipe there. Then the bytes go through both pipes; otherwise they
# go into the head of a stream, which can be reread as long as nothing was written beyond it. TRUST, a
# folder with the authority's ca-cert.pem, is for a Sluice that encrypts; TOKEN, an operator's, for one that
# asks for it. Where the API is encrypted, CONNECT says where the name in its address is, as HOST:PORT, and
# API_TRUST is the authority's certificate, if it is not one of the system's.
set -euo pipefail
work=$(mktemp -d)
cd "$work"
curl=(curl -sS -m 30)
if [ -n "${CONNECT:-}" ]; then curl+=(--connect-to "::$CONNECT"); fi
if [ -n "${API_TRUST:-}" ]; then curl+=(--cacert "$API_TRUST"); fi
auth=()
if [ -n "${TOKEN:-}" ]; then auth=(-H "Authorization: Bearer $TOKEN"); fi

created=()
clean_up() {
  for name in "${created[@]}"; do
    "${curl[@]}" "${auth[@]}" -o answer -X DELETE "$API/exports/$name?force=true" || true
  done
  rm -rf "$work"
}
trap clean_up EXIT

create() { # NAME FIELDS: makes an export, whose URI is then in $uri
  "${curl[@]}" "${auth[@]}" --fail-with-body "$API/exports" -H 'Content-Type: application/json' \
    -d "{\"name\": \"$1\", $2}" -o answer || { cat answer; return 1; }
  created+=("$1")
  uri=$(sed -n 's/.*"uris":\["\([^"]*\)".*/\1/p' answer)
  [[ $uri != nbds:* ]] || uri="$uri?tls-certificates=$TRUST"
  echo "export $1 at $uri"
}

require_completed() { # NAME: the state is settled a moment after the client has left
  for _ in {1..50}; do
    "${curl[@]}" "${auth[@]}" --fail-with-body "$API/exports/$1" -o answer
    if grep -q '"state":"COMPLETED"' answer; then return; fi
    sleep 0.2
  done
  cat answer
  return 1
}

same() { # FILE: whether it begins with what was sent, by digest
  sent=$(sha256sum < sent)
  received=$(head -c "$(stat -c %s sent)" "$1" | sha256sum)
  echo "sent ${sent%% *}, received ${received%% *}"
  [ "$sent" = "$received" ]
}

# The pod may just have been started, and its name be unknown for some seconds.
"${curl[@]}" --fail-with-body --retry 30 --retry-delay 2 --retry-all-errors -o answer \
  "$API/readyz"

if [ "$PEER" = true ]; then
  head -c 64M /dev/urandom > sent
  create helm-test-in "\"path\": \"$PIPES/helm-test-in.pipe\", \"direction\": \"write\", \"size\": \"64M\""
  into=$uri
  create helm-test-out "\"path\": \"$PIPES/helm-test-out.pipe\", \"direction\": \"read\", \"size\": \"64M\""
  timeout 300 nbdcopy sent "$into" &
  writer=$!
  timeout 300 nbdcopy "$uri" received &
  reader=$!
  wait $writer # which fails when the reader does, since its peer is lost then
  wait $reader
  require_completed helm-test-in
  require_completed helm-test-out
else
  name=helm-test-$RANDOM$RANDOM
  head -c 8M /dev/urandom > sent
  create "$name" "\"path\": \"$PIPES/$name.pipe\", \"direction\": \"write\", \"size\": \"9M\", \"headWindow\": \"8M\""
  timeout 300 nbdcopy sent "$uri"
  timeout 300 nbdcopy "$uri" received
fi
same received
echo "passed"
