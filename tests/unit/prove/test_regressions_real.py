"""The regression test of each weakness: written, failing without a fix, passing with it."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from countermine.core.entrypoints import Channel, EntryKind, EntryPoint
from countermine.core.environment import Environment, NoTests
from countermine.core.patches import Patch
from countermine.core.spans import tree_path
from countermine.core.verdicts import Gate, GateOutcome, GateResult
from countermine.core.weakness import WeaknessId
from countermine.core.witnesses import Input, Stimulus
from countermine.prove.gates.regression_test import regression_test
from countermine.prove.records import Baseline, Claim, UnusableTests, Witnessed
from countermine.prove.steps import Passed, Step, Unsettled
from countermine.prove.trees import private_tree
from countermine.prove.trial import Trial
from countermine.sandbox.detect import choose
from countermine.testing.findings import finding_at
from countermine.testing.proving import (
    own_environment,
    rewrite,
    setting_for,
    witness_for,
    write_tree,
)
from countermine.weaknesses.registry import weakness


@dataclass(frozen=True)
class Flaw:
    weakness: str
    sink: str
    code: str
    old: str
    new: str
    function: str = "view"
    key: str | None = "text"
    control: str = "1"
    kind: EntryKind = EntryKind.FUNCTION
    channel: Channel = Channel.PARAMETER
    path: str = "shop/app.py"
    files: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.weakness} {self.sink} {self.kind.value} {self.channel.value}"


FLAWS = (
    Flaw(
        weakness="code-injection",
        sink="eval",
        code="import ast\n\ndef view(text):\n    return eval(text)\n",
        old="eval(",
        new="ast.literal_eval(",
    ),
    Flaw(
        weakness="code-injection",
        sink="exec",
        code="def view(text):\n    exec('x = \"' + text + '\"')\n",
        old="exec('x = \"' + text + '\"')",
        new="x = text",
    ),
    Flaw(
        weakness="command-injection",
        sink="os.system",
        code="import os, subprocess\n\ndef view(text):\n    os.system('echo \"' + text + '\"')\n",
        old="os.system('echo \"' + text + '\"')",
        new="subprocess.run(['echo', text])",
    ),
    Flaw(
        weakness="command-injection",
        sink="subprocess.run",
        code="import subprocess\n\nclass Shop:\n"
        "    def __init__(self, name):\n        self.name = name\n"
        "    def view(self, text):\n        subprocess.run(f'echo {text}', shell=True)\n",
        old="f'echo {text}', shell=True",
        new="['echo', text]",
        function="Shop.view",
        kind=EntryKind.METHOD,
    ),
    Flaw(
        weakness="unsafe-deserialization",
        sink="pickle.loads",
        code="import json, pickle\n\ndef view(text):\n    return pickle.loads(text)\n",
        old="pickle.loads",
        new="json.loads",
    ),
    Flaw(
        weakness="unsafe-deserialization",
        sink="pickle.load",
        code="import json, pickle\n\ndef view(path):\n    with open(path, 'rb') as stream:\n"
        "        return pickle.load(stream)\n",
        old="pickle.load(",
        new="json.load(",
        key="path",
    ),
    Flaw(
        weakness="path-traversal",
        sink="open",
        code="import os\n\ndef view(folder, text):\n"
        "    with open(os.path.join(folder, text)) as stream:\n        return stream.read()\n",
        old="text)) as",
        new="os.path.basename(text))) as",
    ),
    Flaw(
        weakness="path-traversal",
        sink="os.remove",
        code="import os\n\ndef view(folder, text):\n    os.remove(os.path.join(folder, text))\n",
        old="folder, text))",
        new="folder, os.path.basename(text)))",
    ),
    Flaw(
        weakness="path-traversal",
        sink="open",
        code="import json, os\n\ndef view(folder, text):\n"
        "    return json.load(open(os.path.join(folder, text)))\n",
        old="text)))",
        new="os.path.basename(text))))",
    ),
    Flaw(
        weakness="archive-extraction",
        sink="tarfile.TarFile.extractall",
        code="import tarfile\n\ndef view(path, dest):\n    with tarfile.open(path) as archive:\n"
        "        archive.extractall(dest)\n",
        old="extractall(dest)",
        new="extractall(dest, filter='data')",
        key="path",
    ),
    Flaw(
        weakness="sql-injection",
        sink="sqlite3.Cursor.execute",
        code="def view(cursor, text):\n"
        "    cursor.execute(f\"SELECT * FROM t WHERE a = '{text}'\")\n"
        "    return cursor.fetchall()\n",
        old="f\"SELECT * FROM t WHERE a = '{text}'\"",
        new='"SELECT * FROM t WHERE a = ?", (text,)',
    ),
    Flaw(
        weakness="insecure-temporary-file",
        sink="tempfile.mktemp",
        code="import tempfile\n\ndef view():\n    return tempfile.mktemp()\n",
        old="mktemp()",
        new="mkstemp()[1]",
        key=None,
    ),
    Flaw(
        weakness="loose-file-permissions",
        sink="os.chmod",
        code="import os\n\ndef view(path):\n    with open(path, 'w') as file:\n"
        "        file.write('a')\n    os.chmod(path, 0o600)\n",
        old="'w')",
        new="'w', opener=lambda path, flags: os.open(path, flags, 0o600))",
        key=None,
    ),
    Flaw(
        weakness="loose-file-permissions",
        sink="io.IOBase.write",
        code="import os\n\ndef view(path):\n    with open(path, 'w') as file:\n"
        "        file.write('a')\n",
        old="'w')",
        new="'w', opener=lambda path, flags: os.open(path, flags, 0o600))",
        key=None,
    ),
    Flaw(
        weakness="open-redirect",
        sink="redirect",
        code="class Answer:\n    def __init__(self, address):\n"
        "        self.headers = {'Location': address}\n\n"
        "def view(text):\n    return Answer(text)\n",
        old="Answer(text)",
        new="Answer('/' + text.strip('/\\\\'))",
    ),
    Flaw(
        weakness="log-injection",
        sink="logging.info",
        code="import logging\n\ndef view(text):\n    logging.info('no user %s', text)\n",
        old="%s",
        new="%r",
    ),
    Flaw(
        weakness="server-side-request-forgery",
        sink="urllib.request.urlopen",
        code="import urllib.request\n\ndef view(text):\n"
        "    return urllib.request.urlopen('http://' + text).read()\n",
        old="'http://' + text",
        new="'http://localhost:9/'",
    ),
    Flaw(
        weakness="disabled-certificate-checks",
        sink="ssl._create_unverified_context",
        code="import ssl\n\ndef view():\n    return ssl._create_unverified_context()\n",
        old="_create_unverified_context",
        new="create_default_context",
        key=None,
    ),
    Flaw(
        weakness="disabled-certificate-checks",
        sink="ssl.SSLContext.verify_mode",
        code="import ssl\n\ndef view():\n    made = ssl.create_default_context()\n"
        "    made.check_hostname = False\n    made.verify_mode = ssl.CERT_NONE\n",
        old="made.verify_mode = ssl.CERT_NONE",
        new="made.check_hostname = True",
        key=None,
    ),
    Flaw(
        weakness="timing-unsafe-comparison",
        sink="== TOKEN",
        code="import hmac\n\nTOKEN = 's3cr3t'\n\ndef view(text):\n    return text == TOKEN\n",
        old="text == TOKEN",
        new="hmac.compare_digest(text, TOKEN)",
    ),
    Flaw(
        weakness="sql-injection",
        sink="sqlite3.Connection.execute",
        code="import sqlite3\n\ndef view(text):\n    c = sqlite3.connect(':memory:')\n"
        "    c.execute('CREATE TABLE t (a, b)')\n"
        "    return c.execute('SELECT a, b FROM t WHERE a = ' + text).fetchall()\n",
        old="a = ' + text)",
        new="a = ?', (text,))",
    ),
    Flaw(
        weakness="cross-site-scripting",
        sink="return",
        code="import html\n\ndef view(text):\n    return f'<p>{text}</p>'\n",
        old="{text}",
        new="{html.escape(text)}",
    ),
    Flaw(
        weakness="template-injection",
        sink="jinja2.Template",
        code="import jinja2\n\ndef view(text):\n"
        "    return jinja2.Template('Hi ' + text).render()\n",
        old="'Hi ' + text).render()",
        new="'Hi {{ text }}').render(text=text)",
    ),
    Flaw(
        weakness="xml-external-entities",
        sink="xml.sax.parse",
        code="import io, xml.sax\nfrom xml.sax import handler\n\n"
        "class Words(handler.ContentHandler):\n    words = ''\n"
        "    def characters(self, content):\n        self.words += content\n\n"
        "def view(text):\n    parser, words = xml.sax.make_parser(), Words()\n"
        "    parser.setFeature(handler.feature_external_ges, True)\n"
        "    parser.setContentHandler(words)\n    parser.parse(io.BytesIO(text.encode()))\n"
        "    return words.words\n",
        old="ges, True",
        new="ges, False",
        control="<order><item>1</item></order>",
    ),
    Flaw(
        weakness="weak-hash",
        sink="hashlib.md5",
        code="import hashlib\n\ndef view(secret):\n"
        "    return hashlib.md5(secret.encode()).hexdigest()\n",
        old="md5(",
        new="sha256(",
        key=None,
    ),
    Flaw(
        weakness="weak-hash",
        sink="hashlib.new",
        code="import hashlib\n\ndef view(secret):\n"
        "    return hashlib.new('md5', secret.encode()).hexdigest()\n",
        old="'md5'",
        new="'sha256'",
        key="secret",
    ),
    Flaw(
        weakness="predictable-randomness",
        sink="random.choice",
        code="import random, secrets\n\ndef view():\n    return random.choice('abc')\n",
        old="random.choice(",
        new="secrets.choice(",
        key=None,
    ),
)


def trial_of(
    root: Path, flaw: Flaw, original: Path, patched: Path, environment: Environment
) -> Trial:
    text = flaw.code.encode()
    known = weakness(flaw.weakness)
    assert known is not None
    entry = EntryPoint(
        kind=flaw.kind,
        path=tree_path(flaw.path),
        qualname=flaw.function,
        channel=flaw.channel,
        key=flaw.key,
    )
    finding = replace(
        finding_at(flaw.path, text, flaw.old.encode(), sink=flaw.sink, entry=entry),
        weakness=WeaknessId(flaw.weakness),
        function=flaw.function,
    )
    value = Input(channel=flaw.channel, key=flaw.key, text=flaw.control)
    controls = (Stimulus(name="control", inputs=(value,)),)
    return Trial(
        setting=setting_for(root, environment=environment, sandbox=choose()),
        environment=environment,
        claim=Claim(
            finding=finding, witness=witness_for(finding, controls=controls), weakness=known
        ),
        patch=rewrite(flaw.path, text, flaw.old, flaw.new),
        ground=Baseline(
            gate=GateResult(gate=Gate.BASELINE, outcome=GateOutcome.PASSED, reason=""),
            tests=UnusableTests(reason="none"),
            sightings=(),
        ),
        witnessed=Witnessed(gates=(), attacks=(), controls=()),
        original=original,
        patched=patched,
    )


def written(
    root: Path, flaw: Flaw, environment: Environment | None = None
) -> tuple[Step, Patch | None]:
    root.chmod(0o755)
    plain = {"shop/__init__.py": "", "shop/names.py": 'FOLDER = "."\n'}
    write_tree(root, plain | {flaw.path: flaw.code} | dict(flaw.files))
    options = setting_for(root).options
    environment = environment or own_environment(NoTests(reason="none"))
    with private_tree(root, options) as original:
        return regression_test(trial_of(root, flaw, original, root, environment))


OPTIONS = """
import argparse, os, subprocess

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--label")
    asked = parser.parse_args()
    os.system("echo %s %s" % (asked.label, asked.count))

