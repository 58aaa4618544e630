import Lake
open Lake DSL

package «lean-bridge» where
  leanOptions := #[⟨`autoImplicit, false⟩]

/-- Affine functionals, packed samples, the checker and its soundness; core Lean alone. -/
@[default_target]
lean_lib Bridge where
  srcDir := "lean"

/-- What `python -m bridge export --out lean/Generated.lean` writes. -/
@[default_target]
lean_lib Generated where
  srcDir := "lean"
