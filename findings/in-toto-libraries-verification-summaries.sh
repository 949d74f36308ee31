#!/usr/bin/env bash
# in-toto's own libraries refuse verification summaries as SLSA writes them: in-toto-attestation 0.9.3 (PyPI) reads `verifiedLevels` as one text, and neither it nor
# github.com/in-toto/attestation v1.2.0 (Go) has `verifier.version`.
#
# Guess: the models that are made of in-toto's own definitions read a summary of `https://slsa.dev/verification_summary/v1` with a list of levels and with the versions of
# the verifier's parts (SLSA 1.2, "Verification Summary Attestation").
# Seen: Python refuses the list, which the specification wants, and takes a bare text; the Go model takes the list (in-toto/attestation 425, mended there alone). Both stop at `verifier.version`, and read
# the rest once unknown fields are to be left out (`ignore_unknown_fields`, `DiscardUnknown`), which their JSON readers do not do by default, though in-toto asks readers for it.
# So: no summary with a level can be read with the Python library, and those that name the verifier's version with either only by a switch.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" \
  in-toto-attestation==0.9.3 protobuf==7.36.2
cat >make.py <<'PY'
import json
summary = {"verifier": {"id": "https://example.org/verifier"}, "timeVerified": "2026-01-01T00:00:00Z", "resourceUri": "pkg:cargo/demo@1.0.0",
           "policy": {"digest": {"sha256": "ab" * 32}}, "inputAttestations": [{"digest": {"sha256": "cd" * 32}}], "verificationResult": "PASSED"}
def write(name, **more):
    with open(name, "w") as out:
        json.dump({**summary, **more}, out)
write("levels.json", verifiedLevels=["SLSA_BUILD_LEVEL_3"])
write("text.json", verifiedLevels="SLSA_BUILD_LEVEL_3")
write("version.json", verifier={**summary["verifier"], "version": {"example": "1.0"}})
PY
cat >read.py <<'PY'
import sys
from google.protobuf import json_format
from in_toto_attestation.predicates.vsa.v1 import vsa_pb2
for name in sys.argv[1:]:
    for lenient in (False, True):
        try:
            json_format.Parse(open(name).read(), vsa_pb2.VerificationSummary(), ignore_unknown_fields=lenient)
            said = "reads"
        except json_format.ParseError as error:
            said = "refuses, " + next(word for word in ("verifiedLevels", "version") if word in str(error))
        print(f"{name}: Python, {'unknown fields left out' if lenient else 'by default'}: {said}")
PY
echo 'module peer' >go.mod
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	vsa "github.com/in-toto/attestation/go/predicates/vsa/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

func main() {
	for _, name := range os.Args[1:] {
		text, _ := os.ReadFile(name)
		for _, lenient := range []bool{false, true} {
			said, how := "reads", "by default"
			if lenient {
				how = "unknown fields left out"
			}
			var summary vsa.VerificationSummary
			if err := (protojson.UnmarshalOptions{DiscardUnknown: lenient}).Unmarshal(text, &summary); err != nil {
				said = "refuses"
			}
			fmt.Printf("%s: Go, %s: %s\n", name, how, said)
		}
	}
}
GO
go get github.com/in-toto/attestation@v1.2.0 2>/dev/null
go mod tidy 2>/dev/null
python3 make.py
{
  PYTHONPATH=$work/py python3 read.py levels.json text.json version.json
  go run . levels.json text.json version.json
} | tee out.txt

diff out.txt - <<'OUT'
levels.json: Python, by default: refuses, verifiedLevels
levels.json: Python, unknown fields left out: refuses, verifiedLevels
text.json: Python, by default: reads
text.json: Python, unknown fields left out: reads
version.json: Python, by default: refuses, version
version.json: Python, unknown fields left out: reads
levels.json: Go, by default: reads
levels.json: Go, unknown fields left out: reads
text.json: Go, by default: refuses
text.json: Go, unknown fields left out: refuses
version.json: Go, by default: refuses
version.json: Go, unknown fields left out: reads
OUT
echo 'as described'
