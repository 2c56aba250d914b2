"""The same conversation in the layout of every program comes in as the same turns."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import SAID, SAMPLES, docx_of, odt_of, pdf_of, read_as, word_layouts

from annotations.readers.spoken import ReadTranscript

SAME = (
    "teams.vtt",
    "zoom.vtt",
    "subtitles.srt",
    "f4.rtf",
    "f4.txt",
    "otter.txt",
    "trint.txt",
    "otranscribe.otr",
    "elan.eaf",
)
LAYOUTS = {**word_layouts(), **{name: (SAMPLES / name).read_bytes() for name in SAME}}
Said = list[tuple[str, str]]


def _said(ending: str, content: str | bytes) -> Said:
    (found,) = read_as(ending, content.encode() if isinstance(content, str) else content)
    return [(turn.speaker, turn.span.of(found.text)) for turn in found.turns]


def _times(ending: str, content: bytes) -> list[tuple[float | None, float | None]]:
    (found,) = read_as(ending, content)
    return [(turn.begins, turn.ends) for turn in found.turns]


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_says_the_same(name: str) -> None:
    """Speakers and words are those of the conversation: no time code, no tag, no line of the program among them."""
    assert tuple(_said(Path(name).suffix, LAYOUTS[name])) == SAID


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("change", ["crlf", "bom"])
def test_ends_of_lines_and_marks_change_nothing(name: str, change: str) -> None:
    """Text files with CR LF or a byte order mark are the same files."""
    content = LAYOUTS[name]
    changed = content.replace(b"\n", b"\r\n") if change == "crlf" else b"\xef\xbb\xbf" + content
    assert tuple(_said(Path(name).suffix, changed)) == SAID


def test_times_are_those_of_the_turns() -> None:
    """Cues give begin and end, stamps above the words the begin, f4's stamps the end."""
    assert _times(".vtt", LAYOUTS["teams.vtt"])[1] == (7.25, 12.0)
    assert _times(".docx", LAYOUTS["otter.docx"])[1] == (7, None)
    assert _times(".rtf", LAYOUTS["f4.rtf"])[:2] == [(None, 6.4), (6.4, 12.0)]
    assert _times(".txt", LAYOUTS["f4.txt"]) == _times(".rtf", LAYOUTS["f4.rtf"])
    assert _times(".eaf", LAYOUTS["elan.eaf"])[1] == (7.25, 12.0)


@pytest.mark.parametrize("make", [docx_of, odt_of])
def test_an_answer_of_several_paragraphs_is_one_turn(make: object) -> None:
    """Paragraphs without a label go on with the turn; a time of day, an address and a list's colon start none."""
    assert callable(make)
    content = make(
        "Interviewer: How?",
        "P-1: So.",
        "10:30 Meeting: late.",
        "",
        "See https://example.org: there.",
        "P-1: Yes.",
    )
    assert _said(".docx" if make is docx_of else ".odt", content) == [
        ("Interviewer", "How?"),
        ("P-1", "So. 10:30 Meeting: late. See https://example.org: there."),
        ("P-1", "Yes."),
    ]


@pytest.mark.parametrize("make", [docx_of, odt_of])
def test_a_document_without_speakers_is_paragraphs(make: object) -> None:
    """A policy with a date and headings with colons names no speakers."""
    assert callable(make)
    parts = (
        "Date: 3 March",
        "The ward",
        "Aim: to plan. And more.",
        "We met at 10:30.",
        "It was [name].",
        "Nobody came.",
    )
    assert _said(".docx" if make is docx_of else ".odt", make(*parts)) == [("", part) for part in parts]


def test_names_on_lines_of_their_own_are_speakers_if_they_take_turns() -> None:
    """Some export neither colon nor time; a heading that comes twice in a document is no speaker."""
    talk = [part for who, words in SAID for part in (who, words)]
    assert tuple(_said(".docx", docx_of(*talk))) == SAID
    note = ("Ward", "It was quiet.", "And cold.", "Ward", "It was loud.")
    assert [speaker for speaker, _ in _said(".docx", docx_of(*note))] == [""] * 5


def test_who_wrote_a_field_note_is_no_speaker_in_it() -> None:
    """A label of an interviewer above paragraphs would take the whole note out of the coding."""
    parts = (
        "Interviewer: Ada Lind",
        "Date: 3 March",
        "The ward was quiet.",
        "Nobody came.",
        "It was [name].",
    )
    assert [speaker for speaker, _ in _said(".docx", docx_of(*parts))] == [""] * 5


