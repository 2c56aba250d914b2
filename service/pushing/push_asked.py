"""A push as a page asks for it: its options as plain data, tried before anything is done, and done by a worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from annotations.coding import Draw
from annotations.deal_and_draw import Dealt, DrawPlan, deal, streams
from annotations.errors import BadInput, TandemError, unknown
from annotations.names import folded
from annotations.progress import Progress
from annotations.store.deals import dealt_so_far, plan_in_force
from annotations.store.described_transcripts import described_transcripts
from annotations.store.model_versions import serving_model
from annotations.store.pushed_tasks import pushed_segments
from annotations.store.suggestions import suggested_in_wave
from annotations.store.wave_views import TaskView
from service.composition import Parts
from service.pushing.coded_before import coded_before
from service.pushing.passage_order import PassageOrder, order_by
from service.pushing.project_push import Pushed
from service.pushing.push_options import PushOptions, plan_for
from service.pushing.waves import push


def asked_of(arguments: Mapping[str, Any]) -> PushOptions:
    """The options in a job's arguments."""

    def part(name: str) -> float | None:
        return None if arguments.get(name) is None else float(arguments[name])

    seed = arguments.get("seed")
    coders = tuple(str(name) for name in arguments.get("coders") or ())
    view = arguments.get("view")
    return PushOptions(
        part("blind"),
        part("double"),
        part("repeat"),
        None if seed is None else int(seed),
        coders,
        None if view is None else view_named(str(view)),
    )


def push_asked(parts: Parts, arguments: Mapping[str, Any], *, progress: Progress) -> list[Pushed]:
    """Push a wave as these arguments say (wave, blind, double, repeat, seed, coders, order, view)."""
    by = order_named(str(arguments.get("order") or PassageOrder.READING))
    return push(
        parts,
        wave=arguments.get("wave"),
        progress=progress,
        asked=asked_of(arguments),
        order=order_by(parts, by),
    )


def view_named(name: str | None) -> TaskView | None:
    """The view of this name; raises UnknownName. None for none."""
    if name is not None and name.casefold() not in list(TaskView):
        raise unknown("view", name, list(TaskView))
    return None if name is None else TaskView(name.casefold())


def order_named(name: str) -> PassageOrder:
    """The order of this name; raises UnknownName."""
    if name.casefold() not in list(PassageOrder):
        raise unknown("order", name, list(PassageOrder))
    return PassageOrder(name.casefold())


@dataclass(frozen=True, slots=True)
class Share:
    """What one coder would get (``coder`` None: in the project that all share).

    ``passages``: all of them; ``hidden``: shown without a suggestion, those that two people get and those that come again
    included; ``doubled``: of these, passages that another coder gets too; ``again``: those that come a second time.
    """

    coder: str | None
    transcripts: tuple[str, ...]
    passages: int
    hidden: int
    doubled: int
    again: int


@dataclass(frozen=True)
class HandOut:
    """What a push would do. ``dealt``: transcripts dealt earlier, which stay as they were dealt; ``standing``: transcripts
    that stand in Label Studio already without having been dealt, which stay too. ``coded``: passages that come to Label
    Studio now though somebody has coded them."""

    plan: DrawPlan | None
    shares: tuple[Share, ...]
    new: int
    dealt: int
    standing: int
    coded: int

    @property
    def passages(self) -> int:
        """How many there are altogether."""
        return sum(share.passages for share in self.shares)


def try_hand_out(parts: Parts, wave: str, asked: PushOptions) -> HandOut:
    """Who would get what, without anything being kept. The same seed makes the push do just this.

    Raises BadInput for parts that cannot be, UnknownName for a coder, TandemError where no model serves or it has
    suggested nothing in this wave.
    """
    segmentation = parts.segmentation.version
    with parts.store.reading() as connection:
        names = {
            transcript.id: transcript.name
            for transcript in described_transcripts(connection)
            if transcript.wave == wave
        }
        if not names:
            raise BadInput(f'no transcript belongs to wave "{wave}".')
        model = serving_model(connection)
        its = list(suggested_in_wave(connection, model.id, segmentation, wave).items())
        before, dealt = plan_in_force(connection), dealt_so_far(connection, segmentation)
        there = pushed_segments(connection, [segment for _, segments in its for segment in segments])
        coded = coded_before(connection, segmentation, [transcript for transcript, _ in its])
    if not its:
        raise TandemError(
            f"model {model.version} has suggested nothing in wave {wave} yet: pre-code it first."
        )
    plan = plan_for(asked, before, parts.study.config.people)
    new = [transcript_there for transcript_there in its if transcript_there[0] not in dealt]
    standing = [
        transcript_there
        for transcript_there in new
        if any(segment in there for segment in transcript_there[1])
    ]
    to_deal = (
        []
        if plan is None
        else [transcript_there for transcript_there in new if transcript_there not in standing]
    )
    dealt_now = [] if plan is None else deal(to_deal, plan, dealt.values())
    whole: dict[UUID, Dealt] = {**dealt, **{dealt_one.transcript: dealt_one for dealt_one in dealt_now}}
    return HandOut(
        plan,
        tuple(_shares(its, whole, names)),
        len(new) - len(standing),
        len(its) - len(new),
        len(standing),
        coded,
    )


def _shares(
    its: Sequence[tuple[UUID, Sequence[UUID]]], dealt: Mapping[UUID, Dealt], names: Mapping[UUID, str]
) -> list[Share]:
    of = {segment: transcript for transcript, segments in its for segment in segments}
    shares = []
    for coder, placed in streams(its, dealt).items():
        draws = [dealt_segment.draw for dealt_segment in placed]
        transcripts = dict.fromkeys(names[of[dealt_segment.segment]] for dealt_segment in placed)
        doubled = sum(draw is Draw.DOUBLE for draw in draws)
        again = sum(draw is Draw.REPEAT for draw in draws)
        hidden = sum(draw is not Draw.ORDINARY for draw in draws)
        shares.append(Share(coder, tuple(transcripts), len(placed), hidden, doubled, again))
    return sorted(shares, key=lambda share: (share.coder is not None, folded(share.coder or "")))
