#!/usr/bin/env bash
# sigstore 4.5.1 (PyPI) cannot load a Sigstore bundle that was signed with a key and has no log entry; @sigstore/bundle
# 5.0.1 (npm) reads the same file.
#
# Guess: `tlogEntries` is a repeated field, which JSON of protocol buffers may leave out, so both read it; whether a log
# entry is wanted is for the verifier to say.
# Seen: the Python client stops while it loads ("tlogEntries: Field required"), and with an empty list it wants a certificate;
# the JavaScript one gives an empty list.
# So: a statement that is signed by a local key, for machines without a way out, can be checked by cosign
# (`--insecure-ignore-tlog`) and by JavaScript, and not by `sigstore verify`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error @sigstore/bundle@5.0.1 >/dev/null
python3 -m pip install --quiet --disable-pip-version-check --target "$work/py" sigstore==4.5.1

cat >"$work/make.mjs" <<'JS'
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const payloadType = 'application/vnd.in-toto+json';
const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1","subject":[],"predicateType":"https://example.org/p"}');
const said = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
const bundle = {
  mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
  verificationMaterial: { publicKey: { hint: '' } },
  dsseEnvelope: {
    payload: payload.toString('base64'),
    payloadType,
    signatures: [{ sig: sign('sha256', said, privateKey).toString('base64') }],
  },
};
writeFileSync('bundle.json', JSON.stringify(bundle));
const empty = { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries: [] } };
writeFileSync('empty.json', JSON.stringify(empty));
console.log('@sigstore/bundle: read,', bundleFromJSON(bundle).verificationMaterial.tlogEntries.length, 'log entries');
JS
cat >"$work/load.py" <<'PY'
import sys
from sigstore.models import Bundle
for name in sys.argv[1:]:
    try:
        Bundle.from_json(open(name).read())
        print(f"sigstore, {name}: read")
    except Exception as error:
        field = next((word for word in ("tlogEntries", "certificate") if word in str(error)), "another reason")
        print(f"sigstore, {name}: {type(error).__name__}, {field}")
PY
{
  node "$work/make.mjs"
  PYTHONPATH=$work/py python3 "$work/load.py" bundle.json empty.json
} | tee out.txt

diff out.txt - <<'OUT'
@sigstore/bundle: read, 0 log entries
sigstore, bundle.json: InvalidBundle, tlogEntries
sigstore, empty.json: InvalidBundle, certificate
OUT
echo 'as described'
