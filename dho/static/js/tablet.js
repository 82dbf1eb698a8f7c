/* Locks an open tablet that nobody touches. The server does the same: this only takes the page off the screen. */
(() => {
  "use strict";

  const form = document.getElementById("las");
  const idle = Number(form.dataset.idle) * 1000;
  let timer = 0;

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(() => form.submit(), idle);
  }

  for (const sign of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(sign, wait, { passive: true });
  }
  // A tablet that has slept counts the time it slept.
  let seen = Date.now();
  setInterval(() => {
    if (Date.now() - seen > idle) {
      form.submit();
    }
    seen = Date.now();
  }, 5000);
  wait();
})();
