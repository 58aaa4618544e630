"""Packages as npm packs them, in files, which npm takes in the place of a name."""

import base64
import hashlib
import io
import tarfile


def archive_bytes(files):
    """A gzipped tar archive of files, or of members such as links."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as tar:
        for name, content in files.items():
            member = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            content = b"" if isinstance(content, tarfile.TarInfo) else content
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return data.getvalue()


def integrity_of(data):
    """The SHA-512 of an archive as the registry writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
