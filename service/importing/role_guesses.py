"""Who asks and who answers, guessed from all files of an import together, so that no two files say different things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from annotations.names import folded
from annotations.readers.label_shapes import asks_by_word
from annotations.study.speakers import Speaker
from annotations.transcript import Role

_NEARLY_EVERY = 0.7
_LEAST_FILES = 3
_ASKS_OFTEN = 0.25


@dataclass(slots=True)
class _LabelSpeech:
    """What a label says in all files; ``files``: their numbers."""

    label: str
    turns: int = 0
    questions: int = 0
    files: set[int] = field(default_factory=set)

    @property
    def share(self) -> float:
        return self.questions / self.turns if self.turns else 0.0


def with_guesses(files: Sequence[Sequence[Speaker]]) -> list[tuple[Speaker, ...]]:
    """The speakers of each file, those whose role nobody has said with one guess for all files.

    Who speaks in nearly every file and often asks is an interviewer, as is who bears a word for one ("Intervjuare");
    else who mostly asks. In each file somebody answers. Labels that a program counts anew in each file ("Speaker 1")
    are somebody else in each.
    """
    said = _said(files)
    guessed = {key: _asks(speech, len(files)) for key, speech in said.items()}
    for at, speakers in enumerate(files):
        _leave_somebody_to_answer(at, speakers, said, guessed)
    return [
        tuple(
            speaker if speaker.known else replace(speaker, guess=_role(guessed[_key(speaker, at)]))
            for speaker in speakers
        )
        for at, speakers in enumerate(files)
    ]


def _said(files: Sequence[Iterable[Speaker]]) -> dict[str, _LabelSpeech]:
    said: dict[str, _LabelSpeech] = {}
    for at, speakers in enumerate(files):
        for speaker in speakers:
            if not speaker.known:
                its = said.setdefault(_key(speaker, at), _LabelSpeech(speaker.label))
                its.turns += speaker.turns
                its.questions += speaker.questions
                its.files.add(at)
    return said


def _key(speaker: Speaker, file: int) -> str:
    return f"{folded(speaker.label)}\n{file}" if speaker.counted else folded(speaker.label)


def _asks(speech: _LabelSpeech, files: int) -> bool:
    everywhere = files >= _LEAST_FILES and len(speech.files) >= _NEARLY_EVERY * files
    return (
        asks_by_word(speech.label)
        or (everywhere and speech.share >= _ASKS_OFTEN)
        or (speech.turns > 1 and speech.share >= 0.5)
    )


def _leave_somebody_to_answer(
    file: int, speakers: Sequence[Speaker], said: Mapping[str, _LabelSpeech], guessed: dict[str, bool]
) -> None:
    """Where all would ask, who asks least, in the fewest files, answers."""
    unknown = [_key(speaker, file) for speaker in speakers if not speaker.known]
    answers = any(speaker.known and speaker.role.is_coded for speaker in speakers)
    if answers or len(unknown) < 2 or not all(guessed[key] for key in unknown):
        return
    least = min(
        unknown, key=lambda key: (asks_by_word(said[key].label), len(said[key].files), said[key].share)
    )
    guessed[least] = False


def _role(asks: bool) -> Role:
    return Role.INTERVIEWER if asks else Role.PARTICIPANT
