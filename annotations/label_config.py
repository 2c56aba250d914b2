"""What coders see in Label Studio: the labelling configuration, the data of a task, predictions, and answers back.

Label Studio checks almost nothing, so both directions are checked here.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template, digits
from typing import Any
from xml.sax.saxutils import quoteattr

from annotations.codebook import Code, Codebook, Framework
from annotations.coding import Suggestion
from annotations.errors import BadInput

SEGMENT = "segment"
MEMO = "memo"
NOTHING = "nothing"
_MOST_HINT = 600
# on the control itself: there it also drops what is chosen when "no code applies" is ticked
_HIDDEN = (
    f'visibleWhen="choice-unselected" whenTagName="{NOTHING}" whenChoiceValue="Reviewed: no code applies"'
)
_LETTERS = "qwertyuiopasdfghjklzxcvb"  # n is taken by "no code applies"


@dataclass(frozen=True, slots=True)
class Said:
    """A turn or segment around the one in question: who said what."""

    speaker: str
    words: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage that people coded so: which code, the words, and whose they are."""

    code: str
    words: str
    participant: str


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A segment as a coder sees it."""

    segment_id: str
    transcript: str
    words: str
    speaker: str
    position: str
    participant: str = ""
    role: str = ""
    case: str = ""
    site: str = ""
    wave: str = ""
    time: str = ""
    before: tuple[Said, ...] = ()
    after: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a coder said of a segment."""

    codes: frozenset[str]
    memo: str
    nothing_applies: bool


def label_config(codebook: Codebook) -> str:
    """The labelling configuration (XML) for a codebook. Code ids are the aliases, so names are free to change."""
    hotkeys = iter(digits[1:] + _LETTERS)
    controls = [_control(framework, codebook, hotkeys) for framework in _shown(codebook)]
    wide = [part for part, is_narrow in controls if not is_narrow]
    narrow = [part for part, is_narrow in controls if is_narrow]
    skeleton = (files("annotations") / "templates" / "label_config.xml").read_text("utf-8")
    made = Template(skeleton).substitute(wide="".join(wide), narrow="".join(narrow))
    # what XML cannot hold, even as an entity
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", made)


def control_names(codebook: Codebook) -> Mapping[str, str]:
    """For each applicable code, the name of the control that carries it."""
    found = {}
    for framework in _shown(codebook):
        for code in codebook.of_framework(framework.id):
            if code.applicable:
                found[code.id] = _control_of(code, framework)
    return found


def task_data(shown: ShownSegment, evidence: Sequence[Quote], note: str) -> dict[str, str]:
    """The data of a task. All words are escaped: nothing that somebody said is ever read as HTML."""
    where = [shown.participant or shown.transcript, shown.role, shown.case, shown.site]
    header = " · ".join(
        filter(None, [*where, f"wave {shown.wave}" if shown.wave else "", shown.time, shown.position])
    )
    return {
        "segment_id": shown.segment_id,
        "transcript": shown.transcript,
        "header": header,
        "before": _context(shown.before),
        "words": f"<b>{_text(shown.speaker)}</b> {_text(shown.words)}"
        if shown.speaker
        else _text(shown.words),
        "after": _context(shown.after),
        "why": _why(evidence, note),
    }


def prediction(suggestions: Iterable[Suggestion], codebook: Codebook, *, version: str) -> dict[str, Any]:
    """The pre-filled answer: the suggested codes as Label Studio's regions, and the least sure one's probability.

    Raises BadInput for a code that the configuration does not hold.
    """
    put = [suggestion for suggestion in suggestions if suggestion.suggested]
    by_control: dict[str, list[Suggestion]] = {}
    names = control_names(codebook)
    for suggestion in put:
        if suggestion.code not in names:
            raise BadInput(f'the code "{suggestion.code}" is not in the codebook, so it cannot be suggested.')
        by_control.setdefault(names[suggestion.code], []).append(suggestion)
    taxonomies = {_name(f) for f in _shown(codebook) if _is_taxonomy(f)}
    result = []
    for name, its in sorted(by_control.items()):
        score = round(max(one.probability for one in its), 4)
        if name in taxonomies:
            value: dict[str, Any] = {"taxonomy": [_alias_path(one.code, codebook) for one in its]}
            kind = "taxonomy"
        else:
            value, kind = {"choices": [one.code for one in its]}, "choices"
        result.append(
            {
                "id": f"t-{hashlib.sha256(name.encode()).hexdigest()[:16]}",
                "from_name": name,
                "to_name": SEGMENT,
                "type": kind,
                "value": value,
                "score": score,
            }
        )
    return {
        "model_version": version,
        "score": min((s.probability for s in put), default=0.0),
        "result": result,
    }


def answer_of(result: Sequence[Mapping[str, Any]], codebook: Codebook) -> Answer:
    """What an annotation's result says. Raises BadInput for codes or controls that are not this configuration's."""
    names = control_names(codebook)
    known = set(names.values())
    codes: set[str] = set()
    memo = ""
    nothing = False
    for region in result:
        name, value = str(region.get("from_name")), region.get("value") or {}
        if name == MEMO:
            memo = "\n".join(map(str, value.get("text", ())))
        elif name == NOTHING:
            nothing = bool(value.get("choices"))
        elif name in known:
            codes |= _codes_in(name, value, names)
        else:
            raise BadInput(
                f'Label Studio holds an answer under "{name}", which is no control of this codebook. It may come '
                f"from an older codebook; the annotation was left as it is."
            )
    return Answer(frozenset(codes), memo.strip(), nothing)