if __name__ == "__main__":
    main()
"""
COMMANDS = """
import argparse, json, pickle, sys

def main(argv):
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    load = commands.add_parser("load")
    load.add_argument("file")
    asked = parser.parse_args(argv)
    with open(asked.file, "rb") as stream:
        print(pickle.load(stream))

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""
INPUT = """
import ast, os, sys

def run():
    data = sys.stdin.read()
    print(eval(data.strip() or "0"))
    os.system("echo " + os.environ.get("LABEL", "none"))
run()
"""


def program(weakness: str, channel: Channel, key: str | None, **more: Any) -> Flaw:
    more = {"kind": EntryKind.SCRIPT, "function": "<module>", "path": "tool.py"} | more
    return Flaw(weakness=weakness, channel=channel, key=key, **more)


PROGRAMS = (
    program(
        "command-injection",
        Channel.ARGV,
        "--label",
        sink="os.system",
        code=OPTIONS,
        old='os.system("echo %s %s" % (asked.label, asked.count))',
        new="subprocess.run(['echo', str(asked.label)])",
    ),
    program(
        "command-injection",
        Channel.ARGV,
        "label",
        sink="os.system",
        function="main",
        path="shop/tool.py",
        code=OPTIONS,
        old='os.system("echo %s %s" % (asked.label, asked.count))',
        new="subprocess.run(['echo', str(asked.label)])",
    ),
    program(
        "command-injection",
        Channel.ARGV,
        "2",
        sink="os.system",
        path="bin/my-tool.py",
        code="import os, subprocess, sys\nos.system('echo ' + sys.argv[2])\n",
        old="os.system('echo ' + sys.argv[2])",
        new="subprocess.run(['echo', sys.argv[2]])",
    ),
    program(
        "unsafe-deserialization",
        Channel.FILE_CONTENT,
        "file",
        sink="pickle.load",
        function="main",
        code=COMMANDS,
        old="pickle.load(",
        new="json.load(",
    ),
    program(
        "code-injection",
        Channel.STDIN,
        None,
        sink="eval",
        code=INPUT,
        old="eval(",
        new="ast.literal_eval(",
    ),
    program(
        "command-injection",
        Channel.ENV,
        "LABEL",
        sink="os.system",
        code=INPUT,
        old='os.system("echo " + os.environ.get("LABEL", "none"))',
        new="pass",
    ),
    program(
        "path-traversal",
        Channel.ARGV,
        None,
        sink="open",
        path="shop/show.py",
        code="import os, sys\nfrom .names import FOLDER\n"
        "print(open(os.path.join(FOLDER, sys.argv[1])).read())\nraise SystemExit(0)\n",
        old="sys.argv[1]",
        new="os.path.basename(sys.argv[1])",
    ),
)
KEPT = """import subprocess


class Kept:
    def __init__(self, source, place):
        self.source, self.place = source, place

    def start(self, words):
        subprocess.Popen(words, cwd=self.place)
"""
STARTERS = (
    Flaw(
        weakness="argument-injection",
        sink="subprocess.run",
        code="import subprocess\n\ndef view(text):\n"
        "    return subprocess.run(['git', 'log', text], check=True)\n",
        old="text],",
        new="'--', text],",
    ),
    Flaw(
        weakness="argument-injection",
        sink="subprocess.check_output",
        code="import subprocess\n\ndef view(text):\n"
        "    return subprocess.check_output(['git', 'show', text])\n",
        old="    return",
        new="    if text.startswith('-'):\n        raise ValueError(text)\n    return",
    ),
    Flaw(
        weakness="argument-injection",
        sink="subprocess.Popen",
        code="import os\nimport subprocess\n\nfrom shop.kept import Kept\n\n\nclass Mirror(Kept):\n"
        "    def __init__(self, source, place):\n        Kept.__init__(self, source, place)\n\n"
        "    def fetch(self):\n        if not os.path.isdir(self.place):\n"
        "            os.makedirs(os.path.dirname(self.place))\n"
        "        self.start(['hg', 'clone', self.source, self.place])\n",
        old="'clone', self.source",
        new="'clone', '--', self.source",
        function="Mirror.fetch",
        key="place",
        kind=EntryKind.METHOD,
        files=(("shop/kept.py", KEPT),),
    ),
    Flaw(
        weakness="argument-injection",
        sink="subprocess.Popen",
        code="import subprocess\n\n\nclass Pages:\n    def __init__(self, name):\n"
        "        self.name = name\n\n    def view(self):\n        open(self.name).close()\n"
        "        told = subprocess.Popen(['wc', '--version'], stdout=-1, text=True).stdout\n"
        "        list(iter(told.readline, ''))\n"
        "        subprocess.check_call(['wc', self.name])\n",
        old="['wc', self",
        new="['wc', '--', self",
        function="Pages.view",
        key="name",
        kind=EntryKind.METHOD,
    ),
)


