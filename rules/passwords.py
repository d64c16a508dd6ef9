"""What a password must be: long, not one of those everybody tries, not the name. Nothing about its ingredients."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

SHORTEST, LONGEST = 10, 200
FEWEST_LETTERS = 5
"""Different characters in it; fewer is a key held down."""

COMMON = frozenset(
    """
    password passwort passw0rd p@ssword p@ssw0rd qwerty qwertyuiop qwertzuiop asdfghjkl zxcvbnm 1q2w3e4r 1qaz2wsx
    q1w2e3r4 iloveyou letmein welcome administrator adminadmin admin root toor changeme changeit default secret
    sunshine princess football baseball superman batman dragon monkey shadow master michael jennifer computer internet
    whatever trustno1 starwars cheese samsung google facebook india indian bharat pakistan zindabad hindustan delhi
    karachi kanpur lahore mumbai cricket krishna ganesh jaishreeram omsairam saibaba bismillah allahuakbar mashallah
    inshallah khuda mohammad muhammad ali786 onewindow electricity electric bijli light supply utility officer complaint
    abcdefghij abcd1234 a1b2c3d4 testtest test temp temporary login access company office manager
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
"""What is tried first, in small letters and without what people hang on at the end."""

HUNG_ON = "0123456789!@#$%&*?.-_ "


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    OWN_NAME = "own_name"
    SAME = "same"


def fault(password: str, username: str = "", name: str = "") -> PasswordFault | None:
    """Why `password` is not taken for this person; None when it is good."""
    if len(password) < SHORTEST:
        return PasswordFault.SHORT
    if len(password) > LONGEST:
        return PasswordFault.LONG
    small = password.casefold()
    if _core(small) in COMMON or small in COMMON or len(set(small)) < FEWEST_LETTERS or _in_a_row(small):
        return PasswordFault.COMMON
    own = {part for part in (username.casefold(), *name.casefold().split()) if len(part) > 2}
    return PasswordFault.OWN_NAME if _core(small) in own else None


def _core(small: str) -> str:
    """The word without figures and signs around it, and once if it is written twice."""
    word = small.strip(HUNG_ON)
    half = len(word) // 2
    return word[:half] if half > 2 and word[:half] * 2 == word else word


def _in_a_row(small: str) -> bool:
    """Whether every character follows the one before it: 1234567890, zyxwvutsrq."""
    steps = {ord(after) - ord(before) for before, after in pairwise(small)}
    return steps in ({1}, {-1}) or small in "01234567890123456789" or small in "09876543210987654321"
