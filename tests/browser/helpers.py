"""Steps of people in a browser: signing in, writing, publishing, and what a page shows."""

from mscos.forms import TOO_FAST

NEUTRAL = "https://weather.example/"
MODERATOR, COLLEAGUE, EDITOR = "moderator@example.org", "colleague@example.org", "editor@example.org"
PHONE, DESK = 320, 1280  # pixels


def press(page, what):
    """Click a link or button and wait for the next page with its stylesheet."""
    with page.expect_navigation():
        what.click()


def sign_in(page, site, email):
    """Sign a sample user in to the admin."""
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(site.people[email])
    press(page, page.get_by_role("button", name="Sign in"))


def send(*pages):
    """Send posts once a person could have written them; a form sent sooner counts as likely spam."""
    pages[0].wait_for_timeout((TOO_FAST + 1) * 1000)
    for page in pages:
        press(page, page.get_by_role("button", name="Send for checking"))


def open_code(page, site, code):
    """Open the page of a code and return its text."""
    page.goto(f"{site.url}/code/")
    page.get_by_label("Your code").fill(code)
    press(page, page.get_by_role("button", name="Show my post"))
    return page.locator("main").inner_text()


def open_in_queue(page, site, words):
    """Open the first post of the moderators' queue whose row begins with these words."""
    page.goto(site.queue())
    press(page, page.get_by_role("link", name=words).first)


def text(page):
    return " ".join(page.locator("main, #content").first.inner_text().split())


def messages(page):
    return page.locator(".messagelist li").all_inner_texts()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def link(page, name):
    return page.get_by_role("link", name=name)


def open_details(page, summary):
    """Open the details under a summary."""
    page.locator("summary").filter(has_text=summary).last.click()


def write(page, site, forum, title, body, **typed):
    """Fill in a new thread from the forum's page, up to the button."""
    page.goto(site.forum(forum))
    press(page, link(page, "Start a thread").first)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your post").fill(body)
    for label, words in typed.items():
        page.get_by_label(label.replace("_", " ")).fill(words)


def publish(page, site, *beginnings):
    """Publish several posts that wait, by the ticks beside them."""
    page.goto(site.queue())
    for words in beginnings:
        row(page, words).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option("Publish the chosen posts as they are")
    press(page, button(page, "Go"))
    assert messages(page) == [
        f"{len(beginnings)} published. To undo one, open it within ten minutes; of one thread the last comes first."
    ]


def row(page, words):
    """Return the row of the queue that contains these words."""
    return page.locator("#result_list tbody tr").filter(has_text=words)


def code_of(page):
    return page.locator(".code").inner_text()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def is_too_wide(page):
    """Return the page's URL in a list if it scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]
    return [page.url] if wide else []
