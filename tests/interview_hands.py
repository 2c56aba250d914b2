"""What a coder's hands do on the screen of a whole interview in Chromium: marking words, clicking marks, keys."""

from __future__ import annotations

from typing import Any

# the middle of a range of characters of a paragraph, scrolled into sight: [x of its start, x of its end, y]
_RANGE = """([turn, from, to]) => {
  const p = document.querySelectorAll('.tandem-text p')[turn];
  const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  const at = (offset) => {
    let node, passed = 0; walker.currentNode = p;
    while ((node = walker.nextNode())) {
      if (passed + node.length >= offset) return [node, offset - passed];
      passed += node.length;
    }
  };
  p.scrollIntoView({block: 'center'});
  const range = document.createRange();
  range.setStart(...at(from)); range.setEnd(...at(to));
  const rects = [...range.getClientRects()].filter(r => r.width > 0);
  const a = rects[0], b = rects[rects.length - 1];
  return [a.left, (a.top + a.bottom) / 2, b.right, (b.top + b.bottom) / 2];
}"""
PAUSE_MS = 350


def open_interview(page: Any, url: str) -> None:
    """The next interview of a project's stream, drawn with its marks."""
    page.goto(f"{url}/data?labeling=1")
    page.locator(".tandem-text p").first.wait_for()
    page.wait_for_timeout(1500)


def mark(page: Any, key: str, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Escape, so that no mark is chosen that the key would turn; a label's key; drag over words.

    ``start``, ``end``: the paragraph, from 0, and the character.
    """
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    page.wait_for_timeout(PAUSE_MS)
    # first the end, so that both are in sight
    page.evaluate(_RANGE, [end[0], max(end[1] - 1, 0), end[1]])
    left, top, _, _ = page.evaluate(_RANGE, [start[0], start[1], start[1] + 1])
    _, _, right, bottom = _still(page, end)
    page.mouse.move(left + 1, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=4)
    page.mouse.move(right - 1, bottom, steps=4)
    page.mouse.up()
    page.wait_for_timeout(PAUSE_MS)


def click_mark(page: Any, turn: int, at: int) -> None:
    """Click on marked words: the mark is chosen, and its form is shown."""
    left, top, right, _ = page.evaluate(_RANGE, [turn, at, at + 1])
    page.mouse.click((left + right) / 2, top)
    page.wait_for_timeout(PAUSE_MS)


def _still(page: Any, end: tuple[int, int]) -> Any:
    """Where the end of a range is now, without scrolling."""
    return page.evaluate(
        _RANGE.replace("p.scrollIntoView({block: 'center'});", ""), [end[0], max(end[1] - 1, 0), end[1]]
    )
