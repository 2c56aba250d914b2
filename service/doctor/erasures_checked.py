"""What "tandem doctor" says of erasures and corrections: what is not erased everywhere, and what waits for a person."""

from __future__ import annotations

from annotations.numbers_shown import counted
from annotations.store.forgettings import all_forgettings
from annotations.store.transcript_versions import count_open
from annotations.store.transcripts import all_texts
from annotations.store.withdrawals import all_withdrawals
from service.composition import Parts
from service.doctor.check_made import Check

_NAMED = 6


def withdrawals(parts: Parts) -> Check:
    """Has everybody who withdrew been erased everywhere?"""
    with parts.store.reading() as connection:
        everybody = all_withdrawals(connection)
    unfinished = [withdrawal.participant for withdrawal in everybody if withdrawal.state != "done"]
    if unfinished:
        remedy = (
            f'Run "tandem withdraw {unfinished[0]} --by NAME" again, with Label Studio and MLflow running.'
        )
        return Check("withdrawals", False, f"not erased everywhere yet: {', '.join(unfinished)}", remedy)
    sentence = f"{len(everybody)}, erased everywhere" if everybody else "none"
    return Check("withdrawals", True, sentence)


def words_taken_out(parts: Parts) -> Check:
    """Are the words that --forget took out of transcripts erased everywhere?"""
    with parts.store.reading() as connection:
        every = all_forgettings(connection)
    unfinished = list(dict.fromkeys(forgetting.name for forgetting in every if forgetting.state != "done"))
    if unfinished:
        remedy = (
            'Run "tandem import FILE --replace --forget --by NAME" again with the corrected file, with Label Studio and '
            "MLflow running."
        )
        return Check(
            "words taken out", False, f"not erased everywhere yet: those of {', '.join(unfinished)}", remedy
        )
    sentence = f"from {counted(len({forgetting.transcript for forgetting in every}), 'transcript')}, erased everywhere"
    return Check("words taken out", True, sentence if every else "none")


def corrected_passages(parts: Parts) -> Check:
    """How many passages wait for somebody to say whether their codes hold, since their words changed. No fault."""
    with parts.store.reading() as connection:
        waiting = count_open(connection)
        named = {text.id: text.transcript.name for text in all_texts(connection)} if waiting else {}
    if not waiting:
        return Check("corrected passages", True, "none waits")
    names = sorted(named[transcript_id] for transcript_id in waiting)
    some = ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    have = counted(sum(waiting.values()), "review or coding waits", "reviews and codings wait")
    return Check("corrected passages", True, f'{have} in {some}: "tandem settle" lists them')
