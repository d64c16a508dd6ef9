"""One question over HTTP, without a library."""

from __future__ import annotations

import http.client


def answer(host: str, port: int, path: str) -> tuple[int, str]:
    """Status and beginning of what a GET answers; 0 and nothing while nobody answers. Blocking."""
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()
