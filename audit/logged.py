"""What each view writes in the access log, said where the view is. A view that says nothing fails the build."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from audit.enums import Action, Basis, basis_of

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Logged:
    """The actions that the view may log, the first one for what is refused at its door; or why it logs nothing."""

    actions: tuple[Action, ...]
    why: str = ""

    @property
    def basis(self) -> Basis:
        """Why whatever is changed in the view is changed (`ChangeEntry.purpose`)."""
        return basis_of(self.actions[0]) if self.actions else Basis.ADMINISTRATION


def logs(*actions: Action) -> Callable[[View], View]:
    """The view, or the method of a class, writes one row for each request, with one of these actions."""
    return _declare(Logged(actions))


def logs_nothing(why: str) -> Callable[[View], View]:
    """The view shows no person, or another row already says who looked. `why` says which."""
    return _declare(Logged((), why))


def _declare(logged: Logged) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.logged = logged  # type: ignore[attr-defined]
        return view

    return declare


def declaration_of(view: Any, method: str = "GET") -> Logged | None:
    """What the view says, of that method where its class says it method by method; None where it says nothing."""
    made_by = getattr(view, "view_class", None) or getattr(view, "cls", None) or view
    handler = getattr(made_by, "get" if method == "HEAD" else method.lower(), None)
    said = (getattr(each, "logged", None) for each in (handler, view, made_by))
    return next((logged for logged in said if logged), None)
