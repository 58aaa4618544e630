"""The pages of the documentation that have Lean started; all that is said in `test_docs.py` holds for them too."""

import pytest

from support.docs_pages import PAGES, follow, runs_lean


@pytest.mark.lean
@pytest.mark.usefixtures("user_cache")
@pytest.mark.parametrize("page", [page for page in PAGES if runs_lean(page)], ids=lambda page: page.name)
def test_commands_print_what_is_shown(page, tmp_path, update):
    assert follow(page, tmp_path, update=update) == []
