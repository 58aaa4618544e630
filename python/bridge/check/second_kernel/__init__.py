"""Has the native kernel of another, newer Lean check what a Lean has compiled: a second opinion on every theorem."""