def hash_of(data: Mapping[str, str], config: str = "") -> str:
    """A hash of what a task shows, to tell whether it has changed."""
    plain = json.dumps([dict(data), config], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _codes_in(name: str, value: Mapping[str, Any], names: Mapping[str, str]) -> set[str]:
    found = {str(path[-1]) for path in value.get("taxonomy", ()) if path} | {
        str(c) for c in value.get("choices", ())
    }
    for code in found:
        if names.get(code) != name:
            raise BadInput(
                f'Label Studio holds the answer "{code}" under "{name}", which is no code of this codebook. It may '
                f"come from an older codebook; the annotation was left as it is."
            )
    return found


def _shown(codebook: Codebook) -> list[Framework]:
    """The frameworks with codes that can be applied; one without (emergent, at first) has no control."""
    return [f for f in codebook.frameworks if any(code.applicable for code in codebook.of_framework(f.id))]


def _is_taxonomy(framework: Framework) -> bool:
    return framework.select == "many" and framework.role in ("elements", "emergent")


def _name(framework: Framework) -> str:
    return f"f-{framework.id}"


def _control_of(code: Code, framework: Framework) -> str:
    """A framework is one control, but for statuses under types (assimilation): a control for each type."""
    if _is_taxonomy(framework) or framework.select == "one" or code.parent is None:
        return _name(framework)
    return f"{_name(framework)}-{code.parent}"


def _control(framework: Framework, codebook: Codebook, hotkeys: Any) -> tuple[str, bool]:
    """The control's XML, and whether it is narrow enough to stand beside others."""
    title = f'<View className="tandem-name"><Header value={quoteattr(framework.name)} size="6"/></View>'
    if _is_taxonomy(framework):
        nodes = "".join(_node(code, codebook) for code in codebook.children(None, framework.id))
        placeholder = quoteattr(f"{framework.name}: type to search, arrows and Enter to choose")
        return (
            f'<Taxonomy {_HIDDEN} name="{_name(framework)}" toName="{SEGMENT}" showFullPath="true" '
            f'pathSeparator=" › " minWidth="520px" maxWidth="900px" dropdownWidth="640px" '
            f"placeholder={placeholder}>{nodes}</Taxonomy>\n"
        ), False
    by_control: dict[str, list[Code]] = {}
    for code in codebook.of_framework(framework.id):
        if code.applicable:
            by_control.setdefault(_control_of(code, framework), []).append(code)
    select = "single" if framework.select == "one" else "multiple"
    parts = [_choices(name, its, select, codebook, hotkeys) for name, its in by_control.items()]
    return f"<View>{title}{''.join(parts)}</View>", True


def _choices(name: str, codes: Sequence[Code], select: str, codebook: Codebook, hotkeys: Any) -> str:
    parent = codes[0].parent if select == "multiple" else None
    caption = ""
    if parent:
        caption = f'<View className="tandem-name"><Header value={quoteattr(codebook[parent].name)} size="6"/></View>'
    rows = "".join(
        f"<Choice value={quoteattr(code.name)} alias={quoteattr(code.id)} hint={quoteattr(_hint(code))}{_key(hotkeys)}/>"
        for code in codes
    )
    control = f'<Choices name={quoteattr(name)} toName="{SEGMENT}" choice="{select}" showInline="true"'
    return f'<View className="tandem-type">{caption}{control} {_HIDDEN}>{rows}</Choices></View>'


def _key(hotkeys: Any) -> str:
    key = next(hotkeys, None)
    return f' hotkey="{key}"' if key else ""


def _node(code: Code, codebook: Codebook) -> str:
    below = "".join(_node(child, codebook) for child in codebook.children(code.id, code.framework))
    hint = quoteattr(_hint(code))
    # a group that only orders its codes cannot be ticked
    fixed = "" if code.applicable else ' selectable="false"'
    opening = f"<Choice value={quoteattr(code.name)} alias={quoteattr(code.id)} hint={hint}{fixed}"
    return f"{opening}>{below}</Choice>" if below else f"{opening}/>"


def _hint(code: Code) -> str:
    parts = [code.definition]
    if code.use_when:
        parts.append(f"Use when: {code.use_when}")
    if code.do_not_use_when:
        parts.append(f"Not when: {code.do_not_use_when}")
    text = " ".join(filter(None, parts)) or code.name
    return text if len(text) <= _MOST_HINT else text[: _MOST_HINT - 2] + " …"


def _alias_path(code_id: str, codebook: Codebook) -> list[str]:
    path = []
    at: str | None = code_id
    while at is not None:
        path.append(at)
        at = codebook[at].parent
    return path[::-1]


def _context(said: Sequence[Said]) -> str:
    return "".join(
        f"<div><b>{_text(one.speaker)}</b> {_text(_short(one.words))}</div>"
        if one.speaker
        else f"<div>{_text(_short(one.words))}</div>"
        for one in said
    )


def _short(words: str, most: int = 420) -> str:
    """Long words without their middle, cut between words."""
    if len(words) <= most:
        return words
    begin = words[: most // 2].rsplit(None, 1)[0]
    end = words[-most // 2 :].split(None, 1)[-1]
    return f"{begin} […] {end}"


def _why(evidence: Sequence[Quote], note: str) -> str:
    rows = "".join(
        f"<div style='margin-bottom:4px'><b>{_text(q.code)}</b>: “{_text(_short(q.words, 300))}” "
        f"<i>{_text(q.participant)}</i></div>"
        for q in evidence
    )
    return rows + (f"<div>{_text(note)}</div>" if note else "") or "<div>Nothing is suggested here.</div>"


def _text(words: str) -> str:
    return html.escape(words, quote=True).replace("\n", "<br>")
