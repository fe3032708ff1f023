"""The time of the rules on texts made to slow them down, compared with an ordinary text of the same length.

Both are measured in turns, so that neither a slow machine nor other work on it counts.
"""

from functools import partial
from itertools import chain

import pytest

from forums.personal_data.matches import find_personal_data
from tests.mscos.test_text_speed import UNITS, repeated, slow_ones, takes_its_length

# An ordinary text of 10,000 characters takes 0.04 s of the processor on a machine of 2026, twice that where its lines break.
TIMES = 5
ORDINARY = (
    "We tried two things last year. The first was a list of rooms that the person keeps and we keep too; my worker said "
    "that it takes ten minutes. The second cost £650 and 45 days, see section 14.10 and pages 159 to 167.\n\n"
) * 60
STARTS = [
    # what each rule begins with, again and again, with and without what it waits for
    *("0", "07", "07700 900123 ", "+44", "+", "+1 ", "0-", "(0) ", "0.7.", "1 2 ", "00", "+2519", "o7O", "zero ", "zero-one "),
    *("call me on 1", "my number is ", "tel: ", "@", "a@", "a@b", "a@b.", "a.b@", "a at ", "a at b dot ", "a (at) b ", "a dot ", "@a "),
    *("SW1A ", "SW1A1A", "A1", "M1 1", "QQ", "QQ12 ", "QQ 12 34 56 ", "NI ", "insurance ", "A1234567", "A1234567/", "1212", "1212-"),
    *("GWF0", "HO/", "HO/12345/", "PA/1234/", "case no ref ", "case number ", "passport no. is ", "12/", "CAD 1/"),
    *("born ", "born on ", "born on 3 ", "dob ", "3 May ", "birthday is ", "May ", "1/1/", "turned 18 on "),
    *("insta ", "insta: ", "insta is a ", "insta name ", "x.com/", "x.com/a", "a.x.com/a ", "https://a.", "www.", "add me on ", "a/@"),
    *("I am at the ", "I am at the a, ", "at 5 ", "meet me at ", "see me at a ", "I will be at a at 5 ", "he is at A ", "noon "),
    *("my name is ", "my name is A ", "My friend A ", "I am A ", "I am called ", "ask for A ", "this is A ", "Mr A ", "Thanks,\n", "Hi A "),
    *("14 ", "14 A ", "14 Mill ", "14 Mill Lane ", "Flat 3 ", "Flat 3, A ", "live ", "live in A ", "live a a in A ", "room 3 of ", "St "),
    *("AB51 ", "AB51ABC", "reg ", "reg: A1", "doi ", "10.1234/", "ISBN ", "ISBN 1", "https://", "A ", "A", "Aa ", "a b ", "A-", "a'", "a_"),
    *("I am in the ", "I am in the a a a ", "Every Monday I am at the ", "at 5 I am ", "meet at the ", ". meet at A a ", "third of "),
    *("name: ", "name: A ", "Signed, A ", "Signed, A. . ", "passport ", "UAN 1", "share code ", "W12 ", "W12 3", "a#", "a#1", "aaaa#123 "),
    *("my  name  is  ", "my\nname\n", "a\nb ", "  ", " \n", "\r\n", "\t", "a:\n", "A:\nA:", "A\nA ", "a :\na ", "1. a\n", "I am\n"),
    *("０", "٠ ", "é", "\u200b", "a\u200b", "ﬃ", "𝟘", "\u0301", "ﷺ", "ß", "名 "),
]  # fmt: skip
MARKS = [*chain(*UNITS.values())]
MADE = {
    "marks": repeated(unit for unit in MARKS if len(unit) < 3),
    "starts": repeated(STARTS),
    "lines": {f"lines of {unit!r}": lambda size, unit=unit: f"{unit}\n" * size for unit in STARTS},
    "whole texts": {
        "a page of dots": lambda size: "x.com/" + "." * size,
        "pages of dots": lambda size: ("x.com/" + "." * 400 + " ") * (size // 400),
        "every character once": lambda size: "".join(map(chr, range(0x100, 0x100 + size))),
        "all starts": lambda size: "".join(STARTS + MARKS) * (size // 900),
        "numbers, all different": lambda size: " ".join(f"+2519{number:08}" for number in range(size // 10)),
    },
}


@pytest.mark.parametrize("group", MADE)
def test_no_text_takes_long(group):
    is_quick = partial(takes_its_length, find_personal_data, ordinary=ORDINARY, times=TIMES)
    assert slow_ones(MADE[group], is_quick) == []
