#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""man_test.py SOURCE LABELTOOL ACM_ENFORCERD ACM_HOOK: holds the man pages against what they are about.

How a page has to be written for that: a command of labeltool is an `.Ss` below COMMANDS ("audit verify" for one below
another) of labeltool(1) or labeltool-COMMAND(1), its forms are `.D1 Nm ...`, and each of its options has an item, `.It Fl -option`. Options that
every command has stand in OPTIONS alone, and those that choose records, of commands that take a `filter`, in CHOOSING RECORDS. A setting of xenacm.toml is an item `.It Ic table.key`, with "Default: VALUE".
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

SOURCE, LABELTOOL, ENFORCERD, HOOK = (pathlib.Path(word).resolve() for word in sys.argv[1:5])
PAGES = sorted((SOURCE / "packaging/man").glob("*.[1-8]"))
EVERY_COMMAND = {"-h", "--help", "--json"}
# Of other packages; the test's machine need not have them.
OTHER_MANUALS = {"xl 1", "timeout 1", "xenstore-read 1", "xenstore-write 1"}


def page(name):
    return (SOURCE / "packaging/man" / name).read_text()


def section(text, title):
    return re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", text, re.M | re.S)[1]


def flags(lines):
    """`.It Fl l , Fl -label` is -l and --label."""
    return {"-" + flag for line in lines for flag in re.findall(r"\bFl (-?\w[\w-]*)", line)}


def items(text):
    return flags(re.findall(r"^\.It Fl .*", text, re.M))


def said(*words):
    run = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    assert run.returncode == 0, f"{words} ended with {run.returncode}: {run.stdout}{run.stderr}"
    return run.stdout


def options_of(help_text):
    return {name for line in re.findall(r"^  (-\S+)", help_text, re.M) for name in line.split(",")}


def commands_below(*words):
    """Each command with its help, and those below it: {"audit": ..., "audit verify": ...}."""
    _, _, listed = said(LABELTOOL, *words, "--help").partition("\nSubcommands:\n")
    found = {}
    for name in re.findall(r"^  (\w\S*)", listed.partition("\n\n")[0], re.M):
        found[" ".join([*words, name])] = said(LABELTOOL, *words, name, "--help")
        found |= commands_below(*words, name)
    return found


def commands_of_pages():
    found = {}
    for file in PAGES:
        if file.name.startswith("labeltool"):
            parts = re.split(r"^\.Ss (.*)\n", section(file.read_text(), "COMMANDS"), flags=re.M)
            found |= zip(parts[1::2], parts[2::2])
    return found


