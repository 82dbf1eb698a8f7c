/* Draws each figure of the page with Plotly. The server has written every number, date and label. */
"use strict";

(() => {
  const config = { displayModeBar: false, responsive: true, scrollZoom: false, doubleClick: false };

  function draw(block) {
    const place = block.previousElementSibling;
    const sketch = [...place.childNodes];
    try {
      const figure = JSON.parse(block.textContent);
      place.replaceChildren();
      place.classList.add("chart--drawn");
      window.Plotly.newPlot(place, figure.data, figure.layout, config);
    } catch {
      // One chart that fails leaves its sketch, summary and table; the others are drawn.
      place.classList.remove("chart--drawn");
      place.replaceChildren(...sketch);
    }
  }

  window.drawCharts = (within) => within.querySelectorAll(".chart + script[type='application/json']").forEach(draw);
  window.drawCharts(document);
})();
