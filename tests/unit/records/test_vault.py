"""Sealing, and what must not open."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.vault import Vault, VaultError

VAULT = Vault("s" * 32)


@given(st.binary(max_size=300), st.text(max_size=30))
def test_what_was_sealed_opens_in_its_own_context(data: bytes, context: str) -> None:
    assert VAULT.open(VAULT.seal(data, context), context) == data


@given(st.integers(min_value=0, max_value=60), st.integers(min_value=1, max_value=255))
def test_a_single_changed_byte_does_not_open(position: int, change: int) -> None:
    sealed = bytearray(VAULT.seal(b"4206011940010100", "here"))
    sealed[position % len(sealed)] ^= change
    with pytest.raises(VaultError):
        VAULT.open(bytes(sealed), "here")


def test_what_was_moved_to_another_row_does_not_open() -> None:
    with pytest.raises(VaultError, match=r"case\.answers"):
        VAULT.open(VAULT.seal(b"secret", "case.answers:1"), "case.answers:2")


def test_another_secret_does_not_open() -> None:
    with pytest.raises(VaultError):
        Vault("t" * 32).open(VAULT.seal(b"secret", "here"), "here")


def test_a_short_secret_is_refused_with_the_way_to_make_one() -> None:
    with pytest.raises(VaultError, match="token_urlsafe"):
        Vault("too short")


def test_two_sealings_of_the_same_thing_differ() -> None:
    assert VAULT.seal(b"same", "here") != VAULT.seal(b"same", "here")


def test_an_index_is_stable_and_differs_by_context_and_secret() -> None:
    assert VAULT.index("138", "mobile") == VAULT.index("138", "mobile")
    assert len(VAULT.index("138", "mobile")) == 32
    assert VAULT.index("138", "mobile") != VAULT.index("138", "tail")
    assert VAULT.index("b", "a") != VAULT.index("ab", "")
    assert VAULT.index("138", "mobile") != Vault("t" * 32).index("138", "mobile")


def test_an_empty_or_cut_seal_is_a_vault_error() -> None:
    for piece in (b"", b"\x01", b"\x01abc", VAULT.seal(b"x", "here")[:-1]):
        with pytest.raises(VaultError):
            VAULT.open(piece, "here")
