// On every page: says in the reader's own time zone when something was, and brings the islands of the page to life once
// the page itself has been read: when the browser is idle, or at once when somebody reaches for one.
const isAway = (time) => new Date(time.dateTime).getTimezoneOffset() !== 0;
const clock = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });
for (const time of document.querySelectorAll("time[datetime*=T][title]")) {
  if (isAway(time)) time.title = `${clock.format(new Date(time.dateTime))} (${time.title})`;
}

const islands = [...document.querySelectorAll("leptos-island")];
const { script, wasm, integrity } = document.querySelector("script[data-wasm]")?.dataset ?? {};
let begun = false;

const begin = async () => {
  if (begun) return;
  begun = true;
  const loaded = fetch(wasm, { integrity });
  const module = await import(script);
  await module.default({ module_or_path: loaded });
  module.hydrate();
  for (const island of document.querySelectorAll("leptos-island")) {
    const wake = module[island.dataset.component];
    if (wake) await wake(island);
  }
  document.documentElement.dataset.awake = "";
};

if (wasm && islands.length > 0) {
  for (const island of islands) {
    for (const intent of ["focusin", "pointerover"]) island.addEventListener(intent, begin, { once: true, passive: true });
  }
  if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: 2000 });
  else setTimeout(begin, 200);
}
