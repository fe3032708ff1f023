"""Journeys through the forums: of a writer, moderators, researchers, a member.

JavaScript is off but where a page needs it; writers have a phone, staff a desk.
"""

import csv
import json
import re
from datetime import timedelta

from django.utils import timezone

from tests.browser.helpers import (
    COLLEAGUE,
    EDITOR,
    MODERATOR,
    button,
    code_of,
    heading,
    is_too_wide,
    link,
    messages,
    open_code,
    open_details,
    open_in_queue,
    press,
    publish,
    row,
    send,
    text,
    write,
)


def held_in(panel):
    """Return what a post's panel tells is held of it, by name."""
    names, words = (panel.locator(each).all_inner_texts() for each in ("dt", "dd"))
    return dict(zip(names, words, strict=True))


def write_and_be_asked(writer, site):
    """Write a thread with a phone number, be asked about it, change it, look at it and send it; return the code."""
    write(writer, site, "support", "A drop-in that works", "Ring me on 07700 900123 and I will tell you.")
    press(writer, button(writer, "Send for checking"))
    assert writer.get_by_role("heading", name="Could this point to someone?").is_visible()
    assert writer.locator("mark").all_inner_texts() == ["07700 900123"]
    writer.get_by_label("Your post").fill("The drop-in in Elm Street has tea and time.")
    press(writer, button(writer, "Show how it will look"))
    assert writer.locator("mark").count() == 0
    preview = writer.get_by_role("region", name="How it will look")
    assert preview.locator("h3, .prose").all_inner_texts() == [
        "A drop-in that works",
        "The drop-in in Elm Street has tea and time.",
    ]
    send(writer)
    return code_of(writer)


def test_a_writer_is_asked_refused_and_published_and_takes_it_down(phone, staff, site):
    writer, moderator = phone(), staff(MODERATOR)
    code = write_and_be_asked(writer, site)
    name = re.search(r"In this thread you are (.+)\.", open_code(writer, site, code)).group(1)
    assert "Waiting to be checked" in text(writer)

    open_in_queue(moderator, site, "The drop-in in Elm Street")
    moderator.get_by_label("Your question or words").fill("Is the street needed?")
    press(moderator, button(moderator, "Ask the writer"))
    assert messages(moderator) == ["Sent. Only the writer can read it."]

    assert "Is the street needed?" in open_code(writer, site, code)
    writer.get_by_role("textbox", name="Write to the moderators").fill("People have to find it.")
    press(writer, button(writer, "Send"))
    assert writer.get_by_role("status").inner_text() == "Sent. The moderators will read it."
    assert "People have to find it." in text(writer)

    open_in_queue(moderator, site, "The drop-in in Elm Street")
    assert "People have to find it." in text(moderator)
    moderator.get_by_label("This post …").select_option("names a place")
    moderator.locator("#refusal_words").fill("Leave the street out, please.")
    press(moderator, button(moderator, "Do not publish"))
    assert messages(moderator) == ["Not published. Look at it again or undo it"]

    read = " ".join(open_code(writer, site, code).split())
    assert "We did not publish this because it names a place. You can send a new version without that." in read
    assert "Leave the street out, please." in read
    press(writer, button(writer, "Send a new version"))
    assert writer.get_by_label("Title").input_value() == "A drop-in that works"
    assert writer.get_by_label("Your post").input_value() == "The drop-in in Elm Street has tea and time."
    writer.get_by_label("Your post").fill("The drop-in near here has tea and time.")
    send(writer)
    assert (writer.locator(".code").count(), "Your code is the same as before" in text(writer)) == (0, True)

    open_in_queue(moderator, site, "The drop-in near here")
    assert "People have to find it." in text(moderator)
    press(moderator, button(moderator, "Publish"))
    assert messages(moderator) == ["Published. Look at it again or undo it"]

    open_code(writer, site, code)
    press(writer, link(writer, "See it in the thread"))
    thread = writer.url.partition("#")[0]
    assert heading(writer) == "A drop-in that works"
    assert writer.locator(".post .badge").all_inner_texts() == [f"Anonymous · {name}"]
    assert writer.locator(".post .prose").all_inner_texts() == ["The drop-in near here has tea and time."]

    assert "Its words have been erased." in open_code(writer, site, code)
    assert "Elm Street" not in writer.content()
    published = writer.get_by_role("region", name="Published", exact=True)
    open_details(published, "What we hold about this post")
    held = held_in(published)
    assert {each: held[each] for each in ("Voice", "Author", "Body", "State", "Decided by")} == {
        "Voice": name,
        "Author": "nobody",
        "Body": "The drop-in near here has tea and time.",
        "State": "Published",
        "Decided by": "somebody of the team",
    }
    press(writer, button(published, "Take my post down"))
    press(writer, button(writer, "Take it down"))
    assert heading(writer) == "Your post was taken down"
    assert writer.goto(thread).status == 404


