/* When a passkey could not be made or used, say so on the page: allauth's own script only tells the console. */
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-status").textContent = "Det gikk ikke med passnøkkelen. Prøv igjen, eller bruk kode.";
});
