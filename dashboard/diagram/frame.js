// Draws what the page around this frame sends: {source, dark, background}. Tells {state: "ready"}, {state: "drawn", height} and
// {state: "failed"}.
(() => {
  const place = document.getElementById("diagram");
  const report = (message) => parent.postMessage(message, "*");
  let turn = 0;

  addEventListener("message", async ({ source, data }) => {
    if (source !== parent) return;
    const mine = ++turn;
    document.documentElement.style.colorScheme = data.dark ? "dark" : "light";
    try {
      mermaid.initialize({
        startOnLoad: false,
        securityLevel: "strict",
        suppressErrorRendering: true,
        theme: data.dark ? "dark" : "neutral",
        themeVariables: { edgeLabelBackground: data.background },
        fontFamily: "system-ui, sans-serif",
      });
      const { svg } = await mermaid.render(`diagram-${mine}`, data.source);
      if (mine === turn) place.innerHTML = svg;
    } catch {
      if (mine === turn) report({ state: "failed" });
    }
  });

  new ResizeObserver(([entry]) => {
    const height = Math.ceil(entry.contentRect.height);
    if (height > 0) report({ state: "drawn", height });
  }).observe(place);
  report({ state: "ready" });
})();
