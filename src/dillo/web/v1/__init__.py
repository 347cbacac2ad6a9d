"""The management API, `/api/v1`: a module for each kind of resource.

How a resource is built is told in docs/architecture.md; `keys` is the one to imitate.
"""
