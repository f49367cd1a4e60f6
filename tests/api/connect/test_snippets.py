"""What docs/api-connect.md tells people to paste works as it stands, over a real server."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from callcenter.accounts.models import Role
from callcenter.calls.models import Comment
from tests.factories import (
    make_call_log,
    make_comment,
    make_credential,
    make_membership,
    make_organization,
)

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "api-connect.md"
PROJECT = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
<OutputType>Exe</OutputType><TargetFramework>net{version}</TargetFramework>
<Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings>
</PropertyGroup></Project>"""


def snippets() -> dict[str, str]:
    """The text of each example by its language."""
    return dict(re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE))


def command(language: str, place: Path) -> list[str]:
    """How to run the example, written into `place`; the test is skipped where nothing can."""
    if language == "csharp":
        return dotnet(place)
    name, program = {
        "bash": ("example.sh", "bash"),
        "python": ("example.py", sys.executable),
        "javascript": ("example.js", "node"),
    }[language]
    found = shutil.which(program)
    if found is None or (language == "bash" and shutil.which("curl") is None):
        pytest.skip(f"{program} or curl is not on this machine")
    (place / name).write_text(snippets()[language])
    return [found, str(place / name)]


def dotnet(place: Path) -> list[str]:
    """A project of its own for the example in C#."""
    found = shutil.which("dotnet")
    if found is None:
        pytest.skip("dotnet is not on this machine")
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    version = ".".join([*said.stdout.split(".")[:1], "0"])
    (place / "example.csproj").write_text(PROJECT.format(version=version))
    (place / "Program.cs").write_text(snippets()["csharp"])
    return [found, "run", "--project", str(place)]


def test_there_is_one_example_for_each_language() -> None:
    assert set(snippets()) == {"bash", "python", "javascript", "csharp"}


@pytest.mark.parametrize("language", ["bash", "python", "javascript", "csharp"])
def test_an_example_appends_a_comment(language: str, site: str, tmp_path: Path) -> None:
    run = command(language, tmp_path)
    organization = make_organization()
    log = make_call_log(organization)
    make_comment(log)
    _, secret = make_credential(make_membership(organization, Role.OWNER))
    environment = {"BASE": site, "KEY": secret, "PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(  # noqa: S603 (our own documents)
        run, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "comments: 2"
    assert Comment.objects.filter(call_log=log, text="Plumber rung, due 10:30").count() == 1
