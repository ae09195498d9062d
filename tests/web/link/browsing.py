"""What a program can see of a page in a browser."""

import os
from pathlib import Path
from typing import Any

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
PICTURES = os.environ.get("GATEWAY_PICTURES", "")
"""Folder to put pictures of all pages into, for people to look at."""

AUDIT = """() => {
  const wrong = [];
  const seen = (e) => e.getClientRects().length > 0;
  const text = (e) => (e.textContent || '').trim();
  if (document.documentElement.lang !== 'de') wrong.push('no language');
  if (!document.title) wrong.push('no title');
  if (document.querySelectorAll('main').length !== 1) wrong.push('no single main');
  const levels = [...document.querySelectorAll('h1,h2,h3')].map((h) => +h.tagName[1]);
  if (levels.filter((l) => l === 1).length !== 1) wrong.push('no single h1');
  levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) wrong.push('skipped heading'); });
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id twice');
  for (const e of document.querySelectorAll('input:not([type=hidden]),textarea,select'))
    if (!e.labels.length || !text(e.labels[0])) wrong.push('no label: ' + e.id);
  for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby]'))
    for (const id of (e.getAttribute('aria-labelledby') || e.getAttribute('aria-describedby')).split(' '))
      if (!document.getElementById(id)) wrong.push('nothing called ' + id);
  for (const e of document.querySelectorAll('button,a,summary')) if (!text(e)) wrong.push('a control without a name');
  for (const e of document.querySelectorAll('button,summary,input:not([type=hidden])')) {
    const box = e.getBoundingClientRect();
    if (seen(e) && (box.height < 24 || box.width < 24)) wrong.push('too small to touch: ' + e.tagName);
  }
  const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !seen(e)) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) wrong.push('contrast ' + ratio.toFixed(1) + ': ' + text(e).slice(0, 30));
    if (parseFloat(getComputedStyle(e).fontSize) < 13) wrong.push('small print: ' + text(e).slice(0, 30));
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window');
  return wrong;
}"""
"""What of WCAG 2.2 a program can see: names, labels, headings, contrast (1.4.3), targets (2.5.8), reflow (1.4.10)."""


def looked_at(page: Any, name: str) -> list[str]:
    """What is wrong with a page; and a picture of it, where somebody wants one."""
    page.wait_for_load_state("networkidle")  # its style too
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    wrong: list[str] = page.evaluate(AUDIT)
    return wrong
