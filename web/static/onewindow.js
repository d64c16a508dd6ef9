// The first connection of a live region is not retried by hx-sse: ask again a little later.
for (const failed of ["htmx:error", "htmx:response:error"])
  document.addEventListener(failed, ({ target }) => {
    if (target.matches?.("[data-hx-sse\\:connect]"))
      setTimeout(() => htmx.trigger(target, "again"), 2000 + 2000 * Math.random());
  });

// Where the browser asks to save data, or nothing has happened for long ("quiet"), ask once a minute while visible.
function pollEveryMinute(region) {
  if (region.dataset.polling) return;
  region.dataset.polling = "yes";
  let known = null;
  const ask = async () => {
    if (!region.isConnected) return clearInterval(timer);
    if (document.hidden) return;
    const answer = await fetch(region.dataset.poll, { headers: known ? { "If-None-Match": known } : {} }).catch(() => null);
    if (answer?.status !== 200) return;
    known = answer.headers.get("ETag");
    htmx.swap({ target: region, text: await answer.text(), swap: "innerMorph swapEmpty:false", sourceElement: region });
  };
  const timer = setInterval(ask, 60000);
}
for (const region of document.querySelectorAll("[data-poll]")) {
  region.addEventListener("quiet", () => pollEveryMinute(region));
  if (!navigator.connection?.saveData) continue;
  region.removeAttribute("data-hx-sse:connect");
  pollEveryMinute(region);
}

// A second tap of the same button sends nothing.
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (target.dataset.sent && Date.now() - target.dataset.sent < 15000) return event.preventDefault();
  target.dataset.sent = Date.now();
  submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

// A file that is too large is told before it is sent; the server refuses it in any case.
document.addEventListener("change", ({ target }) => {
  if (!target.dataset.most) return;
  const tooLarge = target.files[0]?.size > target.dataset.most;
  target.setCustomValidity(tooLarge ? target.dataset.tooLarge : "");
  if (tooLarge) target.reportValidity();
});

// Buttons that need a script are hidden until there is one.
for (const button of document.querySelectorAll("[data-copy], [data-print]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if ("print" in button.dataset) return print();
    await navigator.clipboard?.writeText(button.dataset.copy);
    button.querySelector("span").textContent = button.dataset.done;
  });
}

// An error summary is read out first.
document.querySelector(".summary[tabindex]")?.focus();

// Say so when there is no connection.
const offline = document.getElementById("offline");
const tell = () => offline && (offline.hidden = navigator.onLine);
addEventListener("online", tell);
addEventListener("offline", tell);
tell();
