#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""validate_openapi.py SPEC CALLS: holds the daemon's routes and recorded answers against the specification.

CALLS is JSON: {"routes": ["GET /v1/status", ...], "calls": [{"method", "target", "status", "body"}, ...]}.
Every route must be specified and every specified one be a route; every answer must be of a status and a schema that the
specification names; every route must have been called.
"""
import json
import re
import sys

import jsonschema
import yaml


def operations(spec):
    for path, item in spec["paths"].items():
        for method in ("get", "put", "post", "delete"):
            if method in item:
                yield method.upper(), path, item[method]


def resolve(spec, node):
    while "$ref" in node:
        target = spec
        for part in node["$ref"].lstrip("#/").split("/"):
            target = target[part]
        node = target
    return node


def find(spec, call):
    path = call["target"].split("?")[0]
    for method, template, operation in operations(spec):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if method == call["method"] and re.fullmatch(pattern, path):
            return f"{method} /v1{template}", operation
    return None, None


# JSON Schema has no "nullable"; OpenAPI 3.0 does.
def with_null(schema):
    if isinstance(schema, dict):
        schema = {key: with_null(value) for key, value in schema.items()}
        if schema.pop("nullable", False):
            return {"anyOf": [schema, {"type": "null"}]}
    elif isinstance(schema, list):
        schema = [with_null(item) for item in schema]
    return schema


def check_answer(spec, call, operation):
    response = operation["responses"].get(str(call["status"]))
    if response is None:
        return f"status {call['status']} is not specified: {call['body']}"
    content = resolve(spec, response).get("content", {})
    if "application/json" not in content:
        return None if call["body"] else "the body is empty"
    schema = {**with_null(content["application/json"]["schema"]), "components": with_null(spec["components"])}
    try:
        jsonschema.Draft7Validator(schema).validate(json.loads(call["body"]))
    except (jsonschema.ValidationError, ValueError) as error:
        return str(error).split("\n", 1)[0]
    return None


def main():
    spec = yaml.safe_load(open(sys.argv[1], encoding="utf-8"))
    recorded = json.load(open(sys.argv[2], encoding="utf-8"))
    specified = {f"{method} /v1{path}" for method, path, _ in operations(spec)}
    faults = [f"{route}: not specified" for route in set(recorded["routes"]) - specified]
    faults += [f"{route}: specified, but no route" for route in specified - set(recorded["routes"])]
    called = set()
    for call in recorded["calls"]:
        route, operation = find(spec, call)
        called.add(route)
        fault = "not specified" if route is None else check_answer(spec, call, operation)
        if fault:
            faults.append(f"{call['method']} {call['target']}: {fault}")
    faults += [f"{route}: never called" for route in specified - called]
    print("\n".join(sorted(faults)))
    return 1 if faults else 0


sys.exit(main())
