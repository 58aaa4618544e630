import Lake

open Lake DSL

require "leanprover-community" / "mathlib" @ git "v4.28.0"

package bridge where
  testDriver := "BridgeTest"
  lintDriver := "batteries/runLinter"
  -- Mathlib is built with the same depth, and its instances are only known to be found with it.
  leanOptions := #[⟨`autoImplicit, false⟩, ⟨`maxSynthPendingDepth, .ofNat 3⟩]

/-- The theory: certificates over the rational numbers in core Lean, and under `Bridge.Real` the
passage to the real numbers on Mathlib. -/
@[default_target]
lean_lib Bridge where
  srcDir := "lean"
  -- `lake lint` looks at what the roots import, and `Bridge` alone imports nothing on Mathlib.
  roots := #[`Bridge, `Bridge.Real]
  globs := #[.andSubmodules `Bridge]

/-- What `python -m bridge export --out lean/Generated.lean` writes. -/
@[default_target]
lean_lib Generated where
  srcDir := "lean"

/-- What can be derived from an export. -/
@[default_target]
lean_lib Example where
  srcDir := "lean"

/-- The tests of the library, and the comparison of `tests/lean/surface` with Mathlib.  `lake test`
builds them and `lake build` does not, so that no test stands between a user and the library. -/
lean_lib BridgeTest where
  srcDir := "tests/lean"
  globs := #[.andSubmodules `BridgeTest, .one `SurfaceCheck]
