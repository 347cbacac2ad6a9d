"""The web portal: its built files, and its one page at every address that is not the API's."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from fastapi import FastAPI
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

BUILT: Final = Path(__file__).parent / "portal_files"

_INDEX: Final = "index.html"
_HASHED: Final = "assets/"
_FOREVER: Final = "public, max-age=31536000, immutable"
_ALWAYS_ASK: Final = "no-cache"
# Components set styles of single elements, hence the exception for styles; scripts have none.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
_API: Final = ("/api/", "/health", "/metrics", "/openapi.json")

_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Dillo</title>
<body style="font-family:system-ui;max-width:40em;margin:4em auto;padding:0 1em;line-height:1.5">
<h1>Dillo is running</h1>
<p>Its web portal has not been built here. Run <code>make portal</code> in the source folder, on a
machine that reaches the npm registry, and load this page again.</p>
<p>Calls and the API work without it: see <a href="/openapi.json">/openapi.json</a>.</p>"""


@dataclass(frozen=True, slots=True)
class _File:
    """A built file and what was compressed of it beforehand."""

    path: Path
    media_type: str
    cache: str
    encoded: dict[str, Path]


class Portal:
    """Answers what no route does: a file, the portal's page, or what `otherwise` says."""

    def __init__(self, folder: Path, otherwise: ASGIApp) -> None:
        self._otherwise = otherwise
        self._files = _built_files(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        response = self._respond(scope) if scope["type"] == "http" else None
        await (response or self._otherwise)(scope, receive, send)

    def _respond(self, scope: Scope) -> Response | None:
        path = scope["path"]
        if scope["method"] not in ("GET", "HEAD") or path.startswith(_API) or path == "/api":
            return None
        file = self._files.get(path.removeprefix("/"))
        if file is not None:
            return _send(file, scope)
        if PurePosixPath(path).suffix:  # a file there is not, rather than one of the pages
            return None
        page = self._files.get(_INDEX)
        return (
            HTMLResponse(_NOT_BUILT, headers=_page_headers())
            if page is None
            else _send(page, scope)
        )


def add_portal(app: FastAPI, folder: Path = BUILT) -> None:
    """Serve the portal wherever no route answers; routes are tried first and lose no time."""
    app.router.default = Portal(folder, app.router.default)


def _built_files(folder: Path) -> dict[str, _File]:
    """Return the files by their address, read once: they do not change while we run."""
    paths = {path for path in folder.rglob("*") if path.is_file()}
    return {
        path.relative_to(folder).as_posix(): _File(
            path,
            _TYPES.get(path.suffix, "application/octet-stream"),
            _FOREVER if path.relative_to(folder).as_posix().startswith(_HASHED) else _ALWAYS_ASK,
            {
                encoding: path.with_name(path.name + suffix)
                for encoding, suffix in _ENCODINGS
                if path.with_name(path.name + suffix) in paths
            },
        )
        for path in paths
        if path.suffix in _TYPES
    }


def _send(file: _File, scope: Scope) -> Response:
    accepted = _accepted_encodings(scope)
    encoding = next(
        (name for name, _ in _ENCODINGS if name in accepted and name in file.encoded), None
    )
    headers = {"Cache-Control": file.cache}
    if file.encoded:
        headers["Vary"] = "Accept-Encoding"
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    if file.media_type.startswith("text/html"):
        headers |= _page_headers()
    path = file.path if encoding is None else file.encoded[encoding]
    return FileResponse(path, headers=headers, media_type=file.media_type)


def _page_headers() -> dict[str, str]:
    return {"Cache-Control": _ALWAYS_ASK, "Content-Security-Policy": _POLICY}


def _accepted_encodings(scope: Scope) -> frozenset[str]:
    """Return the encodings that the client takes; one with q=0 it does not."""
    header = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    offers = (offer.partition(";") for offer in header.decode("latin-1").lower().split(","))
    return frozenset(
        name.strip()
        for name, _, quality in offers
        if quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    )
