"""Which Label Studio a study uses."""

from __future__ import annotations

from collections.abc import Sequence

from annotations.errors import BadInput, TandemError
from annotations.label_studio.client import LabelStudio
from annotations.label_studio.try_again import PAUSES_S
from service.composition import Parts
from service.label_studio.local import LocalLabelStudio
from service.trust.reach import label_studio_address, label_studio_token


def label_studio_of(parts: Parts, *, pauses: Sequence[float] = PAUSES_S) -> LabelStudio:
    """The configured Label Studio, or the local one if it runs. Raises BadInput or TandemError with the remedy.

    ``pauses``: before each further try where it fails; none where somebody waits, or where the next round comes soon.
    """
    settings = parts.settings
    url = label_studio_address(parts.study, settings)
    if url is not None:
        token = label_studio_token(parts.study, settings)
        if token is None:
            raise BadInput(
                f"there is no token for Label Studio at {url}. Copy it from Account & Settings there and set "
                f"LABEL_STUDIO_API_KEY and LABEL_STUDIO_URL."
            )
        return LabelStudio(url, token, pauses=pauses)
    access = LocalLabelStudio(settings.state, settings.label_studio_env).access()
    if access is None:
        raise TandemError(
            'Label Studio is not running. Start it with "tandem label-studio start", or give another one with '
            "LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY."
        )
    return LabelStudio(access.url, access.token, pauses=pauses)
