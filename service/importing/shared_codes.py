"""Participants' codes that stand at several sites: one person, or one number given twice."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from annotations.names import folded
from annotations.store.described_transcripts import described_transcripts

_NAMED = 3
_HOW = r"participant_pattern takes JKG-01 as the code and JKG as its site so: '(?P<participant>(?P<site>[A-Z]{3})-\d+)'."


def of_shared_codes(connection: Connection, among: Collection[str]) -> str:
    """What to say of those of these codes that stand at several sites, or in several cases; "" where none does.

    Groups, figures and withdrawals follow the code alone, so two people with one code would be one. A transcript whose
    site nobody has said yet stands at no other one.
    """
    wanted = {folded(code) for code in among if code}
    sites: dict[str, dict[str, None]] = {}
    cases: dict[str, dict[str, None]] = {}
    names: dict[str, str] = {}
    for transcript in described_transcripts(connection):
        key = folded(transcript.participant)
        if key not in wanted:
            continue
        names.setdefault(key, transcript.participant)
        for said, places in ((transcript.site, sites), (transcript.case, cases)):
            if said:
                places.setdefault(key, {})[said] = None
    at_several = {key: its for places in (cases, sites) for key, its in places.items() if len(its) > 1}
    shared = list(at_several)
    if not shared:
        return ""
    several = list(dict.fromkeys(place for key in shared for place in at_several[key]))
    codes = ", ".join(f'"{names[key]}"' for key in shared[:_NAMED])
    rest = f" and {len(shared) - _NAMED} more" if len(shared) > _NAMED else ""
    more = " …" if len(several) > _NAMED else ""
    code = "the participant's code" if len(shared) == 1 else "the participants' codes"
    return (
        f"{code} {codes}{rest} may mean several people: found in {', '.join(several[:_NAMED])}{more}. Transcripts with one "
        f"code are one person's: counted once, kept together when a model is tested, and erased together. If they are "
        f"different people, let each code hold its site and import again. {_HOW}"
    )
