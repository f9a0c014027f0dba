// Before the first paint: the theme that was chosen here last.
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
