"""Tables of turns: CSV, TSV, Excel and JSONL with ``speaker, text`` and optionally ``transcript`` and more; one row, one
turn. Columns as NVivo, Premiere, Sonix, whisper and others name them are known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from annotations.errors import BadInput
from annotations.html_marks import html_that_a_program_wrote, without_html
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.readers.account import LeftOut, WordAccount
from annotations.readers.clock import begin_and_end
from annotations.readers.cues import Cue, turns_of_cues
from annotations.readers.label_times import timed_label
from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.milliseconds import in_seconds
from annotations.readers.spoken import ReadTranscript, one_line, turns_with_words
from annotations.readers.table_columns import columns_also_called
from annotations.readers.words import count_words, first_words
from annotations.sheets.sheet import Sheet, SheetRow, columns_of, read_sheet
from annotations.transcript import SpokenTurn

DESCRIBING = ("participant", "case", "site", "wave", "kind", "session", "language", "date")
_REQUIRED = ("speaker", "text")
LONGEST_TIME = 16
_ONE_ROW_ONE_TURN = (
    "Each row is one turn: who speaks, and the words. Open answers of a survey come in so: a row with the question, whose "
    "speaker is Interviewer, a row with the answer, whose speaker is Participant, and in both a column transcript with the "
    "respondent's number."
)
_CODINGS = 'If these are codings, bring them in with "tandem import-codings".'
_OPTIONAL = ("transcript", "turn", "start", "end", "time", *DESCRIBING)


@dataclass
class _Rows:
    name: str
    spoken: list[SpokenTurn] = field(default_factory=list)
    described: dict[str, str] = field(default_factory=dict)
    empty: list[int] = field(default_factory=list)
    words: int = 0
    others: list[str] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)  # as they are written, with their rows
    clocks: bool = False  # 1:02 is no number of milliseconds


def read_table(
    file: Path, *, name: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .csv, .tsv, .xlsx or .jsonl file: one transcript, or many where it has the column ``transcript``.

    Without a column of speakers, but with times, the rows are cues, as in subtitles.
    """
    also_called = columns_also_called()
    columns = columns_of(file, also_called)
    speakers = "speaker" in columns or not {"start", "time"} & set(columns)
    required = _REQUIRED if speakers else ("text",)
    sheet = read_sheet(
        file,
        required=required,
        optional=("speaker", *_OPTIONAL),
        also_called=also_called,
        remedy=_CODINGS if "code" in columns else _ONE_ROW_ONE_TURN,
    )
    marks = html_that_a_program_wrote([row[column] for row in sheet.rows for column in _REQUIRED])
    many: dict[str, _Rows] = {}
    for row in sheet.rows:
        _take(_meant(row) if marks else row, sheet, name, many)
    if not any(turn.words for rows in many.values() for turn in rows.spoken):
        raise BadInput(
            f"{file} holds no turns. Below the first row every row is a turn: a speaker and a text."
        )
    return tuple(
        _transcript(rows, file, interviewers, sheet, None if speakers else rules, marks)
        for rows in many.values()
        if any(t.words for t in rows.spoken)
    )


def _meant(row: SheetRow) -> SheetRow:
    """A row whose words were written as HTML, with what they mean."""
    words = {column: without_html(row[column]) for column in _REQUIRED if column in row.cells}
    return replace(row, cells={**row.cells, **words})


def _take(row: SheetRow, sheet: Sheet, name: str, many: dict[str, _Rows]) -> None:
    where = f"{sheet.file}, row {row.number}"
    given = row["transcript"] if "transcript" in sheet.columns else name
    if not given:
        raise BadInput(
            f'{where}, column "transcript": it is empty. Every row says which transcript it belongs to.'
        )
    rows = many.setdefault(folded(given), _Rows(" ".join(given.split())))
    rows.names[given] += 1
    for key in DESCRIBING:
        if row[key] and rows.described.setdefault(key, row[key]) != row[key]:
            raise BadInput(
                f'{where}, column "{key}": found "{row[key]}", but earlier rows of "{rows.name}" say '
                f'"{rows.described[key]}". A transcript belongs to one.'
            )
    # words that are merged over several rows were said once, and other cells hold for each of them
    words = "" if (row.number, "text") in sheet.filled else one_line(row["text"])
    if not words:
        rows.empty.append(row.number)
    rows.words += sum(
        count_words(cell) for name, cell in row.cells.items() if (row.number, name) not in sheet.filled
    )
    rows.others.extend(row[column] for column in sheet.ignored if row[column])
    rows.clocks |= any(sign in row[column] for column in ("start", "end", "time") for sign in ":;")
    begins, ends = begin_and_end(row["time"]) if row["time"] else (None, None)
    begins = _seconds(row, "start", where) if row["start"] else begins
    ends = _seconds(row, "end", where) if row["end"] else ends
    timed = timed_label(one_line(row["speaker"]))
    if begins is None and timed.at is not None:
        begins, ends, rows.clocks = timed.at, timed.ends, True
    rows.spoken.append(SpokenTurn(timed.label, words, begins, ends))


