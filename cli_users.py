"""`onewindow users`: who signs in, and a password that its owner replaces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, NoReturn

import typer

Refuse = Callable[[str], NoReturn]
Password = Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)]


def commands(asked: Callable[..., Any], refuse: Refuse) -> typer.Typer:
    """The commands; `asked` reaches the database, `refuse` ends the program with a sentence."""
    app = typer.Typer(no_args_is_help=True, help="People who sign in.")

    @app.command("add")
    def add_user(
        username: str,
        name: Annotated[str, typer.Option(prompt="Full name")],
        post: Annotated[str, typer.Option(prompt="Code of the post")],
        password: Password,
    ) -> None:
        """Add somebody and give them a post from now on."""
        from models.first_start import NotAdded, add_person

        username, now = username.lower(), datetime.now(UTC)
        good = _good(password, username, name, refuse)
        asked(lambda session: add_person(session, username, name, good, post, now), NotAdded)
        print(f"{username} can sign in, and then chooses a password of his own.")

    @app.command("password")
    def new_password(username: str, password: Password) -> None:
        """Give somebody a new password; their open sessions end, and they choose one of their own at the next sign-in."""
        from models.passwords import set_password

        good = _good(password, username, "", refuse)
        if not asked(lambda session: set_password(session, username.lower(), good, temporary=True)):
            refuse(f"There is nobody called {username}.")
        print(f"{username.lower()} has a new password, good until a new one is chosen at the next sign-in.")

    return app


def _good(password: str, username: str, name: str, refuse: Refuse) -> str:
    from rules.passwords import LONGEST, SHORTEST, PasswordFault, fault

    words = {
        PasswordFault.SHORT: f"A password needs {SHORTEST} characters or more.",
        PasswordFault.LONG: f"A password has {LONGEST} characters at most.",
        PasswordFault.OWN_NAME: "This is the person's own name; choose another password.",
    }
    wrong = fault(password, username, name)
    if wrong is not None:
        refuse(words.get(wrong, "Everybody tries this password first; choose another."))
    return password
