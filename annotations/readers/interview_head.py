"""What stands above an interview and is said by nobody: "Date: …", a title, and who takes part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from annotations.names import folded
from annotations.readers.label_forms import Form, ends_sentence
from annotations.readers.label_shapes import is_head, is_role
from annotations.readers.text_lines import TextLines
from annotations.readers.words import count_words

_LONGEST_HEAD = 12
_TITLE_ENDS = frozenset(
    [
        "transcript",
        "transkript",
        "transcription",
        "transkription",
        "transcripción",
        "transcriptie",
        "transkribering",
    ]
)


def head_of(lines: TextLines, forms: Sequence[Form], filled: Sequence[int]) -> frozenset[int]:
    """The lines above an interview: what is asked for there ("Date: …"), and who takes part in it."""
    by_line = {form.line: form for form in forms}
    counted = Counter(form.key for form in forms)
    participants = _ParticipantLists(lines, by_line, counted)
    listed: list[int] = []
    for place, at in enumerate(filled):
        form = by_line.get(at)
        if at in listed:
            continue
        if form is None:
            if ends_sentence(lines.texts[at]) or count_words(lines.texts[at]) > _LONGEST_HEAD:
                break
        elif _is_of_head(form, counted) or _is_title(lines.texts[at]):
            listed.append(at)
        elif of_list := participants.list_from(filled[place:], bool(listed)):
            listed.extend(of_list)
        else:
            break
    return frozenset(listed)


def _is_of_head(form: Form, counted: Counter[str]) -> bool:
    return is_head(form.label) and counted[form.key] < 3


def _is_title(line: str) -> bool:
    words = line.split()
    return (
        len(words) > 2 and folded(words[-1].strip("*_")) in _TITLE_ENDS and words[-2] in ("-", "–", "—", "|")
    )


class _ParticipantLists:
    """Which lines say who takes part ("Interviewer: Ada Lind"), and are no first words of a conversation.

    By themselves "I: Guten Tag" and "I: Ada Lind" look alike, so capitals alone make no list: a line of the head above
    it, or a blank line below it, shows that nobody says it. Else it is said: a turn too many can be seen.
    """

    def __init__(self, lines: TextLines, by_line: Mapping[int, Form], counted: Counter[str]) -> None:
        self._lines, self._by_line, self._counted = lines, by_line, counted
        # where a blank line follows most turns, one below a list says nothing
        self._spaced = 2 * sum(self._is_blank(at + 1) for at in by_line) > len(by_line)

    def list_from(self, filled: Sequence[int], below_head: bool) -> list[int]:
        """The lines of the list that begins here: beside one that is sure to be of the head, or several that name
        different persons whose labels come again below. None where these lines are said.
        """
        block = self._block(filled)
        if not block:
            return []
        apart = self._is_apart(block[-1].line)
        heads = [at for at, form in enumerate(block) if _is_of_head(form, self._counted)]
        if heads:
            # what follows the last line of the head without a break may be the first that is said
            return [
                form.line
                for at, form in enumerate(block)
                if apart or at < heads[-1] or at in heads or self._is_participant(form)
            ]
        if not all(map(self._is_participant, block)) or self._names_twice(block):
            return []
        several = len(block) > 1
        if apart and (several or below_head):
            return [form.line for form in block]
        coded = all(is_role(self._said(form)) for form in block)
        if below_head and (several or coded or self._goes_on(block[-1], filled)):
            return [form.line for form in block]
        return []

    def _block(self, filled: Sequence[int]) -> list[Form]:
        """The lines from here that may name somebody, each label once, to where a list would end."""
        block: list[Form] = []
        for at in filled:
            form = self._by_line.get(at)
            if form is None or not _names_somebody(self._said(form)) or form.key in {f.key for f in block}:
                break
            block.append(form)
            if self._is_apart(at):
                break
        return block

    def _said(self, form: Form) -> str:
        return self._lines.texts[form.line][form.width :]

    def _is_blank(self, at: int) -> bool:
        return 0 <= at < len(self._lines.texts) and not self._lines.texts[at].strip()

    def _is_apart(self, last: int) -> bool:
        """Does a blank line below part these lines from the turns?"""
        return self._is_blank(last + 1) and not (self._spaced and (last == 0 or self._is_blank(last - 1)))

    def _is_participant(self, form: Form) -> bool:
        return self._counted[form.key] > 1 and _is_person(self._said(form))

    def _names_twice(self, block: Sequence[Form]) -> bool:
        """Are two persons named alike? Nobody lists them so, while people say the same one after another."""
        return len({folded(self._said(form)) for form in block}) < len(block)

    def _goes_on(self, form: Form, filled: Sequence[int]) -> bool:
        """Does the same speaker follow? A turn would go on, and a list has ended."""
        behind = next((self._by_line.get(at) for at in filled if at > form.line), None)
        return behind is not None and behind.key == form.key


def _names_somebody(said: str) -> bool:
    words = said.split()
    return 0 < len(words) <= 5 and not ends_sentence(said)


def _is_person(said: str) -> bool:
    """Two to four words with capitals, or a code: who takes part, and no words of theirs."""
    words = said.split()
    named = 1 < len(words) < 5 and all(word[0].isupper() or word[0].isdigit() for word in words)
    # "A" and "B" are labels of who answers, and name nobody
    coded = len(words) == 1 and len(words[0]) > 1 and words[0][0].isupper() and is_role(words[0])
    return not ends_sentence(said) and (named or coded)
