// The pages work without this: it draws charts, whose tables stand below them, and prints.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-print")) { window.print(); }
  });
  document.addEventListener("DOMContentLoaded", function () {
    var places = document.querySelectorAll("[data-chart]");
    if (!window.echarts) { return; }
    Array.prototype.forEach.call(places, function (place) {
      var chart = window.echarts.init(place);
      chart.setOption(JSON.parse(place.getAttribute("data-chart")));
      window.addEventListener("resize", function () { chart.resize(); });
    });
  });
})();
