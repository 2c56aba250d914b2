"""Pages name a command only where no page does it: what an administrator does at the machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import REPOSITORY

from annotations.label_studio.arrivals import KnownCoders
from service.page_words import PAGE_OF, as_sentence, for_pages
from service.web.navigation import ITEMS

# why a page may name each
ADMINISTRATORS = {
    "backup": "beside where a backup is put by the machine's own timetable",
    "demo": "makes a study of its own",
    "doctor": "looks at the machine",
    "import": "erases the words of a corrected text, which needs Label Studio and MLflow stopped or started",
    "init": "makes another study",
    "label-studio": "starts a server",
    "models": "chooses while files are damaged",
    "people": "lets in a lead who has lost her own password, from the machine alone",
    "restore": "makes a study of a backup",
    "serve": "is the server itself",
    "train": "replaces a model whose files are damaged",
    "trust": "lets a study call an address",
    "withdraw": "erases by a receipt of another copy",
    "worker": "starts a worker",
}
_NAMED = re.compile(r"\btandem ([a-z][a-z-]+)")
# what is said to whoever types commands or runs the machine, and on no page
_NOT_ON_PAGES = ("service/cli/", "service/demo.py", "service/doctor/doctor_checks.py", "service/looking/next_command.py",
                 "service/taking_out/all_exports.py", "service/settings.py", "service/access/",
                 "service/page_words.py")  # fmt: skip


def _sentences(file: Path) -> Iterator[tuple[int, str]]:
    """Each text of a module that is no docstring; what is filled in stands as "X"."""
    tree = ast.parse(file.read_text("utf-8"))
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent.update(id(part) for part in node.values)
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.lineno, node.value


def test_no_sentence_sends_a_lead_to_a_terminal() -> None:
    """Whatever a page may be told, in a page's words it names no command that a page has."""
    named = [
        f"{file.relative_to(REPOSITORY)}:{line}: {for_pages(said)}"
        for package in ("annotations", "models", "service")
        for file in sorted((REPOSITORY / package).rglob("*.py"))
        if not str(file.relative_to(REPOSITORY)).startswith(_NOT_ON_PAGES)
        if "tandem " in file.read_text("utf-8")
        for line, said in _sentences(file)
        for name in _NAMED.findall(for_pages(said))
        if name not in ADMINISTRATORS and name in PAGE_OF
    ]
    assert named == []


# what is said of files that come in, wherever it is found out
_OF_FILES = ("annotations/readers", "annotations/codings", "annotations/study/speakers.py", "annotations/attributes.py",
             "annotations/names.py", "service/importing", "service/bringing_in")  # fmt: skip
# asked by a command alone, or on a page of its own; the last begins another study, which is an administrator's
_ASKED_ELSEWHERE = ("service/importing/line_choices.py", "service/importing/settle_changed.py")
_NOT_A_PAGES = re.compile(
    r"study\.yaml|(?<![\w-])--[a-z]|\{\w+: |"
    r"\b(?:participant_pattern|file_pattern|participant_speakers|no_speakers|unlabelled_participant|codings_columns)\b"
)


def test_no_sentence_about_files_names_a_key_or_an_option() -> None:
    """Pages name fields as pages call them: no key of study.yaml, no option, no YAML."""
    files = [
        file
        for place in map(REPOSITORY.joinpath, _OF_FILES)
        for file in (sorted(place.rglob("*.py")) if place.is_dir() else [place])
        if not str(file.relative_to(REPOSITORY)).startswith(_ASKED_ELSEWHERE)
    ]
    named = [
        f"{file.relative_to(REPOSITORY)}:{line}: {for_pages(said)}"
        for file in files
        for line, said in _sentences(file)
        if " " in said and "tandem init" not in said and _NOT_A_PAGES.search(for_pages(said))
    ]
    assert named == []


def test_templates_name_an_administrators_commands_alone() -> None:
    """What stands in the pages themselves."""
    named = {
        name
        for file in sorted((REPOSITORY / "service" / "web" / "templates").rglob("*.html"))
        for name in _NAMED.findall(file.read_text("utf-8"))
    }
    assert named - set(ADMINISTRATORS) == set()


def test_every_page_that_is_named_is_there() -> None:
    """The names are those of the navigation, or of a page that the study's first page leads to."""
    titles = {item.title for item in ITEMS} | {"Answers set aside", "Codings whose words were corrected"}
    assert set(PAGE_OF.values()) - titles == set()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('no transcript belongs to wave "9". See the waves with "tandem status".',
         'no transcript belongs to wave "9". See the waves on the page Study.'),
        ('Run "tandem push", and look.', "Go to the page Hand out, and look."),
        ('nothing to go back to. See "tandem models list".', "nothing to go back to. See the page Models."),
        ('Run "tandem train --force".', 'Run "tandem train --force".'),
        ("tandem settle lists them.", "The page Codings whose words were corrected lists them."),
        ("run tandem precode and tandem push.", "go to the page Hand out."),
        ("tandem matrix, tandem ratings or tandem timeline shows it.", "The page Results shows it."),
        ("see tandem show and tandem status.", "see the page Read and the page Study."),
    ],
)  # fmt: skip
def test_a_command_becomes_its_page(said: str, shown: str) -> None:
    """In the sentence's own grammar; what an administrator does keeps its name."""
    assert for_pages(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        KnownCoders(()).coder_of("ulla@example.org", "")[1],
        "Label Studio has not said yet whose it is. Pull again.",
        'coder "Ulla" is not known. List the coder under coders in study.yaml, then try again.',
        "that does not show that at least 30 % of its ticks are right (study.yaml, aim, least_precision).",
        "embedder.fine_tune is set in study.yaml, but there is too little to tune the encoder on.",
    ],
)
def test_what_a_lead_is_told_of_coders_ticks_and_trainings_names_no_file(said: str) -> None:
    """Neither study.yaml nor how it is written, nor a pull, which the server does by itself."""
    assert not re.search(r"study\.yaml|[Pp]ull again|[{}]|aim,", for_pages(said))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("no file was sent.", "No file was sent."),
        ("say which codes apply, or none.", "Say which codes apply, or none."),
        ("codes.csv: has no rows.", "codes.csv: has no rows."),
        ('--pair "X": give two coders.', 'Pair "X": give two coders.'),
        ("v2 does not serve.", "v2 does not serve."),
        ('"ada" is no e-mail address.', '"ada" is no e-mail address.'),
        ("tandem precode has not run.", "The page Hand out has not run."),
    ],
)
def test_a_refusal_begins_as_a_sentence(said: str, shown: str) -> None:
    """Names of files and versions stay as they are spelt."""
    assert as_sentence(said) == shown
