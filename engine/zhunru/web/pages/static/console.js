// The pages work without this; it saves a click here and there.
(function () {
  "use strict";
  document.addEventListener("click", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-print")) { window.print(); }
  });
})();
