#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""completion_test.py SOURCE LABELTOOL: what bash and zsh insert for a line that is typed at their prompt.

Each shell runs on a terminal of its own, with a labeltool whose --help is the real one's and whose daemon is a table.
"""
import os
import pathlib
import pty
import shlex
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SOURCE, LABELTOOL = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
COMPLETIONS = SOURCE / "packaging/completions"
DEADLINE = 30

# A name that a shell would run, were it expanded anywhere on its way.
HOSTILE = "$(touch${IFS}expanded)"

FAKE_LABELTOOL = f"""#!/bin/sh
for word; do [ "$word" != --help ] || exec {LABELTOOL} "$@"; done
[ "$1" != --socket ] || {{ echo "$2" >asked-socket; shift 2; }}
[ ! -e daemon-is-away ] || {{ echo "Error: acm-enforcerd is not running" >&2; exit 1; }}
case "$*" in
    'labels type=dom') printf '%s\\n' A-Bank AutoCorp '{HOSTILE}' ;;
    'labels type=any') printf '%s\\n' A-Bank A-Disk AutoCorp ;;
    resources) printf '%s\\n' file:/srv/a.img '      type: ACM' '     label: A-Bank' phy:/dev/vg/b '      type: ACM' ;;
    list)
        echo 'Name                                        ID   Mem VCPUs      State  Time(s)'
        echo 'Domain-0                                     0   512     2     r-----     12.5'
        echo 'client 1                                     3   128     1     -b----      0.1'
        ;;
    'policy history') printf '%s\\n' '   1  DEFAULT 1.0  81eb  from the beginning' '   2  mytest 1.0  b5c2  setpolicy' ;;
    *) echo "not asked for: $*" >&2; exit 1 ;;
