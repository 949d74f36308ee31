#!/usr/bin/env bash
# csaf 0.5.1 (crates.io) refuses every CSAF 2.0 document in which a product is named by the digest of its file.
#
# Guess: what CSAF's strict schema and mandatory tests take (@secvisogram/csaf-validator-lib 2.0.10, npm), a model of CSAF 2.0 reads.
# Seen: of `hashes` in a `product_identification_helper` it wants the key `file_name`, where the standard has `filename` (CSAF 2.0, 3.1.3.3.2), and
# stops there; spelled its way, it reads the document, and the schema refuses it.
# So: advisories and VEX documents that say which bytes they are about cannot be read with it, those that only have names and purls can.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --prefix "$work" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error @secvisogram/csaf-validator-lib@2.0.10 >/dev/null
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "peer"
version = "0.1.0"
edition = "2021"
[dependencies]
csaf = "=0.5.1"
serde_json = "1"
TOML
cat >src/main.rs <<'RS'
fn main() {
    for name in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&name).unwrap();
        match serde_json::from_str::<csaf::Csaf>(&text) {
            Ok(_) => println!("{name}: crate reads it"),
            Err(error) => println!("{name}: crate refuses it, {}", error.to_string().split(" at line").next().unwrap()),
        }
    }
}
RS
cat >make.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { csaf_2_0_strict } from '@secvisogram/csaf-validator-lib/schemaTests.js';
import validate from '@secvisogram/csaf-validator-lib/validate.js';
const at = '2026-01-01T00:00:00.000Z';
const document = (helper) => ({
  document: {
    category: 'csaf_base', csaf_version: '2.0', title: 'demo',
    publisher: { category: 'vendor', name: 'Example', namespace: 'https://example.org' },
    tracking: {
      id: 'demo-1', status: 'final', version: '1', initial_release_date: at, current_release_date: at,
      revision_history: [{ date: at, number: '1', summary: 'first' }],
    },
  },
  product_tree: { full_product_names: [{ product_id: 'P1', name: 'demo', product_identification_helper: helper }] },
});
const file_hashes = [{ algorithm: 'sha256', value: 'ab'.repeat(32) }];
for (const [name, helper] of Object.entries({
  'purl.json': { purl: 'pkg:cargo/demo@1.0.0' },
  'filename.json': { hashes: [{ file_hashes, filename: 'demo' }] },
  'file_name.json': { hashes: [{ file_hashes, file_name: 'demo' }] },
})) {
  writeFileSync(name, JSON.stringify(document(helper)));
  const { isValid } = await validate([csaf_2_0_strict], document(helper));
  console.log(`${name}: schema ${isValid ? 'takes' : 'refuses'} it`);
}
JS
{
  node make.mjs
  cargo run --quiet -- purl.json filename.json file_name.json
} | tee out.txt

diff out.txt - <<'OUT'
purl.json: schema takes it
filename.json: schema takes it
file_name.json: schema refuses it
purl.json: crate reads it
filename.json: crate refuses it, missing field `file_name`
file_name.json: crate reads it
OUT
echo 'as described'
