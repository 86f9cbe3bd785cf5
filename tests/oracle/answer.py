# SPDX-License-Identifier: Apache-2.0
"""What is answered to an event, and what has become of the host."""

from typing import NamedTuple

from state import State


class Answer(NamedTuple):
    outcome: str  # allow, deny, would-deny, fault:CODE, invalid-policy
    reasons: list  # of [text, device]
    state: State  # afterwards
    mode: str | None = None  # that ruled; none: nothing was decided
    changed: bool = False  # something is on record that was not: where what was asked fails after all, it is given back


def conclude(state, stored, reasons, after):
    """decisions.md, Modes; the label whose mode rules, or none for the host's."""
    mode = state.mode(stored)
    if reasons and mode == "enforcing":
        return Answer("deny", reasons, state, mode)
    return Answer("would-deny" if reasons else "allow", reasons, after, mode, after != state)


def allow(state, after):
    """Nobody's label is asked for."""
    return conclude(state, None, [], after)


def fault(state, code):
    return Answer(f"fault:{code}", [], state)