esac
"""

BASH = f"""
source /usr/share/bash-completion/bash_completion
source {COMPLETIONS}/labeltool.bash
dump() {{ printf '%s' "$READLINE_LINE" >dumping; mv dumping dumped; READLINE_LINE=; READLINE_POINT=0; }}
bind '"\\C-xa": insert-completions'
bind -x '"\\C-xd": dump'
touch ready
"""

ZSH = f"""
fpath=({COMPLETIONS} $fpath)
autoload -Uz compinit && compinit -u -D
zle -C insert-all complete-word _generic
zstyle ':completion:insert-all:*' completer _all_matches _complete
zstyle ':completion:insert-all:*' insert yes
zstyle ':completion:*' old-matches no
dump() {{ print -rn -- "$BUFFER" >dumping; mv dumping dumped; BUFFER= }}
zle -N dump
bindkey '^Xa' insert-all
bindkey '^Xd' dump
touch ready
"""


class Shell:
    """An interactive shell in a folder of its own."""

    def __init__(self, command, setup):
        self.place = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.place.name)
        (self.folder / "bin").mkdir()
        program = self.folder / "bin/labeltool"
        program.write_text(FAKE_LABELTOOL)
        program.chmod(0o755)
        (self.folder / "mytest-security_policy.xml").touch()
        (self.folder / "client.cfg").touch()
        (self.folder / "banks.toml").touch()
        (self.folder / "setup").write_text(setup)
        terminal, its_end = pty.openpty()
        self.terminal = terminal
        self.seen = b""
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "HOME": str(self.folder), "TERM": "dumb",
                       "LC_ALL": "C.UTF-8"}
        self.process = subprocess.Popen(command, stdin=its_end, stdout=its_end, stderr=its_end, cwd=self.folder,
                                        env=environment, start_new_session=True)
        os.close(its_end)
        threading.Thread(target=self.read, daemon=True).start()
        self.type(b". ./setup\n")
        self.wait_for("ready")

    def read(self):
        try:
            while chunk := os.read(self.terminal, 4096):
                self.seen += chunk
        except OSError:  # the shell ended
            pass

    def type(self, keys):
        os.write(self.terminal, keys)

    def wait_for(self, name):
        end = time.monotonic() + DEADLINE
        while not (self.folder / name).exists():
            assert time.monotonic() < end, f"no file '{name}'; on the terminal: {self.seen.decode(errors='replace')}"
            time.sleep(0.02)

    def inserted(self, line):
        """The words that come behind those that were complete already."""
        self.type(line.encode() + b"\x18a\x18d")
        self.wait_for("dumped")
        text = (self.folder / "dumped").read_text()
        (self.folder / "dumped").unlink()
        complete = len(shlex.split(line + "X")) - 1
        return set(shlex.split(text)[complete:])

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)
        self.place.cleanup()


class Completion:
    """The same for both shells."""

    @classmethod
    def setUpClass(cls):
        cls.shell = Shell(cls.command, cls.setup)

    @classmethod
    def tearDownClass(cls):
        cls.shell.end()

    def test_a_line_is_completed(self):
        for line, words in {
            "labeltool dump": {"dumppolicy"},
            "labeltool r": {"resetpolicy", "rmlabel", "resources"},
            "labeltool setpolicy ": {"ACM"},
            "labeltool setpolicy ACM my": {"mytest", "mytest-security_policy.xml"},
            "labeltool setpolicy ACM mytest --f": {"--force"},
            "labeltool --socket /some/place mode --la": {"--label"},
            "labeltool mode ": {"enforcing", "permissive"},
            "labeltool mode permissive --label A": {"A-Bank", "AutoCorp"},
            "labeltool addlabel A-": {"A-Bank", "A-Disk"},
            "labeltool addlabel A-Bank ": {"dom", "mgt", "res", "vif-0"},
            "labeltool addlabel A-Bank dom cl": {"client.cfg"},
            "labeltool addlabel A-Bank mgt ": {"Domain-0", "client 1"},
            "labeltool addlabel A-Bank vif-1 D": {"Domain-0"},
            "labeltool rmlabel res ": {"file:/srv/a.img", "phy:/dev/vg/b"},
            "labeltool rmlabel res file:/s": {"file:/srv/a.img"},
            "labeltool --json getlabel mgt c": {"client 1"},
            "labeltool labels type=r": {"type=res"},
            "labeltool policy show ": {"1", "2"},
            "labeltool resources --repair phy:/dev/vg/b ": {"adopt", "rename", "forget_mark"},
            "labeltool test ba": {"banks.toml"},
            "labeltool whatif start cl": {"client.cfg"},
            "labeltool whatif attach D": {"Domain-0"},
            "labeltool whatif attach Domain-0 vif backend=D": {"backend=Domain-0"},
            "labeltool audit --limit 5 --de": {"--denied"},
            "labeltool audit ver": {"verify"},
            "labeltool audit summary --label A-": {"A-Bank", "A-Disk"},
            "labeltool audit --resource phy:": {"phy:/dev/vg/b"},
            "labeltool audit verify --key cl": {"client.cfg"},
            "labeltool import my": {"mytest", "mytest-security_policy.xml"},
            "labeltool import mytest --domains cl": {"client.cfg"},
            "labeltool audit graph --domain D": {"Domain-0"},
            "labeltool audit --rule ": {"label", "authorization", "chinese-wall", "ste", "resource", "integrity",
                                        "unavailable"},
            "labeltool audit summary --rule ch": {"chinese-wall"},
            "labeltool audit --toolstack ": {"xl", "libvirt", "xapi"},
            "labeltool do": {"doctor"},
            "labeltool doctor --w": {"--wait"},
        }.items():
            with self.subTest(line=line):
                self.assertEqual(self.shell.inserted(line), words)

    def test_a_name_is_quoted_and_never_expanded(self):
        self.assertIn(HOSTILE, self.shell.inserted("labeltool mode permissive --label "))
        self.assertFalse((self.shell.folder / "expanded").exists())

    def test_the_socket_that_is_typed_is_asked(self):
        self.shell.inserted("labeltool --socket /elsewhere addlabel A")
        self.assertEqual((self.shell.folder / "asked-socket").read_text(), "/elsewhere\n")

    def test_without_a_daemon_nothing_is_offered_and_nothing_said(self):
        away = self.shell.folder / "daemon-is-away"
        away.touch()
        self.addCleanup(away.unlink)
        self.shell.seen = b""
        for line in ("labeltool addlabel ", "labeltool rmlabel mgt ", "labeltool rmlabel res ", "labeltool policy show "):
            with self.subTest(line=line):
                self.assertEqual(self.shell.inserted(line), set())
        self.assertNotIn(b"Error", self.shell.seen)


class Bash(Completion, unittest.TestCase):
    command, setup = ["bash", "--norc", "--noprofile", "-i"], BASH


class Zsh(Completion, unittest.TestCase):
    command, setup = ["zsh", "-f", "-i"], ZSH


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
