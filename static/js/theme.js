// Before the first paint: light or dark as the person chose, or as the machine says.
(() => {
  const root = document.documentElement;
  const machine = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const wish = root.dataset.theme;
    root.dataset.bsTheme = wish === "light" || wish === "dark" ? wish : machine.matches ? "dark" : "light";
  };
  apply();
  machine.addEventListener("change", apply);
})();
