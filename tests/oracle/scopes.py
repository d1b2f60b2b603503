"""Scopes: what contains what, by path segment and without regard to case (model, section 2)."""

from __future__ import annotations

from facts import Place

MANAGEMENT_GROUP = "/providers/microsoft.management/managementgroups/"


def tidy(scope: str) -> str:
    """Lower-case, no slash at the end; the root stays `/`."""
    return scope.strip().lower().rstrip("/") or "/"


def contains(scope: str, path: str) -> bool:
    """`/a/b` contains `/a/b` and `/a/b/c`, and not `/a/bc`."""
    return path == scope or path.startswith(scope + "/")


def management_group_of(scope: str) -> str | None:
    if scope.startswith(MANAGEMENT_GROUP):
        return scope.removeprefix(MANAGEMENT_GROUP).split("/")[0]
    return None


def subscription_of(scope: str) -> str | None:
    """None for a management group and for the root."""
    segments = scope.split("/")
    if len(segments) > 2 and segments[1] == "subscriptions":
        return segments[2]
    return None


def path_of(place: Place) -> str:
    """The line's own scope: its resource, else its group, else its Azure subscription.

    The subscription is the line's (EntitlementId), whatever its resource says.
    """
    base = f"/subscriptions/{place.subscription}"
    if place.resource.startswith(base + "/"):
        return place.resource
    return f"{base}/resourcegroups/{place.resource_group}" if place.resource_group else base


def without_extension(identifier: str, kind: str) -> str:
    """The scope an extension resource sits on: `<scope>/providers/<kind>/<name>`."""
    lowered = tidy(identifier)
    at = lowered.rfind(f"/providers/{kind.lower()}/")
    return lowered[:at] or "/" if at >= 0 else lowered
