"""The page as Markdown and as HTML that needs nothing beside it."""

import html
import re
from collections.abc import Sequence

from ppocr_rare.engine.evaluate.benchmark.sections import Bar, Row, Section, make_sections, percent
from ppocr_rare.utils.printable import escape

TITLE = "Scene-text recognition benchmark"

_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]|#~])")
_BAR_HEIGHT, _CHART_WIDTH, _NAME_WIDTH, _RATE_WIDTH = 22, 640, 150, 60  # units of the chart's own size

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 70rem; color: #222; background: #fff }}
.scroll {{ overflow-x: auto }} p {{ max-width: 50rem; overflow-wrap: anywhere }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px }}
th, td {{ border-bottom: 1px solid #ddd; padding: .3rem .6rem; text-align: left; vertical-align: top }}
th {{ background: #f4f4f4 }}
svg {{ width: 100%; max-width: 40rem; height: auto; margin: 1rem 0 }} svg text {{ font: 12px system-ui, sans-serif }}
.words {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; margin: 1rem 0 }}
figure {{ margin: 0; padding: .7rem; border: 1px solid #ddd; border-radius: 6px }}
figure img {{ height: 48px; max-width: 48%; object-fit: contain; object-position: left; image-rendering: pixelated }}
figcaption {{ font-size: 13px; overflow-wrap: anywhere }}
.read {{ color: #b00020 }} .label {{ color: #00695c }} pre {{ background: #f4f4f4; padding: 1rem; overflow-x: auto }}
</style></head><body><h1>{title}</h1>
{sections}
<details><summary>Configuration</summary><pre>{config}</pre></details>
</body></html>
"""  # noqa: E501 - lines of style


def as_markdown(facts: dict, config_text: str) -> str:
    """The page as Markdown, without images.

    Args:
        facts: of ``gather_facts``.
        config_text: the configuration, YAML.
    """
    parts = [f"# {TITLE}"]
    for section in make_sections(facts):
        parts += [f"## {section.title}", *map(_plain, section.paragraphs)]
        if section.table:
            header, *rows = section.table
            lines = [header, ["---"] * len(header), *rows]
            parts.append("\n".join("| " + " | ".join(map(_plain, row)) + " |" for row in lines))
    indented = "\n".join(f"    {line}" for line in config_text.splitlines())
    return "\n\n".join([*parts, "## Configuration", indented]) + "\n"


def as_html(facts: dict, config_text: str, images: Sequence[Sequence[str]]) -> str:
    """The page as HTML.

    Args:
        facts: of ``gather_facts``.
        config_text: the configuration, YAML.
        images: for each of the worst words the addresses of its images: as it is, and rectified where the model does.
    """
    sections = "\n".join(_section(section, facts["worst"], images) for section in make_sections(facts))
    return _PAGE.format(title=TITLE, sections=sections, config=html.escape(config_text))


def _plain(text: str) -> str:
    """Text that Markdown, in a table too, shows as it is."""
    text = html.escape(escape(" ".join(text.split())), quote=False)
    return text if text == "---" else _MARKDOWN_SIGNS.sub(r"\\\1", text)


def _section(section: Section, worst: list[dict], images: Sequence[Sequence[str]]) -> str:
    parts = [f"<h2>{html.escape(section.title)}</h2>"]
    parts += [f"<p>{html.escape(paragraph)}</p>" for paragraph in section.paragraphs]
    if section.has_images:
        figures = "\n".join(_figure(word, sources) for word, sources in zip(worst, images, strict=True))
        return "\n".join([*parts, f'<div class="words">\n{figures}\n</div>'])
    if section.table:
        parts.append(_table(section.table))
    if section.bars:
        parts.append(_chart(section.bars))
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    header, *body = rows
    lines = [_row(header, "th"), *(_row(row, "td") for row in body)]
    return '<div class="scroll"><table>' + "\n".join(lines) + "</table></div>"


def _row(cells: Row, tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _chart(bars: list[Bar]) -> str:
    """Bars from 0 to 100 %, each with its interval as a line."""
    room = _CHART_WIDTH - _NAME_WIDTH - _RATE_WIDTH
    height = _BAR_HEIGHT * len(bars)
    parts = [f'<svg viewBox="0 0 {_CHART_WIDTH} {height}" role="img" aria-label="accuracy in percent">']
    for number, bar in enumerate(bars):
        top = number * _BAR_HEIGHT
        middle = top + _BAR_HEIGHT / 2
        name = bar.name if len(bar.name) <= 22 else f"…{bar.name[-21:]}"
        parts.append(f'<text x="{_NAME_WIDTH - 8}" y="{middle + 4}" text-anchor="end">{html.escape(name)}</text>')
        if bar.rate is not None and bar.interval is not None:
            low, high = (_NAME_WIDTH + room * end for end in bar.interval)
            parts.append(
                f'<rect x="{_NAME_WIDTH}" y="{top + 3}" width="{room * bar.rate:.1f}" height="{_BAR_HEIGHT - 6}" '
                f'fill="#8fb8de"></rect><line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}" '
                'stroke="#1b4f72" stroke-width="2"></line>'
            )
        parts.append(f'<text x="{_CHART_WIDTH - _RATE_WIDTH + 8}" y="{middle + 4}">{percent(bar.rate)}</text>')
    return "\n".join([*parts, "</svg>"])


def _figure(word: dict, sources: Sequence[str]) -> str:
    named = zip(sources, ("as it is", "rectified"), strict=False)
    shown = "".join(f'<img src="{source}" alt="{name}" title="{name}">' for source, name in named)
    return (
        f'<figure>{shown}<figcaption><span class="read">{html.escape(word["text"]) or "(nothing)"}</span> '
        f'{word["score"]:.4f}<br><span class="label">{html.escape(word["label"])}</span><br>'
        f'{html.escape(word["data_set"])}: {html.escape(word["key"])}</figcaption></figure>'
    )
