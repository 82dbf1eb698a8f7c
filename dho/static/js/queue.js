/* The living queue. htmx asks for the list every 15 seconds and swaps it in; this file decides what may move.
 *
 * Rows never move under the pointer or the keyboard: while either is in the list, values change in place, rows that have
 * left stay greyed, and what is new waits behind «1 ny rød – vis» (ux.md 4.1).
 */
(() => {
  "use strict";

  const STALE_AFTER = 60_000;
  const NOTE_STAYS = 15_000;
  const queue = document.getElementById("queue");
  const title = document.title;
  const say = queue.dataset; // texts, in the language of the page
  let etag = "";
  let contact = Date.now();
  let held = false;
  let still = false;
  let showAll = false;
  let byHand = false;
  let focus = null;
  let anchor = null;
  let note = null;
  let known = redRows(queue);
  let unseen = new Set();

  document.documentElement.classList.add("js");

  const table = () => queue.querySelector("table");
  const clock = (at, seconds) =>
    "kl. " +
    new Intl.DateTimeFormat("en-GB", {
      timeZone: "Europe/Oslo",
      hour: "2-digit",
      minute: "2-digit",
      second: seconds ? "2-digit" : undefined,
    })
      .format(at)
      .replaceAll(":", ".");

  function redRows(root) {
    return new Set([...root.querySelectorAll('tr[data-level="1"]:not(.row--gone)')].map((row) => row.id));
  }

  function busy() {
    return Boolean(table()?.matches(":hover, :focus-within"));
  }

  /* Contact with the server */

  function heardFromServer(response) {
    contact = Date.now();
    const sent = Date.parse(response.headers.get("Date"));
    document.getElementById("updated-at").textContent = clock(Number.isNaN(sent) ? contact : sent, true);
    document.getElementById("updated").classList.remove("updated--stale");
    document.getElementById("stale").textContent = "";
  }

  setInterval(() => {
    const stale = document.getElementById("stale");
    if (Date.now() - contact > STALE_AFTER && !stale.textContent) {
      stale.textContent = say.sayStale.replace("{clock}", clock(contact, false));
      document.getElementById("updated").classList.add("updated--stale");
    }
    const undo = queue.querySelector("#undo form");
    if (undo && (undo.dataset.seconds -= 1) < 0) undo.remove();
  }, 1000);

  /* What the server sent, made into what may be shown now */

  function gone(row) {
    const left = row.cloneNode(true);
    left.classList.add("row--gone");
    left.lastElementChild.textContent = say.sayGone;
    return left;
  }

  function holdStill(fresh) {
    const shown = [...queue.querySelectorAll("tbody > tr")];
    let body = fresh.querySelector("tbody");
    if (!body) {
      fresh.querySelector("#tom").replaceWith(queue.querySelector(".rows").cloneNode(true));
      body = fresh.querySelector("tbody");
      body.replaceChildren();
    }
    const arrived = new Map([...body.children].map((row) => [row.id, row]));
    const before = [...arrived.keys()].join();
    const rows = shown.map((row) => arrived.get(row.id) ?? gone(row));
    const stay = new Set(rows.map((row) => row.id));
    const news = [...arrived.values()].filter((row) => !stay.has(row.id));
    body.replaceChildren(...rows);
    held = rows.map((row) => row.id).join() !== before;
    if (!held) return;
    const bar = fresh.querySelector("#news");
    bar.hidden = false;
    bar.firstElementChild.textContent = newsText(news);
  }

  function newsText(rows) {
    const red = rows.filter((row) => row.dataset.level === "1").length;
    const news = red ? redText(red) : rows.length ? counted(rows.length, say.sayNewOne, say.sayNewMany) : say.sayOrder;
    return `${news} – ${say.sayShow}`;
  }

  function noticeReds(fresh) {
    const now = redRows(fresh);
    const added = [...now].filter((id) => !known.has(id));
    unseen = new Set([...unseen, ...added].filter((id) => now.has(id)));
    known = now;
    if (added.length) document.getElementById("news-said").textContent = redText(added.length);
    showTitle();
  }

  const counted = (count, one, many) => `${count} ${count === 1 ? one : many}`;
  const redText = (count) => counted(count, say.sayRedOne, say.sayRedMany);

  function showTitle() {
    document.title = unseen.size ? `(${redText(unseen.size)}) ${title}` : title;
  }

  function keepNote(fresh) {
    const sent = fresh.querySelector(".row__note");
    if (sent) note = { row: sent.closest("tr").id, element: sent.cloneNode(true), until: Date.now() + NOTE_STAYS };
    else if (note && Date.now() < note.until) {
      fresh.getElementById(note.row)?.lastElementChild.append(note.element.cloneNode(true));
    }
  }

  function prepare(text) {
    const template = document.createElement("template");
    template.innerHTML = text;
    const fresh = template.content;
    noticeReds(fresh);
    keepNote(fresh);
    held = false;
    still = !showAll && busy();
    showAll = false;
    if (still) holdStill(fresh);
    return template.innerHTML;
  }

  /* The row under the pointer or the keyboard keeps its place also when something comes or goes above the list. */

  function rememberPlace() {
    const row = queue.querySelector("tbody > tr:focus-within") ?? queue.querySelector("tbody > tr:hover");
    anchor = row && still ? { id: row.id, top: row.getBoundingClientRect().top } : null;
  }

  function restorePlace() {
    const row = anchor && document.getElementById(anchor.id);
    if (row) window.scrollBy({ top: row.getBoundingClientRect().top - anchor.top, behavior: "instant" });
  }

  /* Focus: on to the next row when the own act has emptied this one, else back to the same control or the row's name */

  function rememberFocus() {
    const active = document.activeElement;
    const row = active?.closest?.("#queue tr");
    focus = row ? { id: active.id, row: row.id } : null;
  }

  function restoreFocus(acted) {
    const row = focus && document.getElementById(focus.row);
    const lost = !document.activeElement || document.activeElement === document.body;
    if (!focus || !(lost || (acted && row?.classList.contains("row--gone")))) return;
    const names = [...queue.querySelectorAll("tbody > tr:not(.row--gone) > th > a")];
    const next = names.find((name) => row && row.compareDocumentPosition(name) & Node.DOCUMENT_POSITION_FOLLOWING);
    const alive = row && !row.classList.contains("row--gone");
    const same = alive && document.getElementById(focus.id);
    const own = alive && row.querySelector("th > a");
    const fallback = document.getElementById("angre") ?? document.getElementById("hovedinnhold");
    (same || own || next || names.at(-1) || fallback).focus({ preventScroll: true });
  }

  /* htmx: ask with the fingerprint we have, accept only lists, swap what may be shown */

  const ours = (event) => event.detail.ctx.target === queue;

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (!ours(event) || request.method !== "GET") return;
    // A poll by the clock is no sign of anybody; a click is, and keeps the session alive.
    if (byHand) request.headers["X-By-Hand"] = "1";
    byHand = false;
    // While something is held back and the list is free again, an unchanged answer would never bring it in.
    if (etag && !showAll && !(held && !busy())) request.headers["If-None-Match"] = etag;
  });

  document.addEventListener("htmx:before:response", (event) => {
    if (!ours(event)) return;
    const { raw, status } = event.detail.ctx.response;
    // Signed out meanwhile: the answer is the login page, and the list must not stay on the screen.
    if (raw.redirected) {
      event.preventDefault();
      location.assign(raw.url);
      return;
    }
    if ([200, 304, 409].includes(status)) {
      heardFromServer(raw);
      etag = status === 304 ? etag : (raw.headers.get("ETag") ?? "");
    } else if (status !== 401) {
      event.preventDefault();
      if (event.detail.ctx.request.method !== "GET") {
        document.getElementById("stale").textContent = say.sayUnsure;
      }
    }
  });

  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = event.detail;
    if (ours(event) && ctx.text && [200, 409].includes(ctx.response.status)) ctx.text = prepare(ctx.text);
  });

  document.addEventListener("htmx:before:swap", () => {
    rememberPlace();
    rememberFocus();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    restorePlace();
    restoreFocus(event.detail.ctx.request.method === "POST");
  });

  /* What the nurse does */

  function refresh() {
    htmx.trigger(queue, "refresh");
  }

  function showNews() {
    showAll = byHand = true;
    unseen.clear();
    showTitle();
    refresh();
  }

  function showFilter(query) {
    queue.setAttribute("hx-get", queue.dataset.list + query);
    history.replaceState(null, "", location.pathname + query);
    showNews();
  }

  queue.addEventListener("click", (event) => {
    const tab = event.target.closest("a[data-query]");
    if (event.target.id === "vis-nye") showNews();
    if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    showFilter(tab.dataset.query);
  });

  queue.addEventListener("change", (event) => {
    const form = event.target.closest("#filter");
    if (!form || event.target.id === "finn") return;
    const chosen = [...new FormData(form)].filter(([, value]) => value);
    showFilter(chosen.length ? `?${new URLSearchParams(chosen)}` : "");
  });

  /* Finding moves to the row instead of hiding the others: a hidden red row would be dangerous. */
  queue.addEventListener("keydown", (event) => {
    if (event.target.id !== "finn" || event.key !== "Enter") return;
    event.preventDefault();
    const wanted = event.target.value.trim().toLocaleLowerCase("nb");
    const names = [...queue.querySelectorAll("tbody th > a")];
    const found = wanted && names.find((name) => name.textContent.toLocaleLowerCase("nb").includes(wanted));
    document.getElementById("news-said").textContent = found ? "" : say.sayNothing;
    if (found) found.focus();
  });

  for (const seen of ["pointermove", "focusin"]) {
    queue.addEventListener(seen, () => {
      if (held || !unseen.size) return;
      unseen.clear();
      showTitle();
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });

  window.dhoQueue = { showNews, showFilter };
})();