def settings_of_page():
    parts = re.split(r"^\.It Ic (.*)\n", section(page("xenacm.toml.5"), "SETTINGS"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def settings_of_source():
    source = (SOURCE / "enforcer/daemon/config.cpp").read_text()
    table = re.search(r"const Settings settings\{(.*?)\};", source, re.S)[1]
    return set(re.findall(r'\{"([a-z_]+(?:\.[a-z_]+)*)",', table))


def example(name):
    """The first literal block below EXAMPLES."""
    return re.search(r"^\.Bd -literal.*?\n(.*?)^\.Ed", section(page(name), "EXAMPLES"), re.M | re.S)[1]


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def written(value):
    if isinstance(value, list):
        return "[" + ", ".join(f'"{part}"' for part in value) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


class Labeltool(unittest.TestCase):
    def test_the_pages_have_the_commands_that_there_are(self):
        self.assertEqual(set(commands_of_pages()), set(commands_below()))

    def test_each_command_has_the_options_that_its_help_shows(self):
        pages = commands_of_pages()
        filters = items(section(page("labeltool-audit.1"), "CHOOSING RECORDS"))
        for name, help_text in commands_below().items():
            with self.subTest(command=name):
                shared = filters if "Ar filter" in pages[name] else set()
                self.assertEqual(items(pages[name]) | shared, options_of(help_text) - EVERY_COMMAND)
                self.assertFalse(items(pages[name]) & shared)

    def test_each_option_stands_in_a_form_of_its_command(self):
        for name, text in commands_of_pages().items():
            with self.subTest(command=name):
                forms = re.findall(r"^\.D1 (.*)", text, re.M)
                self.assertTrue(forms)
                for form in forms:
                    typed = form.removeprefix("Nm ").removeprefix("labeltool ")
                    self.assertTrue(f"{typed} ".startswith(f"Cm {name} "), form)
                self.assertEqual(flags(forms), items(text))

    def test_the_options_of_all_commands(self):
        shown = options_of(said(LABELTOOL, "--help")) | EVERY_COMMAND
        self.assertEqual(items(section(page("labeltool.1"), "OPTIONS")), shown)


class Daemon(unittest.TestCase):
    def test_the_page_has_the_options_that_the_help_shows(self):
        text = page("acm-enforcerd.8")
        shown = options_of(said(ENFORCERD, "--help"))
        self.assertEqual(items(section(text, "OPTIONS")), shown)
        self.assertEqual(flags([section(text, "SYNOPSIS")]), shown - {"-h"})

    def test_the_page_has_the_settings_that_are_read(self):
        self.assertEqual(set(settings_of_page()), settings_of_source())

    def test_page_and_sample_have_the_same_settings_and_defaults(self):
        sample = dict(flat(tomllib.loads((SOURCE / "examples/xenacm.toml").read_text())))
        pages = settings_of_page()
        without = {key for key, text in pages.items() if "Default: none." in text}
        for key in without:
            self.assertRegex((SOURCE / "examples/xenacm.toml").read_text(), rf"(?m)^# {key.rpartition('.')[2]} = ")
        self.assertEqual(set(pages) - without, set(sample))
        for key, value in sample.items():
            with self.subTest(setting=key):
                text = re.sub(r"^\.Pa (\S+).*$", r"\1.", pages[key], flags=re.M)
                self.assertRegex(text, rf"Default:\s+{re.escape(written(value))}\.")

    def test_the_example_is_a_configuration(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "xenacm.toml")
            file.write_text(example("xenacm.toml.5"))
            said(ENFORCERD, "--config", file, "--state-dir", folder, "--check")


class Hook(unittest.TestCase):
    def test_the_page_has_the_toolstacks_that_there_are(self):
        shown = re.findall(r"^  acm-hook (\S+)", said(HOOK, "--help"), re.M)
        text = page("acm-hook.8")
        self.assertEqual(re.findall(r"^\.It Cm (\S+)", section(text, "TOOLSTACKS"), re.M), shown)
        self.assertEqual(re.findall(r"^\.Cm (\S+)", section(text, "SYNOPSIS"), re.M), shown)

    def test_the_page_has_the_options_and_the_environment(self):
        text = page("acm-hook.8")
        for option in items(section(text, "OPTIONS")):
            said(HOOK, option)
        shown = set(re.findall(r"XENACM_\w+", said(HOOK, "--help")))
        self.assertEqual(set(re.findall(r"^\.It Ev (\S+)", text, re.M)), shown)


class Pages(unittest.TestCase):
    def test_mandoc_finds_nothing_to_mend(self):
        self.assertTrue(PAGES)
        for file in PAGES:
            with self.subTest(page=file.name):
                run = subprocess.run(["mandoc", "-T", "lint", "-W", "style", file.name], cwd=file.parent,
                                     stdin=subprocess.DEVNULL, capture_output=True, text=True)
                found = [line for line in run.stdout.splitlines()
                         if not any(f"referenced manual not found: Xr {other}" in line for other in OTHER_MANUALS)]
                self.assertEqual(found, [])

    def test_a_page_is_called_what_its_title_says(self):
        for file in PAGES:
            with self.subTest(page=file.name):
                name, number = file.name.rsplit(".", 1)
                self.assertIn(f"\n.Dt {name.upper()} {number}\n", file.read_text())

    def test_the_example_of_a_policy_has_no_faults_and_that_of_a_scenario_passes(self):
        with tempfile.TemporaryDirectory() as folder:
            policy = pathlib.Path(folder, "banks-security_policy.xml")
            policy.write_text(example("security_policy.5"))
            said(LABELTOOL, "checkpolicy", "--strict", policy)
            scenario = pathlib.Path(folder, "banks.toml")
            scenario.write_text(example("acmtest.5"))
            said(LABELTOOL, "test", scenario)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
