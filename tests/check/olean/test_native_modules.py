"""A file that the native Lean writes, with pointers of 8 bytes and large numbers of GMP, is read as it was written."""

import base64
import zlib

from bridge.check.olean.modules import CompiledFiles, Modules
from bridge.check.olean.parts import Part
from bridge.check.olean.terms import CONST, NAT, PI, STR, Terms

# By `Lean.saveModuleData` of Lean 4.35.0 for Linux on x86-64: an axiom `A.T : Prop`, and below it definitions and a
# theorem that the kernel has not seen.
WRITTEN = zlib.decompress(
    base64.b64decode(
        "eNqVVjFv00AUPp/P9nXLAChjxkyV5TbUXRBQkCqBkCUYKrHUqW0aCaVVYyEPDB07MnaMGCrGDAyMHishIX6C2ZBYmKqWCad61/hd3kWyl/dyfu"
        "+7733v7jlH79N4zK3N9Y3Bus/MTzp8eBBnw61g20/DYTLIgu2NrUEQJGES+pvZIMz8YBhnByq+u7bItRi7ojDr9RsOPl+s3T5PGnE9xi21XrTE"
        "eaPhTMEvW+IkBhxptcMZG3CiljgTA855S5xjA07VEic34PQ5iXPlgq/sb7A+ABZgS7AScKIGXkfD7TLL/kbs12P2Hb7ie8lRHquIvM482sY4ih"
        "+FU9ct9H0wP27p+bc1M8H6sM8uWLXtob0cX/OyTm3cFwG+sur1qzgn71FpUzrV/G0z/3n9hcZfisX7PmP/OJyNfVj//uzpxa/PFx//vM0ePXAX"
        "uu4KpP/asaD1Kkx6QfypwPWeC1qvmcB6eeB72jl8nZ+Mxu+W9foraL26zmq9So1/6GAeUumo8fjxtZenRX7Hv3CwXlOH1qs06LUH8TMH63Xp0H"
        "pVDq5D3T/q3K+aC4Vhjj92Kf4WqaPPbO/QxfueuUszpTkXuKfpovNXuvQAZwr2J9jKpXW5dnH/qfvc1C3S9g09zCsieM3z9jxcZ+EhHvyTt3qe"
        "dqHBM7AVnN8OBPQhf4ZxblTbHW2evKz/JlB9lJL+TtwHX9l76ntzMvoQ5+nO0XiSvxiNk8nzIm/i+oAXSfJ8M2q+zuu3tPUvEuedwe9Srs6rGu"
        "/DWoV9xRv6VIJeav1a4vz/o2V0Fw=="
    )
)


def test_constants_of_the_native_lean_are_read(tmp_path):
    file = tmp_path / "Out.olean"
    file.write_bytes(WRITTEN)
    part = Part(file)
    assert (part.width, part.gmp, part.lean_version) == (8, True, "4.35.0")
    assert part.git_hash == "eb6cafb7290e8bd5f2937522d8d804f58f02bafc"

    modules = Modules(Terms(), {"Out": CompiledFiles((file,), is_core=True)}.get)
    modules.load(["Out"])
    terms = modules.terms
    found = {terms.text(name): modules.get(name) for name in modules.declared_in("Out")}
    kinds = {text: str(constant.kind) for text, constant in found.items()}
    assert kinds == {"A.T": "axiom", **dict.fromkeys(["A.d", "A.n", "A.s", "A.p"], "definition"), "A.t": "theorem"}
    values = {text: terms.exprs[constant.value] for text, constant in found.items() if constant.value is not None}
    assert values["A.d"] == (CONST, terms.name("A.T"), ())
    assert values["A.n"] == (NAT, 123456789012345678901234567890123)
    assert values["A.s"] == (STR, "δ text")
    kind, variable, *_, info = values["A.p"]
    assert (kind, terms.text(variable), info) == (PI, "x", 1)
    assert found["A.p"].hints == 7
    assert found["A.T"].dropped == "definition"