def arrive_at_once(page, site, forum, title, body):
    """Send a thread as a program does: as soon as the form is there."""
    page.goto(f"{site.forum(forum)}new/")
    with page.expect_navigation():
        page.evaluate(
            """([title, body]) => {
                document.querySelector("[name=title]").value = title;
                document.querySelector("[name=body]").value = body;
                document.querySelector("main form .button").click();
            }""",
            [title, body],
        )
    assert heading(page) == "Sent. A moderator will read it"


def test_what_may_be_advertising_waits_apart_and_is_refused_together(phone, staff, site):
    moderator = staff(MODERATOR)
    arrive_at_once(phone(), site, "services", "Cheap loans", "Loans for everybody, today.")
    arrive_at_once(phone(), site, "services", "Cheap cars", "Cars for everybody, today.")
    moderator.goto(site.queue())
    assert row(moderator, "for everybody, today.").count() == 0
    press(moderator, link(moderator, re.compile("may be advertising or a repeat")))
    for words in ("Loans for everybody", "Cars for everybody"):
        row(moderator, words).get_by_role("checkbox").check()
    moderator.get_by_label("Action:").select_option("Refuse the chosen posts as advertising")
    press(moderator, button(moderator, "Go"))
    assert messages(moderator) == [
        "2 refused. To undo one, open it within ten minutes; of one thread the last comes first."
    ]
    assert row(moderator, "for everybody, today.").count() == 0


def test_moderators_read_change_and_undo_side_by_side(phone, staff, site):
    site.add_person(COLLEAGUE, "Sample colleague", "Moderators")
    noted, plain, moderator, colleague = phone(), phone(), staff(MODERATOR), staff(COLLEAGUE)
    write(noted, site, "services", "A helpdesk", "They said no. Ask at 07700 900321.", Content_note="threats")
    write(plain, site, "services", "Waiting rooms", "A waiting room needs a quiet corner.")
    send(noted, plain)
    noted.get_by_label("It is meant to be public").check()
    press(noted, button(noted, "Send for checking"))
    assert heading(noted) == heading(plain) == "Sent. A moderator will read it"

    moderator.goto(site.queue())
    assert row(moderator, "Content note: threats").locator(".field-flags").inner_text() == "possible phone number"
    assert row(moderator, "A waiting room needs").locator(".field-flags").inner_text() == ""
    press(moderator, link(moderator, "Content note: threats"))
    assert not moderator.locator("mark").is_visible()
    open_details(moderator, "Content note: threats (show this post)")
    assert moderator.locator("mark:visible").all_inner_texts() == ["07700 900321"]
    open_details(moderator, "Show the text")
    moderator.get_by_label("Post", exact=True).fill("They said no. Ask at the door.")
    press(moderator, button(moderator, "Show the difference"))
    assert [each.strip() for each in moderator.locator("del").all_inner_texts()] == ["07700 900321."]
    assert [each.strip() for each in moderator.locator("ins").all_inner_texts()] == ["the door."]
    press(moderator, button(moderator, "Publish this version"))
    assert messages(moderator) == ["Published with a change."]

    open_in_queue(moderator, site, "A waiting room needs")
    open_in_queue(colleague, site, "A waiting room needs")
    press(moderator, button(moderator, "Publish"))
    press(colleague, button(colleague, "Publish"))
    assert set(messages(colleague)) == {f"Sample moderator decided on {timezone.localdate():%-d %B %Y}: Published."}
    plain.goto(site.forum("services"))
    assert link(plain, "Waiting rooms").count() == 1
    press(colleague, button(colleague, "Undo this decision"))
    assert messages(colleague) == ["Undone. It waits again."]
    plain.reload()
    assert link(plain, "Waiting rooms").count() == 0


