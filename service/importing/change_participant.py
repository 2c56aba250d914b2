"""What is known of one participant or case, and what they consent to, changed by a person who looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from annotations.attributes import Attribute, Owner, fault_of_attribute
from annotations.errors import BadInput
from annotations.names import folded
from annotations.numbers_shown import counted
from annotations.store.attributes import Changes, keep_attributes
from annotations.store.described_transcripts import described_transcripts
from annotations.store.model_versions import all_models, learnt_transcripts
from annotations.store.tables import transcripts
from annotations.store.withdrawals import withdrawal_of
from annotations.transcript import Consents
from service.composition import Parts


def change_attributes(parts: Parts, of: Owner, owner: str, values: Mapping[str, str]) -> Changes:
    """Keep these attributes of one participant or case; an empty value takes one away.

    Raises BadInput for a name or a value that may be none, and for somebody who withdrew; nothing is kept then.
    """
    faults = [fault for name, value in values.items() if (fault := fault_of_attribute(name, value))]
    if faults:
        raise BadInput("\n".join(f"{fault[:1].upper()}{fault[1:]}." for fault in faults))
    with parts.store.writing() as connection:
        gone = withdrawal_of(connection, owner) if of is Owner.PARTICIPANT else None
        if gone is not None:
            raise BadInput(f"participant {gone.participant} withdrew, so nothing of theirs is kept.")
        return keep_attributes(
            connection, [Attribute(of, owner, name, value) for name, value in values.items()]
        )


@dataclass(frozen=True, slots=True)
class ChangedConsents:
    """How many transcripts have other consents than before, and the models that learnt from what may teach no more."""

    transcripts: int
    models: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What was changed, and what to do."""
        said = f"{counted(self.transcripts, 'transcript has', 'transcripts have')} these consents now."
        if not self.models:
            return said
        return (
            f"{said} These models have learnt from them already: {', '.join(self.models)}. Train again, so that the next "
            f"one has not."
        )


def change_consents(parts: Parts, participant: str, consents: Consents) -> ChangedConsents:
    """Give every transcript of a participant these consents. Raises BadInput for sites that the study does not have."""
    listed = {site for its in parts.study.config.cases.values() for site in its}
    known = {folded(site): site for site in listed}
    sites = consents.visible_to
    unknown = [site for site in sites or () if known and folded(site) not in known]
    if unknown:
        raise BadInput(
            f'study.yaml lists no site "{unknown[0]}". Listed: {", ".join(sorted(listed))}. Correct it, or add it there.'
        )
    own = None if sites is None else [known.get(folded(site), site) for site in sites]
    with parts.store.writing() as connection:
        theirs = [
            transcript
            for transcript in described_transcripts(connection)
            if folded(transcript.participant) == folded(participant) and transcript.participant
        ]
        if not theirs:
            raise BadInput(f'no transcript is of participant "{participant}".')
        changed = [transcript for transcript in theirs if transcript.consents != consents]
        no_more = {
            transcript.id
            for transcript in changed
            if transcript.consents.may_train and not consents.may_train
        }
        for transcript in changed:
            connection.execute(
                transcripts.update()
                .where(transcripts.c.id == transcript.id)
                .values(may_train=consents.may_train, may_quote=consents.may_quote, visible_to=own)
            )
        learnt = [
            model.version for model in all_models(connection) if no_more & learnt_transcripts(connection, model.id)
        ] if no_more else []  # fmt: skip
    return ChangedConsents(len(changed), tuple(learnt))
