// Brings the islands of a page to life once the page itself has been read: when the browser is idle,
// or at once when somebody reaches for an island.
(() => {
  const islands = () => document.querySelectorAll("leptos-island");
  let begun = false;
  const begin = async () => {
    if (begun) return;
    begun = true;
    const wasm = fetch(WASM, { integrity: INTEGRITY });
    const module = await import(SCRIPT);
    await module.default({ module_or_path: wasm });
    module.hydrate();
    for (const island of islands()) {
      const wake = module[island.dataset.component];
      if (wake) await wake(island);
    }
    document.documentElement.dataset.awake = "";
  };
  for (const island of islands()) {
    for (const intent of ["focusin", "pointerover"]) island.addEventListener(intent, begin, { once: true, passive: true });
  }
  if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: 2000 });
  else setTimeout(begin, 200);
})();
