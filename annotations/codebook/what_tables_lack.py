"""What a codebook in force says and a table or REFI file has no place for: it stays when such a file takes its place."""

from __future__ import annotations

from dataclasses import replace

from annotations.codebook.codes import Code, Codebook


def with_unsaid(before: Codebook, after: Codebook) -> Codebook:
    """The codebook ``after``, as a file without place for these said it, with what ``before`` says of the same codes.

    Of a code: its published names, who may carry it, its colour. Of a framework: its role and description, and one
    without codes. Of all: name,
    description, sources, and whether coders are asked for the influence. A codebook without a code in common is another.
    """
    if not before.by_id.keys() & after.by_id.keys():
        return after
    there = {framework.id for framework in after.frameworks}
    frameworks = {framework.id: framework for framework in before.frameworks}
    return replace(
        after,
        name=before.name,
        description=after.description or before.description,
        sources=before.sources,
        influence=before.influence,
        frameworks=(
            *(
                replace(its, role=was.role, description=its.description or was.description)
                if (was := frameworks.get(its.id))
                else its
                for its in after.frameworks
            ),
            *(its for its in before.frameworks if its.id not in there and not before.of_framework(its.id)),
        ),
        codes=tuple(_code(before.by_id.get(code.id), code) for code in after.codes),
    )


def _code(was: Code | None, code: Code) -> Code:
    if was is None:
        return code
    return replace(code, carried_by=was.carried_by, names=was.names, color=code.color or was.color)
