"""An OpenAPI 3.1 document of a dialect, made from its routes as they run."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .describing import Answer, Docs, Parameter, Problem, Schema, Shape
from .dialects import Dialect
from .routing import Operation, Route

REFERENCE = "#/components/schemas/{name}"
SECURITY = "credential"
LEFT = re.compile(r"[^A-Za-z0-9._-]+")


def document(dialect: Dialect) -> Schema:
    """The document; the same for everybody, as it names no host and no rows."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": dialect.title,
            "version": dialect.version,
            "description": dialect.description,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/", "description": "The server that shows this document."}],
        "security": [{SECURITY: []}],
        "tags": [{"name": name} for name in _groups(dialect)],
        "paths": {
            f"{dialect.prefix}/{route.template}": {
                method.lower(): _operation(dialect, route, operation.docs, operation)
                for method, operation in route.operations.items()
                if operation.docs is not None
            }
            for route in dialect.routes
            if any(operation.docs for operation in route.operations.values())
        },
        "components": {
            "securitySchemes": {SECURITY: dialect.scheme | {"description": dialect.credential}},
            "headers": {
                name: {"description": description, "schema": schema}
                for name, (description, schema) in dialect.headers.items()
            },
            "schemas": _schemas(dialect),
        },
    }


def operations(dialect: Dialect) -> Iterator[tuple[Route, str, Operation]]:
    """Every method of every address that documents tell of."""
    for route in dialect.routes:
        for method, operation in route.operations.items():
            if operation.docs is not None:
                yield route, method, operation


def _groups(dialect: Dialect) -> list[str]:
    return list(dict.fromkeys(docs.group for docs in _docs(dialect)))


def _docs(dialect: Dialect) -> list[Docs]:
    """What all operations say of themselves."""
    return [operation.docs for *_, operation in operations(dialect) if operation.docs]


def _operation(dialect: Dialect, route: Route, docs: Docs, operation: Operation) -> Schema:
    said: Schema = {
        "operationId": docs.name or operation.handler.__name__,
        "tags": [docs.group],
        "summary": docs.summary,
    }
    if docs.description:
        said["description"] = docs.description
    if docs.is_open:
        said["security"] = []
    said["parameters"] = [
        *(_in_path(dialect, name) for name in re.findall(r"{(\w+)}", route.template)),
        *(_parameter(dialect, parameter) for parameter in docs.parameters),
    ]
    if docs.body is not None:
        content = {"schema": _schema_of((docs.body.shape,)), "example": dict(docs.body.example)}
        said["requestBody"] = {
            "required": docs.body.is_required,
            "content": dict.fromkeys(dialect.body_types, content),
        }
    said["responses"] = _responses(dialect, docs)
    return said


def _in_path(dialect: Dialect, name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": dialect.path_parameter}


def _parameter(dialect: Dialect, parameter: Parameter) -> Schema:
    said: Schema = {
        "name": parameter.name,
        "in": parameter.place,
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.place == "query" and dialect.takes_empty:
        said["allowEmptyValue"] = True
    if parameter.place == "query" and parameter.schema.get("type") == "array":
        said |= {"style": "form", "explode": True}
    if parameter.example is not None:
        said["example"] = parameter.example
    return said


def _responses(dialect: Dialect, docs: Docs) -> Schema:
    found = {str(docs.answer.status): _response(dialect, docs.answer)}
    if docs.nothing:
        found["204"] = {"description": docs.nothing}
    problems = [problem for problem in dialect.problems if problem.code in docs.codes]
    for status in sorted({problem.status for problem in problems}):
        these = [problem for problem in problems if problem.status == status]
        found[str(status)] = _refusal(dialect, status, these, docs.error or dialect.error)
    return found


def _response(dialect: Dialect, answer: Answer) -> Schema:
    said: Schema = {"description": answer.description}
    if answer.headers:
        said["headers"] = {name: _header(name) for name in answer.headers}
    if answer.shapes:
        content: Schema = {"schema": _schema_of(answer.shapes)}
        if answer.example is not None:
            content["example"] = msgspec.to_builtins(answer.example)
        said["content"] = dict.fromkeys(dialect.content_types, content)
        said["content"] |= {kind: {"schema": {"type": "string"}} for kind in answer.texts}
    return said


def _refusal(dialect: Dialect, status: int, problems: Sequence[Problem], error: type) -> Schema:
    """One status with the codes that it may carry."""
    content: Schema = {"schema": _schema_of((error,))}
    words = "; ".join(problem.name for problem in problems)
    if dialect.has_codes:
        words = "; ".join(f"{problem.code} {problem.name}" for problem in problems)
        codes = {"properties": {"Code": {"enum": [problem.code for problem in problems]}}}
        content = {"schema": {"allOf": [content["schema"], codes]}}
    said: Schema = {"description": f"{words}."}
    header = dialect.error_headers.get(status)
    if header is not None:
        said["headers"] = {header: _header(header)}
    said["content"] = dict.fromkeys(dialect.content_types, content)
    return said


def _header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def _schema_of(shapes: Sequence[Any]) -> Schema:
    """A reference to the component of a struct; to any of several."""
    structs = [shape for shape in shapes if not isinstance(shape, Shape)]
    found, _ = msgspec.json.schema_components(structs, ref_template=REFERENCE)
    made = [shape for shape in shapes if isinstance(shape, Shape)]
    found = (*found, *({"$ref": REFERENCE.format(name=shape.name)} for shape in made))
    return dict(found[0]) if len(found) == 1 else {"anyOf": list(found)}


def _schemas(dialect: Dialect) -> Schema:
    """The components, with what msgspec has no words for."""
    shapes: list[Any] = [dialect.error]
    for docs in _docs(dialect):
        shapes += docs.answer.shapes
        shapes += [docs.error] if docs.error else []
        if docs.body is not None:
            shapes.append(docs.body.shape)
    shapes = list(dict.fromkeys(shapes))
    structs = [shape for shape in shapes if not isinstance(shape, Shape)]
    _, components = msgspec.json.schema_components(structs, ref_template=REFERENCE)
    components |= {shape.name: shape.schema for shape in shapes if isinstance(shape, Shape)}
    for docs in _docs(dialect):
        body = docs.body
        if body is not None and not isinstance(body.shape, Shape):
            components[LEFT.sub("_", body.shape.__name__)] |= body.also
    return dict(sorted(components.items()))
