"""An OpenAPI document of ours in the form that the readable page shows."""

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from .describing import Schema
from .dialects import Dialect

WORDS = {"integer": "integer", "string": "text", "number": "number", "boolean": "true or false"}


def page_of(dialect: Dialect, document: Schema) -> dict[str, Any]:
    """What the template shows."""
    operations = [_operation(dialect, *found) for found in _operations(document)]
    groups = list(dict.fromkeys(operation["group"] for operation in operations))
    return {
        "dialect": dialect,
        "sections": [
            {
                "title": section.title,
                "slug": _slug(section.title),
                "paragraphs": [_rich(text) for text in section.text.strip().split("\n\n")],
            }
            for section in dialect.sections
        ],
        "groups": [
            {
                "name": name,
                "slug": _slug(name),
                "operations": [one for one in operations if one["group"] == name],
            }
            for name in groups
        ],
        "models": [
            _model(name, schema)
            for name, schema in document["components"]["schemas"].items()
            if not name.startswith(("ListWrapper", "TokenWrapper"))
        ],
    }


def _operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield path, method.upper(), said


def _operation(dialect: Dialect, path: str, method: str, said: Schema) -> dict[str, Any]:
    status, answer = next(iter(said["responses"].items()))
    content = answer.get("content", {}).get("application/json", {})
    sent: Schema = next(iter(said.get("requestBody", {}).get("content", {}).values()), {})
    return {
        "id": said["operationId"],
        "group": said["tags"][0],
        "method": method,
        "path": path,
        "summary": said["summary"],
        "description": _rich(said.get("description", "")),
        "parameters": [_row(parameter) for parameter in said["parameters"]],
        "sends": _type(sent["schema"]) if sent else [],
        "gives": _type(_shape(content["schema"])) if content else [],
        "status": status,
        "answer": _rich(answer["description"]),
        "answer_headers": list(answer.get("headers", {})),
        "curl": _curl(dialect, path, method, said),
        "example": _shown(content["example"]) if content else "",
        "refusals": [
            {"status": code, "codes": refusal["description"].rstrip(".").split("; ")}
            for code, refusal in said["responses"].items()
            if code != status
        ],
    }


def _row(parameter: Schema) -> dict[str, Any]:
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "type": _type(parameter["schema"]),
        "choices": parameter["schema"].get("enum", []),
        "description": _rich(parameter.get("description", "")),
        "is_required": parameter.get("required", False),
    }


def _model(name: str, schema: Schema) -> dict[str, Any]:
    return {
        "name": name,
        "paragraphs": [_rich(text) for text in schema.get("description", "").split("\n\n")],
        "members": [
            {
                "name": member,
                "type": _type(said),
                "description": _rich(said.get("description", "")),
            }
            for member, said in schema.get("properties", {}).items()
        ],
    }


def _shape(schema: Schema) -> Schema:
    """What an answer holds; of the two forms of a list the one without a token."""
    return dict(schema["anyOf"][-1]) if "anyOf" in schema else schema


def _type(schema: Schema) -> list[dict[str, str]]:
    """The type in words, the models among them apart so that they can be links."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        wrapped = re.fullmatch(r"ListWrapper_(\w+)_", name)
        if wrapped:
            return [{"word": "list of "}, {"model": str(wrapped[1])}]
        return [{"model": name}]
    if schema.get("type") == "array":
        return [{"word": "array of "}, *_type(schema["items"])]
    if "anyOf" in schema and "type" not in schema:
        return _either(schema["anyOf"])
    words = str(schema.get("type", "anything"))
    return [{"word": WORDS.get(words, words)}]


def _either(forms: list[Schema]) -> list[dict[str, str]]:
    """Several forms, each kind of it once."""
    found: list[list[dict[str, str]]] = []
    for form in forms:
        told = _type(form)
        if told not in found:
            found.append(told)
    said = found[0]
    for more in found[1:]:
        said = [*said, {"word": " or "}, *more]
    return said


def _curl(dialect: Dialect, path: str, method: str, said: Schema) -> str:
    """A request that can be pasted into a shell where BASE and KEY are set."""
    path = re.sub(r"{(\w+)}", lambda found: dialect.samples.get(found[1], "12"), path)
    query = "&".join(
        f"{parameter['name']}={quote(str(value))}"
        for parameter in said["parameters"]
        if parameter["in"] == "query" and "example" in parameter
        for value in _values(parameter["example"])
    )
    address = f'"$BASE{path}{"?" if query else ""}{query}"'
    lines = [f"curl {'' if method == 'GET' else f'-X {method} '}{address}"]
    if said.get("security") != []:
        lines.append(f'  -H "{dialect.key_header}"')
    if "requestBody" in said:
        lines += _sent(said["requestBody"]["content"])
    return " \\\n".join(lines)


def _sent(content: Schema) -> list[str]:
    """The body in the first type that is taken."""
    kind, body = next(iter(content.items()))
    if kind == "application/json":
        sent = shlex.quote(json.dumps(body["example"]))
        return [f"  -H 'Content-Type: {kind}'", f"  -d {sent}"]
    return [f'  -d "{name}={value}"' for name, value in body["example"].items()]


def _values(example: Any) -> list[Any]:
    return example if isinstance(example, list) else [example]


def _shown(example: Any) -> str:
    return json.dumps(example, indent=2, ensure_ascii=False)


def _rich(text: str) -> list[str]:
    """The text in parts, every second of them code."""
    return re.split(r"`([^`]*)`", text) if text else []


def _slug(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower())
