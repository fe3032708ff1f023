"""The limits for writers: wrong codes, a question while programs flood a forum, too many posts.

Each is told plainly, and nothing typed is lost.
"""

from tests.browser.helpers import (
    MODERATOR,
    button,
    code_of,
    heading,
    link,
    messages,
    open_code,
    press,
    publish,
    send,
    write,
)

WRONG, HALF = "K7QW-3MHT-9XRC-V2PD", "K7QW-3MHT"
POSTS_AN_HOUR = 20  # from one address
ASKED = "Which day comes after Monday?"


def problems(page):
    """Return what the page says went wrong, which it shows first."""
    assert page.url.endswith("#problem")
    return page.locator("#problem li").all_inner_texts()


def ask_in_a_flood(moderator, site, question, answers):
    moderator.goto(f"{site.url}/admin/forums/forum/")
    press(moderator, link(moderator, "Safety forum"))
    moderator.get_by_label("Question during a flood:").fill(question)
    moderator.get_by_label("Answers:").fill(answers)
    press(moderator, button(moderator, "Save"))
    assert [words.endswith("was changed successfully.") for words in messages(moderator)] == [True]


def send_others(page, posts):
    """Send the form of a page as colleagues behind the same address would, each time with other words."""
    fields = page.locator("main form :is(input, textarea)")
    filled = dict(fields.evaluate_all("all => all.map(each => [each.name, each.value])"))
    for number in range(posts):
        sent = page.request.post(page.url, form={**filled, "body": f"Post {number} of a lively office."})
        assert (sent.status, "<h1>Sent. A moderator will read it</h1>" in sent.text()) == (200, True)


def test_a_writer_is_told_plainly_at_every_limit_and_loses_nothing(phone, staff, site):
    writer, moderator = phone(), staff(MODERATOR)
    for code in (HALF, WRONG):
        open_code(writer, site, code)
        assert problems(writer) == ["Check the code. It has 16 letters and numbers"]
        assert writer.get_by_label("Your code").input_value() == code

    ask_in_a_flood(moderator, site, ASKED, "Tuesday, Tue")
    write(writer, site, "safety", "Lamps", "A lamp at each door helps.")
    writer.get_by_label(ASKED).fill("Monday")
    press(writer, button(writer, "Send for checking"))
    assert problems(writer) == ["That is not the answer that we look for. Try another word"]
    kept = [writer.get_by_label(label).input_value() for label in ("Title", "Your post", ASKED)]
    assert kept == ["Lamps", "A lamp at each door helps.", "Monday"]
    writer.get_by_label(ASKED).fill("tuesday.")
    send(writer)
    code = code_of(writer)
    ask_in_a_flood(moderator, site, "", "")
    publish(moderator, site, "A lamp at each door helps.")

    open_code(writer, site, code.lower().replace("-", " "))
    press(writer, link(writer, "See it in the thread"))
    press(writer, link(writer, "Add a reply"))
    assert writer.get_by_label(ASKED).count() == 0
    writer.get_by_label("Your post").fill("The bulbs last for years.")
    for wrong in (code[:9], WRONG):
        writer.get_by_label("Code from an earlier post here").fill(wrong)
        press(writer, button(writer, "Send for checking"))
        assert problems(writer) == ["That code does not belong to this thread. Leave it empty to get a new name"]
        assert writer.get_by_label("Code from an earlier post here").input_value() == wrong
        assert writer.get_by_label("Your post").input_value() == "The bulbs last for years."
    writer.get_by_label("Code from an earlier post here").fill(code)
    press(writer, button(writer, "Send for checking"))
    assert (writer.locator(".code").count(), heading(writer)) == (0, "Sent. A moderator will read it")

    write(writer, site, "safety", "Lamps again", "The council pays for them.")
    send_others(writer, posts=POSTS_AN_HOUR - 2)
    with writer.expect_navigation() as sent:
        button(writer, "Send for checking").click()
    assert sent.value.status == 429
    assert problems(writer) == ["Too many tries. Nothing was lost. Wait 60 minutes, then send again."]
    kept = [writer.get_by_label(label).input_value() for label in ("Title", "Your post")]
    assert kept == ["Lamps again", "The council pays for them."]
