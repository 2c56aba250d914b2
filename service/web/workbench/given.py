"""What a form sent: fields as trimmed words, each of a length that a person can have typed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from annotations.errors import BadInput
from annotations.numbers_shown import counted

LONGEST_FIELD = 100_000


@dataclass(frozen=True)
class Given:
    """A form's fields."""

    form: FormData

    def text(self, name: str) -> str:
        """A field, trimmed; "" where it is not there. Raises BadInput for one that nobody can have typed."""
        value = self.form.get(name, "")
        return _checked(name, value if isinstance(value, str) else "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every field of this name that holds words."""
        values = [value for value in self.form.getlist(name) if isinstance(value, str)]
        return tuple(_checked(name, value) for value in values if value.strip())

    def ticked(self, name: str) -> bool:
        """Is the box ticked?"""
        return bool(self.text(name))

    def holds_any(self, names: Iterable[str]) -> bool:
        """Does the form have one of these fields, empty or not?"""
        return any(name in self.form for name in names)

    def beginning(self, prefix: str) -> dict[str, str]:
        """Every field whose name begins so, by the rest of its name."""
        names = [name for name in self.form if name.startswith(prefix)]
        return {name.removeprefix(prefix): self.text(name) for name in dict.fromkeys(names)}

    def files(self, name: str) -> tuple[UploadFile, ...]:
        """The files of a field; one that was left empty is none."""
        return tuple(
            sent_file
            for sent_file in self.form.getlist(name)
            if isinstance(sent_file, UploadFile) and (sent_file.filename or "")
        )


def _checked(name: str, value: str) -> str:
    if len(value) > LONGEST_FIELD:
        raise BadInput(
            f'the field "{name}" holds {counted(len(value), "character")}; it may hold {LONGEST_FIELD:,} at most.'
        )
    return value.replace("\r\n", "\n").strip()


async def _given(request: Request) -> AsyncIterator[Given]:
    form = await request.form()
    try:
        yield Given(form)
    finally:
        # files that were sent wait in temporary ones
        await form.close()


Sent = Annotated[Given, Depends(_given)]
