"""What an invited coder does: her user in Label Studio, her passages there, her interviews in Tandem."""

from __future__ import annotations

from typing import Any

from pages_of_a_team import Person


def make_user(coder: Person) -> tuple[str, str]:
    """Her user in Label Studio, on the page of her account: the address and the password that are shown once."""
    page = coder.open("/account")
    page.click("text=Make my user in Label Studio")
    shown = page.locator(".card", has_text="Your user in Label Studio is made")
    password = str(shown.locator("code").inner_text())
    email = str(shown.locator("p >> nth=1").inner_text()).split()[0]
    return email, password


def begin(coder: Person, wave: str, email: str, password: str) -> Any:
    """From her part of a wave under My work into Label Studio, which asks once who she is; gives the page there."""
    page = coder.open(f"/work?wave={wave}")
    # the interview from which Label Studio leads on through all of her part
    page.click("#list tbody a[href*='labeling=1']")
    page.wait_for_selector("input[name=email]")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.locator(".tandem-form").wait_for()
    return page


def done_of(coder: Person, wave: str) -> list[str]:
    """What My work says of each interview of a wave, such as "1 of 3"; waits until nothing is left to go on with."""
    coder.looks_until_gone(f"/work?wave={wave}", "#list tbody a:text-matches('^(begin|continue)$')")
    return [
        str(said).strip() for said in coder.page.locator("#list tbody td:has(progress)").all_inner_texts()
    ]


def code_all(page: Any, phase: str, count: int) -> None:
    """Submit each of so many passages with this phase; what comes ticked stays."""
    for _ in range(count):
        head = page.locator(".tandem-head")
        said = head.inner_text()
        page.locator(f'.tandem-form input[name="{phase}"]').check()
        with page.expect_response(
            lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
        ):
            page.keyboard.press("Control+Enter")
        page.wait_for_function(
            "said => { const e = document.querySelector('.tandem-head'); return !e || e.innerText !== said }",
            arg=said,
        )


def margin_of(coder: Person, interview: str) -> dict[int, list[tuple[str, str]]]:
    """Turn by turn, whose codes the margin of an interview shows her: (code, "you" or a name)."""
    page = coder.open("/interviews")
    page.fill("#list-q", interview)
    page.keyboard.press("Enter")
    page.click(f"#list tbody a:text-is('{interview}')")
    page.wait_for_selector(f"h1:text-is('{interview}')")
    margin: dict[int, list[tuple[str, str]]] = {}
    for turn in page.locator(".turn").all():
        codes = [
            (item.locator("a").first.inner_text(), item.locator(".quiet").first.inner_text())
            for item in turn.locator(".margin li:not(.suggested)").all()
        ]
        if codes:
            margin[int(turn.locator("> a").inner_text())] = codes
    return margin
