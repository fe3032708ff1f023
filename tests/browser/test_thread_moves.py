"""A moderator moves, merges, splits and closes threads and pauses a forum; old links lead to the new places."""

import re

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

BUSES, LIFTS = "The bus to the clinic stops at the door.", "Two volunteers give lifts to appointments."
REST = "New posts are paused for now. The team is away. You can still read."


def code_in(address):
    """Return the code of a thread, by which moderators know it."""
    return address.rstrip("/").rpartition("/")[2]


def open_thread(moderator, site, address):
    """Open the page on which moderators change the thread of an address."""
    moderator.goto(f"{site.url}/admin/forums/thread/?q={code_in(address)}")
    press(moderator, link(moderator, code_in(address)))


def save(moderator):
    press(moderator, button(moderator, "Save"))
    assert [words.endswith("was changed successfully.") for words in messages(moderator)] == [True]


def set_forum(moderator, site, state, message):
    moderator.goto(f"{site.url}/admin/forums/forum/")
    press(moderator, link(moderator, "Safety forum"))
    moderator.get_by_label("State:", exact=True).select_option(state)
    moderator.get_by_label("Pause message:").fill(message)
    save(moderator)


def move(moderator, site, address):
    """Move a thread of the medical forum to the safety forum, and return its address there."""
    open_thread(moderator, site, address)
    press(moderator, link(moderator, "Move to another forum"))
    moderator.get_by_label("Move to").select_option("Safety forum")
    press(moderator, button(moderator, "Move this thread"))
    assert messages(moderator) == ["Moved to the Safety forum."]
    return address.replace("/medical/", "/safety/")


def merge(moderator, site, address, *, into):
    open_thread(moderator, site, address)
    press(moderator, link(moderator, "Merge into another thread"))
    moderator.get_by_label("Merge into").fill(into)
    press(moderator, button(moderator, "Show the other thread first"))
    press(moderator, button(moderator, "Yes, merge them"))
    assert messages(moderator) == [f"Merged. All posts of thread {code_in(address)} are in this one now."]


def split_off(moderator, address, *, number, title):
    """Split a post off the thread of an address, whose page is open, as after a merge."""
    press(moderator, link(moderator, "Split off posts"))
    moderator.get_by_label("Title of the new thread").fill(title)
    moderator.get_by_label(re.compile(f"^#{number} ")).check()
    press(moderator, button(moderator, "Split off these posts"))
    assert messages(moderator) == [f"Split off thread {code_in(address)}. This is the new thread."]


def pin_and_close(moderator, site, address):
    open_thread(moderator, site, address)
    moderator.get_by_label("Pinned").check()
    moderator.get_by_label("State:", exact=True).select_option("Closed")
    save(moderator)


def address_of(reader, site, title):
    """Return where a reader finds a thread of the medical forum."""
    reader.goto(site.forum("medical"))
    press(reader, link(reader, title))
    return reader.url


def shown_at(page, address):
    """Follow a link; return the title of its thread, the words that the browser goes to, and where they are."""
    page.goto("about:blank")  # a page that is open already would not be asked for
    page.goto(address)
    return heading(page), page.locator(".post:target .prose").all_inner_texts(), page.url


def notices(page):
    return {" ".join(words.split()) for words in page.locator("main .notice.waiting").all_inner_texts()}


def test_a_moderator_rearranges_and_everybody_is_led_right_and_told(phone, staff, site):
    writer, other, reader, late, moderator = phone(), phone(), phone(), phone(), staff(MODERATOR)
    write(writer, site, "medical", "Buses", BUSES)
    write(other, site, "medical", "Lifts", LIFTS)
    send(writer, other)
    code = code_of(other)
    publish(moderator, site, BUSES, LIFTS)
    buses, lifts = address_of(reader, site, "Buses"), address_of(reader, site, "Lifts")
    late.goto(buses)
    press(late, link(late, "Add a reply"))
    late.get_by_label("Your post").fill("It does not run at night.")

    now = move(moderator, site, buses)
    assert shown_at(reader, f"{buses}#post-1") == ("Buses", [BUSES], f"{now}#post-1")
    merge(moderator, site, lifts, into=buses)
    assert shown_at(reader, lifts) == ("Buses", [LIFTS], f"{now}#post-2")
    split_off(moderator, now, number=2, title="Lifts from volunteers")
    reader.goto(now)
    assert reader.locator(".post .prose").all_inner_texts() == [BUSES]
    assert reader.locator(".gone").all_inner_texts() == ["#2 was moved to another thread."]
    press(reader, link(reader, "another thread"))
    split = reader.url
    for old in (lifts, f"{lifts}#post-1", split):
        assert shown_at(reader, old) == ("Lifts from volunteers", [LIFTS], split)
    open_code(other, site, code)
    press(other, link(other, "See it in the thread"))
    assert other.url == split

    pin_and_close(moderator, site, now)
    reader.goto(site.forum("safety"))
    assert reader.locator("main .row h2").first.inner_text() == "Buses"
    assert reader.locator("main .row").first.locator(".tag").all_inner_texts() == ["Pinned", "Closed"]
    press(reader, link(reader, "Buses"))
    assert notices(reader) == {"No new replies. This thread is closed. Start a new one."}
    assert [link(reader, name).count() for name in ("Add a reply", "Reply to this", "Start a new thread")] == [0, 0, 1]
    press(late, button(late, "Send for checking"))
    assert late.locator("#problem li").all_inner_texts() == ["This thread is closed. Start a new one."]
    assert late.get_by_label("Your post").input_value() == "It does not run at night."

    set_forum(moderator, site, "Paused", "The team is away")
    reader.goto(site.forum("safety"))
    assert (notices(reader), link(reader, "Start a thread").count()) == ({f"No new posts now. {REST}"}, 0)
    press(reader, link(reader, "Lifts from volunteers"))
    assert (notices(reader), link(reader, "Add a reply").count()) == ({f"No new replies. {REST}"}, 0)
    set_forum(moderator, site, "Open", "")
    reader.reload()
    assert (notices(reader), link(reader, "Add a reply").count()) == (set(), 1)
