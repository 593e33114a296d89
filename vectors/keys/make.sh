#!/bin/sh
# Makes the test keys of this folder anew. They are public and protect nothing.
set -eu
cd "$(dirname "$0")"
umask 022

for name in rsa-2048 rsa-2048-other; do
  openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
    -out "$name.pem"
done
openssl genpkey -quiet -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 \
  -out rsa-pss-2048.pem

echo "made with: $(openssl version)" >&2