@pytest.mark.parametrize("flaw", [*FLAWS, *PROGRAMS, *STARTERS], ids=lambda flaw: flaw.name)
def test_a_test_is_written_that_only_the_fix_passes(tmp_path: Path, flaw: Flaw) -> None:
    step, test = written(tmp_path, flaw)
    assert isinstance(step, Passed), step
    assert test is not None
    assert "unittest" in test.new_files[0].text
    assert len(test.new_files[0].text.splitlines()) < 75


@pytest.mark.parametrize("flaw", FLAWS[:1], ids=lambda flaw: flaw.name)
def test_a_fix_that_fixes_nothing_gets_no_test(tmp_path: Path, flaw: Flaw) -> None:
    step, test = written(tmp_path, replace(flaw, new="(eval)("))
    assert isinstance(step, Unsettled)
    assert test is None
    assert "does not pass with the fix" in step.evidence[0].text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"kind": EntryKind.DJANGO_VIEW, "function": "nowhere"},
            "no test can be written for the django-view nowhere yet",
        ),
        ({"function": "nowhere"}, "no regression test could be written: AttributeError"),
        ({"code": "import nowhere\n\ndef view(text):\n    return eval(text)\n"}, "nowhere"),
        ({"code": "import os\nos._exit(3)\neval(1)\n"}, "ended with exit code 3"),
        ({"code": "view = 3\neval('1')\n"}, "view is not a function"),
        ({"code": "def view(other):\n    return eval(other)\n"}, "no regression test"),
        ({"weakness": "weak-hash", "sink": "Crypto.Hash.MD5.new"}, "no regression test could"),
    ],
)
def test_what_cannot_be_tested_is_said(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    step, test = written(tmp_path, replace(FLAWS[0], **changes))
    assert isinstance(step, Unsettled)
    assert test is None
    assert reason in step.reason
