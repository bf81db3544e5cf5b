"""The shape and the colours of each kind of step: shapes differ without colour, and text has at least the contrast of WCAG 2.2 AA (4.5)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """Fill, edge and its width. The step's kind is written in the edge's colour, the rest in `ink`."""

    fill: str
    edge: str
    stroke: float = 1.5
    ink: str = "#1a1a1a"


STYLES: dict[str, Style] = {
    "ask": Style("#e8f1fb", "#1d4f86", 2),
    "choose": Style("#e8f1fb", "#1d4f86", 2),
    "form": Style("#e8f1fb", "#1d4f86", 2),
    "say": Style("#ffffff", "#5a6472"),
    "do": Style("#e6f4e8", "#2c6a38"),
    "when": Style("#fff5d9", "#8a6200"),
    "set": Style("#f3f3f3", "#6b6b6b", 1.2),
    "go": Style("#f3f3f3", "#6b6b6b", 1.2),
    "call": Style("#f2eafa", "#5d3a8a"),
    "hand_over": Style("#fde6df", "#a3371a", 2.5),
    "start": Style("#2f3640", "#2f3640", 2, "#ffffff"),
    "end": Style("#2f3640", "#2f3640", 2, "#ffffff"),
}


def outline(kind: str, x: int, y: int, w: int, h: int, paint: str, edge: str) -> str:
    match kind:
        case "when":
            return f'<polygon points="{x + w / 2:g},{y} {x + w},{y + h / 2:g} {x + w / 2:g},{y + h} {x},{y + h / 2:g}" {paint}/>'
        case "do":
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="18" {paint}/>'
        case "end" | "start":
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{h / 2:g}" {paint}/>'
        case "say":  # a leaf with a folded corner
            fold = 12
            return (
                f'<path d="M{x} {y}H{x + w - fold}L{x + w} {y + fold}V{y + h}H{x}Z" {paint}/>'
                f'<path d="M{x + w - fold} {y}V{y + fold}H{x + w}" fill="none" stroke="{edge}"/>'
            )
        case "set":  # slanted: data
            return f'<polygon points="{x + 12},{y} {x + w},{y} {x + w - 12},{y + h} {x},{y + h}" {paint}/>'
        case "call":  # a frame in a frame
            inner = f'<rect x="{x + 4}" y="{y + 4}" width="{w - 8}" height="{h - 8}" fill="none" stroke="{edge}"/>'
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {paint}/>{inner}'
        case "hand_over":  # six corners
            points = f"{x + 16},{y} {x + w - 16},{y} {x + w},{y + h / 2:g} {x + w - 16},{y + h} {x + 16},{y + h} {x},{y + h / 2:g}"
            return f'<polygon points="{points}" {paint}/>'
        case "ask" | "choose" | "form":  # a bar at its left: somebody is to answer
            return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" {paint}/><rect x="{x}" y="{y}" width="5" height="{h}" fill="{edge}"/>'
    return f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4" {paint}/>'
