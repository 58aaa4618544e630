"""The releases of Lean and Mathlib that the library is written for: the one place that says which.

The lakefiles, the manifests, the toolchains and the pages are made from it or tested against it.  To move to another
release, change `RELEASE`, run `pytest tests/test_release.py --update`, and read what the tests then name.  The embedded
Lean is another matter: it is what its package is.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class LakePackage:
    """A package in Lake's manifest, at the revision that Mathlib's own manifest has.

    Attributes:
        name: its name for Lake.
        url: its repository.
        scope: whose it is in Reservoir.
        revision: the commit.
        required: the branch or tag that was asked for.
        lakefile: the file of its configuration.
    """

    name: str
    url: str
    scope: str
    revision: str
    required: str
    lakefile: str = "lakefile.toml"


@dataclass(frozen=True)
class Release:
    """A release of Lean and the Mathlib that goes with it.

    Attributes:
        lean: Lean's version.
        mathlib: Mathlib itself.
        inherited: what Mathlib requires, in the order of Lake's manifest.
    """

    lean: str
    mathlib: LakePackage
    inherited: tuple[LakePackage, ...]

    @property
    def toolchain(self) -> str:
        """What `lean-toolchain` has."""
        return f"leanprover/lean4:v{self.lean}"

    @property
    def packages(self) -> tuple[LakePackage, ...]:
        """The packages of Lake's manifest, Mathlib first."""
        return self.mathlib, *self.inherited


def _community(name: str, repository: str, revision: str, required: str = "main", **more: str) -> LakePackage:
    url = f"https://github.com/leanprover-community/{repository}"
    return LakePackage(name, url, "leanprover-community", revision, required, **more)


RELEASE = Release(
    lean="4.28.0",
    mathlib=_community(
        "mathlib", "mathlib4", "8f9d9cff6bd728b17a24e163c9402775d9e6a365", "v4.28.0", lakefile="lakefile.lean"
    ),
    inherited=(
        _community("plausible", "plausible", "55c8532eb21ec9f6d565d51d96b8ca50bd1fbef3"),
        _community("LeanSearchClient", "LeanSearchClient", "c5d5b8fe6e5158def25cd28eb94e4141ad97c843"),
        _community("importGraph", "import-graph", "85b59af46828c029a9168f2f9c35119bd0721e6e"),
        _community(
            "proofwidgets",
            "ProofWidgets4",
            "be3b2e63b1bbf496c478cef98b86972a37c1417d",
            "v0.0.87",
            lakefile="lakefile.lean",
        ),
        _community("aesop", "aesop", "f642a64c76df8ba9cb53dba3b919425a0c2aeaf1", "master"),
        _community("Qq", "quote4", "b8f98e9087e02c8553945a2c5abf07cec8e798c3", "master"),
        _community("batteries", "batteries", "495c008c3e3f4fb4256ff5582ddb3abf3198026f"),
        LakePackage(
            "Cli",
            "https://github.com/leanprover/lean4-cli",
            "leanprover",
            "4f10f47646cb7d5748d6f423f4a07f98f7bbcc9e",
            "v4.28.0",
        ),
    ),
)
