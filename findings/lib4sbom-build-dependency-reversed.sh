#!/usr/bin/env bash
# lib4sbom 0.10.4 (PyPI) writes an SPDX document as CycloneDX with SPDX's `DEPENDENCY_OF` and `BUILD_DEPENDENCY_OF` turned
# round: what an application is built with becomes something that depends on the application.
#
# Guess: `macro BUILD_DEPENDENCY_OF app` (SPDX 2.3, 11.1: A is a build dependency of B) becomes CycloneDX's
# `app dependsOn macro`, as `app DEPENDS_ON linked` becomes `app dependsOn linked`.
# Seen: `macro dependsOn app` and, for the plain form, `plain dependsOn app`; DEPENDS_ON alone comes out right.
# So: in a converted document a proc-macro or a build-time crate is reached from nothing that is shipped, and a question such
# as "what did this program need while it was built" finds none of them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target "$work/py" lib4sbom==0.10.4

cat >"$work/convert.py" <<'PY'
import json
from lib4sbom.generator import SBOMGenerator
from lib4sbom.parser import SBOMParser
def package(name):
    return {"SPDXID": f"SPDXRef-{name}", "name": name, "versionInfo": "1.0.0", "downloadLocation": "NOASSERTION"}
def edge(a, kind, b):
    return {"spdxElementId": f"SPDXRef-{a}", "relatedSpdxElement": f"SPDXRef-{b}", "relationshipType": kind}
document = {
    "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "app",
    "documentNamespace": "https://example.org/app",
    "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: demo-1"]},
    "packages": [package(name) for name in ("app", "linked", "plain", "macro")],
    "relationships": [edge("DOCUMENT", "DESCRIBES", "app"), edge("app", "DEPENDS_ON", "linked"),
                      edge("plain", "DEPENDENCY_OF", "app"), edge("macro", "BUILD_DEPENDENCY_OF", "app")],
}
with open("app.spdx.json", "w") as file:
    json.dump(document, file)
parser = SBOMParser()
parser.parse_file("app.spdx.json")
generator = SBOMGenerator(sbom_type="cyclonedx", format="json")
generator.generate("app", parser.get_sbom(), send_to_output=False)
for edges in generator.get_sbom()["dependencies"]:
    for other in edges.get("dependsOn", []):
        print(f'{edges["ref"].removeprefix("SPDXRef-")} dependsOn {other.removeprefix("SPDXRef-")}')
PY
PYTHONPATH=$work/py python3 "$work/convert.py" | tee out.txt

diff out.txt - <<'OUT'
CDXRef-DOCUMENT dependsOn app
app dependsOn linked
plain dependsOn app
macro dependsOn app
OUT
echo 'as described'