def test_a_speaker_may_be_called_as_a_heading_is() -> None:
    """ "Subject:" above a document is none; where it comes again and again it is somebody."""
    parts = (
        "Interviewer: So?",
        "Subject: One.",
        "Two.",
        "Interviewer: And?",
        "Subject: Three.",
        "Subject: Four.",
    )
    assert {speaker for speaker, _ in _said(".docx", docx_of(*parts))} == {"Interviewer", "Subject"}


def test_one_speaker_alone_is_recognised_by_the_first_line() -> None:
    """A monologue of many paragraphs, labelled now and then."""
    parts = ("P-1: One.", "Two.", "Three.", "Four.", "P-1: Five.", "Six.", "Seven.")
    assert _said(".docx", docx_of(*parts)) == [
        ("P-1", "One. Two. Three. Four."),
        ("P-1", "Five. Six. Seven."),
    ]


def test_a_table_in_rich_text_is_one_of_speakers() -> None:
    """Cells and rows of RTF are read as those of Word."""
    rows = "".join(
        f"\\trowd\\cellx1\\cellx2 {who}\\cell {words.replace('🙂', '')}\\cell\\row\n"
        for who, words in SAID[2:] * 2
    )
    assert _said(".rtf", "{\\rtf1\\ansi " + rows + "}") == [*SAID[2:], *SAID[2:]]


def test_right_to_left_speakers_and_combining_characters_are_kept() -> None:
    """Marks of direction are no part of a label, and nothing is normalised."""
    words = "نعم e\u0301 \U0001f468\u200d\U0001f469\u200d\U0001f467"
    content = f"\u200fباحث:\u200f كيف؟\n\u200fم-1: {words}\n"
    assert _said(".txt", content) == [("باحث", "كيف؟"), ("م-1", words)]
    assert _said(".docx", docx_of(*content.splitlines())) == [("باحث", "كيف؟"), ("م-1", words)]


def test_cues_without_speakers_are_sentences() -> None:
    """A cue ends where the line is full; a turn where the sentence ends, somebody else begins or a pause is long."""
    cues = ["so we", "began. ", "- Did you?", "- Yes,", "later"]
    times = [(0, 1), (1, 2), (2, 3), (3, 4), (9, 10)]
    content = "WEBVTT\n\n" + "".join(
        f"00:0{a}.000 --> 00:{b:02d}.000\n{c}\n\n" for (a, b), c in zip(times, cues, strict=True)
    )
    assert _said(".vtt", content) == [("", "so we began."), ("", "Did you?"), ("", "Yes,"), ("", "later")]


def test_captions_that_roll_are_said_once() -> None:
    """Some captions show each line twice while it moves up."""
    content = (
        "WEBVTT\n\n00:00.000 --> 00:02.000\nso we <00:01.000><c>began</c>\n\n00:02.000 --> 00:02.010\nso we began\n\n"
        "00:02.010 --> 00:04.000\nso we began\nwith two <00:03.000><c>beds.</c>\n"
    )
    assert _said(".vtt", content) == [("", "so we began with two beds.")]


def test_a_colon_within_speech_is_no_speaker() -> None:
    """Zoom names the speaker before each cue; "the plan:" in the middle of a sentence is none."""
    lines = ["Anna Lind: so I asked about", "the plan: where is it?", "JKG-01: Here."]
    content = "WEBVTT\n\n" + "".join(
        f"00:0{n}.000 --> 00:0{n + 1}.000\n{line}\n\n" for n, line in enumerate(lines)
    )
    assert _said(".vtt", content) == [
        ("Anna Lind", "so I asked about the plan: where is it?"),
        ("JKG-01", "Here."),
    ]


def test_a_device_that_speaks_once_in_zoom_is_a_speaker() -> None:
    """Zoom begins every cue with a name, and some names are those of devices; where a cue has none, it is told."""
    lines = [
        "Anna Lind: How was it?",
        "Bo: Slow.",
        "Anna Lind: And you?",
        "bo's iPad (2): Slow, too.",
        "Bo: Yes.",
    ]

    def read(lines: list[str]) -> ReadTranscript:
        content = "WEBVTT\n\n" + "".join(
            f"00:0{n}.000 --> 00:0{n + 1}.000\n{line}\n\n" for n, line in enumerate(lines)
        )
        return read_as(".vtt", content.encode())[0]

    speakers = [turn.speaker for turn in read(lines).turns]
    assert speakers == ["Anna Lind", "Bo", "Anna Lind", "bo's iPad (2)", "Bo"]
    told = read([*lines, "that is all of it"]).account.near
    assert [(label.line, label.begins[:9]) for label in told] == [(13, "bo's iPad")]


