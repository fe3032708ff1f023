from forums.moderation.differences import differences


def test_words_struck_in_a_row_are_one_piece():
    assert differences("Ask Jo Bloggs for keys.", "Ask somebody for keys.") == [
        ("kept", "Ask "),
        ("struck", "Jo Bloggs "),
        ("added", "somebody "),
        ("kept", "for keys."),
    ]


def test_the_pieces_put_both_versions_together_again():
    before, after = "One\n\ntwo  three four", "Zero\n\ntwo four\nfive"
    pieces = differences(before, after)
    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "struck") == after


def test_nothing_changed_is_one_kept_piece():
    assert differences("Same words", "Same words") == [("kept", "Same words")]
