"""A finger on the remote: moves the mark by arrows, presses OK, waits for the next screen."""

from __future__ import annotations

from playwright.async_api import Page


async def on(page: Page) -> str:
    """The label of the marked item."""
    marked = page.locator("a.on")
    assert await marked.count() == 1, "not exactly one item is marked"
    return (await marked.locator("span").inner_text()).strip()


async def steer(page: Page, label: str) -> None:
    """Moves the mark to an item by arrows alone: the shortest way over the neighbours that the page itself names."""
    way = await page.evaluate(
        """label => {
            const items = Array.from(document.querySelectorAll('#screen a'));
            const goal = items.find(a => a.querySelector('span').textContent === label);
            const from = document.querySelector('a.on').id, seen = {[from]: []}, queue = [from];
            while (queue.length) {
                const here = queue.shift();
                if (goal && here === goal.id) return seen[here];
                document.getElementById(here).dataset.nav.split(',').forEach((next, way) => {
                    if (!next || seen[next]) return;
                    seen[next] = seen[here].concat(['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown'][way]);
                    queue.push(next);
                });
            }
            return null;
        }""",
        label,
    )
    assert way is not None, f"no arrows lead to {label}"
    for key in way:
        await page.keyboard.press(key)
    assert await on(page) == label


async def press(page: Page, label: str) -> None:
    """Steers to an item and presses OK; returns when the next screen is there."""
    await steer(page, label)
    await ok(page)


async def ok(page: Page, key: str = "Enter") -> None:
    """Presses a key that makes a new screen, and waits for it."""
    await page.evaluate("document.getElementById('view').setAttribute('data-old', '1')")
    await page.keyboard.press(key)
    await page.wait_for_selector("#view:not([data-old])", state="attached", timeout=9000)


async def name(page: Page) -> str:
    return await page.get_attribute("#view", "data-name") or ""