def test_teams_says_a_name_three_times() -> None:
    """Copied from Teams' panel, name and time stand there once for the eye and once for those who listen."""
    said = [
        ("Anna Lind", "0 minutes 3 seconds", "0:03", "How?"),
        ("Bo Ek", "1 minute 2 seconds", "1:02", "Bo Ek"),
    ]
    said.append(("Anna Lind", "1 hour 0 minutes 2 seconds", "1:00:02", "And then?\nBo Ek\nor who?"))
    content = "".join(f"{who}\n{long}\n{short}\n{who} {long}\n{words}\n" for who, long, short, words in said)
    assert _said(".txt", content) == [
        ("Anna Lind", "How?"),
        ("Bo Ek", "Bo Ek"),
        ("Anna Lind", "And then?\nBo Ek\nor who?"),
    ]


def test_a_cue_that_cannot_be_read_is_told() -> None:
    """Nothing is left out in silence."""
    content = b"WEBVTT\n\n00:01.000 --> 00:02.000\nA: Yes.\n\n00:02.000 --> soon\nA: No.\n"
    (found,) = read_as(".vtt", content)
    assert any("1 of its cues" in warning for warning in found.warnings)


def test_a_printed_interview_loses_its_page_heads_only() -> None:
    """Head, foot and page number go; a word cut at the line's end is mended, with its hyphen where it has one."""
    content = (SAMPLES / "printed.pdf").read_bytes()
    (found,) = read_as(".pdf", content)
    assert [turn.speaker for turn in found.turns] == ["Anna Lind", "JKG-01", "Anna Lind", "JKG-01"]
    assert "confidential" not in found.text
    assert "Page" not in found.text
    assert found.text.endswith("The long-term implementation of the plan was efficient, said nobody in the ward about the "
                               "long-term plan.\n")  # fmt: skip


def test_a_pdf_without_speakers_is_paragraphs() -> None:
    """Lines of a paragraph are joined, also over the end of a page in the middle of a sentence."""
    content = pdf_of(["Ward note 1", "The ward was", "qui-", "et and"], ["Ward note 2", "nobody came."])
    (found,) = read_as(".pdf", content)
    assert found.text == "The ward was quiet and nobody came.\n"


def test_words_that_were_deleted_in_word_are_not_read() -> None:
    """What was added while changes were tracked is said, what was deleted is not."""
    import io
    import zipfile

    source, out = zipfile.ZipFile(io.BytesIO(docx_of("P-1: Well ADDED.", "P-1: Yes."))), io.BytesIO()
    added = '</w:t></w:r><w:ins w:id="1" w:author="a"><w:r><w:t>added</w:t></w:r></w:ins><w:del w:id="2" w:author="a">'
    added += "<w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>"
    with zipfile.ZipFile(out, "w") as archive:
        for entry in source.infolist():
            content = source.read(entry)
            archive.writestr(entry.filename, content.replace(b"ADDED", added.encode()))
    assert _said(".docx", out.getvalue()) == [("P-1", "Well added."), ("P-1", "Yes.")]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-16", "I: Hej?\nP-1: Åh 🙂.\n"),
        ("utf-16-le", "I: Hej, hur går det?\nP-1: Åh.\n"),
        ("cp1252", "I: Hur går det?\nP-1: Det är svårt – “mycket”.\n"),
        ("cp1251", "Интервьюер: Как дела?\nУ-1: Нам не хватает денег. Это очень трудно для нас.\n"),
        (
            "cp1250",
            "I: Jak się Pani czuje?\nP-1: Źle, bo brakuje pieniędzy i ludzi, a dyrektor powiedział, że się uda.\n",
        ),
        ("cp1256", "الباحث: كيف حالك؟\nم-1: ليس لدينا مال كاف وهذا صعب جدا علينا.\n"),
        ("cp932", "聞き手: お元気ですか。\n参加者: お金が足りません。とても大変です。\n"),
        (
            "mac_roman",
            "Interviewer: Hur går det?\nJKG-01: Vi saknar pengar. Det är svårt för oss på landet.\n" * 9,
        ),
    ],
)
def test_older_encodings_are_read_and_said(encoding: str, text: str) -> None:
    """The letters are right; where the encoding had to be guessed, a warning names it."""
    (found,) = read_as(".txt", text.encode(encoding))
    assert found.text == text
    assert bool(found.warnings) is not encoding.startswith("utf")


def test_one_damaged_letter_does_not_spoil_the_others() -> None:
    """A UTF-8 file with a broken byte stays UTF-8."""
    text = "P-1: Åh så svårt för oss på länet.\n" * 9
    (found,) = read_as(".txt", text.encode() + b"P-1: n\xff\n")
    assert found.text.startswith(text)
    assert "damaged" in found.warnings[0]
