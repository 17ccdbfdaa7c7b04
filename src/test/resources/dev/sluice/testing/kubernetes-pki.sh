# The keys of a Kubernetes API server, below the folder $1: an authority, the server, and its administrator.
set -eu
mkdir "$1/pki"
cd "$1/pki"
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=sluice-test 2>/dev/null

issue() { # NAME SUBJECT EXTENSIONS
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  printf '%s\n' 'extendedKeyUsage=clientAuth,serverAuth' "$3" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "$1.crt" \
    -extfile "$1.ext" 2>/dev/null
}

issue server /CN=kube-apiserver subjectAltName=DNS:localhost,IP:127.0.0.1
issue admin /O=system:masters/CN=admin ''
