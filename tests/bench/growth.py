# SPDX-License-Identifier: Apache-2.0
"""Draws how decisions grow with the host: an SVG, both axes logarithmic."""
import math
import statistics

import rows

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 400, 70, 20, 50
PLOT_WIDTH = 430
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#5d3a9b")


def lines_of(found):
    for what, (name, sizes) in rows.GROWTH.items():
        points = [(size, statistics.median(found[f"{name}/{size}"]) / 1e3) for size in sizes if f"{name}/{size}" in found]
        if points:
            yield what, points


def text(x, y, content, anchor="start"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{content}</text>'


def plot(found, file):
    lines = list(lines_of(found))
    if not lines:
        return
    points = [point for _, line in lines for point in line]
    low_x, high_x = (round(math.log10(limit(x for x, _ in points))) for limit in (min, max))
    low_y = math.floor(math.log10(min(y for _, y in points)))
    high_y = math.ceil(math.log10(max(y for _, y in points)))

    def place(x, y):
        across = (math.log10(x) - low_x) / (high_x - low_x)
        up = (math.log10(y) - low_y) / (high_y - low_y)
        return LEFT + across * PLOT_WIDTH, HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
             'font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for power in range(low_x, high_x + 1):
        x, y = place(10**power, 10**low_y)
        parts += [f'<line x1="{x:.0f}" y1="{TOP}" x2="{x:.0f}" y2="{y:.0f}" stroke="#ddd"/>',
                  text(x, y + 18, f"{10**power:,}", "middle")]
    for power in range(low_y, high_y + 1):
        x, y = place(10**low_x, 10**power)
        parts += [f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{x + PLOT_WIDTH:.0f}" y2="{y:.0f}" stroke="#ddd"/>',
                  text(x - 6, y + 4, f"{10**power:g} us", "end")]
    parts.append(text(LEFT + PLOT_WIDTH / 2, HEIGHT - 10, "how many there are", "middle"))
    for number, (what, line) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        places = [place(*point) for point in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        legend = TOP + 16 + 20 * number
        parts += [f'<line x1="{LEFT + PLOT_WIDTH + 20}" y1="{legend - 4}" x2="{LEFT + PLOT_WIDTH + 40}" y2="{legend - 4}" '
                  f'stroke="{colour}" stroke-width="2"/>', text(LEFT + PLOT_WIDTH + 46, legend, what)]
    file.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")
