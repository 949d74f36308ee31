#!/usr/bin/env bash
# openvex 0.1.1 (crates.io, its newest) refuses OpenVEX 0.2.0, the form of the specification since 2023; go-vex 0.2.9 reads both it and the form before.
#
# Guess: a crate of that name reads the documents that today's tools write, or says in which version it wants them.
# Seen: it wants the vulnerability as a bare text, as drafts before 0.2.0 had it; an object with a name and aliases is a wrong type to it, whatever `@context` says. Of the old form it
# reads products as texts alone.
# So: what go-vex, vexctl and whoever follows the specification write has to be turned into the old form first, and loses aliases and identifiers on the way.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "peer"
version = "0.1.0"
edition = "2021"
[dependencies]
openvex = "=0.1.1"
serde_json = "1"
TOML
cat >src/main.rs <<'RS'
fn main() {
    for name in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&name).unwrap();
        match serde_json::from_str::<openvex::OpenVex>(&text) {
            Ok(read) => println!("{name}: crate reads {}", read.statements.len()),
            Err(error) => println!("{name}: crate refuses it, {}", error.to_string().split(" at line").next().unwrap()),
        }
    }
}
RS
echo 'module peer' >go.mod
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/openvex/go-vex/pkg/vex"
)

func main() {
	for _, name := range os.Args[1:] {
		read, err := vex.Open(name)
		if err != nil {
			fmt.Printf("%s: go-vex refuses it\n", name)
			continue
		}
		fmt.Printf("%s: go-vex reads %d\n", name, len(read.Statements))
	}
}
GO
document() {
  cat <<JSON
{ "@context": "$1", "@id": "https://example.org/vex-1", "author": "Example", "role": "Vendor",
  "timestamp": "2026-01-01T00:00:00Z", "version": $2, "statements": [{ "vulnerability": $3, "timestamp": "2026-01-01T00:00:00Z",
  "products": [$4], "status": "not_affected", "justification": "component_not_present" }] }
JSON
}
document https://openvex.dev/ns/v0.2.0 1 '{ "name": "CVE-2026-0001", "aliases": ["RUSTSEC-2026-9001"] }' '{ "@id": "pkg:cargo/demo@1.0.0" }' >new.json
document https://openvex.dev/ns '"1"' '"CVE-2026-0001"' '"pkg:cargo/demo@1.0.0"' >old.json
go get github.com/openvex/go-vex@v0.2.9 2>/dev/null
go mod tidy 2>/dev/null
{
  cargo run --quiet -- new.json old.json
  go run . new.json old.json
} | tee out.txt

diff out.txt - <<'OUT'
new.json: crate refuses it, invalid type: map, expected a string
old.json: crate reads 1
new.json: go-vex reads 1
old.json: go-vex reads 1
OUT
echo 'as described'
