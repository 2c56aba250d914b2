"""What coders answer with in Label Studio: the labelling configuration, predictions, and answers back.

Label Studio checks almost nothing, so both directions are checked here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template, digits
from typing import Any
from xml.sax.saxutils import quoteattr

from annotations.codebook.codes import Code, Codebook, Framework
from annotations.coding import Influence, Suggestion
from annotations.errors import BadInput

SEGMENT = "segment"
MEMO = "memo"
NOTHING = "nothing"
INFLUENCE = "influence"
EXAMPLE = "example"
# stands in the place of an answer whose form is none that Label Studio makes
UNREADABLE = "unreadable"
# what is shown, its alias, what it is in a coding, and what the pointer says of it
_INFLUENCES: tuple[tuple[str, str, Influence, str], ...] = (
    ("+", "influence-plus", "+", "It helps: what is coded has a positive influence here."),
    ("−", "influence-minus", "-", "It hinders: what is coded has a negative influence here."),
    ("mixed", "influence-mixed", "mixed", "It helps and it hinders."),
    ("none stated", "influence-none-stated", "none stated", "Its influence is not said."),
)
_EXAMPLE_ALIAS = "concrete-example"
_EXAMPLE_HINT = "It is told with something that happened, not only in general."
_MOST_HINT = 600
_MOST_NAMED = 80
# on the control itself: there it also drops what is chosen when "no code applies" is ticked
_HIDDEN = (
    f'visibleWhen="choice-unselected" whenTagName="{NOTHING}" whenChoiceValue="Reviewed: no code applies"'
)
_LETTERS = "qwertyuiopasdfghjklzxcvb"  # n is taken by "no code applies"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a coder said of a segment; influence and concrete example hold for all its codes."""

    codes: frozenset[str]
    memo: str
    nothing_applies: bool
    influence: Influence | None = None
    concrete_example: bool = False


def label_config(codebook: Codebook) -> str:
    """The labelling configuration (XML) for a codebook. Code ids are the aliases, so names are free to change."""
    hotkeys = iter(digits[1:] + _LETTERS)
    controls = [_control(framework, codebook, hotkeys) for framework in _shown(codebook)]
    wide = [part for part, is_narrow in controls if not is_narrow]
    narrow = [part for part, is_narrow in controls if is_narrow]
    skeleton = (files("annotations") / "label_studio" / "label_config.xml").read_text("utf-8")
    made = Template(skeleton).substitute(wide="".join(wide), narrow="".join(narrow), manner=_manner(hotkeys))
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
    nothing = example = False
    influence: Influence | None = None
    for region in result:
        name, value = str(region.get("from_name")), region.get("value") or {}
        if value.get(UNREADABLE):
            raise BadInput(
                "it holds an answer in a form that the labelling screen never makes, such as a program may have written. "
                "Delete it in Label Studio, or open the task there and save it anew."
            )
        if name == MEMO:
            memo = "\n".join(map(str, value.get("text", ())))
        elif name == NOTHING:
            nothing = bool(value.get("choices"))
        elif name == INFLUENCE:
            influence = _influence(value)
        elif name == EXAMPLE:
            example = bool(value.get("choices"))
        elif name in known:
            codes |= _codes_in(name, value, names)
        else:
            raise BadInput(
                f'Label Studio holds an answer under "{_cut(name)}", which is no control of this codebook. It may come '
                f"from an older codebook; the annotation was left as it is."
            )
    return Answer(frozenset(codes), memo.strip(), nothing, influence, example)


def _influence(value: Mapping[str, Any]) -> Influence | None:
    by_alias = {alias: meant for _, alias, meant, _ in _INFLUENCES}
    chosen = [str(one) for one in value.get("choices", ())]
    for one in chosen:
        if one not in by_alias:
            raise BadInput(
                f'Label Studio holds the influence "{_cut(one)}", which is none of {", ".join(by_alias)}; the annotation '
                f"was left as it is."
            )
    return by_alias[chosen[0]] if chosen else None


def _codes_in(name: str, value: Mapping[str, Any], names: Mapping[str, str]) -> set[str]:
    found = {str(path[-1]) for path in value.get("taxonomy", ()) if path} | {
        str(c) for c in value.get("choices", ())
    }
    for code in found:
        if names.get(code) != name:
            raise BadInput(
                f'Label Studio holds the answer "{_cut(code)}" under "{name}", which is no code of this codebook. It may '
                f"come from an older codebook; the annotation was left as it is."
            )
    return found


def _cut(given: str) -> str:
    return given if len(given) <= _MOST_NAMED else f"{given[:_MOST_NAMED]}…"


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
            f'<Taxonomy {_HIDDEN} name={quoteattr(_name(framework))} toName="{SEGMENT}" showFullPath="true" '
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


def _manner(hotkeys: Any) -> str:
    """How what is coded was told: its influence, and whether by a concrete example."""
    influences = "".join(
        f"<Choice value={quoteattr(shown)} alias={quoteattr(alias)} hint={quoteattr(hint)}{_key(hotkeys)}/>"
        for shown, alias, _, hint in _INFLUENCES
    )
    example = f'<Choice value="concrete example" alias="{_EXAMPLE_ALIAS}" hint={quoteattr(_EXAMPLE_HINT)}{_key(hotkeys)}/>'
    return (
        f'<Choices name="{INFLUENCE}" toName="{SEGMENT}" choice="single" showInline="true" {_HIDDEN}>{influences}</Choices>'
        f'<Choices name="{EXAMPLE}" toName="{SEGMENT}" choice="single" showInline="true" {_HIDDEN}>{example}</Choices>'
    )


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