def test_a_post_is_passed_on_is_urgent_and_is_reported(phone, staff, site):
    site.add_person(COLLEAGUE, "Sample colleague", "Moderators")
    reader, moderator, colleague = phone(), staff(MODERATOR), staff(COLLEAGUE)
    write(reader, site, "services", "A lift to court", "Someone should drive people there.")
    send(reader)
    open_in_queue(moderator, site, "Someone should drive")
    moderator.get_by_label("Pass to").select_option("Sample colleague")
    press(moderator, button(moderator, "Pass to a colleague"))
    assert messages(moderator) == ["Passed to Sample colleague."]
    colleague.goto(site.queue())
    press(colleague, link(colleague, "Passed to me"))
    assert colleague.locator("#result_list tbody th").all_inner_texts() == ["Someone should drive people there."]
    press(colleague, link(colleague, "Someone should drive"))
    press(colleague, button(colleague, "Urgent: someone may be in danger"))
    assert colleague.get_by_role("heading", name="The steps that the team has set").is_visible()
    assert "Someone may be in danger. Do this now:" in messages(colleague)
    moderator.goto(site.queue())
    first = moderator.locator("#result_list tbody tr").first
    assert first.locator(".field-flags").inner_text() == "urgent, for Sample colleague"
    press(colleague, button(colleague, "Not urgent any more"))
    press(colleague, button(colleague, "Publish"))

    reader.goto(site.forum("services"))
    press(reader, link(reader, "A lift to court"))
    press(reader, link(reader, "Report number 1"))
    reader.get_by_label("could point to someone").check()
    reader.get_by_label("Anything else that we should know?").fill("There is one court only.")
    press(reader, button(reader, "Send the report"))
    assert heading(reader) == "Thank you"

    moderator.goto(site.queue())
    press(moderator, link(moderator, "1 published post was reported by readers."))
    assert row(moderator, "Someone should drive").locator(".field-flags").inner_text().startswith("reported")
    press(moderator, link(moderator, "Someone should drive"))
    assert "it could point to someone. “There is one court only.”" in text(moderator)
    press(moderator, button(moderator, "Looked at it: the post stays"))
    assert messages(moderator)[0] == "1 report dealt with. The post stays."
    moderator.goto(site.queue())
    assert "reported by readers" not in text(moderator)


QUESTION = "Which lessons help most?"
VIEW = "Évening classes – with a crèche."


def save_call(editor, **typed):
    """Fill in fields of a call in the admin and save it."""
    for label, words in typed.items():
        editor.get_by_label(f"{label.replace('_', ' ')}:", exact=True).fill(words)
    press(editor, button(editor, "Save"))


def open_call(editor, site):
    editor.goto(f"{site.url}/admin/forums/consultation/")
    press(editor, link(editor, QUESTION))


def make_call(editor, site):
    """Make a call for views with two types, as an editor does; the second type's row needs JavaScript."""
    editor.goto(f"{site.url}/admin/forums/consultation/add/")
    editor.get_by_label("Forum:").select_option("Education forum")
    for number, (code, title) in enumerate((("x", "Language classes"), ("y", "Evening classes"))):
        if number:
            button(editor, "Add another Prompt").click()
        editor.locator(f"#id_topics-{number}-code").fill(code)
        editor.locator(f"#id_topics-{number}-title").fill(title)
        editor.locator(f"#id_topics-{number}-position").fill(str(number))
    save_call(editor, Question=QUESTION, Why="We will bring the answers together.")
    assert f"“{QUESTION}” was added successfully" in messages(editor)[0]


def download(page, name):
    with page.expect_download() as download:
        link(page, name).click()
    return download.value.path()


