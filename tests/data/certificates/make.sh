#!/bin/sh
# Makes the fixtures of this folder anew, with new keys. OpenSSL 3.0 with its legacy provider.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
new_key "$work/root.key"
new_key "$work/intermediate.key"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out leaf_key.pem

cat > "$work/authority.ext" <<END
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
END
cat > "$work/leaf.ext" <<END
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:www.example.test, DNS:*.example.test, IP:192.0.2.1, IP:2001:db8::1, email:ops@example.test, URI:https://example.test/x, otherName:1.3.6.1.4.1.311.20.2.3;UTF8:user@example.test
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
openssl req -new -x509 -key "$work/root.key" -days 36500 -subj '/C=DE/O=Fixture/CN=Fixture Root' \
  -addext 'keyUsage=critical,keyCertSign,cRLSign' -out root.pem
openssl req -new -key "$work/intermediate.key" -subj '/C=DE/O=Fixture/CN=Fixture Intermediate' \
  -out "$work/intermediate.csr"
openssl x509 -req -in "$work/intermediate.csr" -CA root.pem -CAkey "$work/root.key" -days 36500 \
  -extfile "$work/authority.ext" -out intermediate.pem
openssl req -new -key leaf_key.pem -utf8 \
  -subj '/C=DE/ST=Bavaria/O=Contoso, Ltd./OU=A+OU=B/CN=www.example.test' -multivalue-rdn \
  -out "$work/leaf.csr" 2>/dev/null
openssl x509 -req -in "$work/leaf.csr" -CA intermediate.pem -CAkey "$work/intermediate.key" \
  -days 36500 -extfile "$work/leaf.ext" -out leaf.pem

# The forms of a key that come in PEM.
openssl rsa -in leaf_key.pem -traditional -out "$work/traditional.pem"
sed 's/$/\r/' "$work/traditional.pem" leaf.pem > traditional_crlf.pem
openssl pkcs8 -topk8 -in leaf_key.pem -passout pass:secret -out "$work/encrypted.pem"
cat "$work/encrypted.pem" leaf.pem > encrypted_key.pem
openssl rsa -in leaf_key.pem -traditional -aes128 -passout pass:secret -out "$work/proc_type.pem"
cat "$work/proc_type.pem" leaf.pem > encrypted_traditional.pem

cat root.pem intermediate.pem > "$work/others.pem"
export_as() {
  file=$1
  shift
  openssl pkcs12 -export -inkey leaf_key.pem -in leaf.pem -certfile "$work/others.pem" \
    -out "$file" "$@"
}
export_as modern.pfx -passout 'pass:pässwörd €'
export_as 3des.pfx -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 \
  -passout 'pass:pässwörd €'
export_as rc2.pfx -legacy -passout 'pass:pässwörd €'
export_as empty_password.pfx -passout pass:
export_as in_the_clear.pfx -keypbe NONE -certpbe NONE -passout pass:secret
export_as no_mac.pfx -nomac -passout pass:secret
openssl pkcs12 -export -nokeys -in leaf.pem -passout pass:secret -out no_key.pfx
openssl genpkey -algorithm ED25519 -out "$work/ed25519.key"
openssl req -new -x509 -key "$work/ed25519.key" -days 36500 -subj /CN=ed25519 -out "$work/ed25519.pem"
openssl pkcs12 -export -inkey "$work/ed25519.key" -in "$work/ed25519.pem" -passout pass:secret \
  -out ed25519.pfx
