// What is chosen in a list: the count, the bar that appears with it, and the box that chooses all.
const picks = document.querySelector("[data-picks]");
if (picks) {
  const boxes = () => [...document.querySelectorAll(`[name="${picks.dataset.picks}"]`)];
  const count = () => {
    const many = boxes().filter((box) => box.checked).length;
    picks.classList.toggle("none", !many);
    for (const at of picks.querySelectorAll("[data-many]")) (at.hidden = !many), (at.textContent = many || "");
  };
  const all = picks.querySelector("[data-all]");
  all.hidden = false;
  all.addEventListener("click", () => {
    const some = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = some;
    count();
  });
  for (const event of ["change", "htmx:after:swap"]) document.addEventListener(event, count);
  addEventListener("pageshow", count);
  count();
}

// A form that is the whole of a page is begun at once.
document.querySelector("[data-begin] :is(select, textarea)")?.focus();

// Single keys, where their help is on the page: what carries data-key is pressed, opened or written in by its key.
const help = document.getElementById("keys");
if (help) {
  const written = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";
  const lines = () => [...document.querySelectorAll("tr[data-reference]")].filter((line) => line.querySelector("a"));
  const lineAt = () => document.activeElement.closest("tr[data-reference]");
  const opener = document.querySelector("[data-opens=keys]");
  opener.hidden = false;
  opener.addEventListener("click", () => help.showModal());

  const press = (key) => {
    const at = [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => !one.hidden);
    if (!at) return false;
    for (let up = at.parentElement; up; up = up.parentElement) if (up.matches("details")) up.open = true;
    if (at.matches("details")) {
      at.open = true;
      const inside = [...at.querySelectorAll(":scope > :not(summary) :is(input:not([type=hidden]), textarea, select, button, summary)")];
      (inside.find((one) => one.checkVisibility() && !one.closest("[data-later]")) ?? at.querySelector("summary")).focus();
    } else if (at.matches("input")) at.focus(), at.select();
    else at.focus(), at.click();
    return true;
  };
  const step = (by, key) => {
    const all = lines(), at = all.indexOf(lineAt());
    if (!all.length) return press(key);
    (all[at < 0 ? 0 : at + by] ?? all[at]).querySelector("a").focus();
    return true;
  };
  const choose = (toggle) => {
    const box = lineAt()?.querySelector("[name=task]");
    const none = !document.querySelector("[name=task]:checked");
    if (box && (toggle || none)) box.click();
    return Boolean(box);
  };
  const copy = () => {
    const number = lineAt()?.dataset.reference;
    if (!number) return press(".");
    navigator.clipboard?.writeText(number);
    const said = document.getElementById("copied");
    said.textContent = `${said.dataset.words} ${number}`;
    return true;
  };
  const does = {
    j: () => step(1, "j"),
    k: () => step(-1, "k"),
    x: () => choose(true),
    ".": copy,
    Enter: () => {
      const line = document.activeElement.matches("[type=checkbox]") && lineAt();
      return line && (line.querySelector("a").click(), true);
    },
  };
  // On a Hindi or Urdu keyboard the same place counts.
  const keyOf = ({ key, code, shiftKey }) => {
    if (key.length > 1 || (key > " " && key <= "~")) return key;
    if (code === "Slash") return shiftKey ? "?" : "/";
    return code === "Period" ? "." : code.startsWith("Key") ? code[3].toLowerCase() : "";
  };
  document.addEventListener("keydown", (event) => {
    const { target } = event, key = keyOf(event), form = target.form;
    if (target.matches?.(written)) {
      if (key === "Escape") target.blur();
      if (key === "Enter" && (event.ctrlKey || event.metaKey)) form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if ("ans".includes(key)) choose(false);
    const done = Object.hasOwn(does, key) ? does[key]() : /^[a-z/?]$/.test(key) && press(key);
    if (done) event.preventDefault();
  });
}
