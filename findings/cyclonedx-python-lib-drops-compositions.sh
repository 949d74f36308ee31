#!/usr/bin/env bash
# cyclonedx-python-lib 11.12.0 (PyPI) reads a valid CycloneDX 1.6 document and writes it again without `compositions`,
# `formulation` and `annotations`, and says nothing of it.
#
# Guess: what the model has no class for is kept as it is, or its loss is warned about.
# Seen: the three are gone with no warning; of a component's properties one that stands there twice is there once, and
# they come in another order. `evidence`, `lifecycles` and licences' `acknowledgement` stay.
# So: "these dependencies are all that there are" and "of those nothing is known" are both lost once such a tool has
# touched a document, and what was said to be unknown then reads as if there were nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target "$work/py" cyclonedx-python-lib==11.12.0

cat >"$work/again.py" <<'PY'
import json, warnings
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6
document = {
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "metadata": {"lifecycles": [{"phase": "build"}],
                 "component": {"type": "application", "bom-ref": "app", "name": "app", "version": "1.0.0"}},
    "components": [{
        "type": "library", "bom-ref": "zstd", "name": "zstd", "version": "1.5.7",
        "evidence": {"identity": [{"field": "version", "confidence": 0.9}]},
        "properties": [{"name": "demo:file", "value": v} for v in ("libb.a", "liba.a", "liba.a")]}],
    "dependencies": [{"ref": "app", "dependsOn": ["zstd"]}],
    "compositions": [{"aggregate": "complete", "assemblies": ["app"]}, {"aggregate": "unknown", "dependencies": ["zstd"]}],
    "formulation": [{"workflows": [{"bom-ref": "w", "uid": "1", "taskTypes": ["build"]}]}],
    "annotations": [{"subjects": ["zstd"], "annotator": {"individual": {"name": "Example"}},
                     "timestamp": "2026-01-01T00:00:00Z", "text": "seen"}],
}
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    again = json.loads(JsonV1Dot6(Bom.from_json(document)).output_as_string())
print("lost", sorted(set(document) - set(again)))
print("warnings", len(said))
[component] = again["components"]
print("properties", [one["value"] for one in component["properties"]])
print("kept", sorted(set(component) & {"evidence"}), sorted(set(again["metadata"]) & {"lifecycles"}))
PY
PYTHONPATH=$work/py python3 "$work/again.py" | tee out.txt

diff out.txt - <<'OUT'
lost ['annotations', 'compositions', 'formulation']
warnings 0
properties ['liba.a', 'libb.a']
kept ['evidence'] ['lifecycles']
OUT
echo 'as described'
