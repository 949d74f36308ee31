#!/usr/bin/env bash
# ajv-formats-draft2019 1.6.1 (npm), which CycloneDX's JavaScript validator (@cyclonedx/cyclonedx-library 10.3.0) asks for
# the format `idn-email`, refuses addresses whose domain is one label, or ends in a label of one character.
#
# Guess: what RFC 6531 calls a mailbox passes, `root@localhost` among them.
# Seen: it is none, nor are `team@intranet` and `team@example.c`; an apostrophe or a slash before the @ is fine. The format
# `email` of ajv-formats 3.0.1 takes the last of the three and refuses the others as well.
# So: one author in a Cargo.toml with such an address makes a whole CycloneDX document invalid, if it is copied as it is.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error \
  @cyclonedx/cyclonedx-library@10.3.0 ajv@8.20.0 ajv-formats@3.0.1 ajv-formats-draft2019@1.6.1 >/dev/null

cat >"$work/judge.mjs" <<'JS'
import { Validation } from '@cyclonedx/cyclonedx-library';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
const strict = new Validation.JsonStrictValidator('1.7');
const ajv = new Ajv();
formats.default(ajv);
const plain = ajv.compile({ type: 'string', format: 'email' });
for (const email of ['team@example.org', 'o\'hara/x@example.org', 'root@localhost', 'team@intranet', 'team@example.c']) {
  const bom = { bomFormat: 'CycloneDX', specVersion: '1.7', version: 1, metadata: { authors: [{ email }] } };
  const idn = (await strict.validate(JSON.stringify(bom))) === null;
  console.log(`${email}: CycloneDX 1.7 ${idn ? 'valid' : 'invalid'}, ajv-formats email ${plain(email) ? 'valid' : 'invalid'}`);
}
JS
node "$work/judge.mjs" | tee out.txt

diff out.txt - <<'OUT'
team@example.org: CycloneDX 1.7 valid, ajv-formats email valid
o'hara/x@example.org: CycloneDX 1.7 valid, ajv-formats email valid
root@localhost: CycloneDX 1.7 invalid, ajv-formats email invalid
team@intranet: CycloneDX 1.7 invalid, ajv-formats email invalid
team@example.c: CycloneDX 1.7 invalid, ajv-formats email valid
OUT
echo 'as described'
