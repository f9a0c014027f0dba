// What every page has: the theme's button.
import { $ } from "./dom.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

function show() {
  $("theme").textContent = isDark() ? "☀" : "☾";
  // Canvases have drawn with the old colours.
  window.dispatchEvent(new Event("themechange"));
}

$("theme").addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  show();
});
system.addEventListener("change", show);
show();
