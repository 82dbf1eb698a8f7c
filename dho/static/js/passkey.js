/* When a passkey could not be made or used, say so on the page: allauth's own script only tells the console. */
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const status = document.getElementById("passkey-status");
  status.textContent = status.dataset.sayFailed;
});
