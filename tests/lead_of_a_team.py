"""What a lead does on Tandem's pages, from the first visit to a withdrawal, as her hands do it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accounts import PASSWORD
from pages_of_a_team import WORKER_LIMIT_S, Person

WAVE = "3"
HAND_OUT = f"/hand-out/wave?wave={WAVE}"


def first_visit(lead: Person, link: str, name: str) -> None:
    """One click, a name and a password: the first account is hers."""
    page = lead.page
    page.goto(link)
    page.click("text=Say your name")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("text=Make my account")
    page.wait_for_selector(f".who >> text={name}")


def name_wave(lead: Person) -> None:
    """A new wave, in the settings."""
    page = lead.open("/settings")
    page.fill("#waves", f"{page.input_value('#waves').strip()}\n{WAVE}")
    page.click("main button:has-text('Save')")
    page.wait_for_selector("main >> text=Saved.")


def send_files(lead: Person, files: Sequence[Path]) -> None:
    """Files are looked at; nothing is in the study yet."""
    page = lead.open("/")
    page.goto("/bring-in")
    page.set_input_files("#files", list(files))
    page.click("text=Look at them")
    page.wait_for_selector("h1:has-text('How it would come in')")


def correct_file(lead: Person, name: str, field: str, value: str) -> None:
    """In the list of what cannot come in yet: open the file, type what is right, go back to all files."""
    page = lead.page
    page.click(f"tr:has-text('{name}') >> a:has-text('Correct it')")
    if page.locator(f"select#{field}").count():
        page.select_option(f"#{field}", value)
    else:
        page.fill(f"#{field}", value)
    page.click("text=Save, and look again")
    page.locator(".fault").wait_for(state="hidden")
    page.click("a:has-text('All files') >> nth=0")
    page.wait_for_selector("h1:has-text('How it would come in')")


def say_who_asks(lead: Person, speaker: str) -> None:
    """One speaker asks, whatever the file's words look like."""
    page = lead.page
    page.select_option(f"select[aria-label='{speaker}']", "interviewer")
    page.click("text=Say so >> nth=0")
    page.wait_for_selector("h1:has-text('How it would come in')")


def bring_in(lead: Person) -> str:
    """All that is fit comes in; gives what the page says came in."""
    lead.page.click("main button:has-text('Bring in')")
    lead.page.wait_for_selector("h1:has-text('What came in')")
    return lead.main()


def invite(lead: Person, name: str, email: str) -> str:
    """A coder's link."""
    page = lead.open("/people")
    page.fill("#name", name)
    page.fill("#email", email)
    page.check("#role-coder")
    page.click("text=Make the link")
    return str(page.text_content("[data-taken=invite] code")).strip()


def precode(lead: Person) -> None:
    """The model suggests codes for the wave."""
    lead.open(HAND_OUT).click(f"button:has-text('Pre-code wave {WAVE}')")
    lead.looks_until(HAND_OUT, "Every passage has suggestions")


def hand_out(lead: Person, coders: Sequence[str], *, double: str) -> list[tuple[str, str, str]]:
    """Give each coder a part, some of it for two; gives name, interviews and passages as the page told beforehand."""
    page = lead.open(HAND_OUT)
    page.click("text=Put them on the list")
    for name in coders:
        page.check(f"label:text-is('{name}')")
    page.fill("#double", double)
    page.click("text=Show who would get what")
    page.wait_for_selector("text=Hand out just so")
    rows = page.locator("table:has(th:text-is('Takes')) tbody tr").all()
    parts = [
        (
            row.locator("th").inner_text().split("\n")[0].removesuffix("which").strip(),
            *(td.inner_text() for td in row.locator("td").all()[:2]),
        )
        for row in rows
    ]
    page.click("text=Hand out just so")
    lead.looks_until(HAND_OUT, "How far everybody is")
    return parts


def measure_agreement(lead: Person) -> str:
    """Agreement as it is now, in words; the page shows by itself what came of the measuring."""
    page = lead.open("/agreement")
    page.click("text=Measure now")
    page.wait_for_selector("text=People agree well on", timeout=WORKER_LIMIT_S * 1000)
    return lead.main()


def record_consensus(lead: Person, pair: str, code: str, memo: str) -> str:
    """The first passage on which these two differ: what was agreed, and why. Gives the passage's heading."""
    page = lead.open("/disagreements")
    page.select_option("#pair", label=pair)
    page.wait_for_url("**/disagreements?*pair=*")
    page.click("#list tbody tr:first-child a")
    page.wait_for_selector("text=We agree on")
    heading = str(page.inner_text("h1"))
    before = page.url
    page.check(f"fieldset:has-text('Codes that apply') label:has-text('{code}')")
    page.fill("#memo", memo)
    for name in pair.split(" and "):
        page.check(f"fieldset:has-text('Present were') label:has-text('{name}')")
    page.click("button:has-text('Record, and go on')")
    page.wait_for_url(lambda now: now != before)
    return heading


def train(lead: Person, version: str) -> None:
    """Ask for a training and wait until this version is there."""
    lead.open("/models").click("main button:text-is('Train')")
    lead.looks_until("/models", f"\n{version}\t")
    # what comes after the version, such as its pictures, keeps the study for a while
    lead.looks_until_gone("/models", "[sse-connect]")


def serves(lead: Person, version: str) -> bool:
    """Does this version serve?"""
    return bool(lead.open(f"/models/{version}").locator("h1 .tag:text-is('serves')").count())


def let_serve(lead: Person, version: str, reason: str) -> None:
    """A person decides that this version serves."""
    page = lead.page

    def send() -> None:
        page.fill("#reason", reason)
        page.click(f"text=Let {version} serve")

    lead.sends_until_free(f"/models/{version}", send, "h1 .tag:text-is('serves')")


def go_back(lead: Person, version: str, reason: str) -> None:
    """The version that served before serves again."""
    page = lead.page

    def send() -> None:
        # what was typed for a form that was not taken is there again, and in sight
        if not page.is_visible("#reason"):
            page.click("summary:has-text('Go back')")
        page.fill("#reason", reason)
        page.click(f"button:has-text('Go back to {version}')")

    lead.sends_until_free("/models", send, f"h1:has-text('Model {version}') .tag:text-is('serves')")


def export_codings(lead: Person) -> bytes:
    """All codings as a file."""
    page = lead.open("/exports/of/codings")
    page.select_option("#ending", label=".csv")
    page.click("text=Make the file")
    page.get_by_role("heading", name="Ready").wait_for(timeout=WORKER_LIMIT_S * 1000)
    with page.expect_download() as taken:
        page.click("main a[download] >> nth=0")
    return Path(taken.value.path()).read_bytes()


def withdraw(lead: Person, participant: str) -> str:
    """See what would be erased, type the code, wait; gives the receipt."""
    page: Any = lead.open("/participants")
    page.fill("#list-q", participant)
    page.keyboard.press("Enter")
    page.click(f"#list tbody a:text-is('{participant}')")
    page.click("text=See what would be erased")
    page.fill("#again", participant)
    page.click(f"text=Erase {participant} for good")
    lead.looks_until("/participants", "withdrawal-")
    page.click("a:has-text('withdrawal-')")
    page.wait_for_selector("blockquote")
    return lead.main()
