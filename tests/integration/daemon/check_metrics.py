#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""check_metrics.py SOURCE FILE: holds docs/metrics.md and examples/monitoring against what a daemon tells (FILE).

A metric's row of the page is "| `NAME` | TYPE | `LABEL`, ... | meaning |".
"""
import collections
import json
import pathlib
import re
import sys
import unittest

import yaml
from prometheus_client.parser import text_string_to_metric_families

SOURCE = pathlib.Path(sys.argv[1])
TEXT = pathlib.Path(sys.argv[2]).read_text()
MONITORING = SOURCE / "examples/monitoring"
FAMILIES = list(text_string_to_metric_families(TEXT))
SAMPLES = [sample for family in FAMILIES for sample in family.samples]

# Of a query: a metric with its matchers, label names between by (...) and the like, and values.
METRIC = re.compile(r"\b(xenacm_\w+)\s*(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|=|!=|!~)\s*"([^"]*)"')
OF_THE_SCRAPE = {"instance", "job"}


def declared(word):
    return re.findall(rf"^# {word} (\S+) (.*)$", TEXT, re.M)


def labels_of(name):
    return {label for sample in SAMPLES if sample.name == name for label in sample.labels}


class Exposition(unittest.TestCase):
    def test_each_metric_is_declared_once_and_every_sample_is_of_one(self):
        helped, typed = [name for name, _ in declared("HELP")], [name for name, _ in declared("TYPE")]
        self.assertEqual(helped, typed)
        self.assertEqual(len(set(helped)), len(helped))
        for family in FAMILIES:
            self.assertNotEqual(family.type, "unknown", family.name)
            self.assertTrue(family.documentation, family.name)

    def test_names_follow_the_conventions(self):
        for name, kind in declared("TYPE"):
            self.assertRegex(name, r"^xenacm_[a-z_]+$")
            self.assertEqual(name.endswith("_total"), kind == "counter", name)

    def test_no_series_is_told_twice(self):
        series = collections.Counter((sample.name, *sorted(sample.labels.items())) for sample in SAMPLES)
        self.assertEqual([one for one, times in series.items() if times > 1], [])

    def test_buckets_are_cumulative_and_infinity_has_all(self):
        buckets = [sample for sample in SAMPLES if sample.name == "xenacm_verdict_seconds_bucket"]
        bounds = [float(sample.labels["le"]) for sample in buckets]
        counts = [sample.value for sample in buckets]
        self.assertEqual(bounds, sorted(bounds))
        self.assertEqual(counts, sorted(counts))
        self.assertEqual(bounds[-1], float("inf"))
        (total,) = [sample.value for sample in SAMPLES if sample.name == "xenacm_verdict_seconds_count"]
        self.assertEqual(counts[-1], total)
        self.assertGreater(total, 0)


class Page(unittest.TestCase):
    def test_the_page_has_the_metrics_that_there_are(self):
        page = (SOURCE / "docs/metrics.md").read_text()
        rows = re.findall(r"^\| `(xenacm_\w+)` \| (\w+) \| (.*?) \| .+ \|$", page, re.M)
        told = {name: (kind, labels_of(name)) for name, kind in declared("TYPE")}
        self.assertEqual({name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}, told)
        self.assertEqual(len(rows), len(told))

    def test_the_page_has_the_alerts_that_there_are(self):
        page = (SOURCE / "docs/metrics.md").read_text()
        self.assertEqual(re.findall(r"^\| `(Xenacm\w+)` \|", page, re.M), [rule["alert"] for rule in rules()])


def rules():
    groups = yaml.safe_load((MONITORING / "xenacm-alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard():
    return json.loads((MONITORING / "xenacm-dashboard.json").read_text())


def panels():
    return dashboard()["panels"]


def queries():
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for annotation in dashboard()["annotations"]["list"]:
        yield annotation["name"], annotation["expr"]


class Monitoring(unittest.TestCase):
    def test_every_query_is_about_series_that_there_are(self):
        for title, query in queries():
            with self.subTest(of=title, query=query):
                found = METRIC.findall(query)
                self.assertTrue(found)
                for name, matchers in found:
                    series = [sample.labels for sample in SAMPLES if sample.name == name]
                    self.assertTrue(series, name)
                    for label, operator, value in MATCHER.findall(matchers):
                        if label in OF_THE_SCRAPE:
                            continue
                        self.assertIn(label, labels_of(name))
                        if operator == "=":
                            self.assertIn(value, {labels[label] for labels in series})

    def test_every_query_groups_by_labels_that_there_are(self):
        for title, query in queries():
            known = OF_THE_SCRAPE.union(*(labels_of(name) for name, _ in METRIC.findall(query)))
            for names in re.findall(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)", query):
                with self.subTest(of=title, query=query):
                    self.assertLessEqual({name.strip() for name in names.split(",")}, known)

    def test_an_alert_says_how_bad_what_and_what_to_do(self):
        for rule in rules():
            with self.subTest(alert=rule["alert"]):
                self.assertIn(rule["labels"]["severity"], {"warning", "critical"})
                self.assertTrue(rule["annotations"]["summary"])
                self.assertTrue(rule["annotations"]["description"])

    def test_panels_have_ids_of_their_own_and_do_not_overlap(self):
        self.assertEqual(len({panel["id"] for panel in panels()}), len(panels()))
        taken = [(x, y) for panel in panels() for at in [panel["gridPos"]]
                 for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])]
        self.assertEqual(len(taken), len(set(taken)))
        self.assertLess(max(x for x, _ in taken), 24)

    def test_the_scrape_configuration_names_the_rules(self):
        scrape = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
        self.assertEqual([pathlib.Path(file).name for file in scrape["rule_files"]], ["xenacm-alerts.yml"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
