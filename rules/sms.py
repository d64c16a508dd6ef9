"""What a text message weighs: its alphabet and the number of parts it travels in (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Characters that take two places in the GSM alphabet."""


def is_gsm(text: str) -> bool:
    """Whether `text` fits the GSM alphabet; anything else travels as UCS-2, less than half as much in a part."""
    return all(char in GSM_BASIC or char in GSM_EXTENDED for char in text)


def places(text: str) -> int:
    """How many places `text` takes: septets in the GSM alphabet, UTF-16 units otherwise."""
    if is_gsm(text):
        return len(text) + sum(char in GSM_EXTENDED for char in text)
    return len(text.encode("utf-16-be")) // 2


def parts(text: str) -> int:
    """How many parts `text` travels in: one of 160 (70) places, or several of 153 (67) each."""
    single, joined = (160, 153) if is_gsm(text) else (70, 67)
    taken = places(text)
    return 1 if taken <= single else -(-taken // joined)
