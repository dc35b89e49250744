// The pages work without this: it draws charts, whose tables stand below them, prints, zooms,
// brings the reader to what was refused, fetches a page anew once what it waits for is there, and
// takes what was filled in along into the other language.
(function () {
  "use strict";
  var root = document.documentElement;
  root.className = "scripted";
  document.addEventListener("click", function (event) {
    if (event.target.hasAttribute && event.target.hasAttribute("data-print")) { window.print(); }
  });
  function zoomed(bar) {
    var figure = bar.parentNode.parentNode;
    var sheet = figure.querySelector(".sheet");
    var image = figure.querySelector("img");
    bar.hidden = false;
    bar.addEventListener("click", function (event) {
      var way = event.target.getAttribute("data-zoom");
      var width = image.getBoundingClientRect().width;
      if (way === "fit") { width = sheet.clientWidth; }
      if (way === "in") { width = width * 1.25; }
      if (way === "out") { width = width / 1.25; }
      image.style.width = Math.round(Math.min(Math.max(width, 120), 8000)) + "px";
    });
  }
  // Fetching the page itself anew every few seconds would take the reader back to its top each time.
  function waited(mark) {
    var seconds = parseInt(mark.getAttribute("content"), 10);
    function ask() {
      var asked = new XMLHttpRequest();
      asked.open("GET", window.location.href);
      asked.onload = function () {
        if (asked.status === 200 && asked.responseText.indexOf('name="ask-again"') >= 0) {
          window.setTimeout(ask, seconds * 1000);
        } else { window.location.reload(); }
      };
      asked.onerror = function () { window.setTimeout(ask, seconds * 1000); };
      asked.send();
    }
    window.setTimeout(ask, seconds * 1000);
  }
  function said(each) { return each.type === "checkbox" ? each.checked : each.value; }
  function saidBefore(each) {
    if (each.type === "checkbox") { return each.defaultChecked; }
    if (!each.options) { return each.defaultValue; }
    var chosen = Array.prototype.filter.call(each.options, function (one) { return one.defaultSelected; });
    return (chosen[0] || each.options[0]).value;
  }
  // Of several forms the one that was typed in, else the one that holds what was typed before.
  function typedIn(forms) {
    function has(form, test) {
      return Array.prototype.some.call(form.elements, function (each) {
        return (each.name === "as" || each.name.indexOf("f:") === 0) && test(each);
      });
    }
    var typed = forms.filter(function (form) {
      return has(form, function (each) { return said(each) !== saidBefore(each); });
    });
    var kept = forms.filter(function (form) { return form.hasAttribute("data-kept") && has(form, said); });
    return typed[0] || kept[0];
  }
  function carried(link, forms) {
    link.addEventListener("click", function (event) {
      var form = typedIn(forms);
      if (!form) { return; }
      event.preventDefault();
      var mark = document.createElement("input");
      var action = form.getAttribute("action");
      mark.type = "hidden";
      mark.name = "unsent";
      mark.value = "1";
      form.appendChild(mark);
      form.setAttribute("action", (action || window.location.pathname) + link.search);
      form.submit();
      // Whoever comes back to this page sends the form, and not only its words.
      form.removeChild(mark);
      if (action === null) { form.removeAttribute("action"); } else { form.setAttribute("action", action); }
    });
  }
  document.addEventListener("DOMContentLoaded", function () {
    var asking = Array.prototype.slice.call(document.querySelectorAll("form.ask"));
    var language = document.querySelector("[data-language]");
    if (language) { carried(language, asking); }
    var mark = document.querySelector("meta[name=ask-again]");
    if (mark) { waited(mark); }
    var alert = document.querySelector("[role=alert]");
    if (alert) { alert.setAttribute("tabindex", "-1"); alert.focus(); }
    Array.prototype.forEach.call(document.querySelectorAll("[data-zoom-bar]"), zoomed);
    var places = document.querySelectorAll("[data-chart]");
    if (!window.echarts) { return; }
    root.className += " drawn";
    Array.prototype.forEach.call(places, function (place) {
      var chart = window.echarts.init(place);
      chart.setOption(JSON.parse(place.getAttribute("data-chart")));
      window.addEventListener("resize", function () { chart.resize(); });
      // Half a sheet of A4 is narrower than half a screen: scaled down, names could not be read.
      function sized(width, height) {
        chart.resize({ width: width, height: height });
        chart.getZr().flush();
      }
      window.addEventListener("beforeprint", function () { sized(335, 270); });
      window.addEventListener("afterprint", function () { sized("auto", "auto"); });
    });
  });
})();
