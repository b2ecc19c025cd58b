/** The page's only style: system fonts, and colours for light and dark that keep text readable on either. */
export const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f24; --quiet: #57606a; --rule: #d0d7de;
  --tile: #f6f8fa; --wide: #bfe3cd; --narrow: #6dbd8f; --line: #0b6b3a; --block: #d8b46a; --alone: #8a5a00; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1117; --text: #e6edf3; --quiet: #9da7b3; --rule: #30363d; --tile: #161b22; --wide: #17402b;
    --narrow: #23704a; --line: #7ee2a8; --block: #6b5420; --alone: #e3b341; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
p { margin: .25rem 0 .75rem; } .quiet { color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.tiles div { background: var(--tile); border: 1px solid var(--rule); border-radius: .5rem; padding: .75rem; }
.tiles dt { color: var(--quiet); font-size: .85rem; } .tiles dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
.tiles dd small { display: block; font-size: .8rem; font-weight: 400; color: var(--quiet); }
.tiles .bad dd { color: var(--bad); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font-size: 13px; }
svg .axis { stroke: var(--rule); stroke-width: 1; } svg .wide-band, svg .key-wide { fill: var(--wide); }
svg .narrow-band, svg .range { fill: var(--narrow); }
svg .median { fill: none; stroke: var(--line); stroke-width: 2.5; stroke-linejoin: round; }
svg .mark { stroke: var(--line); stroke-width: 3; } svg .held { fill: var(--block); } svg .alone { fill: var(--alone); }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .75rem 0; }
caption { text-align: left; color: var(--quiet); padding-bottom: .25rem; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th:first-child { text-align: left; } td { font-variant-numeric: tabular-nums; }
`;
