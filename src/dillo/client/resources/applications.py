"""Phone applications: drafts, versions, scenarios."""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    get,
    listing,
    operation,
    page_of,
    path,
    send,
)
from dillo.client.models.applications import (
    Application,
    Check,
    Difference,
    Draft,
    Export,
    Release,
    Scenarios,
    Template,
    Trial,
    Version,
    VersionDetail,
)

_ALL = "/api/v1/applications"
_ONE = _ALL + "/{}"

Behavior = Mapping[str, Any]
"""A channel behavior as JSON holds it."""


class Applications(Resource[M]):
    """Phone applications."""

    @listing
    def list(self, *, limit: int | None = None) -> Call[Page[Application]]:
        """Return all applications, newest first."""
        return page_of(_ALL, Application, query={"limit": limit})

    @operation
    def get(self, application_id: str) -> Call[Application]:
        """Return an application."""
        return get(path(_ONE, application_id), Application)

    @operation
    def create(
        self,
        name: str,
        *,
        description: str = "",
        behavior: Behavior | None = None,
        template: str | None = None,
    ) -> Call[Application]:
        """Make an application; a behavior, or that of a template, becomes its draft."""
        body = {"name": name, "description": description, "behavior": behavior}
        return send("POST", _ALL, Application, body | {"template": template}, once=True)

    @operation
    def change(
        self,
        application_id: str,
        *,
        name: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        is_enabled: bool | UnsetType = UNSET,
        if_match: str | None = None,
    ) -> Call[Application]:
        """Rename, describe, enable or disable an application."""
        body = {"name": name, "description": description, "is_enabled": is_enabled}
        return send("PATCH", path(_ONE, application_id), Application, body, if_match=if_match)

    @operation
    def delete(self, application_id: str) -> Call[None]:
        """Delete an application that no number runs."""
        return send("DELETE", path(_ONE, application_id), type(None))

    @operation
    def draft(self, application_id: str) -> Call[Draft]:
        """Return what is to be published next, and what is wrong with it."""
        return get(path(_ONE + "/draft", application_id), Draft)

    @operation
    def save_draft(
        self,
        application_id: str,
        behavior: Behavior,
        *,
        layout: Mapping[str, Any] | None = None,
        if_match: str | None = None,
    ) -> Call[Draft]:
        """Save a draft, however wrong; with the ETag of the last one nobody's work is lost."""
        body = {"behavior": behavior, "layout": layout}
        address = path(_ONE + "/draft", application_id)
        return send("PUT", address, Draft, body, if_match=if_match)

    @operation
    def discard_draft(self, application_id: str) -> Call[None]:
        """Forget the draft, and go on from the version in force."""
        return send("DELETE", path(_ONE + "/draft", application_id), type(None))

    @operation
    def publish(
        self, application_id: str, behavior: Behavior | None = None, *, note: str = ""
    ) -> Call[Release]:
        """Publish a behavior, or the draft. Invalid says in `fields` what is wrong with it."""
        body = {"note": note, "behavior": behavior}
        address = path(_ONE + "/versions", application_id)
        return send("POST", address, Release, body, once=True)

    @listing
    def versions(self, application_id: str) -> Call[Page[Version]]:
        """Return the versions of an application, newest first."""
        return page_of(path(_ONE + "/versions", application_id), Version)

    @operation
    def version(self, application_id: str, number: int) -> Call[VersionDetail]:
        """Return a version."""
        return get(path(_ONE + "/versions/{}", application_id, number), VersionDetail)

    @operation
    def restore(self, application_id: str, number: int, *, note: str = "") -> Call[Release]:
        """Publish an old version again, as a new one."""
        address = path(_ONE + "/versions/{}/restore", application_id, number)
        return send("POST", address, Release, {"note": note}, once=True)

    @operation
    def difference(
        self, application_id: str, before: int | None = None, after: int | None = None
    ) -> Call[Difference]:
        """Return what differs between two versions, or a version and the draft."""
        query = {"before": before, "after": after}
        return get(path(_ONE + "/difference", application_id), Difference, query=query)

    @operation
    def scenarios(self, application_id: str) -> Call[Scenarios]:
        """Return what an application is expected to do."""
        return get(path(_ONE + "/scenarios", application_id), Scenarios)

    @operation
    def expect(
        self,
        application_id: str,
        text: str,
        *,
        required: bool = False,
        if_match: str | None = None,
    ) -> Call[Scenarios]:
        """Store scenarios, and whether publishing requires that they hold."""
        address = path(_ONE + "/scenarios", application_id)
        body = {"text": text, "required": required}
        return send("PUT", address, Scenarios, body, if_match=if_match)

    @operation
    def test(
        self,
        application_id: str,
        *,
        behavior: Behavior | None = None,
        scenarios: str | None = None,
    ) -> Call[Trial]:
        """Play scenarios on virtual time: those stored, on the draft, unless given."""
        body = {"behavior": behavior, "scenarios": scenarios}
        return send("POST", path(_ONE + "/test", application_id), Trial, body)

    @operation
    def check(self, behavior: Behavior) -> Call[Check]:
        """Say everything that is wrong with a behavior; nothing is saved."""
        return send("POST", _ALL + "/check", Check, {"behavior": behavior})

    @operation
    def export(self, application_id: str) -> Call[Export]:
        """Return an application as one document."""
        return get(path(_ONE + "/export", application_id), Export)

    @operation
    def import_(self, document: Export, *, name: str | None = None) -> Call[Application]:
        """Make an application of an exported one."""
        body = {"document": document, "name": name}
        return send("POST", _ALL + "/import", Application, body, once=True)

    @listing
    def templates(self) -> Call[Page[Template]]:
        """Return applications to begin with."""
        return page_of("/api/v1/application-templates", Template)

    @operation
    def schema(self) -> Call[dict[str, Any]]:
        """Return the JSON Schema of channel behaviors."""
        return get("/api/v1/behavior-schema", dict[str, Any])
