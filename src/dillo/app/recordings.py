"""Where the platform keeps its recordings, as its settings want it."""

from dillo.files.recordings import Recordings
from dillo.settings import Settings


def make_recordings(settings: Settings) -> Recordings:
    """Return the recordings of this node and, where one is set, of the store."""
    if not settings.recordings_url:
        return Recordings(settings.recordings_dir)
    # Imported here: whoever keeps recordings in a folder need not wait for the library.
    from dillo.files.s3 import S3Access, S3Objects

    access = S3Access(
        settings.recordings_url,
        settings.recordings_endpoint,
        settings.recordings_region,
        settings.recordings_access_key,
        settings.recordings_secret_key,
    )
    return Recordings(settings.recordings_dir, S3Objects(access))
