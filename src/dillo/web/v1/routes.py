"""Routes that cost nothing until somebody asks for them."""

from collections.abc import Callable
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import compile_path


class LateRoute(APIRoute):
    """A route that FastAPI analyses when it is used or described first.

    To read the signatures of all routes and to build what validates them takes longer than the
    rest of a start. Until then a route has what it takes to be found.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        self.path = path
        self.endpoint = endpoint
        self.methods = set(described["methods"])
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self._described = described

    def __getattr__(self, name: str) -> Any:
        """Return what only the whole route has."""
        described = self.__dict__.pop("_described", None)
        if described is None:
            raise AttributeError(name)
        super().__init__(self.path, self.endpoint, **described)
        return getattr(self, name)
