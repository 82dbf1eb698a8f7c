/* Number keys for fingers. Without this file the tablet's own number pad is used, and everything works the same. */
(() => {
  "use strict";

  const keys = document.querySelector("[data-keys]");
  const fields = [...document.querySelectorAll("[data-pin]")];
  if (!keys || fields.length === 0) {
    return;
  }
  let current = fields.find((field) => field.hasAttribute("aria-invalid")) ?? fields[0];

  for (const field of fields) {
    // The tablet's keyboard would hide half of the page; a keyboard with keys still works.
    field.inputMode = "none";
    field.addEventListener("focus", () => {
      current = field;
    });
  }
  keys.hidden = false;
  current.focus();

  keys.addEventListener("click", (event) => {
    const key = event.target.closest("button")?.value;
    if (!key) {
      return;
    }
    current.value = key === "erase" ? current.value.slice(0, -1) : (current.value + key).slice(0, current.maxLength);
    const next = fields[fields.indexOf(current) + 1];
    if (next && current.value.length === current.maxLength) {
      next.focus();
    }
  });
})();
