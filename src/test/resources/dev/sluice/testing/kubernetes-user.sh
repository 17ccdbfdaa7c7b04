# The certificate $2.crt, with its key, for somebody of the name $3, by the authority in the folder $1.
set -eu
cd "$1"
openssl req -newkey rsa:2048 -nodes -keyout "$2.key" -out "$2.csr" -subj "/CN=$3" 2>/dev/null
openssl x509 -req -in "$2.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "$2.crt" 2>/dev/null
