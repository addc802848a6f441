// Runs before the first paint, so that a chosen theme never flashes. A file, because the
// content security policy allows no inline script.
(() => {
  const theme = localStorage.getItem("sophon.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
