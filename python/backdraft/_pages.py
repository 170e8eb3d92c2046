"""What notebooks show: whole pages in a frame, and a summary of a run."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backdraft._files import write

if TYPE_CHECKING:
    from backdraft.result import Result

#: Points of a drawn curve; more cannot be told apart on a screen.
POINTS = 600
WIDTH, HEIGHT = 720, 200

STYLE = """
.backdraft { font: 14px/1.45 system-ui, sans-serif; max-width: 46rem; }
.backdraft table { border-collapse: collapse; margin: .6em 0; }
.backdraft td, .backdraft th { padding: .15em .8em .15em 0; text-align: right; border: 0; }
.backdraft th:first-child, .backdraft td:first-child { text-align: left; }
.backdraft svg { display: block; width: 100%; height: auto; }
.backdraft figcaption { color: #777; font-size: 12px; }
"""


class Page:
    """A whole page, which notebooks show in a frame of its own."""

    def __init__(self, text: str, height: int = 680) -> None:
        self.text = text
        self.height = height

    def save(self, path: str | Path) -> None:
        """Write the page to a file."""
        write(path, self.text.encode())

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{html.escape(self.text)}" width="100%" height="{self.height}" '
            'style="border:1px solid #ddd; box-sizing:border-box" sandbox="allow-scripts"></iframe>'
        )


def summary_html(result: Result) -> str:
    """Return a table of figures, and equity and drawdown as curves."""
    it = result.summary
    values = result.equity.column("portfolio_value")
    benchmark = result.equity.column("benchmark") * it["capital"]
    drawdown = -100 * result.equity.column("drawdown")
    parts = [
        f"<style>{STYLE}</style>",
        f"<p><b>{html.escape(it['strategy'])}</b>, {it['start']} to {it['end']}, "
        f"{html.escape(', '.join(it['pairs']))}; {html.escape(it['source'])}.</p>",
        _figures(it),
        _curves([("#bbb", benchmark), ("#d95f02", values)]),
        "<figcaption>portfolio value; grey: all pairs in equal parts, held</figcaption>",
        _curves([("#7570b3", drawdown)], height=70),
        "<figcaption>drawdown, %</figcaption>",
    ]
    return f"<div class='backdraft'>{''.join(parts)}</div>"


def _figures(it: dict[str, Any]) -> str:
    def percent(name: str) -> str:
        return "–" if it[name] is None else f"{100 * it[name]:,.1f} %"

    def number(name: str) -> str:
        return "–" if it[name] is None else f"{it[name]:,.2f}"

    rows = [
        ("final value", f"{it['final_value']:,.2f}", "capital", f"{it['capital']:,.2f}"),
        ("return", percent("total_return"), "benchmark", percent("benchmark_return")),
        ("Sharpe", number("sharpe"), "Sortino", number("sortino")),
        ("worst drawdown", percent("max_drawdown"), "volatility", percent("volatility")),
        ("alpha", percent("alpha"), "beta", number("beta")),
        ("fills", f"{it['fills']:,}", "commission", f"{it['commission']:,.2f}"),
        ("orders rejected", f"{it['rejected']:,}", "exposure", percent("exposure")),
    ]
    cells = (f"<tr><td>{a}<td>{b}<td>{c}<td>{d}</tr>" for a, b, c, d in rows)
    return f"<table>{''.join(cells)}</table>"


def _curves(curves: Sequence[tuple[str, Any]], height: int = HEIGHT) -> str:
    """Draw curves on one scale; of each stretch of points its extremes."""
    low = min(float(values.min()) for _, values in curves)
    high = max(float(values.max()) for _, values in curves)
    scale = height / (high - low or 1.0)
    lines = []
    for colour, values in curves:
        step = max(1, 2 * len(values) // POINTS)
        points = []
        for start in range(0, len(values), step):
            part = values[start : start + step]
            extremes = sorted({int(part.argmin()), int(part.argmax())})
            points += [(start + at, float(part[at])) for at in extremes]
        x_scale = WIDTH / max(1, len(values) - 1)
        text = " ".join(f"{x * x_scale:.1f},{height - (y - low) * scale:.1f}" for x, y in points)
        lines.append(
            f"<polyline points='{text}' fill='none' stroke='{colour}' stroke-width='1.3'/>"
        )
    labels = (
        f"<text x='2' y='11' font-size='11' fill='#777'>{high:,.0f}</text>"
        f"<text x='2' y='{height - 3}' font-size='11' fill='#777'>{low:,.0f}</text>"
    )
    return f"<svg viewBox='0 0 {WIDTH} {height}' role='img'>{''.join(lines)}{labels}</svg>"
