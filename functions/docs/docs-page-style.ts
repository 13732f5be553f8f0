/** The page's whole style; the content security policy names its hash. */
export const docsPageStyle = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6577; --line: #dfe3ea; --paper: #fff; --tint: #f5f7fa; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ef; --soft: #9aa5b8; --line: #333b4a; --paper: #161a21; --tint: #1e242e; --link: #7db8f5; }
}
* { box-sizing: border-box; }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr); color: var(--ink); background: var(--paper); font: 16px/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover, a:focus-visible { text-decoration: underline; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1rem 1.25rem; background: var(--tint); border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { margin: 1.25rem 0 .25rem; font-size: .8rem; letter-spacing: .06em; text-transform: uppercase; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: grid; grid-template-columns: 3.4rem 1fr; padding: .1rem 0; }
.brand { margin: 0; font-size: 1.15rem; font-weight: 700; }
main { padding: 1.5rem clamp(1rem, 4vw, 3.5rem) 6rem; max-width: 66rem; }
h1 small, h3 small { color: var(--soft); font-weight: 400; }
section > h2 { margin: 3rem 0 0; padding-bottom: .3rem; border-bottom: 2px solid var(--line); text-transform: capitalize; }
article { margin: 1.5rem 0; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .5rem; scroll-margin-top: 1rem; }
article:target, details:target { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
h3 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; }
h4 { margin: 1.1rem 0 .3rem; font-size: .8rem; letter-spacing: .05em; text-transform: uppercase; color: var(--soft); }
p { margin: .4rem 0; }
.summary { font-weight: 600; }
[lang=ja] { margin-left: .4em; color: var(--soft); font-weight: 400; }
.m { display: inline-block; min-width: 3.4em; font: 700 .72rem/1.6 ui-monospace, monospace; text-transform: uppercase; }
.get { color: #0a7d4f; } .post { color: #0b57a4; } .put, .patch { color: #a45a00; }
@media (prefers-color-scheme: dark) { .get { color: #54d39f; } .post { color: #7db8f5; } .put, .patch { color: #f0b060; } }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--tint); border-radius: .4rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
td { padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td:first-child, td:nth-child(2):not(:last-child) { white-space: nowrap; }
details { margin: .5rem 0; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
summary { cursor: pointer; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; } td:first-child, td:nth-child(2):not(:last-child) { white-space: normal; overflow-wrap: normal; } }
`;