def _transcript(
    rows: _Rows,
    file: Path,
    interviewers: Sequence[str],
    sheet: Sheet,
    as_cues: LabelRules | None,
    marks: int,
) -> ReadTranscript:
    spoken = rows.spoken if rows.clocks else in_seconds(rows.spoken)
    account = WordAccount(layout="a table, one row one turn")
    if as_cues is not None:
        cues = [Cue(t.begins or 0.0, t.ends or t.begins or 0.0, (t.words,)) for t in spoken if t.words]
        spoken, account = turns_of_cues(cues, interviewers, as_cues)
    text, turns = turns_with_words(spoken, interviewers)
    warnings = []
    if rows.empty:
        warnings.append(
            f"{counted(len(rows.empty), 'row has', 'rows have')} no text (the first is row {rows.empty[0]}); the other "
            f"rows keep their numbers."
        )
    if sheet.ignored:
        warnings.append(f"the columns {', '.join(sheet.ignored)} are not known and were not read.")
    if len(rows.names) > 1:
        named = " and ".join(
            f'"{name}" ({counted(count, "row")})' for name, count in rows.names.most_common()
        )
        warnings.append(
            f"rows of {named} were read as one transcript: a name is the same in any case and spacing, and however its "
            f"letters are encoded. If they are several transcripts, give each a name of its own."
        )
    if marks:
        warnings.append(
            f"{counted(marks, 'mark', 'marks')} of HTML in the file, such as &amp; or <br>, "
            f"{'was' if marks == 1 else 'were'} read as what {'it means' if marks == 1 else 'they mean'}."
        )
    warnings.extend(sheet.unread)
    return ReadTranscript(
        rows.name,
        text,
        turns,
        str(file),
        "table",
        MappingProxyType(rows.described),
        tuple(warnings),
        account=_account(rows, account, spoken),
    )


def _account(rows: _Rows, account: WordAccount, spoken: Sequence[SpokenTurn]) -> WordAccount:
    """The account with the cells: what is in no column of words is a mark, or left out if its column is not known."""
    others = sum(map(count_words, rows.others))
    in_words = sum(count_words(turn.words) for turn in rows.spoken)
    left_out = (
        [LeftOut("table", "in columns that are not known", others, first_words(rows.others[0]))]
        if others
        else []
    )
    return replace(
        account,
        words_in=rows.words,
        kept=sum(count_words(turn.words) for turn in spoken),
        marks=account.marks + rows.words - others - in_words,
        left_out=(*account.left_out, *left_out),
        speakers=account.speakers
        or {turn.speaker: "the column of speakers names it" for turn in spoken if turn.speaker},
    )


def _seconds(row: SheetRow, column: str, where: str) -> float | None:
    given = row[column].replace(",", ".")
    if re.fullmatch(r"\d{1,2}(?:;\d{2}){3}", given):
        given = given.replace(";", ":")  # Premiere writes frames of American television so
    if re.fullmatch(
        r"\d{1,12}(\.\d+)?", given
    ):  # longer ones are no time, and some no number that a computer holds
        return float(given)
    # hours, minutes, seconds, and the frames of a film, whose number a second is not known
    if m := re.fullmatch(r"((?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:\.\d+)?)(?:[:;]\d{1,2})?", given):
        seconds = 0.0
        for part in (m[1] if given.count(":") != 2 or ";" in given else given).split(":"):
            seconds = seconds * 60 + float(part)
        return seconds
    # in a table whose columns have slipped it is what somebody said
    shown = f'"{given}"' if len(given) <= LONGEST_TIME else "what stands there"
    raise BadInput(f'{where}, column "{column}": {shown} is no time; write seconds (12.5) or hh:mm:ss.')