def test_a_call_for_views_from_its_question_to_what_we_heard(phone, staff, site):
    editor, moderator, visitor, late = staff(EDITOR, script=True), staff(MODERATOR), phone(), phone()
    make_call(editor, site)
    visitor.goto(site.url)
    press(visitor, link(visitor, QUESTION))
    consultation = visitor.url
    assert "No views yet on this type." in text(visitor)
    for page, typed in ((visitor, ("Time after work", VIEW)), (late, ("Too late?", "A book to keep."))):
        page.goto(consultation)
        press(page, link(page, "Add your view on Evening classes"))
        assert page.get_by_label("Type of provision").locator("option:checked").inner_text() == "Evening classes"
        page.get_by_label("Title").fill(typed[0])
        page.get_by_label("Your post").fill(typed[1])
    send(visitor)
    publish(moderator, site, VIEW)

    visitor.goto(consultation)
    assert visitor.locator("section .facts > a").all_text_contents() == ["1 view on Evening classes"]
    drawn = visitor.locator(".chart rect").evaluate_all(
        "bars => bars.map(bar => bar.getBoundingClientRect().width > 0)"
    )
    assert visitor.locator(".chart p").all_text_contents() == ["Language classes: 0", "Evening classes: 1"]
    assert drawn == [False, True]
    assert [" ".join(line.split()) for line in visitor.locator("table tbody tr").all_inner_texts()] == [
        "Language classes 0 0",
        "Evening classes 1 0",
        "All types 1 0",
    ]
    assert is_too_wide(visitor) == []
    press(visitor, link(visitor, "Time after work"))
    name = visitor.locator(".post .badge").inner_text().removeprefix("Anonymous · ")

    open_call(editor, site)
    row_of_file = {
        "day": f"{timezone.localdate()}",
        "type": "Evening classes",
        "name": name,
        "text": f"Time after work\n\n{VIEW}",
    }
    assert json.loads(download(editor, "as JSON").read_bytes()) == [row_of_file]
    with download(editor, "Published views as CSV").open(encoding="utf-8-sig", newline="") as lines:
        assert list(csv.DictReader(lines)) == [row_of_file]

    yesterday = f"{timezone.localdate() - timedelta(days=1)}"
    save_call(editor, Closes=yesterday, What_we_heard="Time of day matters **most**.")
    assert editor.locator(".errorlist").inner_text() == "The closing day must not come before the opening day."
    save_call(editor, Opens=yesterday)

    visitor.goto(site.forum("education"))
    press(visitor, link(visitor, re.compile(f"Read what we heard.*{re.escape(QUESTION)}")))
    assert "This call is closed." in text(visitor)
    assert link(visitor, "Read what we heard").get_attribute("href") == "#heard"
    assert "Time of day matters most." in text(visitor)
    assert link(visitor, "Add your view").count() == 0

    press(late, button(late, "Send for checking"))
    assert "Nothing was lost. Send again to start a thread in this forum instead." in text(late)
    assert late.get_by_label("Your post").input_value() == "A book to keep."
    assert late.get_by_label("Type of provision").count() == 0
    press(late, button(late, "Send for checking"))
    assert heading(late) == "Sent. A moderator will read it"


def test_a_member_writes_without_a_name_unless_they_choose_otherwise(phone, staff, site):
    site.add_person("member@example.org", "Rowan Ash")
    member = phone()
    member.goto(f"{site.url}/accounts/login/")
    member.get_by_label("Email address").fill("member@example.org")
    member.get_by_label("Password").fill(site.people["member@example.org"])
    press(member, button(member, "Sign in"))

    write(member, site, "purpose", "A choir on Mondays", "Nobody asks why you came.")
    send(member)
    assert len(code_of(member)) == len("K7QW-3MHT-9XRC-V2PD")
    write(member, site, "purpose", "A garden", "We grow beans together.")
    press(member, link(member, "write this one post under their own name"))
    assert "This post will bear your name: Rowan Ash." in text(member)
    member.get_by_label("Title").fill("A garden")
    member.get_by_label("Your post").fill("We grow beans together.")
    send(member)
    assert (member.locator(".code").count(), "It will stand under your name." in text(member)) == (0, True)
    press(member, link(member, "Posts under your name"))
    assert member.locator("main li h2").all_inner_texts() == ["A garden"]
    press(member, link(member, "A garden"))
    assert heading(member) == "Waiting to be checked"
    write(member, site, "purpose", "Next", "Next")
    assert "Nobody is told who you are." in text(member)

    moderator = staff(MODERATOR)
    publish(moderator, site, "Nobody asks why you came.", "We grow beans together.")
    for title, badge in (("A choir on Mondays", r"Anonymous · (?!Rowan Ash).+"), ("A garden", "Rowan Ash")):
        member.goto(site.forum("purpose"))
        press(member, link(member, title))
        assert re.fullmatch(badge, member.locator(".post .badge").inner_text())
