/* A warning two minutes before the session ends, and no draft left behind for somebody else.
 *
 * The server decides; this file asks it. Asking does not count as being there, «Fortsett» does. Works per tab: what is
 * done in another tab shows at the next question. Drafts of notes are written by patient.js, in sessionStorage.
 * Every text comes from the page, in the language of the page (data-say-…); so it is in the other files too.
 */
(() => {
  "use strict";

  const WARN_SECONDS = 120;
  const ASK_AGAIN_SECONDS = 15;
  const { session, seconds, user } = document.body.dataset;
  const draftsWhere = (test) => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:") && test(key));
  const forget = (keys) => keys.forEach((key) => sessionStorage.removeItem(key));

  if (!session) {
    // The login page or an error: what was sent last did not get through, so its draft stays.
    sessionStorage.removeItem("sent-draft");
    return;
  }
  // A page for the signed-in person came after the note was sent: it is saved, or stands in the form as it was sent.
  forget([sessionStorage.getItem("sent-draft") ?? "", "sent-draft"]);
  forget(draftsWhere((key) => !key.startsWith(`draft:${user}:`)));
  document.querySelector('form[action$="/logg-ut/"]')?.addEventListener("submit", () => forget(draftsWhere(() => true)));

  const dialog = document.getElementById("session-warning");
  const text = document.getElementById("session-warning-text");
  const goOn = document.getElementById("session-go-on");
  let timer = 0;

  function askIn(wait) {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(1, wait) * 1000);
  }

  async function ask(event, method = "GET") {
    try {
      const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
      const answer = await fetch(session, { method, headers: { "X-CSRFToken": token, Accept: "application/json" } });
      if (answer.status === 401) leave();
      else show(await answer.json());
    } catch {
      askIn(ASK_AGAIN_SECONDS); // no contact just now
    }
  }

  function leave() {
    document.dispatchEvent(new Event("session-over"));
    location.assign(location.pathname + location.search);
  }

  function show(state) {
    if (state.seconds > WARN_SECONDS) {
      dialog.dataset.canGoOn = ""; // somebody went on in another tab
      if (dialog.open) dialog.close();
      askIn(state.seconds - WARN_SECONDS);
      return;
    }
    const ends = new Date(Date.now() + state.seconds * 1000);
    const clock = new Intl.DateTimeFormat("nb-NO", { timeZone: "Europe/Oslo", hour: "2-digit", minute: "2-digit" });
    const { sayEnds, sayOver, sayGoOn, sayClose } = dialog.dataset;
    const said = state.can_go_on ? sayEnds : sayOver;
    text.textContent = said.replace("{clock}", `kl. ${clock.format(ends).replace(":", ".")}`);
    goOn.textContent = state.can_go_on ? sayGoOn : sayClose;
    dialog.dataset.canGoOn = state.can_go_on;
    if (!dialog.open && dialog.dataset.closed !== "true") dialog.showModal();
    askIn(Math.min(state.seconds + 1, ASK_AGAIN_SECONDS));
  }

  // Also by Esc: to close the warning is to be there.
  dialog.addEventListener("close", () => {
    if (dialog.dataset.canGoOn === "true") ask(null, "POST");
    else if (dialog.dataset.canGoOn === "false") dialog.dataset.closed = "true";
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  askIn(Number(seconds) - WARN_SECONDS);
})();
