/** The style of the page; its hash is in the policy, so it stands in one place and as one text. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --mark: #06c; }
@media (prefers-color-scheme: dark) { :root { --mark: #6bf; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
.page { display: grid; grid-template-columns: 18rem minmax(0, 1fr); max-width: 90rem; margin: auto; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; font-size: 0.875rem; border-right: 1px solid var(--line); }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0; }
nav li { padding: 0.125rem 0; }
main { padding: 1rem 2rem 6rem; min-width: 0; }
a { color: var(--mark); }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); }
section.call { margin: 1.5rem 0; padding: 0 1rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
h3 code { overflow-wrap: anywhere; }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
code { background: var(--soft); padding: 0 0.25em; border-radius: 3px; }
pre { overflow: auto; padding: 0.75rem; background: var(--soft); border-radius: 6px; }
pre code { background: none; padding: 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; margin: 0.5rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { white-space: nowrap; }
td a { overflow-wrap: normal; }
small { opacity: 0.75; }
summary { cursor: pointer; padding: 0.25rem 0; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
:target { scroll-margin-top: 1rem; }
@media (max-width: 60rem) { .page { display: block; } nav { position: static; height: 40vh; border: 0; border-bottom: 1px solid var(--line); } main { padding: 1rem; } }
@media (max-width: 40rem) { section.call { padding: 0 0.75rem 0.75rem; } thead { display: none; } tr { display: block; padding: 0.375rem 0; border-bottom: 1px solid var(--line); } td { display: block; padding: 0; border: 0; } }
@media print { nav { display: none; } details > * { display: block; } }
`;
