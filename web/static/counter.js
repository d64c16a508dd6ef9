// The counter by keyboard. A key shown on the page works by itself where nothing is being typed; with Alt it works anywhere. Escape leaves a field.
const typing = (at) => at.matches("input:not([type=radio], [type=checkbox]), textarea, select");
const letterOf = ({ key, code }) => (/^[a-z0-9]$/i.test(key) ? key : (/^(?:Key|Digit)(.)$/.exec(code)?.[1] ?? "")).toLowerCase();

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter") return document.getElementById("entry")?.requestSubmit();
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  const plain = !(event.altKey || event.ctrlKey || event.metaKey || event.repeat || typing(event.target));
  const letter = plain && document.querySelector("[data-keys]") && letterOf(event);
  const meant = letter && document.querySelector(`[accesskey="${letter}"]`);
  if (!meant) return;
  event.preventDefault();
  meant.focus();
  if (meant.matches("a, button, summary, [type=radio]")) meant.click();
  if (meant.matches("summary")) meant.parentElement.querySelector("textarea, input:not([type=hidden])")?.focus();
  document.getElementById(meant.dataset.next)?.focus();
});

// The place whose name alone begins with the letters typed is put into the field on leaving it, to be read out.
const place = document.getElementById("locality");
if (place?.list) {
  const complete = () => {
    const typed = place.value.trim().toLowerCase();
    const begins = [...place.list.options].filter(({ value }) => value.toLowerCase().startsWith(typed));
    if (typed && begins.length === 1) place.value = begins[0].value;
  };
  place.addEventListener("change", complete);
  new MutationObserver(() => document.activeElement !== place && complete()).observe(place.list, { childList: true });
}
