"""What a look at files rested on: where the study has changed since, what was found may hold no more."""

from __future__ import annotations

import hashlib

from annotations.store.attributes import all_attributes
from annotations.store.brought_in import all_brought_in
from annotations.store.described_transcripts import described_transcripts
from service.composition import Parts


def rests_on(parts: Parts) -> str:
    """The transcripts with all that is said of them, what is known of people, what came in, settings and codebook, as
    one line.

    Reviews are no part of it: coders save one every few seconds, and each would have all files looked at again.
    """
    config = parts.study.config.model_dump_json()
    with parts.store.reading() as connection:
        came = [(record.id, record.undone) for record in all_brought_in(connection)]
        known = sorted(map(repr, all_attributes(connection).all))
        stands = (described_transcripts(connection), known, came, config, parts.codebook.version)
    return hashlib.sha256(repr(stands).encode()).hexdigest()[:16]
