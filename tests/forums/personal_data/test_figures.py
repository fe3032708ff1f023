"""Recall and false alarms of the rules. Each run prints them at its end; docs/figures.md records them."""

from tests.forums.personal_data import held_out, sentences
from tests.forums.personal_data.helpers import figures


def test_of_the_sentences_that_the_rules_were_made_with_all_are_right(record_property):
    found = figures(sentences)
    record_property("figure", f"what points to somebody, sentences the rules were made with: {found}")
    assert (found.missed, found.wrong) == ([], [])
    assert (found.with_data, found.ordinary) == (193, 197)


def test_of_sentences_that_no_rule_was_made_for_nineteen_in_twenty_are_found_and_one_in_twenty_is_marked_wrongly_at_most(
    record_property,
):
    found = figures(held_out)
    record_property("figure", f"what points to somebody, held-out sentences: {found}")
    assert found.recall >= 0.95
    assert found.false_alarms <= 0.05
    assert (found.with_data, found.ordinary) == (150, 166)


def test_no_sentence_stands_in_both_sets():
    def all_of(module):
        return {*module.ORDINARY, *(sentence for group in module.POINTING.values() for sentence in group)}

    assert all_of(sentences) & all_of(held_out) == set()
    assert sentences.POINTING.keys() == held_out.POINTING.keys()
