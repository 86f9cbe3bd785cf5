#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""links_test.py SOURCE: every relative link in the Markdown files leads to a file, and to a heading where it names one."""
import functools
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(sys.argv[1]).resolve()
PAGES = sorted(page for page in SOURCE.rglob("*.md") if page.relative_to(SOURCE).parts[0] not in ("build", ".git"))


def without_code(text):
    text = re.sub(r"^(`{3,}).*?^\1`*$", "", text, flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", lambda code: "x" * len(code[0]), text)


@functools.cache
def headings(page):
    """The anchors that GitHub makes of them."""
    found = {}
    text = re.sub(r"^(`{3,}).*?^\1`*$", "", page.read_text(), flags=re.M | re.S)
    for heading in re.findall(r"^#+ +(.*?) *$", text, re.M):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = found[anchor] = found.get(anchor, -1) + 1
        if count:
            found[f"{anchor}-{count}"] = 0
    return set(found)


def links(page):
    for target in re.findall(r"\[[^]]*\]\(([^)\s]+)\)", without_code(page.read_text())):
        if not re.match(r"[a-z]+:", target):
            yield target


class Links(unittest.TestCase):
    def test_lead_to_a_file_and_to_its_heading(self):
        count = 0
        for page in PAGES:
            for link in links(page):
                count += 1
                with self.subTest(page=str(page.relative_to(SOURCE)), link=link):
                    path, _, anchor = link.partition("#")
                    target = (page.parent / path).resolve() if path else page
                    self.assertTrue(target.exists(), "no such file")
                    if anchor and target.suffix == ".md":
                        self.assertIn(anchor, headings(target), "no such heading")
        self.assertGreater(count, 100)

    def test_reach_every_page_of_the_documentation(self):
        reached, queue = set(), [SOURCE / "docs/README.md"]
        while queue:
            page = queue.pop()
            if page in reached or page.suffix != ".md" or not page.exists():
                continue
            reached.add(page)
            queue += [(page.parent / link.partition("#")[0]).resolve() for link in links(page) if link[0] != "#"]
        self.assertEqual([str(page) for page in PAGES if page.is_relative_to(SOURCE / "docs") and page not in reached], [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
