/* Periods without losing a half-written note, keyboard, and focus on what went wrong. Everything works without it. */
"use strict";

(() => {
  const page = document.querySelector(".patient");
  const form = document.getElementById("behandlingsskjema");
  const note = document.getElementById("id_note");
  const status = () => document.getElementById("periode-status");
  let sending = false;

  const banner = page.querySelector(".banner");
  const keepFocusVisible = () =>
    document.documentElement.style.setProperty("--banner-height", `${banner.offsetHeight + 8}px`);
  new ResizeObserver(keepFocusVisible).observe(banner);

  document.querySelector("[data-focus]")?.focus();

  async function showPeriod(link) {
    const number = link.dataset.period;
    status().textContent = status().dataset.sayLoading;
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error("not the page");
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("utvikling");
      document.getElementById("utvikling").replaceWith(found);
      history.replaceState(null, "", link.href);
      window.drawCharts(found);
      const chosen = found.querySelector(`[data-period="${number}"]`);
      chosen.focus({ preventScroll: true });
      status().textContent = status().dataset.sayShown.replace("{period}", chosen.textContent.trim());
    } catch {
      status().textContent = status().dataset.sayFailed;
    }
  }

  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-period]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showPeriod(link);
  });

  // A half-written note survives being signed out: it is kept in this tab until it is saved or the person signs out.
  const draft = `draft:${document.body.dataset.user}:${page.dataset.patient}`;
  const keep = () => sessionStorage.setItem(draft, note.value);
  if (note && form) {
    if (note.value) keep();
    else note.value = sessionStorage.getItem(draft) ?? "";
    note.addEventListener("input", keep);
  }
  form?.addEventListener("submit", () => {
    sending = true;
    sessionStorage.setItem("sent-draft", draft);
  });
  document.addEventListener("session-over", () => {
    sending = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (note && note.value !== note.defaultValue && !sending) event.preventDefault();
  });

  const isTyping = (place) => place.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (page.dataset.shortcuts !== "on") return;
    const done = form?.querySelector("button[value=done]");
    if (event.key === "Enter" && event.ctrlKey && done && form.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit(done);
      return;
    }
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && page.dataset.queue) window.location.assign(page.dataset.queue);
    const link = document.querySelector(`[data-period="${event.key}"]`);
    if (/^[1-4]$/.test(event.key) && link) {
      event.preventDefault();
      showPeriod(link);
    }
  });
})();
