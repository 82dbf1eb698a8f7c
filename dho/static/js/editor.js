/* Saves what is typed in the plan's editor by itself, after a pause. Without this file each section has its button.
 *
 * The server decides what is kept. It answers with a new stamp for each section that was saved; a section that somebody
 * else has changed, or that has an error, keeps its text here and says so. Nothing typed is ever replaced.
 */
(() => {
  "use strict";

  const PAUSE_MS = 3000;
  const form = document.querySelector("form[data-autosave]");
  if (!form) return;
  const all = form.querySelector("[data-status-all]");
  const say = (name) => form.dataset[`say${name}`];
  const statusOf = (key) => form.querySelector(`[data-status="${CSS.escape(key)}"]`);
  let timer = 0;
  let sending = false;
  let typed = false;

  form.addEventListener("input", (event) => {
    // A tick is saved with the button: it is a fact with a name on it.
    if (event.target.name === "confirm" || event.target.name?.startsWith("ny-")) return;
    typed = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });

  async function save() {
    if (sending) {
      timer = setTimeout(save, PAUSE_MS);
      return;
    }
    sending = true;
    typed = false;
    all.textContent = say("Saving");
    try {
      const body = new FormData(form);
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const type = answer.headers.get("Content-Type") ?? "";
      if (!type.startsWith("application/json")) throw new Error("no answer of ours");
      show(await answer.json());
    } catch {
      typed = true;
      all.textContent = say("Offline");
    } finally {
      sending = false;
    }
  }

  function show(said) {
    form.querySelectorAll("[data-status]").forEach((each) => {
      each.textContent = "";
    });
    const saved = `${say("Saved")} ${said.saved_at}`;
    for (const [key, stamp] of Object.entries(said.stamps)) {
      form.elements[`stamp-${key}`].value = stamp;
      statusOf(key).textContent = saved;
    }
    for (const [key, texts] of Object.entries(said.errors)) tell(key, `${say("Failed")} ${texts.join(" ")}`);
    for (const key of said.overtaken) tell(key, say("Overtaken"));
    if (said.closed) all.textContent = say("Closed");
    else if (!Object.keys(said.errors).length && !said.overtaken.length) all.textContent = saved;
  }

  function tell(key, text) {
    typed = true;
    statusOf(key).textContent = text;
    all.textContent = text;
  }
})();
