"""Layouts of transcription programs, each as a function from a conversation to a file: what it says is known."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from written import docx_of

Said = Sequence[tuple[str, str]]
Layout = Callable[[Said], bytes]


def clock(at: int, *, hours: bool = False, fraction: str = "") -> str:
    """The time of the n-th turn, seven seconds each."""
    second = 7 * at
    minutes = f"{second // 60:02d}:{second % 60:02d}"
    return (f"00:{minutes}" if hours else minutes.removeprefix("0")) + fraction


def _lines(pattern: str, between: str = "\n", head: str = "", foot: str = "") -> Layout:
    """A text: {who}, {words}, {n} (from 1), {short} 0:07, {long} 00:00:07, {next} and {nextlong} of the turn after."""

    def made(said: Said) -> bytes:
        parts = [
            pattern.format(
                who=who,
                words=words,
                n=at + 1,
                short=clock(at),
                long=clock(at, hours=True),
                next=clock(at + 1),
                nextlong=clock(at + 1, hours=True),
            )
            for at, (who, words) in enumerate(said)
        ]
        return (head + between.join(parts) + foot + "\n").encode()

    return made


TEXTS: dict[str, Layout] = {
    "by hand": _lines("{who}: {words}"),
    "by hand, blank lines between": _lines("{who}: {words}", "\n\n"),
    "by hand, words below the label": _lines("{who}:\n{words}"),
    "by hand, full-width colon": _lines("{who}：{words}"),
    "by hand, space before the colon (French)": _lines("{who} : {words}"),
    "Markdown, colon in bold": _lines("**{who}:** {words}", "\n\n"),
    "Markdown, colon after bold": _lines("**{who}**: {words}", "\n\n"),
    "numbered lines": _lines("{n}. {who}: {words}"),
    "numbered lines without a point": _lines("{n} {who}: {words}"),
    "numbered turns in brackets": _lines("[T{n:03d}] {who}: {words}"),
    "Trint and InqScribe": _lines("[{long}] {who}: {words}"),
    "Good Tape and noScribe, short times": _lines("[{short}] {who}: {words}"),
    "f4, time first": _lines("#{long}-0# {who}: {words}"),
    "f4, time last": _lines("{who}: {words} #{long}-0#"),
    "whisper console with speakers": _lines("[{long}.210 --> {nextlong}.120] {who}: {words}"),
    "faster-whisper": _lines("[{n}.00s -> {n}.90s] {who}: {words}"),
    "a clock before the name": _lines("{long} {who}: {words}"),
    "a short clock before the name": _lines("{short} {who}: {words}"),
    "a range before the name": _lines("{short} - {next} {who}: {words}"),
    "the time before the colon (Sonix)": _lines("{who} [{long}]: {words}"),
    "the time after the colon": _lines("{who}: [{long}] {words}"),
    "Rev": _lines("{who} ({short}):\n{words}", "\n\n"),
    "Rev, new": _lines("{who}: ({short})\n{words}", "\n\n"),
    "Otter": _lines("{who}  {short}\n{words}", "\n\n", foot="\n\nTranscribed by https://otter.ai"),
    "Otter, edited": _lines("{who} {short}\n{words}", "\n\n"),
    "Teams, copied": _lines("{who}   {short}\n{words}", "\n"),
    "Zoom": _lines("[{who}] {long}\n{words}", "\n\n"),
    "Happy Scribe": _lines("[{long}.110] - {who}\n{words}", "\n\n"),
    "Fathom": _lines("{short} - {who}\n{words}", "\n\n"),
    "Fireflies": _lines("{who} - {short}\n{words}", "\n\n"),
    "Amberscript and Riverside": _lines("{who} ({long})\n{words}", "\n\n"),
    "Word's own transcription": _lines("{long} {who}\n{words}", "\n"),
    "Descript, name in bold above": _lines("**{who}**\n{words}", "\n\n"),
    "names on lines of their own": _lines("{who}\n{words}"),
    "name, then time, then words": _lines("{who}\n{short}\n{words}", "\n\n"),
    "time, then name, then words": _lines("{long}\n{who}\n{words}", "\n\n"),
    "WhisperX text": _lines("[{who}]: {words}"),
    "Vibe text": _lines("[{who}] {words}"),
    "cue blocks in a text": _lines("{short}.000 --> {next}.000\n{who}: {words}", "\n\n"),
    "Subtitle Edit's text": _lines("{n}\n{long},000 --> {nextlong},000\n{who}: {words}", "\n\n"),
    "YouTube's times with names": _lines("{short}\n{who}: {words}"),
    "Google Meet": _lines(
        "{who}: {words}",
        "\n",
        head="Mar 16, 2026\nSpring Talk: First Round - Transcript\n00:00:00\n \n",
        foot="\n \n \nTranscription ended after 00:14:10\n\nThis editable transcript was computer generated and might "
        "contain errors. People can also change the text after it was created.",
    ),
    "a head above": _lines("{who}: {words}", head="Date: 3 March 2026\nDuration: 45 min\nPlace: the ward\n\n"),
    "tabs": _lines("{who}\t{words}"),
    "a dash": _lines("{who} – {words}"),
    "an arrow": _lines("{who} → {words}"),
    "an upright stroke": _lines("{who} | {words}"),
    "spaces in the place of tabs": _lines("{long}  {who}  {words}"),
    "numbered with #": _lines("#{n} {who}: {words}"),
    "times with frames": _lines("{long}:12\n{who}\n{words}", "\n\n"),
    "Markdown, quoted": _lines("> **{who}**: {words}", "\n>\n"),
    "a range beside the name": _lines("{who} {short} - {next}\n{words}", "\n\n"),
    "Trint, on one line": _lines("{who} [{long}] {words}", "\n\n"),
    "a time after the name": _lines("{who} {short}: {words}"),
    "a semicolon": _lines("{who}; {words}"),
    "Webex": _lines("{who}\n10:{n:02d} AM\n{words}"),
    "Zoom's chat": _lines("10:14:{n:02d}\t From  {who}  to  Everyone:\n\t{words}"),
    "NVivo": _lines("{n}\t{short},0 - {next},0\t{words}\t{who}", head="The ward\n\n\tTimespan\tContent\tSpeaker\n"),
    "Temi": _lines("{who}:\t{short}\t{words}", "\n\n"),
    "ELAN": _lines("{who}\t\t{long}.500\t{nextlong}.200\t{words}"),
    "Audacity": _lines("{n}.500000\t{n}.900000\t{who}: {words}"),
    "an end that is said": _lines("{who}: {words}", foot="\n\n[End of recording]"),
}  # fmt: skip


def _cues(pattern: str, head: str = "", *, comma: bool = False, bracket: bool = False) -> Layout:
    def made(said: Said) -> bytes:
        mark = ",000" if comma else ".000"
        parts = [
            pattern.format(
                n=at + 1,
                who=who,
                words=words,
                times=f"{clock(at, hours=True)}{mark} --> {clock(at + 1, hours=True)}{mark}",
            )
            for at, (who, words) in enumerate(said)
        ]
        return (head + "\n\n".join(parts) + "\n").encode()

    return made


CUES: dict[str, tuple[str, Layout]] = {
    "Teams": (".vtt", _cues("{n}\n{times}\n<v {who}>{words}</v>", "WEBVTT\n\n")),
    "Zoom": (".vtt", _cues("{n}\n{times}\n{who}: {words}", "WEBVTT\n\n")),
    "Webex": (".vtt", _cues('{n} "{who}" (345)\n{times}\n{words}', "WEBVTT\n\n")),
    "names in identifiers": (".vtt", _cues("{who}\n{times}\n{words}", "WEBVTT\n\n")),
    "names above the words": (".vtt", _cues("{times}\n{who}\n{words}", "WEBVTT\n\n")),
    "full-width colon": (".vtt", _cues("{times}\n{who}：{words}", "WEBVTT\n\n")),
    "WhisperX": (".srt", _cues("{n}\n{times}\n[{who}]: {words}", comma=True)),
    "Vibe": (".srt", _cues("{n}\n{times}\n[{who}] {words}", comma=True)),
    "Subtitle Edit": (".srt", _cues("{n}\n{times}\n{who}: {words}", comma=True)),
}


def docx_with_bold(said: Said, *, colon: str = "", words_bold: bool = False) -> bytes:
    """A Word document in which the speaker's name, or all that the first speaker says, is in bold type."""
    from docx import Document

    document: Any = Document()
    for who, words in said:
        paragraph = document.add_paragraph()
        if words_bold:
            paragraph.add_run(words).bold = who == said[0][0]
        else:
            paragraph.add_run(f"{who}{colon} ").bold = True
            paragraph.add_run(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


DOCUMENTS: dict[str, tuple[str, Layout]] = {
    "bold names and a colon": (".docx", lambda said: docx_with_bold(said, colon=":")),
    "bold names": (".docx", docx_with_bold),
    "Rev": (".docx", lambda said: docx_of(*(p for n, (w, s) in enumerate(said) for p in (f"{w} ({clock(n)}):", s)))),
    "Teams": (".docx", lambda said: docx_of(*(f"{w}   {clock(n)}\n{s}" for n, (w, s) in enumerate(said)))),
    "NVivo": (
        ".docx",
        lambda said: docx_of(
            rows=[["Timespan", "Content", "Speaker"],
                  *([f"{clock(n)}.0 - {clock(n + 1)}.0", s, w] for n, (w, s) in enumerate(said))]
        ),
    ),
}  # fmt: skip


def _segments(said: Said) -> list[dict[str, Any]]:
    return [
        {"start": 7.0 * n, "end": 7.0 * n + 6.5, "text": f" {words}", "speaker": who}
        for n, (who, words) in enumerate(said)
    ]


def _elements(words: str) -> list[dict[str, Any]]:
    """The words of a turn one by one, with the spaces between."""
    return [
        one
        for word in words.split()
        for one in ({"type": "text", "value": word}, {"type": "punct", "value": " "})
    ]


def _speakers_apart(said: Said) -> bytes:
    names = list(dict.fromkeys(who for who, _ in said))
    listed = [{"id": f"s{at}", "name": name} for at, name in enumerate(names)]
    segments = [{"speaker": f"s{names.index(who)}", "text": words} for who, words in said]
    return json.dumps({"speakers": listed, "segments": segments}).encode()


def _amazon(said: Said) -> bytes:
    whole = " ".join(words for _, words in said)
    parts = [
        {
            "id": n,
            "transcript": words,
            "start_time": str(7.0 * n),
            "end_time": str(7.0 * n + 6),
            "speaker_label": who,
        }
        for n, (who, words) in enumerate(said)
    ]
    items = [{"type": "pronunciation", "alternatives": [{"content": word}]} for word in whole.split()]
    return json.dumps(
        {"results": {"transcripts": [{"transcript": whole}], "items": items, "audio_segments": parts}}
    ).encode()


def _rows(head: str, row: str, said: Said, *, separator: str = ",") -> bytes:
    lines = [head]
    for n, (who, words) in enumerate(said):
        quoted = '"' + words.replace('"', '""') + '"' if separator == "," else words
        name = f'"{who}"' if separator == "," else who
        times = {
            "long": clock(n, hours=True),
            "next": clock(n + 1, hours=True),
            "ms": 7000 * n,
            "msb": 7000 * n + 6000,
        }
        lines.append(row.format(who=name, words=quoted, **times))
    return ("\n".join(lines) + "\n").encode()


def _workbook(said: Said) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Speaker", "Start Time", "End Time", "Text"])
    for n, (who, words) in enumerate(said):
        sheet.append([who, clock(n, hours=True), clock(n + 1, hours=True), words])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _noscribe(said: Said) -> bytes:
    body = "".join(
        f'<p><a name="ts_{7000 * n}_{7000 * n + 6000}_{who}" ><span style="">{escape(who)}: {escape(words)}</span></a></p>\n'
        for n, (who, words) in enumerate(said)
    )
    return (
        '<!DOCTYPE HTML><html ><head ><meta charset="UTF-8" ><style type="text/css" >p, li { white-space: pre-wrap; }'
        '</style></head><body><p style="font-weight:600;" >talk-1</p><p><span style="color: #909090;" >'
        f"Transcribed with noScribe vers. 0.6</span></p>{body}</body></html>"
    ).encode()


TABLES: dict[str, tuple[str, Layout]] = {
    "whisper and WhisperX": (".json", lambda said: json.dumps({"segments": _segments(said), "language": "en"}).encode()),
    "a list of turns": (".json", lambda said: json.dumps([{"speaker_name": w, "sentence": s} for w, s in said]).encode()),
    "utterances in milliseconds": (
        ".json",
        lambda said: json.dumps({"utterances": [{"speaker": w, "text": s, "start": 7000 * n, "end": 7000 * n + 6000}
                                                for n, (w, s) in enumerate(said)]}).encode(),
    ),
    "Rev AI": (
        ".json",
        lambda said: json.dumps({"monologues": [{"speaker": w, "elements": _elements(s)} for w, s in said]}).encode(),
    ),
    "Happy Scribe": (
        ".json",
        lambda said: json.dumps(
            [{"speaker": w, "words": [{"text": f"{one} "} for one in s.split()]} for w, s in said]
        ).encode(),
    ),
    "names of speakers apart": (".json", _speakers_apart),
    "Amazon Transcribe": (".json", _amazon),
    "speaker, text": (".csv", lambda said: _rows("speaker,text", "{who},{words}", said)),
    "Premiere and Descript": (
        ".csv", lambda said: _rows("Speaker Name,Start Time,End Time,Text", "{who},{long},{next},{words}", said)
    ),
    "NVivo": (".csv", lambda said: _rows("Timespan,Content,Speaker", "{long} - {next},{words},{who}", said)),
    "milliseconds": (
        ".tsv",
        lambda said: _rows("start\tend\tspeaker\ttext", "{ms}\t{msb}\t{who}\t{words}", said, separator="\t"),
    ),
    "a workbook": (".xlsx", _workbook),
    "noScribe": (".html", _noscribe),
}  # fmt: skip

ALL: dict[str, tuple[str, Layout]] = {
    **{f"{name} (.txt)": (".txt", made) for name, made in TEXTS.items()},
    **{f"{name} ({ending})": (ending, made) for name, (ending, made) in {**CUES}.items()},
    **{f"{name} ({ending}) ": (ending, made) for name, (ending, made) in DOCUMENTS.items()},
    **{f"{name} ({ending})": (ending, made) for name, (ending, made) in TABLES.items()},
}


def table_of_layouts() -> str:
    """What is read, as the table of the documentation: each layout that the tests know, with its first turn."""
    rows = ["| written by | file | looks like |", "|---|---|---|"]
    for name, (ending, made) in ALL.items():
        program = name.replace(f"({ending})", "").strip()
        shown = "" if ending in (".docx", ".xlsx") else f"`{_first_turn(made, ending)}`"
        rows.append(f"| {program} | {ending} | {shown} |")
    return "\n".join(rows) + "\n"


def _first_turn(made: Layout, ending: str) -> str:
    text = made([("Anna Lind", "How was it?")]).decode()
    if ending == ".html":
        text = "<p>Anna Lind: How was it?</p>"
    kept = [line.strip() for line in text.split("\n") if line.strip() and line.strip() != "WEBVTT"]
    if len(kept) > _MOST_LINES:
        kept = [line for line in kept if "Anna" in line]
    return " ⏎ ".join(kept).replace("|", "\\|").replace("`", "'").replace("\t", " ⇥ ")[:_MOST_SHOWN]


_MOST_LINES = 4
_MOST_SHOWN = 110


if __name__ == "__main__":
    page = Path(__file__).parents[1] / "docs" / "transcripts.md"
    text = page.read_text("utf-8")
    page.write_text(text[: text.index("| written by |")] + table_of_layouts(), "utf-8")
