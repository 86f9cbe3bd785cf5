#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reference.py [--check] LABELTOOL ACM_ENFORCERD ACM_HOOK: makes docs/reference/ of what the programs' --help says, of
schemas/openapi.yaml and of the manual page of xenacm.toml. With --check nothing is written, and the exit status is 1
where a page is not what it would be made to. `cmake --build --preset dev --target reference` runs it.
"""
import pathlib
import re
import subprocess
import sys

import yaml

SOURCE = pathlib.Path(__file__).resolve().parent.parent
NOTE = "<!-- Made by docs/reference.py; edit what it is made of. -->\n"


def said(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True).stdout


def help_of(program, *words):
    text = said(program, *words, "--help")
    text = re.sub(rf"^Usage: \S*{program.name}", f"Usage: {program.name}", text, flags=re.M)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def commands_below(program, *words):
    """(words, help) of each command, and of those below it, in the order of the help."""
    text = help_of(program, *words)
    yield words, text
    listed = text.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  (\w\S*)", listed, re.M):
        yield from commands_below(program, *words, name)


def commands_page(labeltool, enforcerd, hook):
    parts = [
        NOTE + "# Commands\n",
        "What each program says of itself under `--help`. What the commands print and refuse is in "
        "[labeltool.md](../labeltool.md), what hooks are for in [hooks.md](../hooks.md), and the settings are in "
        "[settings.md](settings.md).\n",
    ]
    for program in labeltool, enforcerd, hook:
        for words, text in commands_below(program):
            parts.append(f"{'###' if words else '##'} {' '.join([program.name, *words])}\n\n```\n{text}\n```\n")
    return "\n".join(parts)


# ---- the interface -------------------------------------------------------------------------------


def cell(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def link(reference):
    """Answers and schemas may have the same name."""
    name = reference.rpartition("/")[2]
    return f"[{name}](#{'answer-' if '/responses/' in reference else ''}{name.lower()})"


def type_of(schema):
    if "$ref" in schema:
        return link(schema["$ref"])
    if "allOf" in schema or "oneOf" in schema:
        joint = " and " if "allOf" in schema else " or "
        text = joint.join(type_of(part) for part in schema.get("allOf", schema.get("oneOf")))
    elif schema.get("type") == "array":
        text = "array of " + type_of(schema.get("items", {}))
    elif "enum" in schema:
        text = ", ".join(f"`{value}`" for value in schema["enum"])
    elif isinstance(schema.get("additionalProperties"), dict):
        text = "object of " + type_of(schema["additionalProperties"])
    else:
        text = schema.get("type", "any")
    return text + (" or null" if schema.get("nullable") else "")


def properties_table(schema):
    required = schema.get("required", [])
    lines = ["| member | type | |", "|---|---|---|"]
    for name, member in schema["properties"].items():
        notes = [member.get("description", "")] + ([] if name in required else ["may be missing"])
        lines.append(f"| `{name}` | {cell(type_of(member))} | {cell('; '.join(note for note in notes if note))} |")
    return "\n".join(lines) + "\n"


def content_of(answer):
    return ", ".join(f"{kind}: {type_of(body.get('schema', {}))}" for kind, body in answer.get("content", {}).items())


def operation_part(method, path, operation, shared):
    lines = [f"### {method.upper()} /v1{path}\n", operation["summary"] + "\n"]
    if operation.get("description"):
        lines.append(" ".join(operation["description"].split()) + "\n")
    rows = [f"| `{p['name']}` ({p['in']}) | {cell(type_of(p['schema']))} {cell(p.get('description', ''))} |"
            for p in shared + operation.get("parameters", [])]
    if "requestBody" in operation:
        rows.append(f"| body | {cell(content_of(operation['requestBody']))} |")
    for status, answer in operation["responses"].items():
        told = link(answer["$ref"]) if "$ref" in answer else answer["description"] + ". " + content_of(answer)
        rows.append(f"| {status} | {cell(told)} |")
    return "\n".join(lines + ["| | |\n|---|---|"] + rows) + "\n"


def schema_part(name, schema):
    lines = [f"### {name}\n"]
    if schema.get("description"):
        lines.append(" ".join(schema["description"].split()) + "\n")
    parts = schema.get("allOf", schema.get("oneOf", [schema]))
    if len(parts) > 1:
        lines.append(("All of" if "allOf" in schema else "One of") + " these:\n")
    for part in parts:
        lines.append(properties_table(part) if "properties" in part else type_of(part) + "\n")
    return "\n".join(lines)


def resolved(api, item):
    if "$ref" not in item:
        return item
    for step in item["$ref"].lstrip("#/").split("/"):
        api = api[step]
    return api


def api_page():
    api = yaml.safe_load((SOURCE / "schemas/openapi.yaml").read_text())
    parts = [NOTE + "# The interface\n", api["info"]["description"],
             "The same for programs is [schemas/openapi.yaml](../../schemas/openapi.yaml).\n", "## Calls\n"]
    for path, item in api["paths"].items():
        shared = [resolved(api, parameter) for parameter in item.get("parameters", [])]
        for method, operation in item.items():
            if method != "parameters":
                known = [resolved(api, parameter) for parameter in operation.get("parameters", [])]
                parts.append(operation_part(method, path, operation | {"parameters": known}, shared))
    parts.append("## Answers that several calls give\n")
    for name, answer in api["components"]["responses"].items():
        parts.append(f"### Answer {name}\n\n{answer['description']}. {content_of(answer)}\n")
    parts.append("## Schemas\n")
    parts += [schema_part(name, schema) for name, schema in api["components"]["schemas"].items()]
    return "\n".join(parts)


# ---- the settings --------------------------------------------------------------------------------


def settings_page():
    """The manual page, without its first and last line (title and date)."""
    text = said("mandoc", "-T", "markdown", SOURCE / "packaging/man/xenacm.toml.5")
    body = "\n".join(line.rstrip() for line in text.splitlines()[1:-1]).strip()
    return NOTE + "# Settings\n\nThe manual page xenacm.toml(5).\n\n" + re.sub(r"^# ", "## ", body, flags=re.M) + "\n"


def main(arguments):
    check = arguments[0] == "--check"
    programs = [pathlib.Path(word).resolve() for word in arguments[1 if check else 0:]]
    pages = {"commands.md": commands_page(*programs), "api.md": api_page(), "settings.md": settings_page()}
    stale = 0
    for name, text in pages.items():
        file = SOURCE / "docs/reference" / name
        text = text.rstrip("\n") + "\n"
        if not check:
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            print(f"docs/reference/{name} is not what it is made of; make it anew: "
                  "cmake --build --preset dev --target reference")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
