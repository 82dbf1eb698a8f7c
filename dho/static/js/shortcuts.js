/* Single-key shortcuts of the queue. They work only while the list has focus (WCAG 2.1.4), and not at all for those who
 * have switched them off: then this file is not loaded.
 */
(() => {
  "use strict";

  const queue = document.getElementById("queue");
  const dialog = document.getElementById("snarveier");
  const views = { r: "rode", y: "gule", m: "mine" };
  let afterG = false;

  const names = () => [...queue.querySelectorAll("tbody > tr > th > a")];
  const rowOf = (element) => element?.closest("tbody > tr");

  function move(row, step) {
    const all = names();
    const here = all.indexOf(row.querySelector("th > a"));
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    next.focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
  }

  function press(row, key) {
    row.querySelector(`[data-key="${key}"]`)?.click();
  }

  function finish(row) {
    const button = row.querySelector('[data-key="e"]');
    if (button) button.click();
    else if (!row.classList.contains("row--gone")) location.href = `${row.querySelector("th > a").href}#behandling`;
  }

  function filter(key) {
    const tab = document.getElementById(`vis-${views[key]}`);
    if (!tab) return;
    window.dhoQueue.showFilter(tab.dataset.query);
    // The list keeps the keyboard: the next key must work without a detour.
    queue.addEventListener("htmx:after:swap", () => rowOf(document.activeElement) || names()[0]?.focus(), { once: true });
  }

  const keys = {
    j: (row) => move(row, 1),
    arrowdown: (row) => move(row, 1),
    k: (row) => move(row, -1),
    arrowup: (row) => move(row, -1),
    t: (row) => press(row, "t"),
    u: (row) => press(row, "u"),
    e: finish,
    z: () => document.getElementById("angre")?.click(),
    n: () => window.dhoQueue.showNews(),
    "/": () => document.getElementById("finn").focus(),
    "?": () => dialog.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    const row = rowOf(document.activeElement);
    const typing = document.activeElement?.matches("input, textarea, select, [contenteditable]");
    if (!row || typing || dialog.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (afterG && key in views) {
      afterG = false;
      event.preventDefault();
      filter(key);
      return;
    }
    afterG = key === "g";
    if (!(key in keys)) return;
    event.preventDefault();
    keys[key](row);
  });
})();
