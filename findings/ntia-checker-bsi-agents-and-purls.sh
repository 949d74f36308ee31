#!/usr/bin/env bash
# ntia-conformance-checker 6.0.0 (PyPI, SPDX's own), `--comply bsi`: an SPDX 3.0.1 document whose creators are of the class `Agent` has no creators, and a package with a
# `software_packageUrl` no identifier.
#
# Guess: whoever has an e-mail address as an external identifier is a creator with an address, of which class of agents ever; and the property that SPDX 3 has for a purl
# is looked at where purls are asked for.
# Seen: only `Person` and `Organization` count, for the document and for components; `Agent`, which SPDX 3.0.1 gives for those of whom it is not known which they are, fails
# both checks. A purl counts only when it is also an `externalIdentifier` of the type `packageUrl`.
# So: documents of tools that do not guess whether `Example Team <team@example.org>` is a person are refused as having no creator, with all of it in them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target "$work/py" \
  ntia-conformance-checker==6.0.0 spdx-python-model==0.0.6

cat >"$work/make.py" <<'PY'
import json, sys
name, kind, twice = sys.argv[1], sys.argv[2], len(sys.argv) > 3
purl = "pkg:cargo/demo@1.0.0"
def element(type, id, **more):
    return {"type": type, "spdxId": f"https://example.org/doc#{id}", "creationInfo": "_:info", **more}
def edge(id, kind, to, **more):
    return element("Relationship", id, relationshipType=kind, to=[f"https://example.org/doc#{to}"], **{"from": "https://example.org/doc#package"}, **more)
def ref(id):
    return f"https://example.org/doc#{id}"
maker = element(kind, "maker", name="Example Team", externalIdentifier=[
    {"type": "ExternalIdentifier", "externalIdentifierType": "email", "identifier": "team@example.org"}])
package = element("software_Package", "package", name="demo", software_packageVersion="1.0.0", software_packageUrl=purl, originatedBy=[ref("maker")])
if twice:
    package["externalIdentifier"] = [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": purl}]
file = element("software_File", "file", name="demo-1.0.0.crate", software_additionalPurpose=["archive", "container"],
               verifiedUsing=[{"type": "Hash", "algorithm": "sha512", "hashValue": "ab" * 64}])
licence = element("simplelicensing_LicenseExpression", "mit", simplelicensing_licenseExpression="MIT")
parts = [maker, package, file, licence, edge("delivered", "hasDistributionArtifact", "file"),
         edge("declared", "hasDeclaredLicense", "mit"), edge("concluded", "hasConcludedLicense", "mit")]
sbom = element("software_Sbom", "sbom", rootElement=[ref("package")], element=[p["spdxId"] for p in parts])
document = element("SpdxDocument", "document", rootElement=[ref("sbom")], element=[p["spdxId"] for p in [sbom, *parts]],
                   profileConformance=["core", "software", "simpleLicensing"])
info = {"@id": "_:info", "type": "CreationInfo", "specVersion": "3.0.1", "created": "2026-01-01T00:00:00Z", "createdBy": [ref("maker")]}
with open(name, "w") as out:
    json.dump({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [info, document, sbom, *parts]}, out)
PY
python3 make.py agent.json Agent
python3 make.py organization.json Organization
python3 make.py twice.json Organization twice
for file in agent organization twice; do
  echo "$file"
  PYTHONPATH=$work/py python3 -m ntia_conformance_checker.main --sbom-spec spdx3 --comply bsi "$file.json" 2>/dev/null |
    grep -E '^(Conformant|Creator of|Component Creators|Other Unique)' | tr -s ' ' || true
done | tee out.txt

diff out.txt - <<'OUT'
agent
Conformant: False
Creator of the SBOM | False
Component Creators | False
Other Unique Identifiers (Warning) | False
organization
Conformant: True
Creator of the SBOM | True
Component Creators | True
Other Unique Identifiers (Warning) | False
twice
Conformant: True
Creator of the SBOM | True
Component Creators | True
Other Unique Identifiers (Warning) | True
OUT
echo 'as described'
