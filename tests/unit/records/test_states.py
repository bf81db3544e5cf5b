"""The state machine, as a table and as promises about it."""

from __future__ import annotations

import pytest

from dialogs.words import load_words
from records.states import LABELS, TRANSITIONS, Act, IllegalMoveError, State, label, moved, standing

CLOSED = {State.DELIVERED, State.WITHDRAWN}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_a_move_is_in_the_table_or_refused(state: State, act: Act) -> None:
    if act in TRANSITIONS[state]:
        assert moved(state, act) is TRANSITIONS[state][act]
    else:
        with pytest.raises(IllegalMoveError, match=str(state)):
            moved(state, act)


def test_every_state_is_reached_from_submitted_and_reaches_a_closed_one() -> None:
    def reach(start: State) -> set[State]:
        seen, todo = {start}, [start]
        while todo:
            for follows in TRANSITIONS[todo.pop()].values():
                if follows not in seen:
                    seen.add(follows)
                    todo.append(follows)
        return seen

    assert reach(State.SUBMITTED) == set(State)
    assert all(reach(state) & CLOSED for state in State)
    assert {state for state in State if not TRANSITIONS[state]} == CLOSED


def test_a_decided_case_cannot_be_withdrawn_or_decided_again() -> None:
    for decided in (State.APPROVED, State.REFUSED):
        assert set(TRANSITIONS[decided]) == {Act.DELIVER}


def test_every_state_and_act_has_a_chinese_word() -> None:
    assert {str(state) for state in State} <= set(LABELS)
    assert {f"act_{act}" for act in Act} <= set(LABELS)
    assert label(State.DELIVERED, State.REFUSED) != label(State.DELIVERED, State.APPROVED)


def test_the_table_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        TRANSITIONS[State.DELIVERED][Act.PROCESS] = State.PROCESSING  # type: ignore[index]


def test_a_delivered_refusal_is_not_told_as_a_delivered_approval() -> None:
    assert standing(State.DELIVERED, State.REFUSED) == "delivered_refused"
    assert standing(State.DELIVERED, State.APPROVED) == "delivered"
    assert label(State.DELIVERED, State.REFUSED) != label(State.DELIVERED, State.APPROVED)
    assert all(f"common.state_{standing(state)}" in load_words().sentences for state in State)
    assert "common.state_delivered_refused" in load_words().sentences
