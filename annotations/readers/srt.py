"""SubRip subtitles: numbered cues, names before the words where somebody wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.readers.labels_in_study_yaml import USUAL, LabelRules
from annotations.readers.spoken import ReadTranscript
from annotations.readers.vtt import read_cues

_LAYOUT = "A .srt file has a number, times such as 00:00:01,000 --> 00:00:04,000, and words below."


def read_srt(
    content: bytes, *, name: str, file: str, interviewers: Sequence[str], rules: LabelRules = USUAL
) -> tuple[ReadTranscript, ...]:
    """A .srt file: one transcript."""
    return read_cues(content, "srt", _LAYOUT, name=name, file=file, interviewers=interviewers, rules=rules)
