// The one script. Everything works without it; it keeps nothing anywhere.
(() => {
  "use strict";
  const doc = document;
  const body = doc.body;
  const title = doc.title;
  const all = (selector) => doc.querySelectorAll(selector);

  const add = (parent, tag, className, text = "") => {
    const node = doc.createElement(tag);
    node.className = className;
    node.textContent = text;
    parent.append(node);
    return node;
  };

  const addButton = (after, text, press) => {
    const button = add(after.parentElement, "button", "button quiet", text);
    button.type = "button";
    button.addEventListener("click", () => press(button));
    after.after(button);
    return button;
  };

  // A live region has to stand in the page before words change in it.
  const voice = add(body, "p", "vh");
  voice.setAttribute("role", "status");
  const say = (words) => { voice.textContent = words; };

  // Leave this site: blank the page first, then end any session, then go. replace() keeps Back from this page.
  const links = all("[data-leave]");
  const dots = [...all("a.leave")].map((link) => {
    const node = add(link, "span", "dots");
    node.setAttribute("aria-hidden", "true");
    return node;
  });
  let cover = null;

  const uncover = () => {
    if (cover) cover.remove();
    cover = null;
    body.hidden = false;
    doc.title = title;
  };

  const leave = () => {
    if (!links.length) return;
    uncover();
    body.hidden = true;
    cover = add(doc.documentElement, "div", "cover", "Loading");
    cover.setAttribute("role", "status");
    doc.title = "Loading";
    navigator.sendBeacon(links[0].getAttribute("href"));
    location.replace(links[0].dataset.leave);
  };

  links.forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  }));

  // Shift three times, each alone, five seconds allowed after each. Escape would stop pages from loading.
  let presses = 0;
  let alone = false;
  let timer = 0;

  const count = (number) => {
    clearTimeout(timer);
    presses = number;
    dots.forEach((node) => { node.textContent = number ? "●".repeat(number) + "○".repeat(3 - number) : ""; });
    if (number) timer = setTimeout(count, 5000, 0);
    const left = 3 - number;
    say(number && left ? `Shift, press ${left} more ${left === 1 ? "time" : "times"} to leave` : "");
  };

  // While an input method composes, Shift belongs to it (229: browsers that do not say isComposing).
  const composing = (event) => event.isComposing || event.keyCode === 229;

  addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "Shift") {
      alone = !(event.ctrlKey || event.altKey || event.metaKey);
    } else {
      alone = false;
      if (presses) count(0);
    }
  }, true);

  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone || composing(event)) return;
    alone = false;
    count(presses + 1);
    if (presses === 3) leave();
  }, true);

  addEventListener("pointerdown", () => { alone = false; }, true);

  // Coming back: a kept page is shown again. A page with private text is blanked as it is left and asked for anew, so
  // that it shows none of that text; by GET even where it answered a sent form, so that nothing is sent twice.
  const isPrivate = () => body.hasAttribute("data-private") || doc.querySelector("form[method=post], .code");

  addEventListener("pagehide", () => {
    if (!isPrivate()) return;
    body.hidden = true;
    history.replaceState(null, "", location.pathname + location.search);
  });

  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (isPrivate()) location.replace(location.pathname + location.search);
    else {
      uncover();
      count(0);
    }
  });

  // A button to copy a code, where the browser lets pages copy.
  if (navigator.clipboard) {
    all(".code").forEach((code) => addButton(code, "Copy the code", (button) => {
      navigator.clipboard.writeText(code.textContent.trim()).then(() => {
        button.textContent = "Copied";
        say("Copied");
      });
    }));
  }

  // How many characters are left, counted as the server counts them.
  all("textarea[data-count], textarea[maxlength]").forEach((area) => {
    const most = Number(area.dataset.count || area.maxLength);
    const node = add(area.parentElement, "p", "count");
    let wait = 0;
    area.after(node);
    node.id = `${area.id}_count`;
    area.setAttribute("aria-describedby", `${area.getAttribute("aria-describedby") || ""} ${node.id}`.trim());
    const update = () => {
      const left = most - [...area.value].length;
      const number = Math.abs(left).toLocaleString("en-GB");
      node.textContent = `${number} ${number === "1" ? "character" : "characters"} ${left < 0 ? "too many" : "left"}`;
      node.classList.toggle("problem", left < 0);
      return left;
    };
    update();
    area.addEventListener("input", () => {
      const left = update();
      clearTimeout(wait);
      // Said aloud in a pause, and only near the end: a number after every word is noise.
      if (left < most / 10) wait = setTimeout(() => say(node.textContent), 1000);
    });
  });

  // Show a password; hidden again before it is sent, so that no browser keeps it as plain text.
  all("input[type=password]").forEach((input) => {
    const show = (visible) => {
      input.type = visible ? "text" : "password";
      button.textContent = visible ? "Hide password" : "Show password";
    };
    const button = addButton(input, "Show password", () => {
      show(input.type === "password");
      say(input.type === "text" ? "Your password is shown" : "Your password is hidden");
    });
    if (input.form) input.form.addEventListener("submit", () => show(false));
  });
})();
