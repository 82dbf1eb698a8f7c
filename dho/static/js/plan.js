/* A slider beside each limit, and the count anew for each move. Without this file the number fields and «Regn på nytt»
 * do the same, one page at a time. Nothing is stored before the doctor answers.
 */
(() => {
  "use strict";

  const form = document.getElementById("svar-skjema");
  if (!form) {
    return;
  }
  const WAIT = 120;
  const one = (selector) => document.querySelector(selector);
  let timer = 0;
  let asked = 0;

  for (const number of document.querySelectorAll(".limit__number")) {
    const slider = document.createElement("input");
    const label = number.closest(".limit").querySelector("label");
    const legend = number.closest("fieldset").querySelector("legend");
    slider.type = "range";
    slider.min = number.dataset.min;
    slider.max = number.dataset.max;
    slider.step = number.dataset.step;
    slider.value = number.value.replace(",", ".");
    slider.setAttribute("aria-label", `${legend.textContent.trim()}: ${label.textContent.trim()}`);
    slider.setAttribute("aria-valuetext", number.value);
    number.closest(".limit").querySelector(".muted").after(slider);
    slider.addEventListener("input", () => {
      number.value = slider.value.replace(".", ",");
      slider.setAttribute("aria-valuetext", number.value);
      later();
    });
    number.addEventListener("input", () => {
      slider.value = number.value.replace(",", ".");
      slider.setAttribute("aria-valuetext", number.value);
      later();
    });
  }
  for (const box of document.querySelectorAll('[name="strike"]')) {
    box.addEventListener("change", later);
  }
  one("[data-recount-button]").addEventListener("click", (event) => {
    event.preventDefault();
    recount();
  });

  function later() {
    clearTimeout(timer);
    timer = setTimeout(recount, WAIT);
  }

  async function recount() {
    const number = ++asked;
    let answer;
    try {
      const sent = await fetch(form.dataset.recount, { method: "POST", body: new FormData(form) });
      if (sent.status !== 200 && sent.status !== 422) {
        return;
      }
      answer = await sent.json();
    } catch {
      // The button «Regn på nytt» still works once there is contact again.
      return;
    }
    // An answer to an earlier move must not overwrite a later one's.
    if (number === asked) {
      show(answer);
    }
  }

  function show({ errors = {}, whole, rules = {}, changed = [] }) {
    for (const place of document.querySelectorAll(".limit")) {
      const messages = errors[place.dataset.field] ?? [];
      place.querySelector("[data-error]").textContent = messages.join(" ");
      place.querySelector(".limit__number").toggleAttribute("aria-invalid", messages.length > 0);
    }
    if (whole === undefined) {
      return;
    }
    one("[data-whole]").textContent = whole;
    for (const [id, { alarms, curve }] of Object.entries(rules)) {
      const count = one(`[data-alarms="${id}"]`);
      const place = one(`[data-curve="${id}"]`);
      if (count) {
        count.textContent = alarms;
      }
      if (curve && place) {
        place.innerHTML = curve;
      }
    }
    one("[data-unchanged]").hidden = changed.length > 0;
    one("[data-list]").hidden = changed.length === 0;
    one("[data-changes]").replaceChildren(
      ...changed.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })),
    );
    if (changed.length > 0) {
      one("[data-changed]").open = true;
    }
  }
})();
